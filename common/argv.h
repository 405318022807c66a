/*
 * A command line under construction. Errors are kept until it is taken. Pure.
 */
#ifndef COMMON_ARGV_H
#define COMMON_ARGV_H

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
/* NULL-terminated words; NULL: none. */
void argv_list(struct argv *a, char *const *words);
/* Blank-separated options of a table; NULL: none. */
void argv_options(struct argv *a, const char *options);
void argv_number(struct argv *a, const char *option, int64_t value);

/* The words, NULL-terminated, to be released with words_free(). NULL: out of
 * memory. */
char **argv_take(struct argv *a);

#endif
