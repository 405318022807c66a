/*
 * The sample clock: which stream position is due at a given time.
 *
 * Position is an exact integer function of the time since the epoch, so a
 * late wake-up sends what is due and never shifts the clock; drift over any
 * time is zero samples. Samples leave in whole chunks ("frames" of frame_ms
 * in the configuration), a chunk when its last sample is due.
 *
 * Times are monotonic nanoseconds; rates are 1 to 768,000 Hz, so that no
 * product below overflows 64 bits for as long as the clock itself does not.
 */
#ifndef COMMON_SOUND_PACER_H
#define COMMON_SOUND_PACER_H

#include <stdint.h>

/* A clock that is further behind than this has slept with its machine:
 * pacer_skip() then leaves the samples out, for nobody wants them in one
 * burst. */
#define PACER_SKIP_NS INT64_C(2000000000)

struct pacer {
	int64_t epoch_ns;
	uint32_t rate_hz;
	uint32_t chunk;    /* samples */
	uint64_t position; /* samples produced so far, a multiple of chunk */
};

void pacer_init(
    struct pacer *p, int64_t epoch_ns, uint32_t rate_hz, uint32_t chunk);

/* Samples due and not yet produced: a whole number of chunks. */
uint64_t pacer_due(const struct pacer *p, int64_t now_ns);

/* The time at which the next chunk is due. */
int64_t pacer_next_ns(const struct pacer *p);

/* Time of a stream position, rounded up to the nanosecond. */
int64_t pacer_time_ns(const struct pacer *p, uint64_t position);

/* When more than PACER_SKIP_NS behind, jumps to the last chunk that is due
 * and returns the samples left out; otherwise returns 0. */
uint64_t pacer_skip(struct pacer *p, int64_t now_ns);

#endif
