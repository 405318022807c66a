/*
 * Which program an engine is, and its command line: a new type of engine is
 * a word in the table here and in common/schema.c.
 */
#ifndef TTSD_PROGRAM_H
#define TTSD_PROGRAM_H

#include "common/conf.h"

/* The name of the program of that type, as in the configuration. */
const char *program_name(enum conf_engine_type type);

/* The whole command line, NULL-terminated, to be released by words_free();
 * NULL without memory or when the programs' folder can't be told. */
char **program_argv(
    const struct conf_engine *conf, const struct conf_ttsd *ttsd);

#endif
