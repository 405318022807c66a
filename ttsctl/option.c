#include "ttsctl/option.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/args/options.h"
#include "common/body.h"
#include "common/conf/schema.h"
#include "common/control/fields.h"
#include "common/text/duration.h"
#include "common/text/rfc3339.h"
#include "platform/local_time.h"
#include "ttsctl/help.h"

const struct ctl_option common_options[] = {
	{ "runtime-dir", 'r', OPTION_STRING, "DIR", NULL,
	    "the runtime directory of the daemons" },
	{ "wait-for", 'w', OPTION_SECONDS, "TIME", NULL,
	    "wait that long (30, 5m) for the daemon to be there" },
	{ "json", 'j', OPTION_FLAG, NULL, NULL,
	    "print what the daemon says, for machines" },
	{ "help", 'h', OPTION_FLAG, NULL, NULL, "print this and exit" },
	{ "version", 0, OPTION_FLAG, NULL, NULL, "print the version and exit" },
	{ NULL },
};

/* Adds to a list, which it takes over, the names in a text. NULL: one of them
 * is not UTF-8. */
static json_t *
add_names(json_t *list, const char *text)
{
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, ",");
		body_append(&list, json_stringn(text, n));
		if (text[n] == '\0')
			return list;
	}
}

/* One name as such, several as a list: it is answered otherwise. What was named
 * before stays. */
static json_t *
parse_names(const json_t *before, const char *text)
{
	json_t *list;

	if (before == NULL && strchr(text, ',') == NULL)
		return json_string(text);
	list =
	    json_is_array(before) ? json_copy((json_t *)before) : json_array();
	if (json_is_string(before))
		json_array_append(list, (json_t *)before);
	return add_names(list, text);
}

static json_t *
parse_integer(const char *text, int64_t unit)
{
	long long number, all;
	char *end;

	errno = 0;
	number = strtoll(text, &end, 10);
	return errno || end == text || *end ||
		       __builtin_mul_overflow(number, unit, &all)
		   ? NULL
		   : json_integer(all);
}

json_t *
integer_value(const char *text)
{
	return parse_integer(text, 1);
}

json_t *
number_value(const char *text)
{
	json_t *number = integer_value(text);

	return number ? number : json_string(text);
}

static json_t *
repeat_value(const char *text)
{
	return word_index(schema_repeats, text) >= 0 ? json_string(text)
						     : integer_value(text);
}

/* As milliseconds; a number without a unit counts so many of them. */
static json_t *
parse_duration(const char *text, int64_t unit_ms)
{
	int64_t ns;

	return duration_parse(text, &ns) ? json_integer(ns / NS_PER_MS)
					 : parse_integer(text, unit_ms);
}

static json_t *
parse_when(const char *text, enum when_side side)
{
	char stamp[40];
	int64_t ms;

	if (!when_parse(text, side, clock_utc_ms(), &local_time, &ms))
		return NULL;
	if (side == WHEN_PAST)
		return json_integer(ms);
	rfc3339_write(ms, stamp, sizeof(stamp));
	return json_string(stamp);
}

static json_t *
parse_value(const struct ctl_option *o, const char *text)
{
	switch (o->type) {
	case OPTION_INTEGER:
		return integer_value(text);
	case OPTION_REPEAT:
		return repeat_value(text);
	case OPTION_MS:
		return parse_duration(text, 1);
	case OPTION_SECONDS:
		return parse_duration(text, 1000);
	case OPTION_PAST:
		return parse_when(text, WHEN_PAST);
	case OPTION_FUTURE:
		return parse_when(text, WHEN_FUTURE);
	default:
		return json_string(text);
	}
}

/* What is said to be expected of such an option. */
static const char *
expected(enum option_type type)
{
	switch (type) {
	case OPTION_INTEGER:
		return "a whole number";
	case OPTION_REPEAT:
		return "a whole number, or until-cancelled";
	case OPTION_MS:
		return "a duration (500ms, 1.5s, 2m, 1h) or a number of ms";
	case OPTION_SECONDS:
		return "a number of seconds or a duration (500ms, 2m, 1h)";
	case OPTION_PAST:
		return when_expected(WHEN_PAST);
	case OPTION_FUTURE:
		return when_expected(WHEN_FUTURE);
	default:
		return "UTF-8 text";
	}
}

static enum status
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

enum status
settings_put(const struct call *call, json_t *object, size_t first,
    setting_value *value_of)
{
	enum status status = STATUS_DONE;
	size_t i;

	for (i = first; i < call->word_count && status == STATUS_DONE; i++)
		status = setting_put(call, object, call->words[i], value_of);
	return status;
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
	if (o->type == OPTION_CHANNELS)
		value =
		    parse_names(json_object_get(call->request, o->field), text);
	else
		value = text ? parse_value(o, text) : json_true();
	if (value == NULL)
		return complain_usage(call, "--%s is '%s'; expected %s",
		    o->name, text, expected(o->type));
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

/* The options that may stand here, under each of their names. */
struct known {
	const struct ctl_option *options[OPTIONS_ROWS_MAX];
	struct options_row rows[OPTIONS_ROWS_MAX + 1];
	size_t count;
};

static void
add_name(
    struct known *k, const struct ctl_option *o, const char *name, char letter)
{
	k->options[k->count] = o;
	k->rows[k->count++] = (struct options_row){
		.name = name, .letter = letter, .valued = row_value(o->type)
	};
}

static void
add_options(struct known *k, const struct ctl_option *o)
{
	for (; o && o->name; o++) {
		add_name(k, o, o->name, o->letter);
		if (o->type == OPTION_CHANNELS)
			add_name(k, o, OPTION_ZONE, 0);
	}
}

/* Lists a command's own options, then the common ones. */
static void
list_known(const struct call *call, struct known *k)
{
	*k = (struct known){ .count = 0 };
	add_options(k, call->command ? call->command->options : NULL);
	add_options(k, common_options);
}

static enum status
complain_of(const struct call *call, const struct options *o, int mistake)
{
	char ask[80];

	if (mistake == OPTIONS_UNVALUED)
		return complain_usage(call, "%s needs a value", o->name);
	if (mistake == OPTIONS_OVERVALUED)
		return complain_usage(call, "%s takes no value", o->name);
	options_meant(o, ask, sizeof(ask));
	return complain_usage(call,
	    "there is no option '%s'%s; put -- before text that begins with "
	    "'-'",
	    o->name, ask);
}

enum status
option_read(struct args *a, struct call *call)
{
	struct known known;
	enum status status = STATUS_DONE;
	const char *value;
	struct options o;
	int row;

	list_known(call, &known);
	/* options_begin() leaves out the first word: the program's name, or the
	 * command's. */
	options_begin(&o, known.rows, a->argc - a->at + 1, a->argv + a->at - 1);
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
			status = store(call, known.options[row], value);
	}
	a->at += options_at(&o) - 1;
	while (status == STATUS_DONE && call->command && a->at < a->argc)
		call->words[call->word_count++] = a->argv[a->at++];
	return status;
}

static void
print_name(
    const struct ctl_option *o, const char *name, char letter, const char *help)
{
	char text[80];
	int n;

	n = letter ? snprintf(text, sizeof(text), "-%c, ", letter)
		   : snprintf(text, sizeof(text), "    ");
	n += snprintf(text + n, sizeof(text) - (size_t)n, "--%s", name);
	if (o->value)
		snprintf(text + n, sizeof(text) - (size_t)n,
		    o->type == OPTION_CHOICE ? "[=%s]" : " %s", o->value);
	help_print_row(text, 26, help);
}

void
option_print(const struct ctl_option *list)
{
	for (; list && list->name; list++) {
		print_name(list, list->name, list->letter, list->help);
		if (list->type == OPTION_CHANNELS)
			print_name(
			    list, OPTION_ZONE, 0, "the same as --channel");
	}
}

void
option_print_keys(const struct ctl_option *list)
{
	char text[80];

	for (; list->name; list++) {
		snprintf(text, sizeof(text), "%s=%s", list->name, list->value);
		help_print_row(text, 26, list->help);
	}
}
