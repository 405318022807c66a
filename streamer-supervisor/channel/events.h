/* What ttsd tells of a channel, over its control socket. */
#ifndef STREAMER_SUPERVISOR_CHANNEL_EVENTS_H
#define STREAMER_SUPERVISOR_CHANNEL_EVENTS_H

#include <jansson.h>

#include "platform/platform.h"

/* `word` and its like come so long before their sample. */
#define EVENTS_LEAD_MS 500

struct events;

struct events_receiver {
	/* ttsd tells its events from now on. */
	void (*told)(void *arg);
	/* It does not: it is not there, or has no such channel. */
	void (*silent)(void *arg);
	/* A reader of the audio socket that is this process has begun at that
	 * sample. */
	void (*joined)(void *arg, uint64_t first_sample);
	/* Samples were left out: this process was too slow, or the machine had
	 * stood still and ttsd's clock jumped. */
	void (*lagging)(void *arg);
	/* What the [video] shows, as board_tell(). */
	void (*board)(void *arg, const json_t *told);
	/* Any other event. */
	void (*event)(void *arg, const json_t *event);
};

struct events_spec {
	const char *path; /* of ttsd's control socket */
	const char *channel;
	const char *video; /* what it shows is asked for; NULL: it is not */
	/* Names of other events that are wanted, NULL-terminated; NULL: none.
	 */
	const char *const *names;
};

/* Subscribes to events of a channel, for as long as it lives. Where ttsd tells
 * none ahead, for it serves as many other leads as it can, they are asked for
 * without; where it tells none at all it is asked again. What is handed in must
 * outlive it, but for the spec itself. Fails with ERR_NOMEM, or as
 * control_link_new(). */
int events_new(struct loop *l, const struct events_spec *spec,
    const struct events_receiver *receiver, void *arg, struct events **out);
/* NULL is fine. */
void events_free(struct events *e);

#endif
