/* What sender.c, sender_state.c, sender_status.c and sender_succession.c share,
 * and nobody else knows. */
#ifndef STREAMER_SUPERVISOR_SENDER_SENDER_INTERNAL_H
#define STREAMER_SUPERVISOR_SENDER_SENDER_INTERNAL_H

#include "streamer-supervisor/sender/monitor.h"
#include "streamer-supervisor/sender/repeats.h"
#include "streamer-supervisor/sender/sender.h"

/* What a sender waits for that has no ffmpeg though it is to send. */
#define SENDER_WAITS(X)                                                       \
	X(NOTHING, "nothing") /* it has one, or never had one */              \
	X(AWAKE, "no more")   /* the same; ttsd came back: no wait follows */ \
	X(RETRY, "a retry")   /* it failed */                                 \
	X(SOURCE, "a source") /* of the audio, or of the picture */           \
	X(PLAYER, "a player") /* one has left, or it was none */              \
	X(PROGRAM, "ffmpeg")  /* it is missing, or lacks something */

enum sender_wait {
#define X(name, text) WAIT_##name,
	SENDER_WAITS(X)
#undef X
	    WAIT_COUNT
};
extern const char *const sender_wait_names[WAIT_COUNT];

struct sender {
	struct sender *next; /* of the environment's */
	struct sender_spec spec;
	char label[80]; /* for the log */
	struct launch launch;
	struct child child;
	struct timer *deadline;
	struct ffmpeg_run run;
	enum sender_wait wait; /* since the last attempt came to nothing */

	struct monitor monitor;

	char reason[REASON_MAX]; /* of the change of state under way */
	char last_error[REASON_MAX];
	char ended[REASON_MAX]; /* why this attempt ends, for a person */
	enum cause cause;       /* and in a word */
	struct history history;
	struct repeats repeats; /* of the same failure, for the log */
};

/* Does the sender wait for players to connect, rather than connect itself? */
bool sender_listens(const struct sender *s);
/* Does a listener wait for its player? Until one comes, ffmpeg does not read
 * its input, though it has opened it. */
bool sender_waits_for_player(const struct sender *s);

/* Keeps the reason of the next change of state, as UTF-8, for it goes into
 * JSON. */
void sender_set_reason(struct sender *s, const char *reason);
/* Keeps a reason that ends the attempt too. */
void sender_set_end(struct sender *s, enum cause cause, const char *reason);
/* Keeps a reason that ends the attempt and is a failure. */
void sender_set_error(struct sender *s, enum cause cause, const char *reason);

/* The one place where `wait` changes. */
void sender_set_wait(struct sender *s, enum sender_wait wait);

/* Tells the machine what has happened, carries out what it wants, logs a change
 * of state and tells the owner of it. The reason is the one that was kept. */
void sender_feed(struct sender *s, enum child_event event);
/* The same, and keeps the reason first. */
void sender_feed_because(
    struct sender *s, enum child_event event, const char *reason);
/* Goes on in the state that another program has left it in. */
void sender_go_on(struct sender *s);
/* Goes on with a try that waited for the answer of a program: launch.h calls it
 * with the sender. */
void sender_answered(void *arg, int err);

#endif
