/*
 * One ffmpeg, from its spawn until it is gone: its pipes become facts. It
 * decides nothing; sender.c does.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_FFMPEG_RUN_H
#define STREAMER_SUPERVISOR_SENDER_FFMPEG_RUN_H

#include "common/lines.h"
#include "common/redact.h"
#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/messages.h"
#include "streamer-supervisor/ffmpeg/progress.h"
#include "streamer-supervisor/sender/history.h"

struct ffmpeg_run_events {
	/* More sound was sent. */
	void (*advanced)(void *arg);
	/* It said something that a quick retry won't mend. */
	void (*refused)(void *arg);
	/* It gave up one of the many that it sends to (tee.h). May be NULL. */
	void (*lost)(void *arg, unsigned index, const char *why);
	/* It is over; ffmpeg_run_start() may be called again at once.
	 * `unknown`: the program could not even be run. */
	void (*gone)(void *arg, bool unknown);
};

/* The holder fills in the first part and leaves the rest alone; the last
 * run's facts stay until the next one starts. */
struct ffmpeg_run {
	struct loop *loop;
	const char *name;                   /* of the output, for the log */
	const struct redact *redact;        /* its secrets */
	const struct messages_sense *sense; /* of its protocol; NULL: none */
	const struct ffmpeg_run_events *events;
	void *arg;

	struct process *process; /* NULL: none */
	struct lines out, err;
	struct progress progress;
	enum message_kind worst; /* of what it said: */
	enum message_code code;
	char complaint[LINES_MAX + 1]; /* secrets and all */
	char why[REASON_MAX];          /* it ended by itself */
	char exit[64];                 /* how it ended */
	bool killed;                   /* by a signal */
	struct log_limit attention, chatter;
};

void ffmpeg_run_init(struct ffmpeg_run *r);
void ffmpeg_run_done(struct ffmpeg_run *r);

/* `text` is for it alone, as of struct process_spec; "": nothing. Errors as
 * process_spawn(). */
int ffmpeg_run_start(struct ffmpeg_run *r, char *const *argv, const char *text);
/* Both may be called when there is nothing to end. */
void ffmpeg_run_interrupt(struct ffmpeg_run *r);
void ffmpeg_run_kill(struct ffmpeg_run *r);

bool ffmpeg_run_alive(const struct ffmpeg_run *r);
/* 0 without a process. */
int64_t ffmpeg_run_pid(const struct ffmpeg_run *r);
/* Bytes that its peers do not take; 0: all is well, or nobody tells. */
uint64_t ffmpeg_run_stuck_bytes(const struct ffmpeg_run *r);

#endif
