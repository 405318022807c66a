/* `history`: what was said, as a table, or as CSV for a spreadsheet. */
#include <stdio.h>
#include <string.h>

#include "ttsctl/show.h"
#include "ttsctl/table.h"

static void
cell_moment(const json_t *value, char *out, size_t size)
{
	time_text(out, size, "%Y-%m-%dT%H:%M:%S%z", json_integer_value(value));
}

/* The receipts, as "live heard, hall missed (silence came in its place)". */
static void
list_receipts(const json_t *value, bool reasons, char *out, size_t size)
{
	const json_t *one;
	const char *reason;
	size_t i, n = 0;

	out[0] = '\0';
	json_array_foreach(value, i, one)
	{
		reason = reasons ? cell_text(one, "reason") : "";
		if (n < size)
			n +=
			    (size_t)snprintf(out + n, size - n, "%s%s %s%s%s%s",
				i ? ", " : "", cell_text(one, "output"),
				cell_text(one, "state"), reason[0] ? " (" : "",
				reason, reason[0] ? ")" : "");
	}
}

static void
cell_receipts(const json_t *value, char *out, size_t size)
{
	list_receipts(value, true, out, size);
}

/* For a table. */
static void
cell_receipt_states(const json_t *value, char *out, size_t size)
{
	list_receipts(value, false, out, size);
}

/* Who asked: the process, and for whom. */
static const struct column csv[] = {
	{ .title = "id", .field = "id" },
	{ .title = "channel", .field = "channel" },
	{ .title = "asked", .field = "accepted_ms", .format = cell_moment },
	{ .title = "uid", .field = "uid" },
	{ .title = "pid", .field = "pid" },
	{ .title = "by", .field = "by" },
	{ .title = "key", .field = "key" },
	{ .title = "begun", .field = "started_ms", .format = cell_moment },
	{ .title = "ended", .field = "ended_ms", .format = cell_moment },
	{ .title = "outcome", .field = "outcome" },
	{ .title = "reason", .field = "reason" },
	{ .title = "first_sample", .field = "first_sample" },
	{ .title = "last_sample", .field = "last_sample" },
	{ .title = "replays", .field = "replays" },
	{ .title = "rounds", .field = "rounds" },
	{ .title = "receipts", .field = "receipts", .format = cell_receipts },
	{ .title = "text", .field = "text" },
	{ NULL },
};

/* Would a spreadsheet take that text for a formula, and run it? Some take off
 * blanks first, and some know the signs of full width. */
static bool
is_formula(const json_t *value, const char *text)
{
	static const char *const begins[] = { "=", "+", "-", "@", "\t", "\r",
		"\n", "\uff1d", "\uff0b", "\uff0d", "\uff20" };
	size_t i;

	if (json_is_number(value))
		return false;
	if (json_is_string(value))
		text = json_string_value(value);
	text += strspn(text, " ");
	for (i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (strncmp(text, begins[i], strlen(begins[i])) == 0)
			return true;
	return false;
}

/* Prints a value as RFC 4180 has it, in quotes, each of its own twice. */
static void
print_quoted(const char *text, bool formula)
{
	fputs(formula ? "\"'" : "\"", stdout);
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void
print_row(const json_t *row)
{
	const struct column *c;
	const json_t *value;
	char text[CELL_MAX];

	for (c = csv; c->title; c++) {
		if (c != csv)
			putchar(',');
		value = json_object_get(row, c->field);
		if (value == NULL)
			continue;
		cell(text, row, c->field, c->format);
		print_quoted(text, is_formula(value, text));
	}
	fputs("\r\n", stdout);
}

static void
print_csv(const json_t *rows)
{
	const struct column *c;
	const json_t *row;
	size_t i;

	for (c = csv; c->title; c++)
		printf("%s%s", c == csv ? "" : ",", c->title);
	fputs("\r\n", stdout);
	json_array_foreach(rows, i, row)
	{
		print_row(row);
	}
}

/* Beneath each announcement stands why an output missed it. */
static void
note_receipts(json_t *row)
{
	json_t *receipts = json_object_get(row, "receipts"), *one;
	char what[CELL_MAX];
	size_t i;

	if (json_array_size(receipts) == 0)
		json_object_del(row, "receipts");
	json_array_foreach(json_object_get(row, "receipts"), i, one)
	{
		if (strcmp(cell_text(one, "state"), "missed") != 0)
			continue;
		snprintf(what, sizeof(what), "%s missed it",
		    cell_text(one, "output"));
		table_note(
		    row, what, json_incref(json_object_get(one, "reason")));
	}
}

/* Most was begun once: a table that tells of nothing else has no such column.
 */
static void
leave_out_zeroes(json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (json_integer_value(json_object_get(row, "replays")) == 0)
			json_object_del(row, "replays");
	}
}

void
show_history(const struct call *call, const json_t *reply)
{
	static const struct column columns[] = {
		{ .title = "ID", .field = "id" },
		{ .title = "CHANNEL", .field = "channel", .leaves = 1 },
		{ .title = "ASKED",
		    .field = "accepted_ms",
		    .format = cell_date },
		{ .title = "BY PID", .field = "pid", .leaves = 2 },
		{ .title = "BY", .field = "by", .optional = true },
		{ .title = "KEY",
		    .field = "key",
		    .optional = true,
		    .leaves = 4 },
		{ .title = "BEGUN",
		    .field = "started_ms",
		    .format = cell_date,
		    .leaves = 3 },
		{ .title = "OUTCOME", .field = "outcome" },
		{ .title = "REASON", .field = "reason", .optional = true },
		{ .title = "REPLAYS", .field = "replays", .optional = true },
		{ .title = "ROUNDS", .field = "rounds", .optional = true },
		{ .title = "RECEIPTS",
		    .field = "receipts",
		    .format = cell_receipt_states,
		    .optional = true },
		{ .title = "TEXT", .field = "text" },
		{ NULL },
	};
	const json_t *items = json_object_get(reply, "items");
	json_t *rows = json_array();
	size_t i;

	/* It is read like a log, the latest last. */
	for (i = json_array_size(items); i > 0; i--) {
		note_receipts(json_array_get(items, i - 1));
		json_array_append(rows, json_array_get(items, i - 1));
	}
	if (call_flag(call, "csv")) {
		print_csv(rows);
	} else {
		leave_out_zeroes(rows);
		table_print(columns, rows, "nothing was said");
	}
	json_decref(rows);
}
