/*
 * A chime, made here and taken from nowhere: two struck notes, E5 and then C5
 * (a falling major third), with four partials each that die away, the higher
 * the sooner. Pure: every sample follows from its number and the rate.
 *
 *   note(t, f) = attack(t) * sum over partials p = 1 to 4 of
 *                weight_p * exp(-t / decay_p) * sin(2 pi p f t)
 *   sample(i)  = round(9830 * fade(i / rate) *
 *                (note(i / rate, 659.26) + note(i / rate - 0.4, 523.25)))
 *
 * attack is a raised cosine of 5 ms, fade one of the last 300 ms; partials
 * that the rate cannot carry (0.45 of it and above) are left out.
 */
#ifndef TTSD_ENGINES_KIT_KIT_DING_H
#define TTSD_ENGINES_KIT_KIT_DING_H

#include <stddef.h>
#include <stdint.h>

#define KIT_DING_MS 1500

/* Samples of the whole chime. */
size_t kit_ding_samples(unsigned rate_hz);

/* `count` samples, mono, from number `first`. */
void kit_ding_make(int16_t *out, size_t first, size_t count, unsigned rate_hz);

#endif
