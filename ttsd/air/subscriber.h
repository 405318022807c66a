/*
 * One reader of a channel's stream: a cursor into the channel's ring.
 *
 * It gets the WAV header and then the live edge. What it does not read in
 * time piles up as lag, and past the bound the channel's policy decides:
 * `skip` moves it to the live edge, `drop` ends the connection. Its position
 * within a sample never changes, so a skip is never heard as noise.
 */
#ifndef TTSD_AIR_SUBSCRIBER_H
#define TTSD_AIR_SUBSCRIBER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/sound/ring.h"
#include "common/sound/wav.h"
#include "platform/platform.h"

struct subscriber;

/* What a subscriber tells its channel. */
struct subscriber_events {
	/* The subscriber takes more again. */
	void (*writable)(void *arg, struct subscriber *sub);
	/* The connection is over. */
	void (*gone)(void *arg, struct subscriber *sub);
};

struct subscriber {
	struct subscriber *next; /* in the channel's list */
	const struct subscriber_events *events;
	void *arg;
	struct stream *stream;
	uint8_t header[WAV_HEADER_BYTES];
	size_t header_sent;
	uint64_t cursor; /* ring position of the next byte it gets */
	bool lagging;    /* it was reported so, and has not caught up since */
	uint64_t skips;
	uint64_t first_sample;
	uint64_t left_out; /* samples that it did not get since then */
	uint64_t edge; /* the sample it went on with after the last of them */
	int64_t pid;
};

enum subscriber_result {
	SUBSCRIBER_FINE,
	SUBSCRIBER_SKIPPED,    /* moved to the live edge just now */
	SUBSCRIBER_OVERFLOWED, /* to be dropped by the policy */
	SUBSCRIBER_GONE,       /* the connection is over */
};

/* Makes a subscriber, which takes over the stream and begins at the live edge.
 * Fails with ERR_NOMEM; the stream is then closed. */
int subscriber_new(struct stream *s, const struct ring *ring,
    const struct subscriber_events *events, void *arg, struct subscriber **out);
void subscriber_free(struct subscriber *sub);

/* Gives the subscriber all that it takes. Past `lag_max`, in bytes, it is moved
 * to the live edge, or with `drop` reported as overflowed. */
enum subscriber_result subscriber_push(struct subscriber *sub,
    const struct ring *ring, uint64_t lag_max, bool drop, size_t sample_bytes);

/* Moves the subscriber to the live edge, keeping its place within a sample, and
 * counts what it is left out. */
void subscriber_skip(
    struct subscriber *sub, const struct ring *ring, size_t sample_bytes);

/* How many bytes of the ring the subscriber has not taken yet. */
uint64_t subscriber_lag(const struct subscriber *sub, const struct ring *ring);

#endif
