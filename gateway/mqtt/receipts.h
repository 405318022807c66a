/*
 * What became of announcements, told at a topic until the broker has it: while
 * the connection is lost the daemon's own memory of its events keeps them.
 */
#ifndef GATEWAY_MQTT_RECEIPTS_H
#define GATEWAY_MQTT_RECEIPTS_H

#include "gateway/daemons/hub.h"
#include "gateway/mqtt/carrier.h"
#include "gateway/mqtt/topic.h"

/* So many are on their way at once. */
#define RECEIPTS_OPEN_MAX 64

struct receipts {
	struct loop *loop;
	struct hub **hubs;
	struct carrier *carrier;
	struct hub_question question; /* `since`: all up to it are out */
	struct hub_listener *listener;
	char topic[TOPIC_MAX];
	struct {
		uint64_t number, event;
		bool out;
	} open[RECEIPTS_OPEN_MAX]; /* in their order */
	size_t count;
	uint64_t numbered;   /* the last number that was given */
	struct timer *timer; /* to listen again, where that failed */
};

/* `path` of ttsd's control socket. ERR_NOMEM, ERR_FULL, or as timer_new(). */
int receipts_init(struct receipts *r, struct loop *l, struct hub **hubs,
    const char *path, const char *site, struct carrier *carrier);
void receipts_done(struct receipts *r);

/* There is a connection, or room again. */
void receipts_go_on(struct receipts *r);
void receipts_published(struct receipts *r, uint64_t number);
/* Those that were on their way are lost: they are told again. */
void receipts_lost(struct receipts *r);

#endif
