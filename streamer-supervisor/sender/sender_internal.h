/* What sender.c and sender_status.c share, and nobody else knows. */
#ifndef STREAMER_SUPERVISOR_SENDER_SENDER_INTERNAL_H
#define STREAMER_SUPERVISOR_SENDER_SENDER_INTERNAL_H

#include "streamer-supervisor/sender/monitor.h"
#include "streamer-supervisor/sender/sender.h"

/* Why it has no ffmpeg though it is to send. */
enum sender_wait {
	WAIT_NOTHING, /* it has one, or never had */
	WAIT_RETRY,   /* it failed, and is tried again after a while */
	WAIT_SOURCE,  /* nobody serves the audio */
	WAIT_PLAYER,  /* of a listener: its player has left, or who came and
		       * was none */
	WAIT_PROGRAM, /* ffmpeg is missing, or lacks something */
};

struct sender {
	struct sender *next; /* of the environment's */
	struct sender_spec spec;
	char label[80]; /* for the log */
	struct launch launch;
	struct child child;
	struct timer *deadline;
	struct ffmpeg_run run;
	enum sender_wait wait; /* since this attempt came to nothing */
	bool wakes; /* ttsd came back during this run: no wait after it */

	struct monitor monitor;

	char reason[REASON_MAX]; /* of the change of state under way */
	char last_error[REASON_MAX];
	char ended[REASON_MAX]; /* why this attempt ends, */
	enum cause cause;       /* in a word */
	struct history history;
};

/* It waits for players to connect, rather than connecting itself. */
bool sender_listens(const struct sender *s);
/* Until one comes ffmpeg doesn't read its input, though it has opened it. */
bool sender_waits_for_player(const struct sender *s);

#endif
