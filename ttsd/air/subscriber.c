#include "ttsd/air/subscriber.h"

#include <stdlib.h>

#include "common/err.h"

static void
stream_data(void *arg, const uint8_t *data, size_t len)
{
	/* Whatever a subscriber sends is ignored. */
	(void)arg;
	(void)data;
	(void)len;
}

static void
stream_writable(void *arg)
{
	struct subscriber *sub = arg;

	sub->events->writable(sub->arg, sub);
}

/* A subscriber that sends nothing more may go on reading: `nc -N` does so. */
static void
stream_finished(void *arg)
{
	(void)arg;
}

static void
stream_ended(void *arg, int err)
{
	struct subscriber *sub = arg;

	(void)err;
	sub->events->gone(sub->arg, sub);
}

static const struct stream_events stream_events = { .data = stream_data,
	.writable = stream_writable,
	.finished = stream_finished,
	.ended = stream_ended };

int
subscriber_new(struct stream *s, const struct ring *ring,
    const struct subscriber_events *events, void *arg, struct subscriber **out)
{
	struct subscriber *sub = calloc(1, sizeof(*sub));

	*out = sub;
	if (sub == NULL) {
		stream_close(s);
		return ERR_NOMEM;
	}
	*sub = (struct subscriber){ .events = events,
		.arg = arg,
		.stream = s,
		.cursor = ring->head,
		.pid = stream_peer_pid(s) };
	stream_set_owner(s, &stream_events, sub);
	return 0;
}

void
subscriber_free(struct subscriber *sub)
{
	stream_close(sub->stream);
	free(sub);
}

uint64_t
subscriber_lag(const struct subscriber *sub, const struct ring *ring)
{
	return ring->head - sub->cursor;
}

/* Sends a piece. Returns false when the subscriber takes no more now; sets
 * *gone when it never will. */
static bool
send_some(struct subscriber *sub, const struct ring *ring, bool *gone)
{
	const uint8_t *data = sub->header + sub->header_sent;
	size_t len = WAV_HEADER_BYTES - sub->header_sent;
	bool header = len > 0;
	int n;

	if (!header)
		len = ring_peek(ring, sub->cursor, &data);
	if (len == 0)
		return false;
	n = stream_write(sub->stream, data, len);
	if (n < 0) {
		*gone = true;
		return false;
	}
	if (header)
		sub->header_sent += (size_t)n;
	else
		sub->cursor += (uint64_t)n;
	return (size_t)n == len;
}

void
subscriber_skip(
    struct subscriber *sub, const struct ring *ring, size_t sample_bytes)
{
	uint64_t place = sub->cursor % sample_bytes, from = sub->cursor;

	sub->cursor = ring->head - ring->head % sample_bytes;
	if (place > 0)
		sub->cursor += place - sample_bytes;
	sub->left_out += (sub->cursor - from) / sample_bytes;
}

enum subscriber_result
subscriber_push(struct subscriber *sub, const struct ring *ring,
    uint64_t lag_max, bool drop, size_t sample_bytes)
{
	bool gone = false;

	while (send_some(sub, ring, &gone))
		;
	if (gone)
		return SUBSCRIBER_GONE;
	if (subscriber_lag(sub, ring) == 0)
		sub->lagging = false;
	if (subscriber_lag(sub, ring) <= lag_max)
		return SUBSCRIBER_FINE;
	if (drop)
		return SUBSCRIBER_OVERFLOWED;
	subscriber_skip(sub, ring, sample_bytes);
	sub->skips++;
	return SUBSCRIBER_SKIPPED;
}
