/*
 * At which sample a reader of a channel's sound begins. ttsd tells it in the
 * event `subscriber`, by the reader's process: so of all readers that the
 * gateway opens one has its turn at a time.
 */
#ifndef GATEWAY_API_ARRIVAL_H
#define GATEWAY_API_ARRIVAL_H

#include "gateway/api/api.h"

/* From a reader's turn until its sample is known; without it the sound begins
 * all the same. */
#define ARRIVAL_PATIENCE_NS (500 * NS_PER_MS)

struct arrival;

struct arrival_events {
	/* Its turn: connect now. */
	void (*turn)(void *arg);
	/* The arrival is over: the sample is `first`, or (not `known`) ttsd has
	 * not told it in time. */
	void (*told)(void *arg, bool known, uint64_t first);
};

/* Calls of `events` come later. ERR_NOMEM, ERR_FULL, or as timer_new(). */
int arrival_new(struct api *a, const char *channel,
    const struct arrival_events *events, void *arg, struct arrival **out);
/* Gives it up. NULL is fine. */
void arrival_free(struct arrival *v);

/* The gateway ends, and all exchanges have: what was given up goes, too. */
void arrivals_forget(struct api *a);

#endif
