/*
 * From where the library says that a word is to the word: its spans stop at
 * apostrophes and hyphens, or reach over blanks.
 */
#ifndef TTSD_ENGINES_ESPEAK_WORDS_H
#define TTSD_ENGINES_ESPEAK_WORDS_H

#include <stddef.h>
#include <stdint.h>

/* A text that lives as long as it is spoken. */
void words_begin(const char *text, size_t len);

/* Tells of the word at a position as the library counts it: in characters,
 * from 1. Returns what kit_word() does. */
int words_say(uint64_t sample, int position, int length);

#endif
