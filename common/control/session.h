/*
 * The protocol's side of one connection to a control socket: bytes in, requests
 * answered in order, bytes out. It does no I/O; daemon/server.h connects it to
 * a stream.
 *
 * Bounds: a line is at most PROTO_LINE_MAX; while SESSION_OUT_HIGH bytes of
 * replies wait to be read, no further request is looked at (a client may send
 * some ten thousand before it reads); a subscriber that lets SESSION_OUT_MAX
 * bytes of events pile up is dropped, as session_drop() does it.
 */
#ifndef COMMON_CONTROL_SESSION_H
#define COMMON_CONTROL_SESSION_H

#include "common/control/outbox.h"
#include "common/control/proto.h"
#include "common/parcel.h"

#define SESSION_OUT_HIGH (1024 * 1024)
#define SESSION_OUT_MAX (4 * 1024 * 1024)

/* What a daemon serves on its control socket. */
struct control_api {
	const struct op *ops;
	const char *const *events; /* NULL-terminated, at most 32 */
	void *ctx;                 /* handed to operations */
};

/* Milliseconds before its time at which a subscriber may ask for an event, at
 * most. */
#define SESSION_LEAD_MAX_MS 60000

#define SESSION_STATES(X)                                                      \
	X(OPEN, "open")             /* requests are answered */                \
	X(DISCARDING, "discarding") /* an over-long line, up to its newline */ \
	X(PARKED, "parked")         /* the first request answered OP_LATER */  \
	X(CLOSING, "closing")       /* it ends once `out` is empty */          \
	X(DROPPED, "dropped")       /* the same, for it reads too slowly */    \
	X(BROKEN, "broken")         /* out of memory or overflow: close it */

/* A channel's name has at most so many bytes. */
#define SESSION_CHANNEL_MAX 32

enum session_state {
#define X(name, text) SESSION_##name,
	SESSION_STATES(X)
#undef X
	    SESSION_STATE_COUNT
};

struct session {
	const struct control_api *api;
	struct buf in;
	struct outbox out;
	size_t scanned;           /* bytes of `in` known to hold no newline */
	enum session_state state; /* by its setter alone */
	const char *why;          /* it was dropped, or broke */
	uint32_t events;          /* subscribed, one bit per api->events */
	/* Those whose events are subscribed, as names of an object, owned;
	 * NULL: all. */
	json_t *channels;
	unsigned subscriptions; /* how often this client has subscribed */
	/* What follows the answer to a subscription: it was away, and has seen
	 * all up to that number; events of before what is remembered, a list
	 * (owned) or NULL. */
	bool was_away;
	uint64_t since;
	json_t *earlier;
	bool plain;      /* its last request was, or there was none */
	bool again;      /* the first request was PARKED before */
	int64_t lead_ms; /* how long before their time events are sent */
	/* What an operation that answered OP_LATER leaves for its next run,
	 * such as what it has done already; NULL in the first one. Owned. */
	json_t *memo;
	/* While a request runs: the channels and zones that who asks may use, a
	 * list of names; NULL: all. */
	const json_t *only;
	bool no_urgent;             /* and may they take others off the air? */
	int64_t peer_pid, peer_uid; /* 0 and -1: unknown */
};

/* `sum` counts what the sessions of one server hold, and outlives them. */
void session_init(
    struct session *s, const struct control_api *api, struct outbox_sum *sum);
void session_done(struct session *s);

/* Takes bytes that arrived. Fails with ERR_FULL where they do not fit: the
 * caller stops reading and offers them again later, or breaks the session. */
int session_feed(struct session *s, const void *data, size_t len);
/* From one program to its successor: what it asked for and was not answered,
 * what waits to be written, what it is subscribed to. NULL without memory;
 * ERR_INVALID, ERR_NOMEM. A memo that has the field SESSION_PASSING is left
 * behind, for it is of work that goes on in this program alone: the request
 * runs anew. */
#define SESSION_PASSING "passing"
json_t *session_save(const struct session *s, struct parcel *p);
int session_restore(
    struct session *s, const struct parcel *p, const json_t *word);

/* Nothing more will arrive, and the peer still reads: its last line is a
 * request even without a newline. */
void session_finish(struct session *s);
/* Bytes that session_feed() accepts now. */
size_t session_room(const struct session *s);

/* `why` stays valid, and is for the log; the first one is kept. */
void session_break(struct session *s, const char *why);

/* For one that reads too slowly: what waits for it is thrown away, but for the
 * rest of a line that is under way and a last one that says so. */
void session_drop(struct session *s);

/* Answers at most one request. Returns true when another call may do more. */
bool session_step(struct session *s);

/* Lets session_step() run a request again that answered OP_LATER. */
void session_retry(struct session *s);

/* Of which channels events are subscribed: one name, or a list; NULL: all.
 * Without memory the session breaks. */
void session_choose_channels(struct session *s, const json_t *names);

bool session_wants(
    const struct session *s, unsigned event, const char *channel);
/* Queues one event line; NULL is one that there was no memory to make. Where
 * there is no room for it the session is dropped, where there is no memory it
 * breaks: who is not cut off has missed nothing. */
void session_event(struct session *s, struct shared_line *line);

/* What both daemons put into their tables of operations. */
#define SESSION_SUBSCRIBE_FIELDS                                    \
	{ .name = "events", .type = FIELD_STRINGS },                \
	    { .name = "channel", .type = FIELD_STRINGS },           \
	{                                                           \
		.name = "lead_ms", .type = FIELD_INTEGER, .min = 0, \
		.max = SESSION_LEAD_MAX_MS                          \
	}
extern const struct field session_subscribe_fields[];
op_run session_op_subscribe;
op_run session_op_ping;
/* `help`; with `detail` also what each operation takes, and who may ask for
 * it (help.c). */
extern const struct field session_help_fields[];
op_run session_op_help;
op_run session_op_quit;

#endif
