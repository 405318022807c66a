/*
 * Which picture is seen when: the one that is there, until a later one is due.
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_FRAMES_H
#define STREAMER_SUPERVISOR_PICTURE_FRAMES_H

#include <stdbool.h>

#include "streamer-supervisor/picture/block.h"

/* So many pictures may be ready ahead of their time. */
#define FRAMES_DUE_MAX 8

/* Starts as zeroes, and with frames_show(). */
struct frames {
	uint32_t rate_hz, fps;
	struct block *shown;
	bool is_new; /* `shown` is, since the holder last cleared this */
	/* In the order of their samples. */
	struct frames_due {
		uint64_t sample;
		struct block *block;
	} due[FRAMES_DUE_MAX];
	size_t due_count;
};

void frames_done(struct frames *f);

/* Each takes the block over. A picture is seen from now on, or from the frame
 * that is nearest to `sample`. */
void frames_show(struct frames *f, struct block *b);
/* Not when frames_is_full(). */
void frames_plan(struct frames *f, uint64_t sample, struct block *b);

bool frames_is_full(const struct frames *f);

/* Forgets what is not seen yet. */
void frames_forget(struct frames *f);

/* The picture of frame `n`, which is not below the `n` of the last call; it is
 * valid until the next call. */
struct block *frames_at(struct frames *f, uint64_t n);

#endif
