/*
 * Finds a member in the text of a JSON object, for values that have to come
 * back as they were written: a parser keeps no more than 64 bits of a number.
 * Pure.
 */
#ifndef COMMON_CONTROL_MEMBER_H
#define COMMON_CONTROL_MEMBER_H

#include <stdbool.h>
#include <stddef.h>

struct member {
	size_t from, to; /* bytes of its value */
};

/* Finds the value of the first member of that name, which is written without
 * escapes. The text may be anything; only of an object, which a parser has to
 * say, is what is found a value. */
bool member_find(
    const char *text, size_t len, const char *name, struct member *out);

/* Returns a copy of a value, to be freed, without the blanks between its words:
 * it has no line end any more. NULL without memory. */
char *member_copy(const char *text, const struct member *m);

#endif
