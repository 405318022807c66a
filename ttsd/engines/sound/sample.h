/* Samples of every width to 16 bits. Pure. */
#ifndef TTSD_ENGINES_SOUND_SAMPLE_H
#define TTSD_ENGINES_SOUND_SAMPLE_H

#include <stdbool.h>

#include "common/sound/wav.h"

/* Integers of 8 (unsigned), 16, 24 and 32 bits, floats of 32. */
bool sample_known(const struct wav_format *f);

/* The sample at p, little-endian, in a format that is known. */
int16_t sample_at(const uint8_t *p, const struct wav_format *f);

#endif
