#include "ttsctl/option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "common/body.h"

const struct ctl_option common_options[] = {
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

/* One name as such, several as a list. */
static json_t *
parse_names(const char *text)
{
	json_t *list;
	size_t n;

	if (strchr(text, ',') == NULL)
		return json_string(text);
	list = json_array();
	for (;; text += n + 1) {
		n = strcspn(text, ",");
		body_append(&list, json_stringn(text, n));
		if (text[n] == '\0')
			return list;
	}
}

static json_t *
parse_value(const struct ctl_option *o, const char *text)
{
	long long number;
	char *end;

	if (o->type == OPTION_STRING || o->type == OPTION_CHOICE)
		return json_string(text);
	if (o->type == OPTION_NAMES)
		return parse_names(text);
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno || end == text || *end ? NULL : json_integer(number);
}

enum status
setting_put(const struct call *call, json_t *object, const char *word,
    setting_value *value_of)
{
	const char *equals = strchr(word, '=');
	char key[64];
	json_t *value;

	if (equals == NULL || equals == word ||
	    (size_t)(equals - word) >= sizeof(key))
		return complain_usage(call, "'%s' is not KEY=VALUE", word);
	snprintf(key, sizeof(key), "%.*s", (int)(equals - word), word);
	value = value_of ? value_of(key, equals + 1) : json_string(equals + 1);
	if (json_object_set_new(object, key, value) < 0)
		return complain_usage(call, "'%s' is not UTF-8", word);
	return STATUS_DONE;
}

/* Adds a word KEY=VALUE to the object that an option collects. */
static enum status
store_setting(struct call *call, const struct ctl_option *o, const char *word)
{
	if (json_object_get(call->request, o->field) == NULL)
		json_object_set_new(call->request, o->field, json_object());
	return setting_put(
	    call, json_object_get(call->request, o->field), word, NULL);
}

static enum status
store(struct call *call, const struct ctl_option *o, const char *text)
{
	json_t *value;

	if (o->type == OPTION_SETTING)
		return store_setting(call, o, text);
	if (o->type == OPTION_CHOICE && text && strcmp(text, o->value) != 0)
		return complain_usage(
		    call, "--%s is '%s'; expected %s", o->name, text, o->value);
	value = text ? parse_value(o, text) : json_true();
	if (value == NULL)
		return complain_usage(call, "--%s is '%s'; expected %s",
		    o->name, text,
		    o->type == OPTION_INTEGER ? "a whole number"
					      : "UTF-8 text");
	if (o->field)
		json_object_set_new(call->request, o->field, value);
	else
		json_object_set_new(call->local, o->name, value);
	return STATUS_DONE;
}

static enum options_value
row_value(enum option_type type)
{
	if (type == OPTION_CHOICE)
		return OPTIONS_OPTIONAL;
	return type == OPTION_FLAG ? OPTIONS_FLAG : OPTIONS_VALUED;
}

/* Lists a command's own options, then the common ones, as rows. */
static void
list_rows(const struct ctl_option *const *known, struct options_row *rows)
{
	for (; *known; known++, rows++)
		*rows = (struct options_row){ .name = (*known)->name,
			.letter = (*known)->letter,
			.valued = row_value((*known)->type) };
	*rows = (struct options_row){ .name = NULL };
}

static void
list_known(const struct call *call, const struct ctl_option **known)
{
	const struct ctl_option *o =
	    call->command ? call->command->options : NULL;

	for (; o && o->name; o++)
		*known++ = o;
	for (o = common_options; o->name; o++)
		*known++ = o;
	*known = NULL;
}

static enum status
complain_of(const struct call *call, const struct options *o, int mistake)
{
	if (mistake == OPTIONS_UNVALUED)
		return complain_usage(call, "%s needs a value", o->name);
	if (mistake == OPTIONS_OVERVALUED)
		return complain_usage(call, "%s takes no value", o->name);
	return complain_usage(call,
	    "there is no option '%s' (put -- before text that begins with "
	    "'-')",
	    o->name);
}

enum status
option_read(struct args *a, struct call *call)
{
	const struct ctl_option *known[OPTIONS_ROWS_MAX];
	struct options_row rows[OPTIONS_ROWS_MAX];
	enum status status = STATUS_DONE;
	const char *value;
	struct options o;
	int row;

	list_known(call, known);
	list_rows(known, rows);
	/* options_begin() leaves out the first word: the program's name, or the
	 * command's. */
	options_begin(&o, rows, a->argc - a->at + 1, a->argv + a->at - 1);
	while (status == STATUS_DONE &&
	       (row = options_next(&o, &value)) != OPTIONS_END) {
		if (row == OPTIONS_WORD && call->command == NULL) {
			a->at += options_at(&o) - 2;
			return status;
		}
		if (row == OPTIONS_WORD)
			call->words[call->word_count++] = value;
		else if (row < 0)
			status = complain_of(call, &o, row);
		else
			status = store(call, known[row], value);
	}
	a->at += options_at(&o) - 1;
	while (status == STATUS_DONE && call->command && a->at < a->argc)
		call->words[call->word_count++] = a->argv[a->at++];
	return status;
}

void
option_print(const struct ctl_option *list)
{
	char text[80];
	int n;

	for (; list && list->name; list++) {
		n = list->letter
			? snprintf(text, sizeof(text), "-%c, ", list->letter)
			: snprintf(text, sizeof(text), "    ");
		n += snprintf(
		    text + n, sizeof(text) - (size_t)n, "--%s", list->name);
		if (list->value)
			snprintf(text + n, sizeof(text) - (size_t)n,
			    list->type == OPTION_CHOICE ? "[=%s]" : " %s",
			    list->value);
		printf("  %-26s %s\n", text, list->help);
	}
}

void
option_print_keys(const struct ctl_option *list)
{
	char text[80];

	for (; list->name; list++) {
		snprintf(text, sizeof(text), "%s=%s", list->name, list->value);
		printf("  %-26s %s\n", text, list->help);
	}
}
