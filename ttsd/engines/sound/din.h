/*
 * Tells noise from sound: bytes of something else that are read as samples
 * are as loud as can be, and no sample of them has to do with those before.
 * What is so loud in speech and music is tones, and can be foretold. Pure.
 */
#ifndef TTSD_ENGINES_SOUND_DIN_H
#define TTSD_ENGINES_SOUND_DIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Samples that are judged together: 12 ms at 22,050 Hz. */
#define DIN_WINDOW 256

/* Zeroed storage is fine to start with. */
struct din {
	int16_t window[DIN_WINDOW]; /* of the first channel; newest last */
	size_t filled;
	size_t unjudged; /* of them */
};

/* Takes interleaved frames. True as soon as the last window, or so much as
 * there is of it, is noise. */
bool din_heard(
    struct din *n, const int16_t *samples, size_t frames, unsigned channels);

/* Whether samples (16 bits, little-endian) may begin with these bytes: not
 * loud, and without leaps. Bytes of anything else are not so for long. */
bool din_free_start(const uint8_t *p, size_t len, unsigned channels);

#endif
