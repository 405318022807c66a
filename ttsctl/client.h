/*
 * One conversation with a daemon's control socket.
 *
 * Requests are answered in order; events come between the answers. Whatever
 * goes wrong (refused, gone, no answer in ANSWER_NS) is said on standard
 * error and ends the conversation with its exit status.
 */
#ifndef TTSCTL_CLIENT_H
#define TTSCTL_CLIENT_H

#include "common/buf.h"
#include "platform/runtime_dir.h"
#include "ttsctl/ttsctl.h"

/* An answer may take so long. */
#define ANSWER_NS (10 * NS_PER_S)

struct client;

struct client_events {
	/* A good reply, or an event (NULL where none is asked for). */
	void (*reply)(struct client *c, const json_t *reply);
	void (*event)(struct client *c, const json_t *event);
	/* Tells what went wrong, such as "does not answer"; the conversation
	 * ends. NULL: it is said on standard error. */
	void (*lost)(struct client *c, const char *how);
	/* Tells how a request was refused; the conversation ends unless the
	 * owner has ended it by then. False, or NULL: it is said on standard
	 * error. */
	bool (*refused)(struct client *c, const char *why);
};

struct client {
	const struct call *call;
	const struct client_events *events;
	void *arg;                    /* the owner's */
	struct runtime_dir dir;       /* where the daemon is looked for */
	char path[PLATFORM_PATH_MAX]; /* of the daemon's socket */
	struct stream *stream;
	struct timer *deadline;
	struct buf in, out;
	size_t scanned;   /* of `in` (lines.h) */
	const char *line; /* the one that is being looked at */
	size_t line_len;
	unsigned awaited; /* replies that are still to come */
	json_int_t seen;  /* the highest `seq` that came; 0: none */
	bool finished;
	enum status status;
};

/* Connects to the call's daemon, in the places where it may be, for as long as
 * --wait-for says. */
enum status client_open(struct client *c, const struct call *call,
    const struct client_events *events, void *arg);

/* Tries the same once, without a message. Returns 0 or a negative enum err;
 * client_close() is due either way. */
int client_connect(struct client *c, const struct call *call,
    const struct client_events *events, void *arg);

/* The absence of a daemon that may be started afresh. It is waited for a
 * minute, or as long as --wait-for says, from the first call of
 * absence_goes_on(), which is false when that is over. Starts as zero, which is
 * what ends it. */
struct absence {
	int64_t until_ns;
};
bool absence_goes_on(struct absence *a, const struct call *call);

/* Connects again, where the connection was lost to such a one, with growing
 * pauses, until the absence is over. `seen` stays. */
enum status client_reopen(struct client *c, const struct absence *a);

/* Returns when --wait-for will be over, counted from now, in the loop's time;
 * INT64_MAX without it. */
int64_t client_deadline_ns(const struct call *call);

/* Lets the loop run for so long. */
void client_pause(struct loop *l, int64_t ns);

/* The program that the call is for. */
const char *daemon_name(const struct call *call);

/* Sends one request; takes over `request`. */
void client_send(struct client *c, json_t *request);

/* Runs until the conversation has ended; returns its exit status. */
enum status client_run(struct client *c);

/* Ends the conversation; the first status counts. */
void client_finish(struct client *c, enum status status);

/* Prints the present line as it came. */
void client_print_line(struct client *c);

void client_close(struct client *c);

#endif
