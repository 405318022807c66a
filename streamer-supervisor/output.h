/*
 * One output: an ffmpeg under the child state machine.
 *
 * It waits while ttsd is not on air, starts, watches progress, restarts, and
 * is ended as the machine (common/child.h) says. Whatever changes its state
 * goes through one place, which logs it and tells the environment.
 */
#ifndef STREAMER_OUTPUT_H
#define STREAMER_OUTPUT_H

#include <jansson.h>

#include "common/child.h"
#include "common/conf.h"
#include "platform/platform.h"
#include "streamer-supervisor/probe.h"
#include "streamer-supervisor/source.h"

struct output;

/* What outputs share; it outlives them. */
struct output_env {
	struct loop *loop;
	struct source *source;
	struct probe *probe;
	const char *program; /* the ffmpeg */
	/* An output went from one state to another. */
	void (*changed)(void *arg, const struct output *o,
	    enum child_state from, const char *reason);
	void *arg;
};

/* An output is known from here on, and stopped. `socket` is where its
 * channel's audio is; it is copied, the configuration is not. ERR_INVALID
 * with `e` filled when what is configured can't work. */
int output_new(const struct output_env *env, const struct conf_output *conf,
    const struct conf_channel *channel, const char *socket, struct output **out,
    struct conf_error *e);
/* Kills what still runs. NULL is fine. */
void output_free(struct output *o);

const char *output_name(const struct output *o);
const struct conf_output *output_conf(const struct output *o);
const char *output_channel(const struct output *o);
enum child_state output_state(const struct output *o);
/* Of the wait that is on; 0 when none is. */
int64_t output_backoff_ms(const struct output *o);

/* Somebody asked for it. None of these waits. */
void output_start(struct output *o);
void output_stop(struct output *o);
void output_restart(struct output *o);
/* It is not to run: it was stopped, or doesn't start by itself. */
bool output_is_off(const struct output *o);
/* No grace. */
void output_kill(struct output *o);

/* The supervisor came up: starts it if it is to start by itself. */
void output_begin(struct output *o);
/* ttsd came on air. */
void output_source_up(struct output *o);
/* ttsd is not there; something else may serve the audio. */
void output_source_absent(struct output *o);
/* ttsd says that this process does not keep up. */
void output_lagging(struct output *o, int64_t pid);
/* It is known afresh what ffmpeg can do. */
void output_probed(struct output *o);

/* What there is to measure of it. */
struct output_metrics {
	uint64_t restarts;
	uint64_t drops;         /* times that ttsd skipped sound for it */
	int64_t uptime_ns;      /* since sound flows; 0: it does not */
	int64_t out_time_us;    /* of the run that is on, or was last */
	double bitrate_kbps;    /* 0: not told */
	double speed;           /* of real time; 0: not told */
	const char *last_error; /* masked; "" when there was none */
};
void output_metrics(const struct output *o, struct output_metrics *out);

/* The fields of INTERFACE.md. */
json_t *output_status(const struct output *o);

#endif
