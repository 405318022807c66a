/*
 * A structure of ours as JSON, and back: for what one program hands to the next
 * version of itself. A table tells which members go along, and by which names.
 *
 * A field that is missing leaves the member as it is, and one that is unknown
 * is left out: so fields may be added. One that is not what the table says
 * makes the whole record wrong. Pure.
 */
#ifndef COMMON_RECORD_H
#define COMMON_RECORD_H

#include <jansson.h>
#include <stddef.h>

enum record_type {
	RECORD_BOOL,    /* bool */
	RECORD_INTEGER, /* int64_t */
	RECORD_COUNT,   /* uint64_t, of at most INT64_MAX */
	RECORD_SMALL,   /* unsigned; at most `max`, where that is not 0 */
	RECORD_SIZE,    /* size_t; at most `max` */
	RECORD_NUMBER,  /* double */
	RECORD_TEXT,    /* char[], NUL-terminated; any bytes */
	RECORD_CHOICE,  /* an enum, by its name in `names` */
	RECORD_PART,    /* a structure, by a table of its own */
};

struct record_field {
	const char *name; /* NULL ends a table */
	enum record_type type;
	size_t offset;
	size_t max;               /* bytes of a text, the highest size, … */
	const char *const *names; /* … and how many names */
	const struct record_field *part;
};

/* Rows of a table of `struct of`; each field has the name of its member. */
#define RECORD_ROW(of, member, ...)                                     \
	{                                                               \
		.name = #member, .offset = offsetof(struct of, member), \
		__VA_ARGS__                                             \
	}
#define RECORD_FIELD(kind, of, member) RECORD_ROW(of, member, .type = kind)
#define RECORD_FIELD_SIZE(of, member, most) \
	RECORD_ROW(of, member, .type = RECORD_SIZE, .max = most)
#define RECORD_FIELD_TEXT(of, member)               \
	RECORD_ROW(of, member, .type = RECORD_TEXT, \
	    .max = sizeof(((struct of *)0)->member))
#define RECORD_FIELD_CHOICE(of, member, list)         \
	RECORD_ROW(of, member, .type = RECORD_CHOICE, \
	    .max = sizeof(list) / sizeof((list)[0]), .names = list)
#define RECORD_FIELD_PART(of, member, table) \
	RECORD_ROW(of, member, .type = RECORD_PART, .part = table)
#define RECORD_END           \
	{                    \
		.name = NULL \
	}

/* Returns an object, which the caller owns; NULL without memory. */
json_t *record_save(const struct record_field *fields, const void *from);
/* ERR_INVALID: a field is wrong, or `record` is no object; `into` may then be
 * changed in part. */
int record_load(
    const struct record_field *fields, const json_t *record, void *into);

/* The same of a text of any bytes alone, of which NUL becomes '?'; the caller
 * frees what is read. NULL: it is none, or there is no memory. */
json_t *record_text(const void *bytes, size_t len);
char *record_read_text(const json_t *text);

#endif
