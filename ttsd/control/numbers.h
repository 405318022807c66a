/*
 * The numbers of events (docs/PROTOCOL.md), which grow from one ttsd to the
 * next: they begin with the time of day, and the ledger knows up to where they
 * may have been told, for the clock may be set back.
 */
#ifndef TTSD_CONTROL_NUMBERS_H
#define TTSD_CONTROL_NUMBERS_H

#include "ttsd/control/ttsd.h"

struct numbers;

/* Has the server number events, and remember those that are not of a moment.
 * Fails as timer_new(). */
int numbers_new(struct ttsd *t, struct numbers **out);
/* NULL is fine. */
void numbers_free(struct numbers *n);

/* The ledger is open, and an earlier ttsd may have told events up to `told`. */
void numbers_go_on(struct numbers *n, uint64_t told);

/* What a successor of this program goes on with; NULL without memory. */
json_t *numbers_save(const struct numbers *n);
void numbers_take(struct numbers *n, const json_t *saved);

/* Does the ledger know of all ends that were told behind that number? Not where
 * it is another ledger than that of the ttsd which told it. */
bool numbers_are_known(const struct numbers *n, uint64_t number);

#endif
