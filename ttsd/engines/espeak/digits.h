/*
 * Digits for voices that have no numerals, or only some: spelled in words of
 * their language. Whether a voice needs it is asked of the library.
 */
#ifndef TTSD_ENGINES_ESPEAK_DIGITS_H
#define TTSD_ENGINES_ESPEAK_DIGITS_H

#include "ttsd/engines/espeak/spoken.h"

/* Copies text that stands in the job from character `offset` on, for the
 * voice that is set. Errors as spoken_put(). */
int digits_copy(struct spoken *s, const char *text, size_t len, size_t offset);

#endif
