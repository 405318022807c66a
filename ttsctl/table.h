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

/* Bytes of one cell, with its terminator. */
#define CELL_MAX 512

/* Writes a value that is there. */
typedef void cell_format(const json_t *value, char *out, size_t size);

cell_format cell_plain;    /* strings, numbers, lists of them */
cell_format cell_count;    /* how many a list has */
cell_format cell_duration; /* of milliseconds */

struct column {
	const char *title; /* NULL ends a table's columns */
	const char *field;
	cell_format *format; /* NULL: cell_plain */
};

/* Prints an array of objects; `none` instead of an empty one. A column
 * "STATE" is coloured on a terminal; the last one is cut there. */
void table_print(
    const struct column *columns, const json_t *rows, const char *none);

/* One field of an object as text, in a buffer of CELL_MAX. */
const char *cell(char out[CELL_MAX], const json_t *object, const char *field,
    cell_format *format);

#endif
