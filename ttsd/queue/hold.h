/*
 * What an earlier ttsd has left waits until the readers are back that its
 * channel had: an output's ffmpeg has to be started again, and would lack the
 * beginning. Not for ever, for one may never come back. Pure: times are given.
 */
#ifndef TTSD_QUEUE_HOLD_H
#define TTSD_QUEUE_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing is held for longer. */
#define HOLD_MAX_NS INT64_C(2000000000)

/* All zeroes: nothing was left. */
struct hold {
	uint64_t readers; /* so many there were, when that was noted last: */
	int64_t noted_ms; /* a time of the wall */
	int64_t ends_ns;  /* monotonic; 0: nothing was left */
	bool over;        /* they are back, or too late */
};

/* Something was left, of which it was noted how many readers there were; the
 * latest note holds. What has once begun is not held again. */
void hold_note(
    struct hold *h, uint64_t readers, int64_t noted_ms, int64_t now_ns);
/* So many readers are there now. */
void hold_advance(struct hold *h, uint64_t readers, int64_t now_ns);
/* Is it on? */
bool hold_is_on(const struct hold *h);

#endif
