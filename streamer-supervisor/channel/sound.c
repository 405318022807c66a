#include "streamer-supervisor/channel/sound.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"

#define HELD_BYTES (1024 * 1024)
#define FMT_AT 20 /* the "fmt " chunk of the header that ttsd writes */
#define FMT_BYTES 16

enum sound_state {
	SOUND_IDLE,    /* nobody asked for it yet */
	SOUND_AWAY,    /* no connection; `timer` tries again */
	SOUND_HEADER,  /* the header comes */
	SOUND_WAITING, /* for its first sample's number; `timer` bounds that */
	SOUND_FLOWING,
};

struct sound {
	struct loop *loop;
	const char *path;
	const struct sound_events *events;
	void *arg;
	enum sound_state state;
	struct stream *stream; /* NULL: not connected */
	struct timer *timer;
	struct wav_format format;
	struct buf held;       /* not passed on yet */
	bool flows;            /* since the last `begun` */
	bool told;             /* it has, of this connection */
	uint64_t first_sample; /* what it told; 0: nothing */
	uint64_t passed;       /* samples of this connection */
};

static size_t
sample_bytes(const struct sound *s)
{
	return (size_t)s->format.channels * 2;
}

static void
disconnect(struct sound *s)
{
	stream_close(s->stream);
	s->stream = NULL;
	buf_clear(&s->held);
	s->told = false;
	s->first_sample = s->passed = 0;
}

static void
go_away(struct sound *s)
{
	bool flowed = s->flows;

	disconnect(s);
	s->flows = false;
	s->state = SOUND_AWAY;
	timer_at(s->timer, clock_awake_ns() + SOUND_RETRY_NS);
	if (flowed)
		s->events->ended(s->arg);
}

/* Passes on what is held, but for a sample that is not whole. */
static void
pass(struct sound *s)
{
	size_t len = buf_len(&s->held);

	len -= len % sample_bytes(s);
	if (len == 0)
		return;
	s->events->samples(s->arg, buf_data(&s->held), len);
	s->passed += len / sample_bytes(s);
	buf_consume(&s->held, len);
}

static void
flow(struct sound *s)
{
	timer_at(s->timer, INT64_MAX);
	s->state = SOUND_FLOWING;
	s->flows = true;
	s->events->begun(
	    s->arg, &s->format, s->first_sample + s->passed, s->told);
	pass(s);
}

/* Also where nobody tells events now: a ttsd that begins may be heard before it
 * can be asked. */
static void
await_word(struct sound *s)
{
	s->state = SOUND_WAITING;
	if (s->told)
		flow(s);
	else
		timer_at(s->timer, clock_awake_ns() + SOUND_PATIENCE_NS);
}

/* Reads the header. What has another form than ttsd's is no audio socket of
 * ours. */
static void
take_header(struct sound *s)
{
	const uint8_t *p = buf_data(&s->held);

	if (buf_len(&s->held) < WAV_HEADER_BYTES)
		return;
	if (memcmp(p, "RIFF", 4) != 0 ||
	    wav_fmt(p + FMT_AT, FMT_BYTES, &s->format) < 0 ||
	    s->format.bits != 16 || s->format.tag != WAV_TAG_PCM) {
		log_warning("socket=%s sends no WAV of 16 bits: is it an audio "
			    "socket of ttsd?",
		    log_quote(s->path));
		go_away(s);
		return;
	}
	buf_consume(&s->held, WAV_HEADER_BYTES);
	await_word(s);
}

static void
stream_data(void *arg, const uint8_t *data, size_t len)
{
	struct sound *s = arg;

	if (buf_put(&s->held, data, len) < 0) {
		log_warning("the sound is read afresh: out of memory");
		go_away(s);
		return;
	}
	if (s->state == SOUND_HEADER)
		take_header(s);
	else if (s->state == SOUND_FLOWING)
		pass(s);
}

static void
stream_ended(void *arg, int err)
{
	(void)err;
	go_away(arg);
}

static const struct stream_events stream_events = { .data = stream_data,
	.ended = stream_ended };

static void
connect_now(struct sound *s)
{
	disconnect(s);
	if (stream_connect(s->loop, s->path, &stream_events, s, &s->stream) <
	    0) {
		go_away(s);
		return;
	}
	timer_at(s->timer, INT64_MAX);
	s->state = SOUND_HEADER;
}

static void
timer_fired(void *arg)
{
	struct sound *s = arg;

	if (s->state == SOUND_WAITING)
		flow(s);
	else if (s->state == SOUND_AWAY)
		connect_now(s);
}

int
sound_new(struct loop *l, const char *path, const struct sound_events *events,
    void *arg, struct sound **out)
{
	struct sound *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct sound){
		.loop = l, .path = path, .events = events, .arg = arg
	};
	buf_init(&s->held, HELD_BYTES);
	rc = timer_new(l, TIMER_COARSE, timer_fired, s, &s->timer);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
sound_free(struct sound *s)
{
	if (s == NULL)
		return;
	stream_close(s->stream);
	timer_free(s->timer);
	buf_done(&s->held);
	free(s);
}

void
sound_expect_word(struct sound *s)
{
	if (s->state == SOUND_IDLE || s->state == SOUND_AWAY || !s->told)
		connect_now(s);
}

void
sound_go(struct sound *s)
{
	if (s->state == SOUND_IDLE)
		connect_now(s);
}

void
sound_told(struct sound *s, uint64_t first_sample)
{
	if (s->stream == NULL || s->told)
		return;
	s->told = true;
	s->first_sample = first_sample;
	if (s->state == SOUND_WAITING || s->state == SOUND_FLOWING)
		flow(s);
}

void
sound_again(struct sound *s)
{
	if (s->state != SOUND_IDLE)
		connect_now(s);
}
