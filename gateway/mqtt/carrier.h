/*
 * The program `courier` (gateway/courier/courier.h), kept alive.
 */
#ifndef GATEWAY_MQTT_CARRIER_H
#define GATEWAY_MQTT_CARRIER_H

#include <jansson.h>

#include "platform/platform.h"

/* Bytes that wait for it; it may stand still, as in DNS. */
#define CARRIER_WAITING_MAX ((size_t)4 * 1024 * 1024)

struct carrier;

struct carrier_events {
	/* There is a connection to the broker; it goes on with an earlier one,
	 * or knows nothing of us. Or there is none any more. */
	void (*up)(void *arg, bool known);
	void (*down)(void *arg);
	/* It has kept that number at the mark's topic. */
	void (*mark)(void *arg, uint64_t number);
	/* A message came, as the courier tells of it; carrier_done() has to
	 * follow, unless `down` comes first. */
	void (*message)(void *arg, const json_t *message);
	/* The broker has what was published under that number. */
	void (*published)(void *arg, uint64_t number);
	/* It takes more again. */
	void (*room)(void *arg);
	/* The program is gone, and with it what it has not published. */
	void (*gone)(void *arg);
};

/* `settings` is what it is told first, taken over; `secret` names the variable
 * that it alone is to have, or is "". What else is handed in must outlive it.
 * ERR_NOMEM, or as timer_new(). */
int carrier_new(struct loop *l, json_t *settings, const char *secret,
    const struct carrier_events *events, void *arg, struct carrier **out);
/* NULL is fine. The broker then tells the last will. */
void carrier_free(struct carrier *c);

/* Shall there be a connection? At first: no. */
void carrier_want(struct carrier *c, bool wanted);
/* For as long as this connection lasts, take what is asked of us. */
void carrier_serve(struct carrier *c);
bool carrier_is_up(const struct carrier *c);
/* Is there room for what may as well be told later, or never? */
bool carrier_has_room(const struct carrier *c);

struct carrier_publication {
	const char *topic, *payload;
	int qos;
	bool retain;
	uint64_t number;         /* 0: `published` is not asked for */
	const char *correlation; /* or NULL */
};

/* ERR_FULL, ERR_NOMEM; ERR_CLOSED: there is no connection. */
int carrier_publish(struct carrier *c, const struct carrier_publication *p);
/* The message is dealt with, or (not) to be given once more. */
void carrier_done(struct carrier *c, uint64_t message, bool dealt_with);

#endif
