#include "streamer-supervisor/picture/reader.h"

#include <stdlib.h>

static void
stream_data(void *arg, const uint8_t *data, size_t len)
{
	/* Whatever a reader sends is ignored. */
	(void)arg;
	(void)data;
	(void)len;
}

static void
stream_writable(void *arg)
{
	struct reader *r = arg;

	r->events->writable(r->arg, r);
}

static void
stream_ended(void *arg, int err)
{
	struct reader *r = arg;

	(void)err;
	r->events->gone(r->arg, r);
}

static const struct stream_events stream_events = {
	.data = stream_data, .writable = stream_writable, .ended = stream_ended
};

struct reader *
reader_new(struct stream *s, const struct matroska_format *f,
    const struct backlog *backlog, const struct reader_events *events,
    void *arg)
{
	struct reader *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		stream_close(s);
		return NULL;
	}
	*r = (struct reader){ .events = events,
		.arg = arg,
		.stream = s,
		.backlog = backlog,
		.rate_hz = f->rate_hz,
		.next_piece = backlog->end };
	r->head_len = matroska_header(r->head, f);
	stream_set_owner(s, &stream_events, r);
	return r;
}

void
reader_free(struct reader *r)
{
	stream_close(r->stream);
	block_drop(r->block);
	free(r);
}

/* The first piece of sound is its time 0; frames of before are not for it. */
static bool
is_for(struct reader *r, const struct piece *p)
{
	if (!r->begun && p->track == MATROSKA_SOUND) {
		r->begun = true;
		r->origin = p->sample;
		log_info(READER_BEGUN, (long long)stream_peer_pid(r->stream),
		    (unsigned long long)r->origin);
	}
	return r->begun && p->sample >= r->origin;
}

static void
begin_piece(struct reader *r, const struct piece *p)
{
	matroska_block(r->head, p->track, p->sample - r->origin, r->rate_hz,
	    p->block->len);
	r->head_len = MATROSKA_BLOCK_BYTES;
	r->block = block_hold(p->block);
	r->sent = 0;
}

/* Goes on to the next piece that is for it. Returns false at the live edge. */
static bool
take_piece(struct reader *r)
{
	const struct piece *p;

	block_drop(r->block);
	r->block = NULL;
	r->head_len = r->sent = 0;
	while (r->head_len == 0 && r->next_piece < r->backlog->end) {
		p = backlog_at(r->backlog, r->next_piece++);
		if (p == NULL || !is_for(r, p))
			continue;
		if (p->block)
			begin_piece(r, p);
		else
			r->frames_lost++;
	}
	return r->head_len > 0;
}

static size_t
unsent(const struct reader *r, const uint8_t **data)
{
	if (r->sent < r->head_len) {
		*data = r->head + r->sent;
		return r->head_len - r->sent;
	}
	if (r->block == NULL)
		return 0;
	*data = r->block->bytes + (r->sent - r->head_len);
	return r->block->len - (r->sent - r->head_len);
}

/* Returns 1 when all was sent that is there, 0 when the reader takes no more
 * now, negative when the connection is over. */
static int
send_all(struct reader *r)
{
	const uint8_t *data;
	size_t len;
	int n;

	do {
		while ((len = unsent(r, &data)) > 0) {
			n = stream_write(r->stream, data, len);
			if (n < 0)
				return n;
			r->sent += (size_t)n;
			if ((size_t)n < len)
				return 0;
		}
	} while (take_piece(r));
	return 1;
}

static uint64_t
lag(const struct reader *r, uint64_t live)
{
	const struct piece *p = r->next_piece < r->backlog->end
				    ? backlog_at(r->backlog, r->next_piece)
				    : NULL;

	if (r->next_piece == r->backlog->end)
		return 0;
	return p == NULL ? UINT64_MAX : live - p->sample;
}

bool
reader_push(struct reader *r, uint64_t live, uint64_t lag_max)
{
	int rc = send_all(r);

	if (rc < 0)
		return false;
	if (rc == 0 && lag(r, live) > lag_max) {
		r->next_piece = r->backlog->end;
		r->skips++;
		log_info(READER_LAGS, (long long)stream_peer_pid(r->stream));
	}
	return true;
}
