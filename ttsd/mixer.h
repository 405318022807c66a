/*
 * What happens to samples between an announcement and the stream. Pure and
 * exact: at full level samples pass untouched, bit for bit.
 */
#ifndef TTSD_MIXER_H
#define TTSD_MIXER_H

#include <stdbool.h>
#include <stdint.h>

/* A gain that moves in a straight line between silence and full level, so
 * that nothing ends or begins with a click. */
struct fade {
	uint32_t length; /* samples from full level to silence, > 0 */
	uint32_t at;     /* 0 silent, `length` full */
	bool out;        /* moves towards silence */
};

#define FADE_MS 20

/* At full level. */
void fade_init(struct fade *f, uint32_t rate_hz);
void fade_out(struct fade *f);
void fade_in(struct fade *f);
void fade_full(struct fade *f);

bool fade_silent(const struct fade *f);

/* Samples that can still be heard: UINT64_MAX unless it moves to silence. */
uint64_t fade_audible(const struct fade *f);

/* Applies it to `count` samples of `channels` channels each. */
void fade_apply(
    struct fade *f, int16_t *samples, uint64_t count, unsigned channels);

#endif
