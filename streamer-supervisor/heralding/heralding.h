/*
 * What an Icecast server tells its listeners that is on an output's mountpoint
 * now, and how many they are: seen from the supervisor. The program `herald`
 * (herald/herald.h) is run for each title, and every so often to count. Nothing
 * waits for it, and whatever becomes of it, the sound goes on.
 *
 * The title is the text of what is being said; else the `title` of the output.
 */
#ifndef STREAMER_SUPERVISOR_HERALDING_HERALDING_H
#define STREAMER_SUPERVISOR_HERALDING_HERALDING_H

#include <jansson.h>

#include "platform/platform.h"
#include "streamer-supervisor/ffmpeg/plan.h"
#include "streamer-supervisor/ffmpeg/secret.h"

struct heralding;

/* All of it is borrowed. */
struct heralding_spec {
	struct loop *loop;
	struct heralding **all; /* the list that it is to be in */
	const char *name;       /* of the output, for the log */
	const char *channel;
	const struct conf_output *conf;
};

/* ERR_NOMEM. */
int heralding_new(const struct heralding_spec *spec, struct heralding **out);
/* NULL is fine, here and below. */
void heralding_free(struct heralding *h);

/* An ffmpeg was started that sends to this address; of servers that have no
 * mountpoints nothing is asked. `secret` is NULL of a group's member: its
 * secrets are in its URL. */
void heralding_start(
    struct heralding *h, const struct plan *plan, const struct secret *secret);
/* It is gone. */
void heralding_stop(struct heralding *h);

/* ttsd tells an event of the channel of some of them (NULL: it is not on
 * air). */
void heraldings_hear(struct heralding *all, const json_t *event);

/* Returns what the program's successor needs to go on, NULL without memory; and
 * goes on with it. ERR_INVALID, ERR_NOMEM. */
json_t *heralding_hand_over(const struct heralding *h);
int heralding_take_over(struct heralding *h, const json_t *word);

/* How many listen; -1: the server has not said. */
int64_t heralding_listeners(const struct heralding *h);
/* Returns what `status` says of it (docs/OUTPUTS.md); null where there is
 * nothing to say. */
json_t *heralding_status(const struct heralding *h);

#endif
