/*
 * What a daemon can be asked for, as it says itself (the operation `help` with
 * `detail`): the gateway knows no operation by name.
 */
#ifndef GATEWAY_DAEMONS_ROSTER_H
#define GATEWAY_DAEMONS_ROSTER_H

#include <jansson.h>

#include "common/control/right.h"
#include "gateway/daemons/peer.h"

/* It is asked again when what is known is older than this, in case another
 * version of the daemon runs now. */
#define ROSTER_AGE_NS (5 * NS_PER_S)

struct roster;

/* ERR_NOMEM. */
int roster_new(struct peer *peer, struct roster **out);
/* NULL is fine. */
void roster_free(struct roster *r);

/* Calls `fn` when the daemon's operations are known, perhaps at once: with 0,
 * or why they are not (peer_answer). Returns what roster_forget() takes while
 * it waits, or NULL: it was called, or there is no memory and it was told. */
struct roster_wait *roster_await(
    struct roster *r, void (*fn)(void *arg, int err), void *arg);
/* Asks the daemon in any case, for who wants to know whether it is there: one
 * question at a time, of all who wait. */
struct roster_wait *roster_ask(
    struct roster *r, void (*fn)(void *arg, int err), void *arg);
void roster_forget(struct roster_wait *w);

/* An operation as `help` tells of it, or NULL. Valid until the next turn of the
 * loop. */
const json_t *roster_find(const struct roster *r, const char *op);
/* All of them, by name. */
const json_t *roster_ops(const struct roster *r);

enum right op_right(const json_t *op);
bool op_takes(const json_t *op, const char *field);

#endif
