#include "streamer-supervisor/picture/picture.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/picture/colour.h"
#include "common/picture/frame_clock.h"
#include "common/picture/y4m.h"
#include "streamer-supervisor/channel/events.h"
#include "streamer-supervisor/channel/sound.h"
#include "streamer-supervisor/picture/broadcast.h"
#include "streamer-supervisor/picture/director/director.h"
#include "streamer-supervisor/picture/door.h"
#include "streamer-supervisor/picture/feeder.h"
#include "streamer-supervisor/picture/painting.h"
#include "streamer-supervisor/picture/status.h"
#include "streamer-supervisor/picture/words.h"

/* What ffmpeg is told of hardware (streamer-supervisor/ffmpeg/pull.c). */
#define HWACCEL "-hwaccel"

/* A frame that names a sample further ahead than this is not meant so. */
#define AHEAD_MAX_S 10

struct picture {
	const struct picture_settings *settings;
	struct loop *loop;
	struct broadcast broadcast;
	struct block *slate;
	struct sound *sound;
	struct events *events;
	struct door *door;         /* NULL: none */
	struct painting *painting; /* NULL: none */
	struct painting_spec painter;
	struct feeder *feeder; /* any other child; NULL: none */
	struct feeder_spec spec;
	struct timer *timer; /* tells the status */
	int64_t tell_ns;
	uint64_t paced;    /* the frame that a paced source's next one is for */
	uint64_t pictures; /* that came, of the child and through the door */
};

static struct block *
solid(const struct picture_settings *s)
{
	size_t luma = (size_t)s->width * s->height;
	struct block *b = block_new(y4m_frame_bytes(s->width, s->height));
	uint8_t yuv[3];

	if (b == NULL)
		return NULL;
	colour_to_yuv(s->background, yuv);
	memset(b->bytes, yuv[0], luma);
	memset(b->bytes + luma, yuv[1], luma / 4);
	memset(b->bytes + luma + luma / 4, yuv[2], luma / 4);
	return b;
}

/* The parent waits for the word that there is a stream. */
static void
tell_soon(struct picture *p)
{
	timer_at(p->timer, clock_awake_ns());
}

static void
sources_go_on(struct picture *p)
{
	door_go_on(p->door);
	feeder_go_on(p->feeder);
}

/* ---- sound ------------------------------------------------------------ */

static void
sound_begun(void *arg, const struct wav_format *f, uint64_t sample, bool told)
{
	struct picture *p = arg;
	int rc =
	    broadcast_begin(&p->broadcast, f->rate_hz, f->channels, sample);

	log_info("channel=%s sound comes, %u Hz, from sample %llu%s",
	    p->settings->channel, f->rate_hz, (unsigned long long)sample,
	    told ? "" : " of its own count");
	tell_soon(p);
	if (rc == 0 && p->painting)
		painting_begin(p->painting, sample);
	if (rc == 0)
		return;
	log_error("socket=%s cannot be served: %s",
	    log_quote(p->settings->socket), err_text(rc));
	loop_stop(p->loop);
}

static void
sound_samples(void *arg, const uint8_t *data, size_t len)
{
	struct picture *p = arg;

	if (broadcast_sound(&p->broadcast, data, len) < 0)
		log_warning("sound is left out: out of memory");
	if (p->painting)
		painting_sound(p->painting, data, len);
	broadcast_seal(&p->broadcast);
	if (!broadcast_is_full(&p->broadcast))
		sources_go_on(p);
}

static void
sound_ended(void *arg)
{
	struct picture *p = arg;

	log_warning("channel=%s no sound comes any more; readers are ended "
		    "until ttsd is back",
	    p->settings->channel);
	broadcast_end(&p->broadcast);
	if (p->painting)
		painting_lost(p->painting);
	tell_soon(p);
	door_go_on(p->door);
}

static const struct sound_events sound_events = { sound_begun, sound_samples,
	sound_ended };

/* ---- what ttsd tells -------------------------------------------------- */

static void
events_told(void *arg)
{
	struct picture *p = arg;

	sound_expect_word(p->sound);
}

static void
events_silent(void *arg)
{
	struct picture *p = arg;

	if (p->painting)
		painting_lost(p->painting);
	sound_go(p->sound);
}

static void
events_joined(void *arg, uint64_t first_sample)
{
	struct picture *p = arg;

	sound_told(p->sound, first_sample);
}

static void
events_lagging(void *arg)
{
	struct picture *p = arg;

	log_warning("channel=%s ttsd left sound out, because this machine or "
		    "this process was too slow",
	    p->settings->channel);
	sound_again(p->sound);
}

static void
events_board(void *arg, const json_t *told)
{
	struct picture *p = arg;

	if (p->painting)
		painting_board(p->painting, told);
}

static void
events_event(void *arg, const json_t *event)
{
	struct picture *p = arg;

	if (p->painting)
		painting_event(p->painting, event);
}

static const struct events_receiver events_receiver = { events_told,
	events_silent, events_joined, events_lagging, events_board,
	events_event };

/* ---- pictures --------------------------------------------------------- */

static bool
door_frame(void *arg, struct block *b, int64_t sample)
{
	struct picture *p = arg;
	uint64_t ahead = (uint64_t)AHEAD_MAX_S * p->broadcast.format.rate_hz;

	p->pictures++;
	if (sample < 0 || (uint64_t)sample > p->broadcast.position + ahead)
		broadcast_show(&p->broadcast, b);
	else
		broadcast_plan(&p->broadcast, &p->broadcast.seen.base,
		    (uint64_t)sample, b);
	return !broadcast_is_full(&p->broadcast);
}

static void
feeder_begun(void *arg)
{
	(void)arg;
}

/* One for each frame, as the sound goes on. */
static bool
pace(struct picture *p, struct block *b)
{
	struct broadcast *to = &p->broadcast;

	if (to->listener == NULL) {
		broadcast_show(to, b);
		return false;
	}
	if (p->paced < to->next_frame)
		p->paced = to->next_frame;
	broadcast_plan(to, &to->seen.base,
	    frame_sample(p->paced++, to->format.rate_hz, to->format.fps), b);
	return !broadcast_is_full(to);
}

static bool
feeder_frame(void *arg, struct block *b, const struct y4m *y)
{
	struct picture *p = arg;

	(void)y;
	p->pictures++;
	if (p->settings->paced)
		return pace(p, b);
	broadcast_show(&p->broadcast, b);
	return true;
}

static void
feeder_said(void *arg, char *line)
{
	(void)arg;
	log_info(PICTURE_SAID "%s", line);
}

/* A camera that stands still is not shown as if it were live. */
static void
feeder_failed(void *arg)
{
	struct picture *p = arg;

	broadcast_show(&p->broadcast, block_hold(p->slate));
}

static const struct feeder_events feeder_events = { feeder_begun, feeder_frame,
	feeder_said, feeder_failed };

/* ---- life ------------------------------------------------------------- */

static void
ask_source(struct picture *p, struct status *s)
{
	if (p->painting) {
		s->painting = true;
		s->painted = painting_ask(p->painting);
	}
	if (p->painting && !p->settings->overlay) {
		s->pictures += s->painted.pictures;
		s->source = child_state_name(s->painted.painter);
		s->restarts = s->painted.restarts;
	} else if (p->feeder) {
		s->source = child_state_name(feeder_state(p->feeder));
		s->restarts = feeder_restarts(p->feeder);
	}
}

static void
tell_status(void *arg)
{
	struct picture *p = arg;
	struct status status = {
		.serving = p->broadcast.listener != NULL,
		.counts = broadcast_count(&p->broadcast),
		.pictures = p->pictures,
		.renderer = door_is_used(p->door),
	};

	ask_source(p, &status);
	status_tell(&status);
	p->tell_ns += STATUS_EVERY_NS;
	if (p->tell_ns < clock_awake_ns())
		p->tell_ns = clock_awake_ns() + STATUS_EVERY_NS;
	timer_at(p->timer, p->tell_ns);
}

static int
begin_painting(struct picture *p)
{
	const struct picture_settings *s = p->settings;

	p->painter = (struct painting_spec){ .argv = s->painter,
		.overlay = s->overlay,
		.width = s->width,
		.height = s->height,
		.fps = s->fps,
		.video = s->video,
		.fields = s->fields };
	return painting_new(p->loop, &p->painter, &p->broadcast, &p->painting);
}

static int
begin_feeder(struct picture *p)
{
	const struct picture_settings *s = p->settings;

	p->spec = (struct feeder_spec){ .argv = s->frames_from,
		.text = s->list[0] ? s->list : NULL,
		.doubtful = HWACCEL,
		.width = s->width,
		.height = s->height,
		.fps = s->paced ? s->fps : 0 };
	return feeder_new(p->loop, &p->spec, &feeder_events, p, &p->feeder);
}

static int
begin_pictures(struct picture *p)
{
	const struct picture_settings *s = p->settings;
	int rc = 0;

	if (s->raw)
		rc = door_new(p->loop, s->raw, s->width, s->height, door_frame,
		    p, &p->door);
	if (rc < 0) {
		log_error("the raw door socket=%s cannot be opened: %s",
		    log_quote(s->raw), err_text(rc));
		return rc;
	}
	if (s->painter)
		rc = begin_painting(p);
	if (rc == 0 && s->frames_from)
		rc = begin_feeder(p);
	return rc;
}

static int
begin(struct picture *p)
{
	const struct picture_settings *s = p->settings;
	const struct matroska_format format = { .width = (uint16_t)s->width,
		.height = (uint16_t)s->height,
		.fps = (uint16_t)s->fps };
	const struct events_spec events = { .path = s->control,
		.channel = s->channel,
		.video = s->painter ? s->video : NULL,
		.names = s->painter ? director_events : NULL };
	int rc;

	p->slate = solid(s);
	if (p->slate == NULL)
		return ERR_NOMEM;
	broadcast_init(
	    &p->broadcast, p->loop, s->socket, &format, block_hold(p->slate));
	p->broadcast.lag_max_ns = (uint64_t)s->lag_max_ns;
	rc = sound_new(p->loop, s->audio, &sound_events, p, &p->sound);
	if (rc == 0)
		rc = events_new(
		    p->loop, &events, &events_receiver, p, &p->events);
	if (rc == 0)
		rc =
		    timer_new(p->loop, TIMER_COARSE, tell_status, p, &p->timer);
	if (rc == 0)
		rc = begin_pictures(p);
	if (rc == 0)
		tell_status(p);
	return rc;
}

int
picture_new(struct loop *l, const struct picture_settings *settings,
    struct picture **out)
{
	struct picture *p = calloc(1, sizeof(*p));
	int rc = ERR_NOMEM;

	*out = NULL;
	if (p) {
		p->settings = settings;
		p->loop = l;
		p->tell_ns = clock_awake_ns();
		rc = begin(p);
	}
	if (rc < 0) {
		log_error("the picture cannot begin: %s", err_text(rc));
		picture_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

void
picture_free(struct picture *p)
{
	if (p == NULL)
		return;
	events_free(p->events);
	sound_free(p->sound);
	painting_free(p->painting);
	feeder_free(p->feeder);
	door_close(p->door);
	timer_free(p->timer);
	broadcast_done(&p->broadcast);
	block_drop(p->slate);
	free(p);
}
