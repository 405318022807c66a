/*
 * ttsd as a whole, from one program to its successor: what is on air
 * (ttsd/upgrade/estate.h), who asks, what is counted, and what the ledger has
 * not written down.
 */
#ifndef TTSD_CONTROL_SUCCESSION_H
#define TTSD_CONTROL_SUCCESSION_H

#include "ttsd/control/ttsd.h"

/* The version of the document (struct daemon_program): it grows with each
 * change that an older ttsd would misread, or a newer one an older document. */
#define TTSD_STATE 2

/* Puts all that ttsd is into the document; of what may be long, where it is for
 * no trial, a part (remainder.h). ERR_NOMEM, or ERR_AGAIN with `why` filled. */
int ttsd_save(
    struct ttsd *t, struct parcel *p, bool trial, char *why, size_t size);

/* Take over parts of it: the speech socket, where there was one; engines that
 * are not started yet; channels, of which one that no earlier ttsd had is left
 * alone (channel->listener is NULL then); and all the rest, once the ledger is
 * there. Fail with ERR_NOMEM, or ERR_INVALID with `why` filled. */
int ttsd_take_speech(struct ttsd *t, struct parcel *p);
int ttsd_take_engines(struct ttsd *t, struct parcel *p);
int ttsd_take_channels(
    struct ttsd *t, struct parcel *p, char *why, size_t size);
int ttsd_take_rest(struct ttsd *t, const struct parcel *p);

/* The trial of a program: `take_over` of struct daemon_program. */
int ttsd_try_take_over(struct conf *conf, struct parcel *given,
    struct parcel *answer, struct conf_error *e);

#endif
