/*
 * One address that an output is sent to: an ffmpeg under the child state
 * machine.
 *
 * It waits while ttsd is not on air, starts, is watched, restarts, and is
 * ended as the machine (common/child/child.h) says. Whatever changes its state
 * goes through one place, which logs it and tells the owner.
 */
#ifndef STREAMER_LEG_H
#define STREAMER_LEG_H

#include <jansson.h>

#include "common/child/child.h"
#include "streamer-supervisor/sender/launch.h"

struct leg;

enum leg_role { LEG_PRIMARY, LEG_BACKUP, LEG_ROLES };

const char *leg_role_name(enum leg_role role);

struct leg_spec {
	struct environment *env;
	const char *label; /* for the log; it is copied */
	const struct conf_output *conf;
	const struct conf_channel *channel;
	const char *socket; /* of the channel's audio */
	enum leg_role role;
	/* It went from one state to another. */
	void (*changed)(void *arg, struct leg *l, enum child_state from,
	    const char *reason);
	/* The two of a group (tee.h): the command line, afresh at each start;
	 * and who has failed in it. NULL: it has an address. */
	char **(*argv)(void *arg, const struct ffmpeg_start *start);
	void (*lost)(void *arg, unsigned index, const char *why);
	void *arg;
};

/* Stopped, at first. What `spec` points to must outlive it. ERR_INVALID with
 * `e` filled when what is configured can't work. */
int leg_new(
    const struct leg_spec *spec, struct leg **out, struct conf_error *e);
/* Kills what still runs. NULL is fine. */
void leg_free(struct leg *l);

/* All there are, in the order in which they were made; NULL before and after.
 */
struct leg *leg_next(const struct environment *env, const struct leg *last);

/* Takes the timing of its configuration afresh. It is stopped. */
void leg_retime(struct leg *l);

/* None of these waits. */
void leg_start(struct leg *l, const char *reason);
void leg_stop(struct leg *l, const char *reason);
/* It failed in the ffmpeg of its group, and is to go on by itself. */
void leg_take_over(struct leg *l, const char *why);
void leg_restart(struct leg *l, enum cause cause, const char *reason);
/* No grace. */
void leg_kill(struct leg *l);

/* ttsd came on air. */
void leg_source_up(struct leg *l);
/* ttsd is not there; something else may serve the audio. */
void leg_source_absent(struct leg *l);
/* ttsd says that this process does not keep up. */
void leg_lagging(struct leg *l, int64_t pid);
/* Nothing is being said on its channel. */
void leg_idle(struct leg *l);
/* It is known afresh what ffmpeg can do. */
void leg_probed(struct leg *l);

const char *leg_channel(const struct leg *l);
enum leg_role leg_role(const struct leg *l);
enum child_state leg_state(const struct leg *l);
const char *leg_url(const struct leg *l); /* masked */
bool leg_is_alive(const struct leg *l);   /* it has an ffmpeg */
/* It waits because nobody serves the audio. */
bool leg_is_held(const struct leg *l);
/* Of the wait that is on; 0 when none is. */
int64_t leg_backoff_ms(const struct leg *l);

/* What there is to measure of it. */
struct leg_facts {
	uint64_t restarts;
	uint64_t ends[CAUSE_COUNT];
	uint64_t drops;         /* times that ttsd skipped sound for it */
	int64_t uptime_ns;      /* since sound flows; 0: it does not */
	int64_t out_time_us;    /* of the run that is on, or was last */
	double bitrate_kbps;    /* 0: not told */
	double speed;           /* of real time; 0: not told */
	const char *last_error; /* masked; "" when there was none */
};
void leg_facts(const struct leg *l, struct leg_facts *out);

/* Fields of INTERFACE.md that are about this address. */
json_t *leg_status(const struct leg *l);

#endif
