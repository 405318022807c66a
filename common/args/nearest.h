/* Which of some names somebody may have meant who mistyped one. Pure. */
#ifndef COMMON_ARGS_NEAREST_H
#define COMMON_ARGS_NEAREST_H

#include <stddef.h>

struct nearest {
	const char *word; /* the caller's */
	const char *best; /* one of those offered; NULL: none is like it */
	size_t distance;  /* of the best, or one more than is allowed */
};

void nearest_begin(struct nearest *n, const char *word);
/* Of names that are as near the first stays. Names of more than 64 bytes are
 * like nothing. */
void nearest_offer(struct nearest *n, const char *name);

/* Writes " (did you mean 'NAME'?)", with `prefix` before the name, or "" where
 * nothing is like it. */
void nearest_ask(
    const struct nearest *n, const char *prefix, char *out, size_t size);

#endif
