#include "ttsctl/table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/utf8.h"

#define COLUMNS_MAX 16
/* So many blanks part two columns. */
#define GAP 2
/* Other columns leave until the last one has so many columns. */
#define LAST_MIN 16

static const struct {
	const char *state;
	const char *colour;
} colours[] = {
	{ "on-air", GREEN },
	{ "speaking", GREEN },
	{ "running", GREEN },
	{ "starting", YELLOW },
	{ "stopping", YELLOW },
	{ "backoff", YELLOW },
	{ "paused", YELLOW },
	{ "starving", RED },
	{ "stalled", RED },
	{ "rejected", RED },
};

void
cell_plain(const json_t *value, char *out, size_t size)
{
	size_t i, at = 0;
	const json_t *item;

	if (json_is_object(json_array_get(value, 0))) {
		cell_count(value, out, size);
		return;
	}
	if (json_is_string(value)) {
		utf8_sanitise(out, size, json_string_value(value),
		    json_string_length(value));
	} else if (json_is_integer(value)) {
		snprintf(out, size, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(value));
	} else if (json_is_real(value)) {
		snprintf(out, size, "%.2f", json_real_value(value));
	} else if (json_is_boolean(value)) {
		snprintf(out, size, "%s", json_is_true(value) ? "yes" : "no");
	} else {
		snprintf(out, size, "-");
	}
	json_array_foreach(value, i, item)
	{
		if (at + 3 >= size)
			break;
		if (i > 0)
			at += (size_t)snprintf(out + at, size - at, ", ");
		cell_plain(item, out + at, size - at);
		at += strlen(out + at);
	}
}

const char *
cell_text(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text ? text : "";
}

void
cell_fields(const json_t *value, char *out, size_t size)
{
	const char *name;
	json_t *text;
	size_t at = 0;

	json_object_foreach((json_t *)value, name, text)
	{
		if (at + strlen(name) + 4 >= size)
			break;
		at += (size_t)snprintf(
		    out + at, size - at, "%s%s=", at ? " " : "", name);
		cell_plain(text, out + at, size - at);
		at += strlen(out + at);
	}
}

void
cell_counted(const json_t *value, char *out, size_t size)
{
	const char *name;
	json_t *count;
	size_t at = 0;

	out[0] = '\0';
	json_object_foreach((json_t *)value, name, count)
	{
		if (json_integer_value(count) == 0 || at >= size)
			continue;
		at += (size_t)snprintf(out + at, size - at,
		    "%s%s %" JSON_INTEGER_FORMAT, at ? ", " : "", name,
		    json_integer_value(count));
	}
}

void
cell_count(const json_t *value, char *out, size_t size)
{
	snprintf(out, size, "%zu", json_array_size(value));
}

void
cell_duration(const json_t *value, char *out, size_t size)
{
	int64_t ms = (int64_t)json_number_value(value);
	int64_t s = ms / 1000, minutes = s / 60, hours = minutes / 60;

	if (ms < 0)
		out[0] = '\0';
	else if (ms < 1000)
		snprintf(out, size, "%" PRId64 " ms", ms);
	else if (s < 10)
		snprintf(out, size, "%.1f s", (double)(ms / 100) / 10);
	else if (minutes == 0)
		snprintf(out, size, "%" PRId64 " s", s);
	else if (hours == 0)
		snprintf(out, size, "%" PRId64 " min", minutes);
	else if (hours < 48)
		snprintf(out, size, "%" PRId64 " h %" PRId64 " min", hours,
		    minutes % 60);
	else
		snprintf(out, size, "%" PRId64 " days", hours / 24);
}

const char *
time_text(char *out, size_t size, const char *format, json_int_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	const struct tm *local = localtime(&seconds);

	if (local == NULL || strftime(out, size, format, local) == 0)
		snprintf(out, size, "-");
	return out;
}

const char *
clock_text(char *out, size_t size, int64_t ms)
{
	int64_t s = ms / 1000;

	if (ms < 0)
		snprintf(out, size, "?");
	else if (s < 3600)
		snprintf(out, size, "%" PRId64 ":%02d", s / 60, (int)(s % 60));
	else
		snprintf(out, size, "%" PRId64 ":%02d:%02d", s / 3600,
		    (int)(s / 60 % 60), (int)(s % 60));
	return out;
}

void
cell_date(const json_t *value, char *out, size_t size)
{
	time_text(out, size, "%Y-%m-%d %H:%M:%S", json_integer_value(value));
}

const char *
cell(char out[CELL_MAX], const json_t *object, const char *field,
    cell_format *format)
{
	const json_t *value = json_object_get(object, field);

	if (value == NULL || json_is_null(value))
		snprintf(out, CELL_MAX, "-");
	else
		(format ? format : cell_plain)(value, out, CELL_MAX);
	if (out[0] == '\0')
		snprintf(out, CELL_MAX, "-");
	return out;
}

const char *
state_colour(const char *state)
{
	size_t i;

	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (strcmp(colours[i].state, state) == 0)
			return colours[i].colour;
	return "";
}

/* The columns of a table, and how many of a terminal's each takes; 0: it is
 * left out. */
struct layout {
	const struct column *columns;
	size_t width[COLUMNS_MAX];
	size_t last;
};

static bool
is_empty(const struct column *column, const json_t *rows)
{
	const json_t *row, *value;
	size_t r;

	json_array_foreach(rows, r, row)
	{
		value = json_object_get(row, column->field);
		if (value && !json_is_null(value))
			return false;
	}
	return true;
}

static void
measure(struct layout *l, const json_t *rows)
{
	const struct column *column = l->columns;
	char text[CELL_MAX];
	const json_t *row;
	size_t i, r, n;

	for (i = 0; column->title; column++, i++) {
		l->last = i;
		l->width[i] = 0;
		if (column->optional && is_empty(column, rows))
			continue;
		l->width[i] = page_width(column->title);
		json_array_foreach(rows, r, row)
		{
			cell(text, row, column->field, column->format);
			n = page_width(text);
			l->width[i] = n > l->width[i] ? n : l->width[i];
		}
	}
}

/* How wide all columns are together, the last one at most LAST_MIN. */
static size_t
width_wanted(const struct layout *l)
{
	size_t last = l->width[l->last], i, sum = 0;

	for (i = 0; i < l->last; i++)
		sum += l->width[i] ? l->width[i] + GAP : 0;
	return sum + (last < LAST_MIN ? last : LAST_MIN);
}

static void
fit(struct layout *l, size_t columns)
{
	size_t i, last = 0, at = 0;
	unsigned turn;

	for (turn = 1; turn < COLUMNS_MAX && width_wanted(l) > columns; turn++)
		for (i = 0; i < l->last; i++)
			if (l->columns[i].leaves == turn)
				l->width[i] = 0;
	for (i = 0; i <= l->last; i++) {
		if (at + l->width[i] > columns)
			l->width[i] = at < columns ? columns - at : 0;
		if (l->width[i] == 0)
			continue;
		at += l->width[i] + GAP;
		last = i;
	}
	l->last = last;
}

static void
write_cell(struct page *p, const struct layout *l, size_t i, char *text,
    const char *colour)
{
	size_t width = l->width[i];

	if (width == 0)
		return;
	if (!p->colour)
		colour = "";
	page_cut(text, CELL_MAX, width);
	buf_putf(&p->text, "%s%s%s", colour, text, colour[0] ? PLAIN : "");
	/* The last column needs no padding. */
	if (i < l->last)
		buf_putf(
		    &p->text, "%*s", (int)(width - page_width(text) + GAP), "");
}

static void
write_row(struct page *p, const struct layout *l, const json_t *row)
{
	const json_t *notes = json_object_get(row, "notes"), *note;
	const struct column *column = l->columns;
	char text[CELL_MAX];
	size_t i;

	for (i = 0; i <= l->last; i++) {
		cell(text, row, column[i].field, column[i].format);
		write_cell(p, l, i, text,
		    strcmp(column[i].field, "state") == 0 ? state_colour(text)
							  : "");
	}
	buf_puts(&p->text, "\n");
	json_array_foreach(notes, i, note)
	{
		cell_plain(note, text, sizeof(text));
		page_line(p, DIM, "  %s", text);
	}
}

void
table_write(struct page *p, const struct column *columns, const json_t *rows,
    const char *none)
{
	struct layout l = { .columns = columns };
	char title[CELL_MAX];
	const json_t *row;
	size_t i, r;

	if (json_array_size(rows) == 0) {
		page_line(p, "", "%s", none);
		return;
	}
	measure(&l, rows);
	if (p->columns)
		fit(&l, p->columns);
	for (i = 0; i <= l.last; i++) {
		snprintf(title, sizeof(title), "%s", columns[i].title);
		write_cell(p, &l, i, title, BOLD);
	}
	buf_puts(&p->text, "\n");
	json_array_foreach(rows, r, row) write_row(p, &l, row);
}

void
table_note(json_t *row, const char *what, json_t *why)
{
	const char *text = json_string_value(why);

	if (json_object_get(row, "notes") == NULL)
		json_object_set_new(row, "notes", json_array());
	if (text && text[0])
		json_array_append_new(json_object_get(row, "notes"),
		    json_sprintf("%s%s%s", what, what[0] ? ": " : "", text));
	json_decref(why);
}

void
table_print(const struct column *columns, const json_t *rows, const char *none)
{
	struct page p;

	page_init(&p);
	table_write(&p, columns, rows, none);
	page_print(&p);
}
