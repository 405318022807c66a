/*
 * When a sample of a channel is heard on the clock of one run of ffmpeg, which
 * begins with the first sample that ffmpeg was given. What ttsd left out for
 * it since, because it read too slowly or ttsd itself stood still, makes all
 * that follows come earlier there. Pure.
 */
#ifndef STREAMER_SUPERVISOR_CAPTIONS_TIMELINE_H
#define STREAMER_SUPERVISOR_CAPTIONS_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

/* So many gaps are remembered, the newest ones. */
#define TIMELINE_GAPS 32

struct timeline {
	uint32_t rate_hz; /* of the channel */
	uint64_t first_sample;
	struct timeline_gap {
		uint64_t edge;     /* the first sample behind the gap */
		uint64_t left_out; /* samples, since first_sample */
	} gaps[TIMELINE_GAPS];
	size_t gap_count;
};

void timeline_begin(
    struct timeline *t, uint32_t rate_hz, uint64_t first_sample);

/* Says how many samples were left out since the first one, and with which
 * sample the stream went on after the last of them. Nothing changes where that
 * is known. */
void timeline_gap(struct timeline *t, uint64_t left_out, uint64_t edge);

/* When a sample is heard, in ticks of PTS_HZ (webvtt.h) since the run's first
 * sample. One that was left out: when the gap is; one before the run: 0. */
int64_t timeline_ticks(const struct timeline *t, uint64_t sample);

#endif
