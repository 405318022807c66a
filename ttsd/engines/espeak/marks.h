/*
 * SSML's marks in a text that is spoken: each is told with the word behind
 * it or, if it stands within a word, with a phoneme of that; at the end, those
 * that no word came behind. They are not given to the library, which loses them
 * after a full stop, and the first letter of the next word with them, and makes
 * two words of one.
 */
#ifndef TTSD_ENGINES_ESPEAK_MARKS_H
#define TTSD_ENGINES_ESPEAK_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Begins a text: it has none. */
void marks_clear(void);

/* Adds a mark before character `at` of the text; `name` lives as long. Marks
 * come in the order of the text. ERR_NOMEM. */
int marks_add(size_t at, const char *name);

/* Finds the first place between two characters that a mark stands at which was
 * not told yet. */
bool marks_between(size_t behind, size_t before, size_t *at);

/* Tells the marks up to a character, or (SIZE_MAX) to the end. Returns what
 * kit_mark() does. */
int marks_reach(uint64_t sample, size_t at);

#endif
