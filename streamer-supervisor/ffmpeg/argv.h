/*
 * A command line under construction. Errors are kept until it is taken. Pure.
 */
#ifndef STREAMER_ARGS_H
#define STREAMER_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts as zeroes. */
struct args {
	char **words;
	size_t count, room;
	bool failed; /* out of memory */
};

void args_add(struct args *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* NULL-terminated words; NULL: none. */
void args_list(struct args *a, char *const *words);
/* Blank-separated options of a table; NULL: none. */
void args_options(struct args *a, const char *options);
void args_number(struct args *a, const char *option, int64_t value);

/* The words, NULL-terminated, to be released with words_free(). NULL: out of
 * memory. */
char **args_take(struct args *a);

#endif
