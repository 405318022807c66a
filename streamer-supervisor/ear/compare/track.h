/*
 * The last seconds of a sound of 8 kHz mono, with the time at which each part
 * of it came, and whether that is silence. Samples are counted from the first
 * one. Pure.
 */
#ifndef STREAMER_SUPERVISOR_EAR_COMPARE_TRACK_H
#define STREAMER_SUPERVISOR_EAR_COMPARE_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACK_HZ 8000
/* A part is of so many samples, 10 ms. */
#define TRACK_FRAME 80

struct track {
	/* Of `end - kept` samples, at least the last `span`; in frames. */
	float *sound;
	bool *sounds;
	int64_t *came_ns;
	size_t span, size;
	float silence; /* mean square of what is quieter than any sound */
	uint64_t kept, end;
};

/* Keeps the last `span_ms`; what is quieter than `silence_rms` counts as
 * silence. ERR_NOMEM; track_done() is fine then too. */
int track_init(struct track *t, uint32_t span_ms, unsigned silence_rms);
void track_done(struct track *t);
/* Forgets all, and counts from 0 again. */
void track_clear(struct track *t);

/* Adds what came at `now_ns`. */
void track_add(
    struct track *t, const int16_t *samples, size_t n, int64_t now_ns);

/* The samples from `at` to track_end() - 1; `at` is not older than
 * track_first(). The pointer is valid until the next change. */
const float *track_sound(const struct track *t, uint64_t at);
uint64_t track_first(const struct track *t);
uint64_t track_end(const struct track *t);

/* Is the frame that the sample `at` lies in, a whole one, no silence? */
bool track_sounds(const struct track *t, uint64_t at);

/* When the sample came. */
int64_t track_came_ns(const struct track *t, uint64_t at);

#endif
