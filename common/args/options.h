/*
 * A command line read option by option: getopt_long(3), which every C library
 * that we build with has, behind tables of our own. Only one command line can
 * be read at a time, because getopt_long() keeps its place in globals.
 *
 * The reader takes "-x", "-xyz" of flags, "-xVALUE", "-x VALUE", "--name", and
 * "--name=VALUE" or "--name VALUE"; "--" ends the options. A long name may be
 * cut short as long as only one option begins so.
 */
#ifndef COMMON_ARGS_OPTIONS_H
#define COMMON_ARGS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum options_value {
	OPTIONS_FLAG = false,
	OPTIONS_VALUED = true,
	OPTIONS_OPTIONAL, /* its value, if any, is that of "--name=VALUE" */
};

struct options_row {
	const char *name; /* the long one; NULL ends a table */
	char letter;      /* the short one; 0: none */
	enum options_value valued;
};

#define OPTIONS_ROWS_MAX 64
#define OPTIONS_COMPLAINT_MAX 4096

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

/* Starts at argv[1]. `rows`, of at most OPTIONS_ROWS_MAX rows, and `argv` stay
 * the caller's and must outlive `o`. */
void options_begin(
    struct options *o, const struct options_row *rows, int argc, char **argv);

/* Returns the number of the next option's row, with its value in `*value` (NULL
 * where it has none), or one of the codes above. For OPTIONS_WORD `*value` is
 * the word. */
int options_next(struct options *o, const char **value);

/* Says what was not understood of what options_next() returned with that value,
 * "--size 0x0 is not understood"; what is too long for `out` is cut. */
void options_complaint(const struct options *o, int option, const char *value,
    char *out, size_t size);

/* Of an option that there is not: writes " (did you mean '--NAME'?)", or ""
 * where none is like it. */
void options_meant(const struct options *o, char *out, size_t size);

/* The index in argv of what comes next: behind the last word or option, or,
 * after OPTIONS_END, the first of the words that are left. */
int options_at(const struct options *o);

#endif
