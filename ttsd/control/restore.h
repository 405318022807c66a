/*
 * What an earlier ttsd has left in the ledger: what waits waits again, in its
 * order, with its due times and what is left of its time to live; what was on
 * air is said again or dropped; what is too old ends as expired. Nothing of it
 * begins before the readers of its channel are back (ttsd/queue/hold.h). Keys
 * answer with their first ids. It is done in turns, for there may be a hundred
 * thousand.
 */
#ifndef TTSD_CONTROL_RESTORE_H
#define TTSD_CONTROL_RESTORE_H

#include "ttsd/control/ttsd.h"

struct restore;

/* Fails as timer_new(). */
int restore_new(struct ttsd *t, struct restore **out);
/* NULL is fine. */
void restore_free(struct restore *re);

/* Begins with what has ids below `first_id`, or, where a ledger was lost in the
 * midst of it, goes on. durable_restored() follows. */
void restore_begin(struct restore *re, uint64_t first_id);

/* An engine has changed, or the ledger has written something down, for which it
 * may wait. NULL is fine. */
void restore_go_on(struct restore *re);

#endif
