/*
 * What became of announcements, told at a topic until the broker has it: while
 * the connection is lost the daemon's own memory of its events keeps them.
 *
 * Up to which event the broker has all of them, it is told too, and retains: a
 * gateway that is started again goes on from that number (the mark). Nothing is
 * asked of a site before its mark is there, so that whenever a gateway is
 * killed, no receipt of what it was asked for is left out; some may be told
 * twice, under the same number.
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
	char topic[TOPIC_MAX], mark_topic[TOPIC_MAX];
	uint64_t mark; /* what the broker had at first; 0: nothing yet */
	/* It has answered what was published behind the question for the mark,
	 * so that it has told it, if it has one. */
	bool asked;
	uint64_t asking;  /* that message's number; 0: none is on its way */
	uint64_t marking; /* the same of a mark of ours */
	uint64_t marked;  /* the last mark that this connection was given */
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

/* There is a connection. */
void receipts_up(struct receipts *r);
/* The broker has that mark. */
void receipts_mark(struct receipts *r, uint64_t number);
/* There is room again. */
void receipts_go_on(struct receipts *r);
void receipts_published(struct receipts *r, uint64_t number);
/* Those that were on their way are lost: they are told again. */
void receipts_lost(struct receipts *r);

#endif
