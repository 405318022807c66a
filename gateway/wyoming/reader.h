/*
 * What a client of Wyoming sends, as events: bytes in pieces of any size go in,
 * whole events come out. Payloads are passed over, for nothing that is asked
 * here has one. Pure.
 */
#ifndef GATEWAY_WYOMING_READER_H
#define GATEWAY_WYOMING_READER_H

#include <stdbool.h>

#include "common/net/wyoming.h"

/* Bytes of an event at most, its line and the data behind it, as of a line of
 * the control protocol; and of its payload. */
#define READER_EVENT_MAX ((size_t)64 * 1024)
#define READER_PAYLOAD_MAX ((uint64_t)1024 * 1024)

struct reader {
	struct buf in;
	size_t need;      /* bytes of the event at its front, once known */
	uint64_t payload; /* bytes that are still to be passed over */
};

/* `piece` is the most that is fed at once. */
void reader_init(struct reader *r, size_t piece);
void reader_done(struct reader *r);

/* Is there room for another piece? */
bool reader_has_room(const struct reader *r, size_t piece);
/* Takes a piece. ERR_FULL, ERR_NOMEM. */
int reader_feed(struct reader *r, const void *data, size_t len);

/* Takes the next event. 1, and wyoming_done() is due; 0: more is needed; or
 * ERR_INVALID, ERR_TOO_LONG, ERR_NOMEM: nothing that follows can be read. */
int reader_next(struct reader *r, struct wyoming_event *out);

#endif
