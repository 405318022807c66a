/*
 * Who may stay connected to the HTTP server: a bounded number, and nobody for
 * ever. Whoever comes is let in; when all slots are taken, one that has not
 * asked for anything goes, the oldest of the source that holds most. So
 * clients that never finish their request shut out nobody. When all are being
 * answered, the one goes that has been for longest. Pure.
 */
#ifndef DAEMON_HTTP_SLOTS_H
#define DAEMON_HTTP_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sources are told apart as far as so many numbers go. */
#define HTTP_SLOTS_SOURCES 256
/* A client has so long to send a whole request, however it trickles in, from
 * its connection or the end of the answer before; and so long to take its
 * answer. */
#define HTTP_SLOT_ASKING_NS INT64_C(10000000000)
#define HTTP_SLOT_ANSWERING_NS INT64_C(60000000000)

struct http_slot {
	struct http_slot *next;
	uint64_t source; /* equal for those from the same address */
	int64_t since_ns;
	bool answering; /* a whole request is there */
	bool idle;      /* nothing of its answer waits, and there is no end */
	bool cut;       /* it is being closed, and counts no more */
};

struct http_slots {
	size_t max;              /* connections at once */
	struct http_slot *first; /* the newest */
	size_t taken;
	unsigned held[HTTP_SLOTS_SOURCES]; /* of them, by source */
};

/* Adds the slot of a new connection; the slot remains the caller's. */
void http_slots_add(struct http_slots *s, struct http_slot *slot,
    uint64_t source, int64_t now_ns);
void http_slots_remove(struct http_slots *s, struct http_slot *slot);

/* Tell that the slot's request has arrived whole, and that its answer has been
 * taken whole. */
void http_slot_asked(struct http_slot *slot, int64_t now_ns);
void http_slot_answered(struct http_slot *slot, int64_t now_ns);
/* Its answer has no end, and nothing of it waits: it has all the time there is.
 * Or some of it is on its way again, to be taken as any answer is. */
void http_slot_idle(struct http_slot *slot);
void http_slot_sending(struct http_slot *slot, int64_t now_ns);

/* Returns a slot whose connection is to be closed, because there are too many
 * or because its time is over, and marks it as cut; NULL when there is none. */
struct http_slot *http_slots_cut(struct http_slots *s, int64_t now_ns);
/* When the time of the next slot is over; INT64_MAX: never. */
int64_t http_slots_due_ns(const struct http_slots *s);

#endif
