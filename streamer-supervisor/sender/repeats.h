/*
 * An output that is dead for a week fails for the same reason thousands of
 * times. The log tells the first of these in full, then how many there were,
 * now and then. Pure: time is handed in, in ns of one clock.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_REPEATS_H
#define STREAMER_SUPERVISOR_SENDER_REPEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "streamer-supervisor/sender/history.h"

/* So many in a row are told in full, … */
#define REPEATS_SHOWN 3
/* … and then one in each ten minutes. */
#define REPEATS_EVERY_NS (600 * INT64_C(1000000000))

/* Starts as zeroes. */
struct repeats {
	char reason[REASON_MAX];
	uint64_t count;   /* of failures in a row for that reason */
	int64_t since_ns; /* when the first of them was */
	int64_t told_ns;  /* when one was told last */
};

/* Takes a failure; true: it is to be told. */
bool repeats_take(struct repeats *r, const char *reason, int64_t now_ns);
/* It works, or somebody has stopped it. */
void repeats_end(struct repeats *r);
/* Is what leads to the next failure not worth a line? */
bool repeats_are_folded(const struct repeats *r);
/* What is said with a failure that is told: how many there were, and when the
 * next one is told. Empty where it is one of the first. */
void repeats_describe(
    const struct repeats *r, int64_t now_ns, char *out, size_t size);

#endif
