/*
 * Which picture belongs to which sample: frame n is shown at sample
 * n * rate / fps of the sound, to the nearest sample. Integers only, so that
 * nothing drifts. Rates are 1 to 768,000 Hz, 1 to 60 frames a second.
 */
#ifndef COMMON_PICTURE_FRAME_CLOCK_H
#define COMMON_PICTURE_FRAME_CLOCK_H

#include <stdint.h>

/* The sample at which frame `n` is shown. */
static inline uint64_t
frame_sample(uint64_t n, uint32_t rate_hz, uint32_t fps)
{
	uint64_t rest = n % fps;

	return n / fps * rate_hz + (rest * rate_hz + fps / 2) / fps;
}

/* The first frame that is shown at `sample` or later. */
static inline uint64_t
frame_from(uint64_t sample, uint32_t rate_hz, uint32_t fps)
{
	uint64_t n = sample / rate_hz * fps + sample % rate_hz * fps / rate_hz;

	while (frame_sample(n, rate_hz, fps) < sample)
		n++;
	return n;
}

/* The frame that is shown nearest to `sample`. */
static inline uint64_t
frame_nearest(uint64_t sample, uint32_t rate_hz, uint32_t fps)
{
	uint64_t rest = sample % rate_hz;

	return sample / rate_hz * fps + (rest * fps + rate_hz / 2) / rate_hz;
}

#endif
