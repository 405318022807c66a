/*
 * The announcements of one request to several channels, each until its end:
 * what they share, and when they begin. Pure.
 */
#ifndef TTSD_QUEUE_ENSEMBLE_H
#define TTSD_QUEUE_ENSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct announcement;

/* Times are milliseconds of the streams, which share an epoch. */
struct ensemble {
	struct announcement *members; /* linked by `fellow` */
	bool together;    /* they are to begin on the same instant */
	int64_t since_ms; /* one of them could have begun then; -1: not yet */
	int64_t asked_ms; /* when it was last looked at who could begin */
	int64_t begin_ms; /* what was agreed on; -1: nothing yet */
	bool begun;       /* one has begun: who is late begins by itself */
	bool held;        /* more are to join: it stays, and nobody begins */
	size_t missing;   /* so many are; 0: that is not known */
};

/* Makes `a` a member of *e, which is made where it is NULL. ERR_NOMEM. */
int ensemble_join(struct ensemble **e, struct announcement *a, bool together);
/* Takes `a` out, if it is a member; the last one takes the ensemble along. */
void ensemble_leave(struct announcement *a);

/* No more are to join. NULL is fine. */
void ensemble_release(struct ensemble *e);

#endif
