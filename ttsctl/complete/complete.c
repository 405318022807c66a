/*
 * ttsctl complete: what may come next on a command line of ttsctl, a line for
 * each with what it is behind a tab. It reads the tables that the command line
 * itself is read by; names that a daemon knows it asks for.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf/schema.h"
#include "ttsctl/complete/names.h"
#include "ttsctl/rooms.h"

/* Who presses a key waits no longer for a daemon. */
#define PATIENCE_NS NS_PER_S

/* How far the line was understood. */
struct place {
	const struct command *command;   /* NULL: none yet */
	const struct ctl_option *valued; /* whose value comes next, or NULL */
	size_t words;                    /* behind the command */
};

static bool
is_option(const struct ctl_option *o, const char *name, size_t length)
{
	return (strlen(o->name) == length &&
		   strncmp(o->name, name, length) == 0) ||
	       (o->type == OPTION_CHANNELS && length == strlen(OPTION_ZONE) &&
		   strncmp(OPTION_ZONE, name, length) == 0);
}

/* The option of a word "--name", "--name=VALUE" or "-x"; NULL: there is none.
 */
static const struct ctl_option *
find_option(const struct command *command, const char *word)
{
	const struct ctl_option *lists[] = { command ? command->options : NULL,
		common_options };
	const struct ctl_option *o;
	bool is_long = strncmp(word, "--", 2) == 0;
	size_t i;

	for (i = 0; i < 2; i++)
		for (o = lists[i]; o && o->name; o++)
			if (is_long
				? is_option(o, word + 2, strcspn(word + 2, "="))
				: o->letter && word[1] == o->letter &&
				      word[2] == '\0')
				return o;
	return NULL;
}

static bool
takes_value(const struct ctl_option *o)
{
	return o && o->type != OPTION_FLAG && o->type != OPTION_CHOICE;
}

/* Takes in one word before that which is completed. Returns false where it is a
 * command that there is not. */
static bool
place_pass(struct place *p, struct call *call, const char *word)
{
	const struct ctl_option *o = p->valued;

	if (o) {
		if (strcmp(o->name, "runtime-dir") == 0)
			json_object_set_new(
			    call->local, o->name, json_string(word));
		p->valued = NULL;
	} else if (word[0] == '-' && word[1]) {
		o = find_option(p->command, word);
		if (takes_value(o) && strchr(word, '=') == NULL)
			p->valued = o;
	} else if (p->command) {
		p->words++;
	} else {
		p->command = command_find(word);
		return p->command != NULL;
	}
	return true;
}

/* What is completed of a word: `before` stays as it is. */
static struct wanted
wanted_behind(const char *word, char mark)
{
	const char *at = strrchr(word, mark);
	size_t n = at ? (size_t)(at - word) + 1 : 0;

	return (struct wanted){
		.before = word, .before_length = n, .begun = word + n
	};
}

static void
offer_options(const struct wanted *w, const struct ctl_option *o)
{
	char name[80];

	for (; o && o->name; o++) {
		snprintf(name, sizeof(name), "--%s", o->name);
		offer(w, name, o->help);
		if (o->type == OPTION_CHANNELS)
			offer(w, "--" OPTION_ZONE, o->help);
	}
}

/* The words that an option takes; NULL: none that are known here. */
static const char *const *
words_of(const struct ctl_option *o)
{
	if (o->type == OPTION_REPEAT)
		return schema_repeats;
	return strcmp(o->name, "priority") == 0 ? schema_priorities : NULL;
}

static void
offer_value(struct call *call, const struct ctl_option *o, const char *begun,
    bool glued)
{
	struct wanted w =
	    glued ? wanted_behind(begun, '=')
		  : (struct wanted){ .before = begun, .begun = begun };
	const char *const *word = words_of(o);
	struct wanted last;

	if (o->type == OPTION_CHANNELS) {
		last = wanted_behind(w.begun, ',');
		w.before_length += last.before_length;
		w.begun = last.begun;
	}
	for (; word && *word; word++)
		offer(&w, *word, "");
	offer_names(call, &w, o->name);
	if (o->type == OPTION_CHANNELS)
		offer_names(call, &w, "zone");
}

/* The keys of words KEY=VALUE, and values of those that name something. */
static void
offer_keys(struct call *call, const struct wanted *w)
{
	const struct command *command = call->command;
	const struct ctl_option *key = command->keys;
	const struct schema_key *row = NULL;
	const char *begun = w->begun;
	char name[80];

	for (; key && key->name; key++) {
		snprintf(name, sizeof(name), "%s=", key->name);
		if (strncmp(begun, name, strlen(name)) == 0)
			offer_value(call, key, begun, true);
		else
			offer(w, name, key->help);
	}
	if (command->section)
		row = schema_find(command->section)->keys;
	for (; row && row->name; row++) {
		snprintf(name, sizeof(name), "%s=", row->name);
		offer(w, name, "");
	}
}

static void
offer_commands(const struct wanted *w)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		offer(w, command->name, command->help);
}

/* A word of a command's usage line: "[SERIES]", "ID...", "list". */
static void
offer_argument(
    struct call *call, const struct wanted *w, const char *usage, size_t n)
{
	char word[40];
	size_t i;

	snprintf(word, sizeof(word), "%.*s", (int)n, usage);
	if (islower((unsigned char)word[0])) {
		offer(w, word, "");
		return;
	}
	for (i = 0; word[i]; i++)
		word[i] = (char)tolower((unsigned char)word[i]);
	if (strcmp(word, "key=value") == 0)
		offer_keys(call, w);
	else if (strcmp(word, "command") == 0)
		offer_commands(w);
	else
		offer_names(call, w, word);
}

/* The first word of each alternative of the usage line, "SERIES | TICKET"; and
 * later those that may come again, "ID...". */
static void
offer_arguments(struct call *call, const struct place *p, const char *begun)
{
	const struct wanted w = { .before = begun, .begun = begun };
	const char *usage = p->command->arguments;
	bool first = true;
	size_t n;

	while (usage && *usage) {
		usage += strspn(usage, " [");
		n = strcspn(usage, " ].|");
		if (p->words == 0 ? first : strncmp(usage + n, "...", 3) == 0)
			offer_argument(call, &w, usage, n);
		first = usage[n] == '|';
		usage += n;
		usage += strspn(usage, "]. ");
		if (*usage == '|') {
			first = true;
			usage++;
		}
	}
}

static void
offer_next(struct call *call, const struct place *p, const char *begun)
{
	const struct wanted w = { .before = begun, .begun = begun };
	const struct ctl_option *o = find_option(p->command, begun);

	if (p->valued) {
		offer_value(call, p->valued, begun, false);
	} else if (begun[0] == '-' && strchr(begun, '=')) {
		if (o)
			offer_value(call, o, begun, true);
	} else if (begun[0] == '-') {
		offer_options(&w, p->command ? p->command->options : NULL);
		offer_options(&w, common_options);
	} else if (p->command) {
		call->command = p->command;
		offer_arguments(call, p, begun);
	} else {
		offer_commands(&w);
	}
}

static void
complete_late(void *arg)
{
	(void)arg;
	exit(STATUS_DONE);
}

enum status
run_complete(struct call *call)
{
	struct place place = { .command = NULL };
	struct timer *patience;
	size_t i;

	if (timer_new(
		call->loop, TIMER_COARSE, complete_late, NULL, &patience) < 0)
		return STATUS_FAILED;
	timer_at(patience, clock_awake_ns() + PATIENCE_NS);
	for (i = 0; i + 1 < call->word_count; i++)
		if (!place_pass(&place, call, call->words[i]))
			break;
	if (i + 1 >= call->word_count)
		offer_next(call, &place, call->words[call->word_count - 1]);
	timer_free(patience);
	return STATUS_DONE;
}
