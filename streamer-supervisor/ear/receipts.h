/*
 * The announcements that were sent, until it is known what became of each on
 * the way to the listener. Pure.
 */
#ifndef STREAMER_SUPERVISOR_EAR_RECEIPTS_H
#define STREAMER_SUPERVISOR_EAR_RECEIPTS_H

#include "streamer-supervisor/ear/compare/compare.h"

/* So many are waited for; of more the oldest is not known. */
#define RECEIPTS_MAX 256

enum receipt_state { RECEIPT_HEARD, RECEIPT_MISSED, RECEIPT_UNKNOWN };

struct receipt {
	uint64_t id;
	enum receipt_state state;
	int64_t delay_ms; /* heard */
	float confidence; /* heard: 0 to 1 */
	char reason[100]; /* else */
};

struct receipts {
	struct receipts_open {
		uint64_t id, from, to; /* samples, as compare_span() */
	} open[RECEIPTS_MAX];
	size_t count;
	void (*told)(void *arg, const struct receipt *r);
	void *arg;
};

/* Starts as zeroes, with `told` and `arg` filled in; each announcement that is
 * added is told of once. */
void receipts_add(struct receipts *r, uint64_t id, uint64_t from, uint64_t to);
/* Tells of one, and of all that wait, that nobody can know. */
void receipts_unknown(struct receipts *r, uint64_t id, const char *reason);
void receipts_lose(struct receipts *r, const char *reason);
/* Tells of those that are decided by now. */
void receipts_judge(
    struct receipts *r, const struct compare *c, int64_t now_ns);

const char *receipt_state_name(enum receipt_state state);

#endif
