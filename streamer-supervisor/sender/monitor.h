/*
 * Watches one ffmpeg while it is on air: the signs of its protocol, what ttsd
 * says of its lag, the stream read back where that is asked for, and its age.
 * The progress that ffmpeg reports is watched by the state machine
 * (common/child/child.h).
 */
#ifndef STREAMER_SUPERVISOR_SENDER_MONITOR_H
#define STREAMER_SUPERVISOR_SENDER_MONITOR_H

#include "streamer-supervisor/hearing/hearing.h"
#include "streamer-supervisor/sender/environment.h"
#include "streamer-supervisor/sender/ffmpeg_run.h"
#include "streamer-supervisor/sender/health.h"
#include "streamer-supervisor/sender/keeping.h"
#include "streamer-supervisor/sender/readback.h"

/* The holder fills in the first part. */
struct monitor {
	const struct environment *env;
	const struct conf_timing *timing;
	const struct conf_output *conf; /* NULL: of a group */
	struct reading_place probe; /* where it is read back; NULL: nowhere */
	const char *channel;
	bool marked;                   /* that one has a `watermark` */
	const char *audio;             /* path of its audio socket */
	const char *name;              /* for the log */
	const struct plan *plan;       /* of a group it has no protocol */
	const struct keeping *keeping; /* of its files */
	const struct ffmpeg_run *run;  /* NULL: it says nothing of this one */
	/* ffmpeg is as good as dead, and should be killed; or, while another
	 * one's stream is read, that is not as it should be. */
	void (*sick)(void *arg, enum cause cause, const char *why);
	/* What the ear says of an announcement (ear/words.h). */
	void (*heard)(void *arg, json_t *receipt);
	/* The stream is to be another, and this is a good moment to restart. */
	void (*aged)(void *arg, enum cause cause, const char *why);
	void *arg;

	bool on;      /* between monitor_start() and monitor_stop() */
	bool attends; /* it reads the stream that another ffmpeg sends */
	struct health health;
	struct timer *timer;
	int64_t next_ns;           /* when to look next */
	struct readback *readback; /* NULL: not asked for */
	struct hearing *hearing;   /* NULL: not asked for */
	struct timer *age;
	int64_t old_ns;   /* when the stream is too old, or otherwise bad … */
	int64_t spare_ns; /* … but may wait so long for a good moment */
	enum cause cause; /* why it is to be another, in a word, */
	const char *why;  /* and for a person */
	uint64_t drops;   /* how often sound was skipped for this ffmpeg */
	struct log_limit drops_said;
};

/* Prepares to watch. Fails with ERR_NOMEM or as timer_new(). */
int monitor_init(struct monitor *w);
void monitor_done(struct monitor *w);

/* Begin and end to watch, when ffmpeg comes on air and when it no longer is.
 * `max_age_ns`: how old its stream may get; 0: as old as it likes. */
void monitor_start(struct monitor *w, int64_t max_age_ns);
void monitor_stop(struct monitor *w);
/* Begins to watch what another program has watched before: its stream is too
 * old at `old_ns`, as was said then. */
void monitor_go_on(struct monitor *w, int64_t max_age_ns);

/* Reads the stream back though the ffmpeg is another, which carries it among
 * others; NULL: no longer. Not while it is on. */
void monitor_attend(struct monitor *w, const struct ffmpeg_run *other);

/* The stream is to be another, for that reason: in a moment in which nothing is
 * said, `spare_ns` from now at most. */
void monitor_renew(
    struct monitor *w, enum cause cause, const char *why, int64_t spare_ns);

/* The files that ffmpeg writes have grown. */
void monitor_grew(struct monitor *w);

/* Tells whether ffmpeg is on air, as far as can be seen before the start. */
bool monitor_may_start(const struct monitor *w);

/* Tell that ttsd reports this ffmpeg as lagging, and that nothing is being said
 * on its channel. */
void monitor_lagging(struct monitor *w);
void monitor_idle(struct monitor *w);

#endif
