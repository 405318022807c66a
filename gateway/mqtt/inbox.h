/*
 * What others ask of this site: a message becomes a request of ttsd, whose
 * answer goes back; only then is it acknowledged to the broker. What ttsd has
 * not answered, the broker gives once more.
 */
#ifndef GATEWAY_MQTT_INBOX_H
#define GATEWAY_MQTT_INBOX_H

#include "gateway/daemons/peer.h"
#include "gateway/mqtt/carrier.h"
#include "gateway/mqtt/redelivery.h"

struct inbox {
	const char *site;
	char **groups;
	uint32_t rights;
	struct peer *ttsd;
	struct carrier *carrier;
	struct redelivery lately;
	/* The one that ttsd is asked for; `message` is NULL where there is
	 * none. */
	json_t *message;
	json_t *request;
	struct question *asked;
};

void inbox_take(struct inbox *in, const json_t *message);
/* The connection is lost: nobody waits for an answer. */
void inbox_forget(struct inbox *in);

#endif
