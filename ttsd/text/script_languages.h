/* Which language speaks which script: a part of script.c. */
#ifndef TTSD_TEXT_SCRIPT_LANGUAGES_H
#define TTSD_TEXT_SCRIPT_LANGUAGES_H

#include "ttsd/text/script.h"

/* Stands for Han of which neither the sentence nor the text says whether it is
 * Chinese or Japanese. */
#define SCRIPT_HAN_UNDECIDED SCRIPT_COUNT
#define SCRIPT_LANGUAGES (SCRIPT_COUNT + 1)

struct script_languages {
	/* The language by script; SCRIPT_NONE has that of a text without
	 * letters. */
	char of[SCRIPT_LANGUAGES][LANGUAGE_MAX + 1];
};

/* `languages` as in script_split(). */
void script_languages_choose(struct script_languages *v, const char *languages);

#endif
