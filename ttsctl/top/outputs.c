#include <stdio.h>

#include "ttsctl/outputs.h"
#include "ttsctl/top/parts.h"

/* Formats a delay; one that is not known is less than none. */
static void
format_delay(const json_t *heard, char *out, size_t size)
{
	json_int_t ms =
	    json_is_object(heard) ? face_number(heard, "delay_ms") : -1;

	out[0] = '\0';
	if (ms >= 0)
		snprintf(out, size, "%" JSON_INTEGER_FORMAT " ms", ms);
}

static void
format_level(const json_t *heard, char *out, size_t size)
{
	const json_t *db = json_object_get(heard, "level_db");

	out[0] = '\0';
	if (json_is_number(db))
		snprintf(out, size, "%.0f dB", json_number_value(db));
}

/* Says of which announcement the last receipt was, and what. */
static json_t *
receipt_text(const json_t *receipt, int64_t now_ms)
{
	const char *reason = cell_text(receipt, "reason");
	json_t *age = json_integer(now_ms - face_number(receipt, "time"));
	char ago[CELL_MAX];
	json_t *text;

	cell_duration(age, ago, sizeof(ago));
	text = json_sprintf("of %" JSON_INTEGER_FORMAT ": %s, %s ago%s%s",
	    face_number(receipt, "id"), cell_text(receipt, "state"),
	    ago[0] ? ago : "0 ms", reason[0] ? ": " : "", reason);
	json_decref(age);
	return text;
}

static bool
is_well(const json_t *output)
{
	const char *heard =
	    cell_text(json_object_get(output, "heard"), "state");

	return face_is(output, "state", "running") &&
	       strcmp(heard, "unheard") != 0 && strcmp(heard, "foreign") != 0;
}

static json_t *
output_row(const struct detail *d, const struct sight *s, json_t *output)
{
	const json_t *receipt =
	    json_object_get(s->receipts, cell_text(output, "name"));
	json_t *row = outputs_row(output);

	json_object_set(row, "delay", json_object_get(output, "heard"));
	json_object_set(row, "level", json_object_get(output, "heard"));
	if (receipt)
		json_object_set_new(
		    row, "last", receipt_text(receipt, s->now_ms));
	if (!d->notes)
		json_object_del(row, "notes");
	return row;
}

void
face_write_outputs(
    struct page *p, const struct detail *d, const struct sight *s)
{
	static const struct column columns[] = {
		{ .title = "OUTPUT", .field = "name" },
		{ .title = "STATE", .field = "state" },
		{ .title = "UP",
		    .field = "uptime_ms",
		    .format = outputs_uptime,
		    .leaves = 2 },
		{ .title = "RESTARTS", .field = "restarts", .leaves = 3 },
		{ .title = "DELAY",
		    .field = "delay",
		    .format = format_delay,
		    .optional = true,
		    .leaves = 5 },
		{ .title = "LEVEL",
		    .field = "level",
		    .format = format_level,
		    .optional = true,
		    .leaves = 4 },
		{ .title = "HEARD",
		    .field = "heard",
		    .format = outputs_heard,
		    .optional = true,
		    .leaves = 6 },
		{ .title = "LISTENERS",
		    .field = "listeners",
		    .optional = true,
		    .leaves = 7 },
		{ .title = "RECEIPTS",
		    .field = "receipts",
		    .format = cell_counted,
		    .leaves = 1 },
		{ .title = "LAST RECEIPT", .field = "last" },
		{ NULL },
	};
	json_t *rows = json_array(), *output;
	size_t i, well = 0;

	json_array_foreach(s->outputs, i, output)
	{
		if (d->well || !is_well(output))
			json_array_append_new(rows, output_row(d, s, output));
		else
			well++;
	}
	if (d->gaps)
		page_end(p);
	if (json_array_size(rows) > 0 || well == 0)
		table_write(p, columns, rows, "no outputs");
	if (well > 0)
		page_line(p, DIM, "outputs that are well: %zu", well);
	json_decref(rows);
}
