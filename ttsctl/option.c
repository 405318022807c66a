#include "ttsctl/option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option common_options[] = {
	{ "runtime-dir", 'r', OPTION_STRING, "DIR", NULL,
	    "the runtime directory of the daemons" },
	{ "wait-for", 'w', OPTION_INTEGER, "SECONDS", NULL,
	    "wait that long for the daemon to be there" },
	{ "json", 'j', OPTION_FLAG, NULL, NULL,
	    "print what the daemon says, for machines" },
	{ "help", 'h', OPTION_FLAG, NULL, NULL, "print this and exit" },
	{ "version", 0, OPTION_FLAG, NULL, NULL, "print the version and exit" },
	{ NULL },
};

/* `text` begins with the option's name, which ends at `len`. */
static const struct option *
find_in(const struct option *list, const char *text, size_t len, bool is_long)
{
	for (; list && list->name; list++)
		if (is_long ? strlen(list->name) == len &&
				  memcmp(list->name, text, len) == 0
			    : list->letter == text[0])
			return list;
	return NULL;
}

static const struct option *
option_find(const struct call *call, const char *text, size_t len, bool is_long)
{
	const struct option *o = NULL;

	if (call->command)
		o = find_in(call->command->options, text, len, is_long);
	return o ? o : find_in(common_options, text, len, is_long);
}

static json_t *
parse_value(const struct option *o, const char *text)
{
	long long number;
	char *end;

	if (o->type == OPTION_STRING)
		return json_string(text);
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno || end == text || *end ? NULL : json_integer(number);
}

static enum status
store(struct call *call, const struct option *o, const char *text)
{
	json_t *value =
	    o->type == OPTION_FLAG ? json_true() : parse_value(o, text);

	if (value == NULL)
		return complain_usage(call, "--%s is '%s'; expected %s",
		    o->name, text,
		    o->type == OPTION_STRING ? "UTF-8 text" : "a whole number");
	if (o->field)
		json_object_set_new(call->request, o->field, value);
	else
		json_object_set_new(call->local, o->name, value);
	return STATUS_DONE;
}

static enum status
unknown(const struct call *call, const char *arg)
{
	return complain_usage(call,
	    "there is no option '%s' (put -- before text that begins with "
	    "'-')",
	    arg);
}

/* "--name", "--name=value" or "--name value". */
static enum status
read_long(struct args *a, struct call *call)
{
	const char *arg = a->argv[a->at++], *text = arg + 2;
	size_t len = strcspn(text, "=");
	const struct option *o = option_find(call, text, len, true);

	if (o == NULL)
		return unknown(call, arg);
	if (o->type == OPTION_FLAG && text[len])
		return complain_usage(call, "--%s takes no value", o->name);
	if (o->type == OPTION_FLAG)
		return store(call, o, NULL);
	if (text[len])
		return store(call, o, text + len + 1);
	if (a->at == a->argc)
		return complain_usage(call, "--%s needs a value", o->name);
	return store(call, o, a->argv[a->at++]);
}

/* "-x", "-xyz" of flags, "-xvalue" or "-x value". */
static enum status
read_letters(struct args *a, struct call *call)
{
	const char *arg = a->argv[a->at++], *text;
	const struct option *o;
	enum status status = STATUS_DONE;

	for (text = arg + 1; *text && status == STATUS_DONE; text++) {
		o = option_find(call, text, 1, false);
		if (o == NULL)
			return unknown(call, arg);
		if (o->type == OPTION_FLAG) {
			status = store(call, o, NULL);
			continue;
		}
		if (text[1])
			return store(call, o, text + 1);
		if (a->at == a->argc)
			return complain_usage(
			    call, "-%c needs a value", o->letter);
		return store(call, o, a->argv[a->at++]);
	}
	return status;
}

enum status
options_read(struct args *a, struct call *call)
{
	enum status status = STATUS_DONE;
	bool only_words = false;
	const char *arg;

	while (a->at < a->argc && status == STATUS_DONE) {
		arg = a->argv[a->at];
		if (only_words || arg[0] != '-' || arg[1] == '\0') {
			if (call->command == NULL)
				break;
			call->words[call->word_count++] = arg;
			a->at++;
		} else if (strcmp(arg, "--") == 0) {
			only_words = true;
			a->at++;
		} else if (arg[1] == '-') {
			status = read_long(a, call);
		} else {
			status = read_letters(a, call);
		}
	}
	return status;
}

void
options_print(const struct option *list)
{
	char text[80];
	int n;

	for (; list && list->name; list++) {
		n = list->letter
			? snprintf(text, sizeof(text), "-%c, ", list->letter)
			: snprintf(text, sizeof(text), "    ");
		snprintf(text + n, sizeof(text) - (size_t)n, "--%s%s%s",
		    list->name, list->value ? " " : "",
		    list->value ? list->value : "");
		printf("  %-26s %s\n", text, list->help);
	}
}
