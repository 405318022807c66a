/*
 * JSON for people: lists as tables, and single values.
 *
 * Whatever came from elsewhere is made safe for a terminal; what is absent
 * is shown as '-'.
 */
#ifndef TTSCTL_TABLE_H
#define TTSCTL_TABLE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "ttsctl/page.h"

/* A cell has at most so many bytes, with its terminator. */
#define CELL_MAX 4096

/* Writes a value that is not absent. */
typedef void cell_format(const json_t *value, char *out, size_t size);

cell_format
    cell_plain; /* strings, numbers, lists of them; of others how many */
cell_format cell_fields;   /* an object, as NAME=VALUE NAME=VALUE */
cell_format cell_counted;  /* an object of counts, as "NAME 3, OTHER 1", without
			      what never happened */
cell_format cell_count;    /* how many a list has */
cell_format cell_duration; /* of milliseconds */
cell_format cell_date;     /* of milliseconds since 1970, in local time */

struct column {
	const char *title; /* NULL ends a table's columns */
	const char *field;
	cell_format *format; /* NULL: cell_plain */
	bool optional;       /* left out where no row has it */
	unsigned
	    leaves; /* where the terminal is narrow: 1 leaves first; 0 stays
		     */
};

/* Appends an array of objects; `none` instead of an empty one. A column
 * "state" is coloured. A row's "notes", a list of strings, stand beneath it.
 * Where a terminal is too narrow the last column is cut, then others leave. */
void table_write(struct page *p, const struct column *columns,
    const json_t *rows, const char *none);

/* Adds the note "WHAT: WHY" to a row, if there is anything to say; `what` may
 * be "". Takes over `why`. */
void table_note(json_t *row, const char *what, json_t *why);

/* Prints such a table. */
void table_print(
    const struct column *columns, const json_t *rows, const char *none);

/* Returns one field of an object as text, in a buffer of CELL_MAX. */
const char *cell(char out[CELL_MAX], const json_t *object, const char *field,
    cell_format *format);

/* Returns one field of an object that is text; "" where it is none. */
const char *cell_text(const json_t *object, const char *field);

/* Returns the colour of a state; "" when it needs none. */
const char *state_colour(const char *state);

/* Formats how long something goes on, as "1:05" or "1:02:03"; "?" where it is
 * not known, being less than none. */
const char *clock_text(char *out, size_t size, int64_t ms);

/* Formats a time of milliseconds since 1970 with strftime(), in local time. */
const char *time_text(
    char *out, size_t size, const char *format, json_int_t ms);

#endif
