/* What server.c (a control socket at work) and server_succession.c (how it goes
 * from one program to its successor) share. */
#ifndef DAEMON_SERVER_INTERNAL_H
#define DAEMON_SERVER_INTERNAL_H

#include "common/control/event_memory.h"
#include "daemon/server.h"

#define CLIENT_READS(X)                                          \
	X(ON, "on")                                              \
	X(HELD, "held")   /* until the session has room again */ \
	X(ENDED, "ended") /* the peer sends nothing more */

#define CLIENT_WRITES(X)                                               \
	X(ON, "on")                                                    \
	X(GONE, "gone")     /* the peer is gone: answers go nowhere */ \
	X(CLOSED, "closed") /* it is freed at the end of the turn */

enum client_read {
#define X(name, text) READ_##name,
	CLIENT_READS(X)
#undef X
};

enum client_write {
#define X(name, text) WRITE_##name,
	CLIENT_WRITES(X)
#undef X
};

struct client {
	struct server *server;
	struct client *next, *prev;
	struct stream *stream;
	/* Its three states: what it sends, what it gets, and (the
	 * session's) the protocol between them. */
	enum client_read read;
	enum client_write write;
	bool full; /* until the stream has room again */
	bool told; /* of its drop, in the log */
	struct session session;
	int64_t heard_ns; /* when the peer last took bytes, or owed nothing */
};

struct server {
	struct loop *loop;
	const struct control_api *api;
	struct listener *listener;
	struct client *clients;
	struct client *next; /* whose turn it is; NULL: the first's */
	size_t count, max;
	int64_t leads[SERVER_LEADS_MAX]; /* of all subscribers, each once */
	size_t lead_count;
	struct outbox_sum held; /* what waits for all clients */
	struct event_memory memory;
	struct event_memory older; /* of the program before, as it arrives */
	uint32_t remembered;       /* events, one bit each */
	bool numbers;              /* all events */
	uint64_t dropped;          /* clients that read too slowly */
	struct timer *turn;        /* runs while there is something to do */
	struct timer *sweep;       /* looks for clients that never read */
	struct loop_task reap;
	struct log_limit complaints;
	struct log_limit drops;
};

/* Makes a client of a connection. ERR_NOMEM; the connection is the caller's
 * then. */
int server_adopt(struct server *sv, struct stream *s, struct client **out);
/* Collects the leads of all subscribers; called when one comes or goes. */
void server_collect_leads(struct server *sv);
/* Takes over the clients of an earlier program. ERR_INVALID, ERR_NOMEM. */
int server_restore(struct server *sv, struct parcel *p, const json_t *word);

#endif
