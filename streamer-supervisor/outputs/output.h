/*
 * One output: which of its addresses it is sent to.
 *
 * Its primary address, and its backup where one is configured, are senders
 * (sender.h) that live and fail on their own; what is decided between them is
 * in failover.h. Where it shares an encoder, its group (group.h) carries it.
 * While the primary proves that it is back, both are sent to: failing back
 * costs no sound.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_OUTPUT_H
#define STREAMER_SUPERVISOR_OUTPUTS_OUTPUT_H

#include "streamer-supervisor/sender/sender.h"

struct output;

struct output_events {
	/* Its state, or the address that it is sent to, has changed. */
	void (*changed)(void *arg, const struct output *o,
	    enum child_state from, const char *reason);
	void *arg;
};

/* An output is known from here on, and stopped. `socket` is where its
 * channel's audio is; it is copied, the rest is not. ERR_INVALID with `e`
 * filled when what is configured can't work. */
int output_new(struct environment *env, const struct output_events *ev,
    const struct conf_output *conf, const struct conf_channel *channel,
    const char *socket, struct output **out, struct conf_error *e);
/* Kills what still runs. NULL is fine. */
void output_free(struct output *o);

const char *output_name(const struct output *o);
const struct conf_output *output_conf(const struct output *o);
const char *output_channel(const struct output *o);
enum child_state output_state(const struct output *o);
/* Of the wait that is on; 0 when none is. */
int64_t output_backoff_ms(const struct output *o);
/* "primary" or "backup". */
const char *output_active(const struct output *o);

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

/* Of the address that is active; counts are of all of them. */
void output_facts(const struct output *o, struct sender_facts *out);

/* What `status` says of an output (docs/OUTPUTS.md). */
json_t *output_status(const struct output *o);

#endif
