/*
 * Finds the word from where the library says that it is: its spans stop at
 * apostrophes and hyphens, reach over blanks and two words of Chinese, have no
 * length within quotes, and wander in numbers.
 */
#ifndef TTSD_ENGINES_ESPEAK_WORDS_H
#define TTSD_ENGINES_ESPEAK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ttsd/engines/espeak/spoken.h"

/* A job begins. */
void words_start(void);

/* A text that lives as long as it is spoken. ERR_NOMEM. */
int words_begin(struct spoken *s);

/* Characters of the text, from 0. */
struct word {
	size_t first, end; /* alike: there is none */
};

/* Finds the word at a position as the library counts it, in characters, from 1.
 * Returns false for what is no position. */
bool words_find(int position, int length, struct word *out);

/* Tells of a word. None is told before one that was told already. Returns what
 * kit_word() does. */
int words_say(uint64_t sample, const struct word *word);

#endif
