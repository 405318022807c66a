/*
 * The `say` operation: an announcement composed from a request (fields in
 * docs/PROTOCOL.md), its parts in compose.c.
 */
#ifndef TTSD_CONTROL_SAY_H
#define TTSD_CONTROL_SAY_H

#include "ttsd/control/compose.h"

struct targets;

/* What a desk calls with an announcement. */
struct called {
	json_t *told;               /* `call` and `numbers`, for the ledger */
	uint64_t first_id, last_id; /* of what was accepted; 0: nothing was */
};

/* One request on its way to an announcement of one channel. */
struct say_request {
	struct ttsd *t;
	const struct targets *targets; /* all whom the request is for... */
	struct channel *ch;            /* ...and the one whom this is */
	const json_t *body;
	struct session *session; /* who asks; NULL: an earlier ttsd's client */
	const char *key;         /* NULL: none */
	struct called *called;   /* NULL: no desk calls it */
	struct announcement *a;
	struct announcement *alike; /* what it says, too; NULL: not known */
	json_t *position;           /* of `a`, in the reply; that owns it */
	struct announcement *old;   /* whose place it takes; NULL: nobody's */
	struct reply *r;
	bool later; /* an engine has not said yet which voices it has */
};

/* Composes the announcement that the request asks for, s->a, with its times
 * unless an earlier ttsd has set them. Returns false with an error in s->r, or
 * with s->later set. */
bool say_compose(struct say_request *s);

/* For whom somebody asks, in bytes. */
#define BY_MAX 64

/* Is the request's `by` such a name? False with an error in `r`. */
bool say_check_by(const json_t *body, struct reply *r);

/* Is what that field of the request holds such a key? False with an error in
 * `r`. */
bool say_check_key(const json_t *body, const char *field, struct reply *r);

extern const struct field say_fields[];
op_run op_say;

/* Would a request without times and key be taken, as far as that can be known?
 * With an error in `r` if not; OP_LATER where an engine has not said yet which
 * voices it has. */
enum verdict say_try(struct ttsd *t, const json_t *body, struct reply *r);

/* Carries out a request whose `message` is worded, once ttsd may accept
 * something; `called` is NULL unless a desk asks. */
enum verdict say_run(struct ttsd *t, struct session *session,
    const json_t *body, struct called *called, struct reply *r);

#endif
