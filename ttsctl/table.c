#include "ttsctl/table.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "platform/client.h"

#define COLUMNS_MAX 16
/* Characters of the last column that a terminal shows. */
#define LAST_MAX 60

#define BOLD "\033[1m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define RED "\033[31m"
#define PLAIN "\033[0m"

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

	if (ms < 10000)
		snprintf(out, size, "%" PRId64 " ms", ms);
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

static size_t
characters(const char *text)
{
	return utf8_length(text, strlen(text));
}

static void
cut(char *text)
{
	static const char dots[] = "...";
	size_t at;

	if (characters(text) <= LAST_MAX)
		return;
	at = utf8_offset(text, strlen(text), LAST_MAX - strlen(dots));
	snprintf(text + at, CELL_MAX - at, "%s", dots);
}

static const char *
colour_of(const char *state)
{
	size_t i;

	for (i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (strcmp(colours[i].state, state) == 0)
			return colours[i].colour;
	return "";
}

/* The last column needs no padding. */
static void
put_cell(const char *text, size_t width, bool last, const char *colour)
{
	printf("%s%s%s", colour, text, colour[0] ? PLAIN : "");
	if (last)
		putchar('\n');
	else
		printf("%*s", (int)(width - characters(text) + 2), "");
}

static void
print_row(const struct column *columns, const size_t *width, const json_t *row,
    bool pretty)
{
	char text[CELL_MAX];
	bool last;
	size_t i;

	for (i = 0; columns[i].title; i++) {
		last = columns[i + 1].title == NULL;
		cell(text, row, columns[i].field, columns[i].format);
		if (last && pretty)
			cut(text);
		put_cell(text, width[i], last,
		    pretty && strcmp(columns[i].field, "state") == 0
			? colour_of(text)
			: "");
	}
}

void
table_print(const struct column *columns, const json_t *rows, const char *none)
{
	bool pretty = client_output_is_terminal() && getenv("NO_COLOR") == NULL;
	size_t width[COLUMNS_MAX], i, r, n;
	char text[CELL_MAX];
	const json_t *row;

	if (json_array_size(rows) == 0) {
		puts(none);
		return;
	}
	for (i = 0; columns[i].title; i++) {
		width[i] = strlen(columns[i].title);
		json_array_foreach(rows, r, row)
		{
			cell(text, row, columns[i].field, columns[i].format);
			n = characters(text);
			width[i] = n > width[i] ? n : width[i];
		}
	}
	for (i = 0; columns[i].title; i++)
		put_cell(columns[i].title, width[i],
		    columns[i + 1].title == NULL, pretty ? BOLD : "");
	json_array_foreach(rows, r, row) print_row(columns, width, row, pretty);
}
