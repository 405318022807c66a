/*
 * A command line read option by option: getopt_long(3), which every C library
 * that we build with has, behind tables of our own. One at a time: it keeps
 * its place in globals.
 *
 * It takes "-x", "-xyz" of flags, "-xVALUE", "-x VALUE", "--name", and
 * "--name=VALUE" or "--name VALUE"; "--" ends the options. A long name may be
 * cut short where it stays plain which is meant.
 */
#ifndef COMMON_OPTIONS_H
#define COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct options_row {
	const char *name; /* the long one; NULL ends a table */
	char letter;      /* the short one; 0: none */
	bool valued;
};

#define OPTIONS_ROWS_MAX 64

enum {
	OPTIONS_END = -1,
	OPTIONS_WORD = -2, /* an argument that is no option */
	OPTIONS_UNKNOWN = -3,
	OPTIONS_UNVALUED = -4,   /* its value is missing */
	OPTIONS_OVERVALUED = -5, /* it is a flag, and was given a value */
};

struct options {
	const struct options_row *rows;
	char **argv;
	int argc;
	char name[48]; /* of the last option, as "--name" or "-x" */
};

/* Begins behind argv[0]. The table lives on; it has at most OPTIONS_ROWS_MAX
 * rows. */
void options_begin(
    struct options *o, const struct options_row *rows, int argc, char **argv);

/* The number of the next option's row and its value (NULL: a flag); or what
 * came instead. Of OPTIONS_WORD, `value` is the word. */
int options_next(struct options *o, const char **value);

/* Where to go on in argv: behind the last word or option, or, after
 * OPTIONS_END, at the words that are left. */
int options_at(const struct options *o);

#endif
