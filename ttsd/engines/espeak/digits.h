/*
 * Digits for voices that have no numerals, or only some: spelled in words of
 * their language. Whether a voice needs it is asked of the library.
 */
#ifndef TTSD_ENGINES_ESPEAK_DIGITS_H
#define TTSD_ENGINES_ESPEAK_DIGITS_H

#include "ttsd/engines/espeak/spoken.h"

/* Copies a text, for the voice that is set. Errors as spoken_put(). */
int digits_spell(struct spoken *s, struct spoken *from);

#endif
