/* Arguments of an engine program: pairs of --NAME VALUE, from a table. */
#ifndef TTSD_ENGINES_KIT_KIT_OPTIONS_H
#define TTSD_ENGINES_KIT_KIT_OPTIONS_H

#include <stdbool.h>

struct kit_option {
	const char *name; /* with its dashes; NULL ends the table */
	/* A string that is not empty goes here; it lives as long as the
	 * process. */
	const char **string;
	/* Or: takes the value; false where it is no good. */
	bool (*take)(const char *value);
};

/* 0, or KIT_EXIT_USAGE after having logged what is wrong. Values are never
 * logged: they may hold what nobody should read. */
int kit_options(
    int argc, char **argv, const struct kit_option *table, const char *usage);

/* Decimal digits and nothing else. */
bool kit_option_number(
    const char *s, unsigned min, unsigned max, unsigned *out);

/* Seconds, up to a day, as milliseconds. */
bool kit_option_seconds(const char *s, unsigned min_s, unsigned *out_ms);

#endif
