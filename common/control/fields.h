/*
 * What a request may hold: fields as rows of a table, and a JSON object checked
 * against them.
 */
#ifndef COMMON_CONTROL_FIELDS_H
#define COMMON_CONTROL_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/control/reply.h"

enum field_type {
	FIELD_STRING,
	FIELD_INTEGER,         /* min to max */
	FIELD_INTEGER_OR_WORD, /* that, or one of `choices` */
	FIELD_FRACTION,        /* a number from 0 to 1 */
	FIELD_BOOLEAN,
	FIELD_CHOICE,  /* one of `choices` */
	FIELD_STRINGS, /* a list of strings, or one string */
	FIELD_ARRAY,   /* at most `max` objects */
	FIELD_OBJECT,  /* of what the operation checks */
	FIELD_ID,      /* a positive integer, or the same as a string */
	FIELD_IDS,     /* an object of such, or a list of at most `max` */
};

struct field {
	const char *name; /* NULL ends a list of fields */
	enum field_type type;
	bool required;
	int64_t min, max;           /* of integers; `max` of lists */
	const char *const *choices; /* words, NULL-terminated */
};

/* Checks that `object` has only these fields, all required ones, and values of
 * their types; `what` names the object in messages. A field that is null is
 * taken out. Returns false when it has made `r` an error. */
bool check_fields(const char *what, const struct field *fields, json_t *object,
    struct reply *r);

/* Read a field of an object that check_fields() has passed, or that another of
 * our programs has written. Where it is absent they return NULL, `fallback` and
 * 0. */
const char *body_string(const json_t *body, const char *name);
const char *body_string_or(
    const json_t *body, const char *name, const char *fallback);
int64_t body_integer(const json_t *body, const char *name, int64_t fallback);
uint64_t body_count(const json_t *body, const char *name);
uint64_t body_id(const json_t *body, const char *name);
/* The value of an id. */
uint64_t id_read(const json_t *id);

/* Position of `word` in a NULL-terminated list, or -1. */
int word_index(const char *const *list, const char *word);

#endif
