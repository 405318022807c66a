/*
 * What a site tells of itself, retained: what is on air, what waits, and how
 * its outputs are. Both daemons are asked when something has changed, at most
 * once in STATE_EVERY_NS.
 */
#ifndef GATEWAY_MQTT_STATE_H
#define GATEWAY_MQTT_STATE_H

#include <jansson.h>

#include "gateway/daemons/hub.h"
#include "gateway/daemons/peer.h"

#define STATE_EVERY_NS (1 * NS_PER_S)
/* Channels whose text on air is told. */
#define STATE_CHANNELS_MAX 64

struct state {
	struct peer *ttsd, *streamer;
	/* It has changed; NULL: nobody is told of that. */
	void (*changed)(void *arg);
	void *arg;
	struct timer *timer;
	int64_t next_ns;
	bool armed;
	struct question *asked, *asked_streamer;
	json_t *status, *outputs; /* as they last said; NULL: not known */
	json_t *on_air;           /* by channel: what began and has not ended */
	char *text;               /* the whole, as it was last told */
};

/* ERR_NOMEM, or as timer_new(). */
int state_init(struct state *s, struct loop *l, struct peer *ttsd,
    struct peer *streamer, void (*changed)(void *arg), void *arg);
void state_done(struct state *s);

/* An event of ttsd's. */
void state_take(struct state *s, const struct recent_event *e);
/* Something has changed, or may have. */
void state_stir(struct state *s);

/* The document: {"on_air":[{"channel","id","text"}], "queue":N,
 * "channels":{NAME:{"state","queue"}}, "outputs":{NAME:STATE}}. NULL: not known
 * yet. */
const char *state_text(const struct state *s);

/* Makes it of what the daemons say (NULL: nothing). NULL without memory.
 * Pure. */
json_t *state_document(
    const json_t *status, const json_t *outputs, const json_t *on_air);
/* The names of the outputs, and how they are. Pure. */
json_t *state_outputs(const json_t *outputs);

#endif
