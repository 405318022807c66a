/*
 * SSML's marks in a text that is spoken: each is told with the word behind
 * it, and at the end those that no word came behind. The library loses them
 * after a full stop, and the first letter of the next word with them.
 */
#ifndef TTSD_ENGINES_ESPEAK_MARKS_H
#define TTSD_ENGINES_ESPEAK_MARKS_H

#include <stddef.h>
#include <stdint.h>

/* Begins a text: it has none. */
void marks_clear(void);

/* Adds a mark before character `at` of the text; `name` lives as long. Marks
 * come in the order of the text. ERR_NOMEM. */
int marks_add(size_t at, const char *name);

/* Tells the marks up to a character, or (SIZE_MAX) to the end. Returns what
 * kit_mark() does. */
int marks_reach(uint64_t sample, size_t at);

#endif
