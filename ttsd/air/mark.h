/*
 * A mark below hearing under all that a channel sends, by which silence can be
 * told from silence: noise of MARK_DBFS in 300 to 1,500 Hz, made of the
 * channel's name and the number of the sample alone, and so the same whoever
 * makes it, however it is cut. Pure.
 *
 * It is spread-spectrum noise: one pseudo-random bit for each sample
 * (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014), through a band-pass filter, a windowed sinc
 * (Oppenheim, Schafer, "Discrete-Time Signal Processing", 7.5).
 */
#ifndef TTSD_AIR_MARK_H
#define TTSD_AIR_MARK_H

#include <stddef.h>
#include <stdint.h>

/* RMS. Speech is about 50 dB louder. */
#define MARK_DBFS (-72)

struct mark {
	uint64_t seed;
	size_t taps;
	int32_t *filter; /* in 65,536ths; NULL: there is no mark */
	int32_t *bits;   /* room for those of one run: -1, 1 */
};

/* Of the channel of that name. ERR_NOMEM; mark_done() is fine then too, and of
 * zeroes. */
int mark_init(struct mark *m, const char *name, uint32_t rate_hz);
void mark_done(struct mark *m);

/* Adds it to `count` samples of `channels` channels each, from sample
 * `position` on. */
void mark_add(struct mark *m, int16_t *samples, size_t count, unsigned channels,
    uint64_t position);

#endif
