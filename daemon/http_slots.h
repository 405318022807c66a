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

/* Connections at once. */
#define HTTP_SLOTS_MAX 16
/* From the connection, or the end of the answer before, until a whole request
 * has arrived, however it trickles in; and until its answer was taken. */
#define HTTP_SLOT_ASKING_NS INT64_C(10000000000)
#define HTTP_SLOT_ANSWERING_NS INT64_C(60000000000)

struct http_slot {
	struct http_slot *next;
	uint64_t source; /* equal for those from the same address */
	int64_t since_ns;
	bool answering; /* a whole request is there */
	bool cut;       /* it is being closed, and counts no more */
};

struct http_slots {
	struct http_slot *first; /* the newest */
};

/* A connection came; the slot is the caller's. */
void http_slots_add(struct http_slots *s, struct http_slot *slot,
    uint64_t source, int64_t now_ns);
void http_slots_remove(struct http_slots *s, struct http_slot *slot);

/* Its request is whole; its answer is. */
void http_slot_asked(struct http_slot *slot, int64_t now_ns);
void http_slot_answered(struct http_slot *slot, int64_t now_ns);

/* One that is to be closed, marked as such: because there are too many, or for
 * its time. NULL: none is. */
struct http_slot *http_slots_cut(struct http_slots *s, int64_t now_ns);
/* When the next one's time is over; INT64_MAX: never. */
int64_t http_slots_due_ns(const struct http_slots *s);

#endif
