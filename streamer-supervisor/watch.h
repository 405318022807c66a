/*
 * Looks after one ffmpeg while it is on air: its connections, what ttsd says
 * of its lag, and the stream read back where that is asked for. Its own
 * progress is the state machine's (common/child.h).
 */
#ifndef STREAMER_WATCH_H
#define STREAMER_WATCH_H

#include "streamer-supervisor/health.h"
#include "streamer-supervisor/readback.h"
#include "streamer-supervisor/run.h"

/* The holder fills in the first part. */
struct watch {
	struct loop *loop;
	const struct conf_output *conf;
	const char *name; /* for the log */
	const struct run *run;
	/* It is as good as dead. */
	void (*sick)(void *arg, enum cause cause, const char *why);
	void *arg;

	struct health health;
	struct timer *timer;
	int64_t next_ns;           /* when to look next */
	struct readback *readback; /* NULL: not asked for */
	uint64_t drops;            /* times that ttsd skipped sound for it */
	struct log_limit drops_said;
};

/* `program`: the ffmpeg that reads `probe_url`; NULL: nothing is read. */
int watch_init(struct watch *w, const char *program);
void watch_done(struct watch *w);

/* It is on air, and no longer. */
void watch_start(struct watch *w);
void watch_stop(struct watch *w);

/* ttsd says that it does not keep up. */
void watch_lagging(struct watch *w);

#endif
