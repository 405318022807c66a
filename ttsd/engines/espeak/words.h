/*
 * From where the library says that a word is to the word: its spans stop at
 * apostrophes and hyphens, reach over blanks, have no length within quotes,
 * and wander in numbers.
 */
#ifndef TTSD_ENGINES_ESPEAK_WORDS_H
#define TTSD_ENGINES_ESPEAK_WORDS_H

#include <stdint.h>

#include "ttsd/engines/espeak/spoken.h"

/* A job begins. */
void words_start(void);

/* A text that lives as long as it is spoken. ERR_NOMEM. */
int words_begin(struct spoken *s);

/* Tells of the word at a position as the library counts it: in characters,
 * from 1. No word is told before one that was told already. Returns what
 * kit_word() does. */
int words_say(uint64_t sample, int position, int length);

#endif
