/*
 * One ffmpeg, from its spawn until it is gone: what it writes to its pipes
 * becomes facts. What follows from them is decided in sender.c.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_FFMPEG_RUN_H
#define STREAMER_SUPERVISOR_SENDER_FFMPEG_RUN_H

#include "common/lines.h"
#include "common/net/redact.h"
#include "platform/platform.h"
#include "platform/succession.h"
#include "streamer-supervisor/ffmpeg/messages.h"
#include "streamer-supervisor/ffmpeg/progress.h"
#include "streamer-supervisor/sender/history.h"

struct ffmpeg_run_events {
	/* ffmpeg has sent more sound, and more of a picture if it sends one. */
	void (*advanced)(void *arg);
	/* ffmpeg wrote a line to its standard output. May be NULL. */
	void (*line)(void *arg, const char *line);
	/* ffmpeg told of something that a quick retry won't mend. */
	void (*refused)(void *arg);
	/* ffmpeg goes on, but told that nothing comes of it. May be NULL. */
	void (*doomed)(void *arg, const char *why);
	/* ffmpeg gave up one of the many that it sends to (tee.h). May be
	 * NULL. */
	void (*lost)(void *arg, unsigned index, const char *why);
	/* The run is over; ffmpeg_run_start() may be called again at once.
	 * `unknown`: the program could not even be run. */
	void (*gone)(void *arg, bool unknown);
};

/* The holder fills in the first part and leaves the rest alone; the last
 * run's facts stay until the next one starts. */
struct ffmpeg_run {
	struct loop *loop;
	const char *name;                   /* of the output, for the log */
	const struct redact *redact;        /* the output's secrets */
	const struct messages_sense *sense; /* its protocol's; or NULL */
	bool pictured;                      /* it sends a picture too */
	bool folded; /* what it says was said before (repeats.h) */
	const struct ffmpeg_run_events *events;
	void *arg;

	struct process *process; /* NULL: none */
	int64_t started_ns;      /* when the last one was, by clock_now_ns() */
	struct lines out, err;
	struct progress progress;
	/* The message that explains its end best, so far; the text is as
	 * ffmpeg wrote it, secrets and all. */
	enum message_kind worst;
	enum message_code code; /* of any message so far that had one */
	char complaint[LINES_MAX + 1];
	int64_t complained_ns; /* when it last did; 0: it did not */
	char why[REASON_MAX];  /* why it ended, if by itself */
	char exit[64];         /* how it ended: its exit code or signal */
	bool killed;           /* a signal ended it */
	struct log_limit attention, chatter;
};

void ffmpeg_run_init(struct ffmpeg_run *r);
void ffmpeg_run_done(struct ffmpeg_run *r);

/* Spawns ffmpeg. `text` goes to its standard input and nowhere else, as of
 * struct process_spec; "": nothing. Errors are those of process_spawn(). */
int ffmpeg_run_start(struct ffmpeg_run *r, char *const *argv, const char *text);
/* Returns what the program's successor needs to keep it; NULL without memory.
 */
json_t *ffmpeg_run_hand_over(const struct ffmpeg_run *r, struct parcel *parcel);
/* Goes on with it, after ffmpeg_run_init(); with the facts alone where there is
 * no process, or where it cannot be had. `sense` is not part of it.
 * ERR_INVALID. */
int ffmpeg_run_take_over(
    struct ffmpeg_run *r, struct parcel *parcel, const json_t *word);
/* Ask ffmpeg to end, and kill it. Both may be called when there is none. */
void ffmpeg_run_interrupt(struct ffmpeg_run *r);
void ffmpeg_run_kill(struct ffmpeg_run *r);

bool ffmpeg_run_alive(const struct ffmpeg_run *r);
/* The process id; 0 when there is no process. */
int64_t ffmpeg_run_pid(const struct ffmpeg_run *r);
/* The complaint that explains most, masked; "" when there was none. */
void ffmpeg_run_complaint(const struct ffmpeg_run *r, char *out, size_t size);
/* How many bytes its peers do not take; 0: they take all, or the system does
 * not tell. */
uint64_t ffmpeg_run_stuck_bytes(const struct ffmpeg_run *r);
/* How many connections it has, and of all of them together how many bytes were
 * acknowledged, and were not. */
unsigned ffmpeg_run_acknowledged(
    const struct ffmpeg_run *r, uint64_t *yes, uint64_t *no);
/* Ends one of its connections, as of process_cut(). */
bool ffmpeg_run_cut(const struct ffmpeg_run *r, int receive_bytes);
/* Tells whether it has a network socket; true where the system does not tell.
 */
bool ffmpeg_run_has_socket(const struct ffmpeg_run *r);

#endif
