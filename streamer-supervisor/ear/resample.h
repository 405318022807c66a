/* Sound of a channel as the ear compares it: 8 kHz mono. */
#ifndef STREAMER_SUPERVISOR_EAR_RESAMPLE_H
#define STREAMER_SUPERVISOR_EAR_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

struct resample {
	uint32_t rate_hz;
	unsigned channels;
	struct soxr *soxr; /* NULL: the rate is right */
};

/* `held` samples of what was fed are still to come. */
typedef void resample_sink(
    void *arg, const int16_t *samples, size_t n, size_t held);

/* Zeroed storage is fine to start with; what was fed before is forgotten.
 * ERR_NOMEM. */
int resample_begin(struct resample *r, uint32_t rate_hz, unsigned channels);
void resample_done(struct resample *r);

/* Takes whole frames of s16le. ERR_NOMEM: some of it is lost. */
int resample_feed(struct resample *r, const uint8_t *data, size_t frames,
    resample_sink *sink, void *arg);

/* Which sample comes of that one of the input? */
uint64_t resample_position(const struct resample *r, uint64_t sample);

#endif
