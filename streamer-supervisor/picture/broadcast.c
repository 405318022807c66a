#include "streamer-supervisor/picture/broadcast.h"

#include <string.h>

#include "common/err.h"
#include "common/list.h"
#include "common/picture/frame_clock.h"

/* ---- readers ---------------------------------------------------------- */

static uint64_t
samples_of(const struct broadcast *b, uint64_t ns)
{
	return ns * b->format.rate_hz / NS_PER_S;
}

static void
count_losses(struct broadcast_counts *c, const struct reader *r)
{
	c->lost += r->frames_lost;
	c->skips += r->skips;
}

static void
dismiss(struct broadcast *b, struct reader *r)
{
	LIST_REMOVE(b->readers, r);
	b->counts.readers--;
	count_losses(&b->counts, r);
	reader_free(r);
}

static void
push(struct broadcast *b, struct reader *r)
{
	if (!reader_push(r, b->position, samples_of(b, b->lag_max_ns)))
		dismiss(b, r);
}

static void
push_all(struct broadcast *b)
{
	struct reader *r, *next;

	for (r = b->readers; r; r = next) {
		next = r->next;
		push(b, r);
	}
}

static void
reader_writable(void *arg, struct reader *r)
{
	push(arg, r);
}

static void
reader_gone(void *arg, struct reader *r)
{
	dismiss(arg, r);
}

static const struct reader_events reader_events = { .writable = reader_writable,
	.gone = reader_gone };

static void
accepted(void *arg, struct stream *s)
{
	struct broadcast *b = arg;
	struct reader *r =
	    reader_new(s, &b->format, &b->backlog, &reader_events, b);

	if (r == NULL) {
		log_warning("a reader is sent away: out of memory");
		return;
	}
	LIST_APPEND(b->readers, r);
	b->counts.readers++;
	push(b, r);
}

static void
dismiss_all(struct broadcast *b)
{
	while (b->readers)
		dismiss(b, b->readers);
}

/* ---- the stream ------------------------------------------------------- */

void
broadcast_init(struct broadcast *b, struct loop *l, const char *path,
    const struct matroska_format *format, struct block *first)
{
	*b = (struct broadcast){ .loop = l,
		.path = path,
		.format = *format,
		.drawing = UINT64_MAX };
	b->seen.width = format->width;
	b->seen.height = format->height;
	frames_show(&b->seen.base, first);
}

void
broadcast_done(struct broadcast *b)
{
	broadcast_end(b);
	composite_done(&b->seen);
}

static bool
goes_on(const struct broadcast *b, uint32_t rate_hz, uint16_t channels,
    uint64_t sample)
{
	return b->listener && b->format.rate_hz == rate_hz &&
	       b->format.channels == channels && sample >= b->position;
}

int
broadcast_begin(
    struct broadcast *b, uint32_t rate_hz, uint16_t channels, uint64_t sample)
{
	if (!goes_on(b, rate_hz, channels, sample))
		broadcast_end(b);
	b->format.rate_hz = rate_hz;
	b->format.channels = channels;
	b->seen.base.rate_hz = b->seen.over.rate_hz = rate_hz;
	b->seen.base.fps = b->seen.over.fps = b->format.fps;
	b->position = sample;
	settled_begin(&b->settled, sample);
	b->next_frame = frame_nearest(sample, rate_hz, b->format.fps);
	if (b->listener)
		return 0;
	return listener_new(b->loop, b->path, accepted, b, &b->listener);
}

void
broadcast_end(struct broadcast *b)
{
	dismiss_all(b);
	listener_close(b->listener);
	b->listener = NULL;
	backlog_clear(&b->backlog);
	frames_forget(&b->seen.base);
	frames_forget(&b->seen.over);
}

/* ---- frames ----------------------------------------------------------- */

static bool
may_seal(const struct broadcast *b, uint64_t at)
{
	uint64_t end = at + b->format.rate_hz / (2u * b->format.fps);
	int64_t wait =
	    b->drawing <= end ? BROADCAST_PATIENCE_NS : BROADCAST_DRAWING_NS;

	return end <= settled_since(&b->settled, wait);
}

static void
seal(struct broadcast *b, uint64_t at)
{
	struct block *picture = composite_at(&b->seen, b->next_frame);

	backlog_put(&b->backlog, MATROSKA_PICTURE, at, block_hold(picture));
	b->counts.frames++;
	b->counts.repeated += !b->seen.is_new;
	b->next_frame++;
}

void
broadcast_seal(struct broadcast *b)
{
	uint64_t at;

	for (;;) {
		at = frame_sample(
		    b->next_frame, b->format.rate_hz, b->format.fps);
		if (!may_seal(b, at))
			break;
		seal(b, at);
	}
	push_all(b);
}

int
broadcast_sound(struct broadcast *b, const uint8_t *data, size_t len)
{
	struct block *piece = block_new(len);
	uint64_t at = b->position;

	b->position += len / (2u * b->format.channels);
	settled_note(&b->settled, clock_awake_ns(), b->position);
	if (piece == NULL)
		return ERR_NOMEM;
	memcpy(piece->bytes, data, len);
	backlog_put(&b->backlog, MATROSKA_SOUND, at, piece);
	push_all(b);
	return 0;
}

void
broadcast_show(struct broadcast *b, struct block *picture)
{
	frames_show(&b->seen.base, picture);
}

static bool
is_over(const struct broadcast *b, uint64_t sample)
{
	return frame_nearest(sample, b->format.rate_hz, b->format.fps) <
	       b->next_frame;
}

void
broadcast_plan(struct broadcast *b, struct frames *to, uint64_t sample,
    struct block *picture)
{
	b->counts.late += b->listener && is_over(b, sample);
	broadcast_replace(b, to, sample, picture);
}

void
broadcast_replace(struct broadcast *b, struct frames *to, uint64_t sample,
    struct block *picture)
{
	if (b->listener == NULL || is_over(b, sample) || frames_is_full(to))
		frames_show(to, picture);
	else
		frames_plan(to, sample, picture);
}

bool
broadcast_is_full(const struct broadcast *b)
{
	return frames_is_full(&b->seen.base);
}

struct broadcast_counts
broadcast_count(const struct broadcast *b)
{
	struct broadcast_counts c = b->counts;
	const struct reader *r;

	for (r = b->readers; r; r = r->next)
		count_losses(&c, r);
	return c;
}
