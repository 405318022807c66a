/*
 * The events of a daemon, subscribed to once for all who ask for the same ones.
 * The last of them are kept for a while, so that each listener takes them as
 * fast as it can, and one that was away and asks with the number of the last
 * event it has seen (`since`) misses none: where these do not reach back, the
 * daemon is asked, for it remembers more.
 */
#ifndef GATEWAY_DAEMONS_HUB_H
#define GATEWAY_DAEMONS_HUB_H

#include <stdbool.h>

#include "gateway/daemons/recent.h"
#include "platform/platform.h"

/* Different questions at once; one who asks has room for so many of them, for
 * others ask, too. */
#define HUBS_MAX 64
#define HUBS_OWN_MAX 32
/* Different leads of one who asks: ttsd serves LEADS_MAX of them, to all. */
#define HUBS_OWN_LEADS_MAX 4
/* Bytes of the list of events of a question. */
#define HUB_NAMES_MAX 1024

struct hub;
struct hub_listener;

/* What is asked of whom. */
struct hub_question {
	const char *path;           /* of its control socket; it must live on */
	char events[HUB_NAMES_MAX]; /* a JSON array; "": all */
	int64_t lead_ms;            /* how long before their time */
	uint64_t since;             /* 0: from now on */
	uint64_t by;                /* who asks; 0: the gateway itself */
};

/* `ready` and `absent` may be NULL. */
struct hub_receiver {
	/* The daemon has answered, and tells from now on, or (not `ok`) has
	 * refused; `line` is its reply, without the newline. Comes again when
	 * it was absent meanwhile. */
	void (*ready)(void *arg, bool ok, const char *line, size_t len);
	/* There are events to take. */
	void (*more)(void *arg);
	/* The daemon is away; it is tried again for as long as anybody listens.
	 * `err`: ERR_NOT_FOUND, ERR_REFUSED, ERR_CLOSED, ERR_UNTRUSTED. */
	void (*absent)(void *arg, int err);
	/* It is time for a sign of life. */
	void (*beat)(void *arg);
};

#define HUB_BEAT_NS (15 * NS_PER_S)

/* Joins the hub of that question among `hubs`, a list that begins as NULL, or
 * makes it. ERR_FULL, ERR_NOMEM. No call before it has returned. */
int hub_join(struct hub **hubs, struct loop *l,
    const struct hub_question *question, const struct hub_receiver *receiver,
    void *arg, struct hub_listener **out);
/* NULL is fine. */
void hub_leave(struct hub_listener *ln);

/* Takes the next event; valid until the next turn of the loop. False: there is
 * none now. `*lost` is set where some were dropped before it, for the listener
 * was too slow. */
bool hub_take(struct hub_listener *ln, struct recent_event *out, bool *lost);

#endif
