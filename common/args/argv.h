/*
 * A command line under construction. A failed allocation is remembered and
 * told by argv_take(), so that the calls before it need no check. Pure.
 */
#ifndef COMMON_ARGS_ARGV_H
#define COMMON_ARGS_ARGV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts as zeroes. */
struct argv {
	char **words;
	size_t count, room;
	bool failed; /* out of memory */
};

void argv_add(struct argv *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds each of the NULL-terminated words; NULL adds none. */
void argv_list(struct argv *a, char *const *words);
/* Adds each blank-separated word of `options`; NULL adds none. */
void argv_options(struct argv *a, const char *options);
void argv_number(struct argv *a, const char *option, int64_t value);

/* Returns the words, NULL-terminated, which the caller releases with
 * words_free(); NULL where there was no memory for one of them. */
char **argv_take(struct argv *a);

#endif
