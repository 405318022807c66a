#include "ttsctl/desk.h"

#include <stdio.h>
#include <string.h>

#include "common/conf/conf.h"
#include "ttsctl/show.h"
#include "ttsctl/table.h"

/* ---- what is asked ------------------------------------------------------ */

/* Those of every call. */
#define CALL_OPTIONS                                                         \
	{ "message", 0, OPTION_STRING, "NAME", "message",                    \
		"by another [message] than the series has" },                \
	    CHANNELS_OPTION, PRIORITY_OPTION,                                \
	    { "key", 0, OPTION_STRING, "KEY", "key",                         \
		    "called once, however often it is sent with this key" }, \
	    { "by", 0, OPTION_STRING, "NAME", "by", "who calls" },           \
	{                                                                    \
		"quiet", 'q', OPTION_FLAG, NULL, NULL,                       \
		    "print the ticket alone"                                 \
	}

const struct ctl_option call_options[] = {
	{ "again", 0, OPTION_FLAG, NULL, "again", "what was called last" },
	{ "counter", 'n', OPTION_STRING, "NAME", "counter",
	    "the counter; with --again, what was called last to it" },
	CALL_OPTIONS,
	{ NULL },
};

const struct ctl_option transfer_options[] = {
	{ "series", 's', OPTION_STRING, "NAME", "series",
	    "not called now: it waits for the desks of that series" },
	CALL_OPTIONS,
	{ NULL },
};

const struct ctl_option calls_options[] = {
	{ "limit", 0, OPTION_INTEGER, "N", "limit",
	    "the latest N, 100 if not given, 1000 at most" },
	{ NULL },
};

/* Series have plain names; a ticket ends with its number, also as a Chinese
 * keyboard writes it. */
static bool
is_ticket(const char *word)
{
	size_t len = strlen(word);

	return !conf_name_valid(word) || strchr("0123456789", word[len - 1]);
}

static enum status
put_word(struct call *call, const char *field, const char *word)
{
	if (json_object_set_new(call->request, field, json_string(word)) < 0)
		return complain_usage(call, "'%s' is not UTF-8", word);
	return STATUS_DONE;
}

enum status
prepare_call(struct call *call)
{
	enum status status = STATUS_DONE;
	const char *first = call->word_count > 0 ? call->words[0] : NULL;

	if (first == NULL && !json_object_get(call->request, "again"))
		return complain_usage(
		    call, "expected %s", call->command->arguments);
	if (first)
		status = put_word(
		    call, is_ticket(first) ? "ticket" : "series", first);
	if (status == STATUS_DONE && call->word_count > 1)
		status = put_word(call, "counter", call->words[1]);
	return status;
}

enum status
prepare_transfer(struct call *call)
{
	bool to_series = json_object_get(call->request, "series") != NULL;
	enum status status = put_word(call, "ticket", call->words[0]);

	if (to_series == (call->word_count > 1))
		return complain_usage(
		    call, "expected %s", call->command->arguments);
	return status == STATUS_DONE && !to_series
		   ? put_word(call, "counter", call->words[1])
		   : status;
}

enum status
prepare_series(struct call *call)
{
	enum status status = STATUS_DONE;
	json_t *number;

	if (call->word_count > 0)
		status = put_word(call, "series", call->words[0]);
	if (status != STATUS_DONE || call->word_count < 2)
		return status;
	number = integer_value(call->words[1]);
	if (number == NULL)
		return complain_usage(
		    call, "'%s' is not a number", call->words[1]);
	json_object_set_new(call->request, "next", number);
	return STATUS_DONE;
}

/* ---- what is answered --------------------------------------------------- */

void
show_called(const struct call *call, const json_t *reply)
{
	char text[CELL_MAX];

	printf("%s", cell(text, reply, "ticket", NULL));
	if (call_flag(call, "quiet")) {
		putchar('\n');
		return;
	}
	if (json_object_get(reply, "counter"))
		printf(" to counter %s", cell(text, reply, "counter", NULL));
	printf(json_object_get(reply, "id") ? ": " : "\n");
	show_said(call, reply);
}

void
show_transferred(const struct call *call, const json_t *reply)
{
	json_int_t before =
	    json_integer_value(json_object_get(reply, "position"));
	char text[CELL_MAX];

	if (!json_object_get(reply, "series") || call_flag(call, "quiet")) {
		show_called(call, reply);
		return;
	}
	printf("%s waits for series ", cell(text, reply, "ticket", NULL));
	printf("%s", cell(text, reply, "series", NULL));
	if (before > 0)
		printf(", %" JSON_INTEGER_FORMAT " before it", before);
	putchar('\n');
}

void
show_uncalled(const struct call *call, const json_t *reply)
{
	char text[CELL_MAX];

	(void)call;
	printf("%s was taken back%s\n", cell(text, reply, "ticket", NULL),
	    json_is_true(json_object_get(reply, "given_back"))
		? ", and is next again"
		: "");
}

void
show_numbers(const struct call *call, const json_t *reply)
{
	char text[CELL_MAX];

	(void)call;
	if (json_object_get(reply, "ticket"))
		printf(
		    "%s was passed over; ", cell(text, reply, "ticket", NULL));
	printf("next is %s\n", cell(text, reply, "next_ticket", NULL));
}

/* Those that wait for a series, the first one first. */
static void
cell_tickets(const json_t *waiting, char *out, size_t size)
{
	json_t *tickets = json_array(), *one;
	size_t i;

	json_array_foreach(waiting, i, one)
	    json_array_append(tickets, json_object_get(one, "ticket"));
	cell_plain(tickets, out, size);
	json_decref(tickets);
}

void
show_series(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "SERIES", .field = "name" },
		{ .title = "NEXT", .field = "next_ticket" },
		{ .title = "LAST", .field = "last" },
		{ .title = "COUNTER", .field = "counter" },
		{ .title = "CALLED TODAY", .field = "called" },
		{ .title = "WAITING",
		    .field = "waiting",
		    .format = cell_tickets,
		    .optional = true },
		{ .title = "COUNTERS", .field = "counters", .leaves = 1 },
		{ NULL },
	};

	json_t *rows = json_object_get(reply, "series"), *row;
	size_t i;

	(void)call;
	json_array_foreach(rows, i, row)
	{
		if (json_array_size(json_object_get(row, "waiting")) == 0)
			json_object_del(row, "waiting");
	}
	table_print(columns, rows, "no series in the configuration");
}

void
show_calls(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "ID", .field = "id" },
		{ .title = "CALLED", .field = "time", .format = cell_date },
		{ .title = "TICKET", .field = "ticket" },
		{ .title = "COUNTER", .field = "counter" },
		{ .title = "BY", .field = "by", .optional = true },
		{ .title = "OUTCOME", .field = "outcome" },
		{ .title = "REASON", .field = "reason", .optional = true },
		{ NULL },
	};
	const json_t *items = json_object_get(reply, "calls");
	json_t *rows = json_array(), *row;
	size_t i;

	(void)call;
	/* It is read like a log, the latest last. */
	for (i = json_array_size(items); i > 0; i--) {
		row = json_array_get(items, i - 1);
		if (strcmp(cell_text(row, "state"), "called") != 0)
			json_object_set(
			    row, "outcome", json_object_get(row, "state"));
		json_array_append(rows, row);
	}
	table_print(columns, rows, "nothing was called");
	json_decref(rows);
}

/* Adds a row for the channels on which it is as `one` says. */
static void
add_message_row(json_t *rows, const json_t *message, const json_t *one)
{
	json_t *row = json_copy((json_t *)message);

	if (one) {
		json_object_update(row, (json_t *)one);
		json_object_set_new(row, "prepared",
		    json_string(json_is_true(json_object_get(one, "ready"))
				    ? "yes"
				    : "not yet"));
		table_note(row, "", json_incref(json_object_get(one, "why")));
	}
	json_array_append_new(rows, row);
}

void
show_messages(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "MESSAGE", .field = "name" },
		{ .title = "FIELDS", .field = "fields", .leaves = 1 },
		{ .title = "PREPARED", .field = "prepared", .optional = true },
		{ .title = "LENGTH",
		    .field = "duration_ms",
		    .format = cell_duration,
		    .optional = true },
		{ .title = "CHANNELS", .field = "channels", .optional = true },
		{ .title = "TEXT", .field = "text", .leaves = 2 },
		{ NULL },
	};
	json_t *rows = json_array();
	const json_t *message, *prepared;
	size_t i, k;

	(void)call;
	json_array_foreach(json_object_get(reply, "messages"), i, message)
	{
		prepared = json_object_get(message, "prepared");
		if (prepared == NULL)
			add_message_row(rows, message, NULL);
		for (k = 0; k < json_array_size(prepared); k++)
			add_message_row(
			    rows, message, json_array_get(prepared, k));
	}
	table_print(columns, rows, "no messages in the configuration");
	json_decref(rows);
}
