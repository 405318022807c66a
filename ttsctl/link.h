/*
 * A conversation with a daemon that is kept up: where it breaks, or is refused,
 * it begins anew as soon as the daemon is back. Several may go on in one loop.
 */
#ifndef TTSCTL_LINK_H
#define TTSCTL_LINK_H

#include "ttsctl/client.h"
#include "ttsctl/page.h"

struct link;

struct link_events {
	/* There is a connection: what has to be asked first. May be NULL. */
	void (*begun)(struct link *l);
	/* Asks how things are; all answers to the time before are there. */
	void (*ask)(struct link *l);
	/* As those of client.h. */
	void (*reply)(struct link *l, const json_t *reply);
	void (*event)(struct link *l, const json_t *event);
	/* Each time that it breaks. May be NULL. */
	void (*lost)(struct link *l, const char *how);
	/* There is no answer, or still no daemon: `trouble` says so. May be
	 * NULL. */
	void (*troubled)(struct link *l);
};

struct link {
	const struct call *call;
	const struct link_events *events;
	void *arg; /* the owner's */
	struct client client;
	struct timer *timer;
	int64_t due_ns;
	bool beats;
	bool again;        /* it is to be asked once more */
	bool gone;         /* there is no connection */
	char trouble[256]; /* what is wrong; "": the daemon answers */
};

/* `beats`: it asks each second, too. Returns 0 or ERR_NOMEM; link_close() is
 * due either way. */
int link_init(struct link *l, const struct call *call,
    const struct link_events *events, void *arg, bool beats);

/* Begins, where the daemon is there; says why not as client_open() does. */
enum status link_open(struct link *l);

/* Begins now, or as soon as the daemon is there. */
void link_start(struct link *l);

/* Asks at once, or once the question before is answered. */
void link_ask(struct link *l);

/* Has the owner, or a mistake of ours, finished the client? Its status then
 * says how. */
bool link_is_over(const struct link *l);

/* Writes a line that says what is wrong with a daemon, behind `lead`. */
void link_write_trouble(
    struct page *p, const char *lead, const char *daemon, const char *trouble);

void link_close(struct link *l);

#endif
