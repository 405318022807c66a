/*
 * A message as a request of ttsd's control protocol. Pure, but for a hash.
 */
#ifndef GATEWAY_MQTT_REQUEST_H
#define GATEWAY_MQTT_REQUEST_H

#include <jansson.h>
#include <stdint.h>

#include "gateway/mqtt/topic.h"

/* Who has asked, as the history tells it. */
#define REQUEST_BY "mqtt"

/* Bytes of why there is none. */
#define REQUEST_WHY_MAX 256

struct mqtt_request {
	/* The caller's; NULL: it is refused. Its key is the message's own, or
	 * is made of its topic, its payload and its packet's number, which the
	 * broker gives again with it. */
	json_t *body;
	const char *code; /* an error of the protocol, where it is */
	char why[REQUEST_WHY_MAX];
};

/* `message` is the courier's (gateway/courier/courier.h), `rights` a bit for
 * each that who publishes has. */
void request_read(enum topic_op op, const json_t *message, uint32_t rights,
    struct mqtt_request *out);

#endif
