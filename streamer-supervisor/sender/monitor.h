/*
 * Looks after one ffmpeg while it is on air: its connections, what ttsd says
 * of its lag, the stream read back where that is asked for, and its age. Its
 * own progress is the state machine's (common/child/child.h).
 */
#ifndef STREAMER_SUPERVISOR_SENDER_MONITOR_H
#define STREAMER_SUPERVISOR_SENDER_MONITOR_H

#include "streamer-supervisor/sender/environment.h"
#include "streamer-supervisor/sender/ffmpeg_run.h"
#include "streamer-supervisor/sender/health.h"
#include "streamer-supervisor/sender/readback.h"

/* The holder fills in the first part. */
struct monitor {
	const struct environment *env;
	const struct conf_timing *timing;
	const struct conf_output *conf; /* NULL: nothing to read back */
	const char *channel;
	const char *name; /* for the log */
	const struct ffmpeg_run *run;
	/* It is as good as dead. */
	void (*sick)(void *arg, enum cause cause, const char *why);
	/* It is old enough, and this is a good moment. */
	void (*aged)(void *arg);
	void *arg;

	struct health health;
	struct timer *timer;
	int64_t next_ns;           /* when to look next */
	struct readback *readback; /* NULL: not asked for */
	struct timer *age;
	int64_t old_ns;     /* when it is too old */
	int64_t max_age_ns; /* 0: never */
	uint64_t drops;     /* times that ttsd skipped sound for it */
	struct log_limit drops_said;
};

/* `program`: the ffmpeg that reads `probe_url`; NULL: nothing is read. */
int monitor_init(struct monitor *w, const char *program);
void monitor_done(struct monitor *w);

/* It is on air, and no longer. `max_age_ns`: how old its stream may get; 0:
 * as old as it likes. */
void monitor_start(struct monitor *w, int64_t max_age_ns);
void monitor_stop(struct monitor *w);

/* ttsd says that it does not keep up; that nothing is being said. */
void monitor_lagging(struct monitor *w);
void monitor_idle(struct monitor *w);

#endif
