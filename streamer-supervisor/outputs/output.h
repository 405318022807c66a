/*
 * One output: which of its addresses it is sent to.
 *
 * Its primary address, and its backup where one is configured, are senders
 * (sender.h) that live and fail on their own; failover.h decides between them.
 * An output that shares an encoder is carried by its group (group.h).
 * While the primary proves that it is back, both are sent to: failing back
 * costs no sound.
 */
#ifndef STREAMER_SUPERVISOR_OUTPUTS_OUTPUT_H
#define STREAMER_SUPERVISOR_OUTPUTS_OUTPUT_H

#include "streamer-supervisor/sender/sender.h"

struct output;

struct output_events {
	/* The output's state, or the address that it is sent to, has
	 * changed. */
	void (*changed)(void *arg, const struct output *o,
	    enum child_state from, const char *reason);
	void *arg;
};

/* Makes an output, which is stopped. `socket` is the path of its channel's
 * audio socket; it is copied, the rest must outlive the output. Fails with
 * ERR_INVALID, `e` filled, when what is configured can't work, and with
 * ERR_NOMEM. */
int output_new(struct environment *env, const struct output_events *ev,
    const struct conf_output *conf, const struct conf_channel *channel,
    const char *socket, struct output **out, struct conf_error *e);
/* Kills what still runs. NULL is fine. */
void output_free(struct output *o);

const char *output_name(const struct output *o);
const struct conf_output *output_conf(const struct output *o);
const char *output_channel(const struct output *o);
/* The path of its channel's audio socket. */
const char *output_socket(const struct output *o);
enum child_state output_state(const struct output *o);
/* Has it stopped, and are its captions over? It may be freed. */
bool output_is_over(const struct output *o);
/* How long the present wait is; 0 when it does not wait. */
int64_t output_backoff_ms(const struct output *o);
/* "primary" or "backup". */
const char *output_active(const struct output *o);

/* Start, stop and restart the output because somebody asked for it. None of
 * these waits until it has happened. */
void output_start(struct output *o);
void output_stop(struct output *o);
void output_restart(struct output *o);
/* Stops the output because the supervisor ends: it is still wanted, if it
 * was. */
void output_end(struct output *o);
/* Is the output not to run, because it was stopped or does not start by
 * itself? */
bool output_is_off(const struct output *o);
/* Kills the output's ffmpegs, without grace. */
void output_kill(struct output *o);

/* Return what the program's successor needs to keep it, NULL without memory;
 * and go on with it, as group.h has it. ERR_INVALID, ERR_NOMEM. */
json_t *output_hand_over(const struct output *o, struct parcel *parcel);
int output_take_over(
    struct output *o, struct parcel *parcel, const json_t *word);

/* Starts the output if it is to start by itself, once the supervisor is up. */
void output_begin(struct output *o);

/* An announcement has ended on its channel, with these samples, to before
 * `end`: the output owes a receipt of it, if it is to run. */
void output_spoken(struct output *o, uint64_t id, uint64_t from, uint64_t end);
bool output_owes(const struct output *o, uint64_t id);
/* ttsd says who reads the channel: the channel of a `status`. */
void output_readers(struct output *o, const json_t *channel);
/* Nobody knows what became of an announcement, of which a receipt was owed
 * before. */
void output_disown(struct output *o, uint64_t id, const char *why);
/* How many receipts of each state were told, by enum owed_state. */
const uint64_t *output_receipts(const struct output *o);

/* Fills in the facts of the active address; counts are the sum of both. */
void output_facts(const struct output *o, struct sender_facts *out);

/* Returns what `status` says of an output (docs/OUTPUTS.md). */
json_t *output_status(const struct output *o);

#endif
