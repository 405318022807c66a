#include "streamer-supervisor/picture/reader.h"

#include <stdlib.h>

#include "common/picture/frame_clock.h"
#include "streamer-supervisor/picture/words.h"

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
		.fps = f->fps,
		.unit = 2u * f->channels,
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

static void
set_origin(struct reader *r, uint64_t sample)
{
	r->begun = true;
	r->origin = frame_sample(
	    frame_from(sample, r->rate_hz, r->fps), r->rate_hz, r->fps);
	log_info(PICTURE_READER_BEGUN, (long long)stream_peer_pid(r->stream),
	    (unsigned long long)r->origin);
}

/* Of what was before its time 0 nothing is for it. */
static bool
is_for(struct reader *r, const struct piece *p)
{
	if (p->track == MATROSKA_PICTURE)
		return r->begun && p->sample >= r->origin;
	if (!r->begun)
		set_origin(r, p->sample);
	return p->sample + p->block->len / r->unit > r->origin;
}

static void
begin_piece(struct reader *r, const struct piece *p)
{
	uint64_t before = p->sample < r->origin ? r->origin - p->sample : 0;

	r->from = before * r->unit;
	matroska_block(r->head, p->track, p->sample + before - r->origin,
	    r->rate_hz, p->block->len - r->from);
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
	size_t at;

	if (r->sent < r->head_len) {
		*data = r->head + r->sent;
		return r->head_len - r->sent;
	}
	if (r->block == NULL)
		return 0;
	at = r->from + r->sent - r->head_len;
	*data = r->block->bytes + at;
	return r->block->len - at;
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
		log_info(
		    PICTURE_READER_LAGS, (long long)stream_peer_pid(r->stream));
	}
	return true;
}
