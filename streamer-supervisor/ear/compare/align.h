/*
 * Where in one sound does a piece of another lie? Where its waveform fits best,
 * of all places. (Envelopes do not do for a first look: tones have none.) Pure.
 *
 * Measured (espeak-ng, ten minutes, windows of 2 s with at least half a second
 * of speech): of one's own sound, after a codec, the correlation of waveforms
 * is at least 0.995 for AAC at 64 kbit/s, 0.988 Opus at 32, 0.997 MP3 at 64,
 * 0.999 PCMU and G.722, 0.992 Vorbis, 0.875 AAC at 32. Of other sentences in
 * the same voice the best over 15 s of delays is 0.17 half the time, 0.45 in
 * one of 100 and 0.59 at most; in another voice 0.27 at most.
 */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_ALIGN_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_ALIGN_H

#include <stdbool.h>

#include "streamer-supervisor/ear/compare/track.h"

/* A piece is so long. */
#define ALIGN_SAMPLES (2 * TRACK_HZ)
/* It is found from this correlation on: between what others and what one's own
 * sound have, as above. */
#define ALIGN_FOUND 0.7f

struct sweep;

struct align {
	int64_t offset; /* sample n of `heard` is n + offset of `sent` */
	float match;    /* the correlation there */
};

/* Looks for the ALIGN_SAMPLES of `heard` before its sample `end`, which are all
 * kept yet, in `sent`, not more than `delay_max` samples before the end of
 * that. `sweep` is for pieces of that length. False where nothing is found;
 * `*out` is then as it was. */
bool align_find(struct sweep *sweep, const struct track *sent,
    const struct track *heard, uint64_t end, uint64_t delay_max,
    struct align *out);

#endif
