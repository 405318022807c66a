#include "common/args/options.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "common/args/nearest.h"

/* getopt_long() returns this plus the row for a long option: a number that is
 * no letter's. */
#define FIRST_ROW 256
/* getopt_long() returns this for an argument that is no option. */
#define WORD 1

static struct option longs[OPTIONS_ROWS_MAX + 1];
/* The short options for getopt_long(): '-' and ':', then each letter and its
 * ':'. */
static char letters[2 + 2 * OPTIONS_ROWS_MAX + 1];

static const int arguments[] = {
	[OPTIONS_FLAG] = no_argument,
	[OPTIONS_VALUED] = required_argument,
	[OPTIONS_OPTIONAL] = optional_argument,
};

void
options_begin(
    struct options *o, const struct options_row *rows, int argc, char **argv)
{
	size_t i, at = 2;

	*o = (struct options){ .rows = rows, .argv = argv, .argc = argc };
	memset(longs, 0, sizeof(longs));
	/* '-' has getopt_long() return words in their place among the options;
	 * ':' has it return ':' for a missing value instead of '?'. */
	memcpy(letters, "-:", at);
	for (i = 0; rows[i].name && i < OPTIONS_ROWS_MAX; i++) {
		longs[i] = (struct option){ .name = rows[i].name,
			.has_arg = arguments[rows[i].valued],
			.val = FIRST_ROW + (int)i };
		if (rows[i].letter)
			letters[at++] = rows[i].letter;
		if (rows[i].letter && rows[i].valued == OPTIONS_VALUED)
			letters[at++] = ':';
	}
	letters[at] = '\0';
	opterr = 0;
	optind = 0; /* glibc and mingw-w64 begin afresh then */
}

/* The row of what getopt_long() returned; -1 where the table has no such
 * option. */
static int
row_of(const struct options_row *rows, int found)
{
	int i;

	if (found >= FIRST_ROW)
		return found - FIRST_ROW;
	for (i = 0; rows[i].name; i++)
		if (found != 0 && rows[i].letter == found)
			return i;
	return -1;
}

/* Keeps the unknown option as it was written for the error message, without
 * what follows a '=': that may be a secret. */
static void
name_unknown(struct options *o)
{
	const char *arg = o->argv[optind - 1];

	if (optopt > 0 && optopt < FIRST_ROW)
		snprintf(o->name, sizeof(o->name), "-%c", optopt);
	else
		snprintf(o->name, sizeof(o->name), "%.*s",
		    (int)strcspn(arg, "="), arg);
}

static void
name_row(struct options *o, int found, int row)
{
	if (found >= FIRST_ROW)
		snprintf(o->name, sizeof(o->name), "--%s", o->rows[row].name);
	else
		snprintf(o->name, sizeof(o->name), "-%c", found);
}

int
options_next(struct options *o, const char **value)
{
	int found = getopt_long(o->argc, o->argv, letters, longs, NULL);
	bool wrong = found == '?' || found == ':';
	int row = row_of(o->rows, wrong ? optopt : found);

	*value = optarg;
	if (found == -1)
		return OPTIONS_END;
	if (found == WORD)
		return OPTIONS_WORD;
	if (row < 0) {
		name_unknown(o);
		return OPTIONS_UNKNOWN;
	}
	name_row(o, wrong ? optopt : found, row);
	if (!wrong)
		return row;
	/* Of a missing value and of an unwanted one glibc and mingw-w64 return
	 * different characters, so the row decides which it is. */
	return o->rows[row].valued ? OPTIONS_UNVALUED : OPTIONS_OVERVALUED;
}

void
options_complaint(const struct options *o, int option, const char *value,
    char *out, size_t size)
{
	bool is_word = option == OPTIONS_WORD;

	snprintf(out, size, "%s%s%s is not understood", is_word ? "" : o->name,
	    value && !is_word ? " " : "", value ? value : "");
}

void
options_meant(const struct options *o, char *out, size_t size)
{
	const struct options_row *row;
	struct nearest n;

	/* What is not long has one letter, which may be any. */
	nearest_begin(&n, strncmp(o->name, "--", 2) == 0 ? o->name + 2 : "");
	for (row = o->rows; row->name; row++)
		nearest_offer(&n, row->name);
	nearest_ask(&n, "--", out, size);
}

int
options_at(const struct options *o)
{
	(void)o;
	return optind;
}
