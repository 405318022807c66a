/*
 * What the log is told of the ends of announcements: a line for each, as
 * fields, which a journal can be asked by.
 *
 * A channel has ENDS_BURST lines a second. The ends beyond that are counted by
 * their outcomes, and told together a second later: ten thousand that are
 * cancelled at once are a few lines, and none of them is lost, but to an
 * upgrade within that second.
 */
#ifndef TTSD_AIR_ENDS_H
#define TTSD_AIR_ENDS_H

#include "platform/platform.h"
#include "ttsd/queue/announcement.h"

#define ENDS_BURST 20

/* Ends of one outcome that are yet to be told. */
struct ends_fold {
	uint64_t count;
	uint64_t first, last; /* ids, as they ended */
	char reason[128];     /* that all of them share; "": none */
};

struct ends {
	const char *channel;
	bool with_text; /* may texts be in the log? */
	struct timer *timer;
	int64_t since_ns; /* the present second began */
	unsigned told;    /* lines in it */
	struct ends_fold folds[OUTCOME_COUNT];
};

/* Sets up what was zeroed; without it nothing is told. `channel` is to outlive
 * it. Fails as timer_new(). */
int ends_init(struct ends *e, struct loop *l, const char *channel);
/* Tells what is yet to be told. */
void ends_done(struct ends *e);

/* `a` has ended, and so much of it was on air; `heard_ms` below 0: nothing. */
void ends_note(struct ends *e, const struct announcement *a,
    enum outcome outcome, const char *reason, int64_t heard_ms);

#endif
