#include "streamer-supervisor/picture/painting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/picture/frame_clock.h"
#include "streamer-supervisor/painter/layout/uses.h"
#include "streamer-supervisor/picture/director/director.h"
#include "streamer-supervisor/picture/director/troubles.h"

/* How often the level of the sound, and the time of day, are told. */
#define LEVELS_PER_S 10
#define TIMES_PER_S 1
#define FULL_SCALE 32768.0
/* Bytes of a path in a message. */
#define FILE_SHOWN_MAX 120

struct painting {
	struct broadcast *broadcast;
	struct frames *frames; /* of the broadcast, where its own go */
	struct director *director;
	struct feeder *feeder;
	struct feeder_spec spec;
	uint64_t heard;  /* the sample that comes next */
	unsigned uses;   /* enum use: what the layout does */
	int64_t with_it; /* id of the scene that the painter draws; 0: none */
	uint64_t sample; /* of the scene that was sent last */
	int64_t sent_ns; /* it was sent */
	uint64_t time_due, level_due; /* samples */
	double squares;               /* of the samples since the last level */
	uint64_t squared;             /* how many */
	struct painting_state state;
	bool is_seen; /* a frame that was not bare is, or was */
	struct troubles troubles;
	char failing[REMARK_TEXT_MAX]; /* the painter itself */
};

/* ---- scenes ----------------------------------------------------------- */

static void
await(struct painting *p, int64_t scene)
{
	p->with_it = scene;
	p->broadcast->drawing = scene ? p->sample : UINT64_MAX;
	feeder_owes(p->feeder, scene != 0);
}

/* Hands the painter what is to be drawn next, when it has nothing to do. */
static void
advance(struct painting *p)
{
	const struct broadcast *b = p->broadcast;
	struct director_scene scene;
	uint64_t from;

	if (b->listener == NULL || p->with_it || frames_is_full(p->frames) ||
	    feeder_state(p->feeder) != CHILD_RUNNING)
		return;
	from = frame_sample(b->next_frame, b->format.rate_hz, b->format.fps);
	if (!director_next(p->director, from,
		settled_since(&b->settled, PAINTING_TELLING_NS), &scene))
		return;
	p->sample = scene.sample;
	p->sent_ns = clock_now_ns();
	await(p, scene.id);
	feeder_send(p->feeder, scene.line);
}

/* ---- the painter ------------------------------------------------------ */

static void
painter_begun(void *arg)
{
	struct painting *p = arg;

	await(p, 0);
	director_repaint(p->director);
}

/* Puts a frame in its place. One that nobody asked for, for a file has changed,
 * shows the last scene. One that is bare, for its painter began when the file
 * was broken, takes no good picture's place. */
static void
place_frame(struct painting *p, struct block *b, bool is_asked, bool is_bare)
{
	if (is_bare && p->is_seen)
		block_drop(b);
	else if (is_asked)
		broadcast_plan(p->broadcast, p->frames, p->sample, b);
	else
		broadcast_replace(p->broadcast, p->frames, p->sample, b);
	p->is_seen = p->is_seen || !is_bare;
}

static bool
painter_frame(void *arg, struct block *b, const struct y4m *y)
{
	struct painting *p = arg;
	double ms = (double)(clock_now_ns() - p->sent_ns) / NS_PER_MS;
	bool is_asked =
	    p->with_it && y4m_parameter(y, "scene", 0) == p->with_it;

	p->state.pictures++;
	place_frame(p, b, is_asked, y4m_parameter(y, "bare", 0) != 0);
	if (!is_asked)
		return true;
	if (ms > p->state.worst_ms)
		p->state.worst_ms = ms;
	await(p, 0);
	advance(p);
	return true;
}

static void
painter_said(void *arg, char *line)
{
	struct painting *p = arg;
	struct remark r;

	remark_read(&r, line);
	if (r.kind == REMARK_USES) {
		p->uses = r.uses;
		director_use(p->director, r.uses);
	} else if (r.kind == REMARK_OTHER || troubles_take(&p->troubles, &r)) {
		log_write(r.level, "%s", r.text);
	}
}

static void
painter_failed(void *arg)
{
	await(arg, 0);
}

static const struct feeder_events painter_events = { painter_begun,
	painter_frame, painter_said, painter_failed };

/* ---- sound ------------------------------------------------------------ */

static int64_t
local_day_ms(void)
{
	int64_t utc_ms = clock_utc_ms();
	time_t seconds = (time_t)(utc_ms / 1000);
	const struct tm *local = localtime(&seconds);

	if (local == NULL)
		return utc_ms % (86400 * 1000);
	return (local->tm_hour * 3600 + local->tm_min * 60 + local->tm_sec) *
		   INT64_C(1000) +
	       utc_ms % 1000;
}

static void
tell_time(struct painting *p)
{
	if (p->heard < p->time_due)
		return;
	p->time_due = p->heard + p->broadcast->format.rate_hz / TIMES_PER_S;
	director_tell_time(p->director, p->heard, local_day_ms());
}

static void
measure(struct painting *p, const uint8_t *data, size_t len)
{
	size_t i;
	double x;

	for (i = 0; i + 1 < len; i += 2) {
		x = (int16_t)(data[i] | data[i + 1] << 8);
		p->squares += x * x;
	}
	p->squared += len / 2;
}

static void
tell_level(struct painting *p)
{
	double mean;

	if (p->heard < p->level_due || p->squared == 0)
		return;
	p->level_due = p->heard + p->broadcast->format.rate_hz / LEVELS_PER_S;
	mean = p->squares / (double)p->squared;
	director_tell_level(p->director, p->heard,
	    10 * log10(mean / (FULL_SCALE * FULL_SCALE)));
	p->squares = 0;
	p->squared = 0;
}

void
painting_sound(struct painting *p, const uint8_t *data, size_t len)
{
	p->heard += len / (2u * p->broadcast->format.channels);
	if (p->uses & USE_CLOCK)
		tell_time(p);
	if (p->uses & USE_LEVEL) {
		measure(p, data, len);
		tell_level(p);
	}
	advance(p);
}

/* ---- what ttsd tells -------------------------------------------------- */

void
painting_begin(struct painting *p, uint64_t sample)
{
	p->heard = p->sample = sample;
	p->time_due = p->level_due = sample;
	await(p, 0);
	director_begin(p->director, p->broadcast->format.rate_hz, sample);
	/* What waited for its time may have been let go. */
	director_repaint(p->director);
}

void
painting_lost(struct painting *p)
{
	director_lost(p->director);
}

void
painting_event(struct painting *p, const json_t *event)
{
	director_event(p->director, event);
}

void
painting_board(struct painting *p, const json_t *told)
{
	director_board(p->director, told);
}

/* ---- life ------------------------------------------------------------- */

/* Returns the file that a painter with that command line draws; NULL: none. */
static const char *
file_of(const char *const *argv)
{
	for (; argv[0] && argv[1]; argv++)
		if (strcmp(argv[0], "--layout") == 0 ||
		    strcmp(argv[0], "--image") == 0)
			return argv[1];
	return NULL;
}

static const char *
trouble_of(struct painting *p)
{
	const char *why = feeder_trouble(p->feeder);
	const char *file = file_of(p->spec.argv);

	if (why[0] == '\0')
		return troubles_first(&p->troubles);
	snprintf(p->failing, sizeof(p->failing),
	    "the painter%s%.*s fails, and the picture stays as it was: %s",
	    file ? " of " : "", FILE_SHOWN_MAX, file ? file : "", why);
	return p->failing;
}

struct painting_state
painting_ask(struct painting *p)
{
	struct painting_state state = p->state;

	state.painter = feeder_state(p->feeder);
	state.restarts = feeder_restarts(p->feeder);
	state.trouble = trouble_of(p);
	p->state.worst_ms = 0;
	return state;
}

static int
begin(struct painting *p, struct loop *l, const struct painting_spec *spec)
{
	const struct director_plan plan = { .video = spec->video,
		.fields = spec->fields,
		.fps = spec->fps,
		.seed = platform_random() };

	p->director = director_new(&plan);
	if (p->director == NULL)
		return ERR_NOMEM;
	p->spec = (struct feeder_spec){ .argv = spec->argv,
		.width = spec->width,
		.height = spec->overlay ? 2 * spec->height : spec->height,
		.directed = true };
	return feeder_new(l, &p->spec, &painter_events, p, &p->feeder);
}

int
painting_new(struct loop *l, const struct painting_spec *spec,
    struct broadcast *b, struct painting **out)
{
	struct painting *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	p->broadcast = b;
	p->frames = spec->overlay ? &b->seen.over : &b->seen.base;
	rc = begin(p, l, spec);
	if (rc < 0) {
		painting_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

void
painting_free(struct painting *p)
{
	if (p == NULL)
		return;
	feeder_free(p->feeder);
	director_free(p->director);
	free(p);
}
