/*
 * Exponential back-off with jitter.
 *
 * The n-th wait is initial * 2^n, at most `max`, of which the upper half is
 * random ("equal jitter"): peers that failed together do not come back
 * together, and no wait is shorter than half its step.
 */
#ifndef COMMON_CHILD_BACKOFF_H
#define COMMON_CHILD_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t initial_ns; /* > 0 */
	int64_t max_ns;     /* >= initial_ns */
	unsigned failures;  /* in a row */
};

/* Returns the next wait in nanoseconds and counts one more failure. `random` is
 * uniform in 64 bits. */
int64_t backoff_next(struct backoff *b, uint64_t random);
/* Makes the next wait the first step again. */
void backoff_reset(struct backoff *b);

#endif
