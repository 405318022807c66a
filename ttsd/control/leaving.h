/*
 * Channels that a new configuration has no more. They are taken over as all
 * others are, so that everything that waits there has its outcome; and as soon
 * as that is told they are gone.
 */
#ifndef TTSD_CONTROL_LEAVING_H
#define TTSD_CONTROL_LEAVING_H

#include "ttsd/control/ttsd.h"

/* Makes t->left of the channels that the program before had, and t->conf has
 * not. Fails with ERR_NOMEM, or ERR_INVALID with `why` filled. */
int leaving_find(
    struct ttsd *t, const struct parcel *p, char *why, size_t size);

/* Ends what is said and waits on such a channel, by now; its readers too. */
void leaving_end(struct channel *ch);
/* Does so on all of them. Those are gone then, unless some have yet to arrive
 * (remainder.h). */
void leaving_go(struct ttsd *t);

#endif
