#include "streamer-supervisor/picture/director/director.h"

#include <stdlib.h>
#include <string.h>

#include "common/control/wording.h"
#include "common/picture/frame_clock.h"
#include "streamer-supervisor/painter/layout/uses.h"
#include "streamer-supervisor/picture/director/agenda.h"
#include "streamer-supervisor/picture/director/blinks.h"
#include "streamer-supervisor/picture/director/day_clock.h"
#include "streamer-supervisor/picture/director/stage.h"

#define NEVER UINT64_MAX

struct director {
	char *video;
	uint32_t rate_hz, fps; /* rate 0: the sound has not begun */
	uint64_t next_frame;   /* the first one whose scene was not taken */
	struct agenda agenda;
	struct stage stage;
	json_int_t speaking; /* an id: whose mouth it is; 0: it is closed */
	json_int_t ended;    /* an id: the last one that ended */
	json_t *captioned;   /* the event `started` of what is said; NULL */
	json_t *interrupted; /* the same of what may go on later; NULL */
	uint64_t caption_end, mouth_end; /* samples; or NEVER */
	uint64_t seed;
	struct blinks blinks;
	struct day_clock clock;
	double level_db;
	uint64_t level_due;
	char *line; /* the scene that was taken last */
};

static json_int_t
event_id(const json_t *event)
{
	return json_integer_value(json_object_get(event, "id"));
}

static uint64_t
event_sample(const json_t *event)
{
	json_int_t n = json_integer_value(json_object_get(event, "sample"));

	return n < 0 ? 0 : (uint64_t)n;
}

static uint64_t
samples_of(const struct director *d, uint64_t ms)
{
	return ms * d->rate_hz / 1000;
}

static void
event_keep(json_t **held, const json_t *event)
{
	json_incref((json_t *)event);
	json_decref(*held);
	*held = (json_t *)event;
}

/* ---- what events do, on their sample ----------------------------------- */

static void
set_fields(struct director *d, const json_t *show)
{
	const char *name;
	json_t *text;

	json_object_foreach((json_t *)show, name, text)
	{
		stage_set_field(&d->stage, name, text);
	}
}

static void
caption_clear(struct director *d)
{
	json_t *empty = json_string("");

	stage_caption(&d->stage, empty, 0, 0);
	json_decref(empty);
	event_keep(&d->captioned, NULL);
	d->caption_end = NEVER;
}

/* Shows the text in which a word stands that is said; NULL: none is yet. */
static void
caption_show(struct director *d, const json_t *word)
{
	struct wording w = wording_of(d->captioned, word);

	stage_caption(&d->stage, w.text, w.from, w.to);
	json_decref(w.text);
}

static void
mouth_close(struct director *d)
{
	d->speaking = 0;
	d->mouth_end = NEVER;
	stage_mouth(&d->stage, "sil");
}

static void
take_started(struct director *d, const json_t *event)
{
	json_t *show = json_object_get(event, "show");
	json_int_t id = event_id(event);

	if (d->ended == id)
		d->ended = 0;
	event_keep(&d->captioned, event);
	d->caption_end = NEVER;
	caption_show(d, NULL);
	set_fields(d, show);
	if (json_object_size(show) > 0)
		stage_call(&d->stage, id, show);
}

/* What was interrupted goes on: nothing but its next word or sound tells so. */
static void
take_up(struct director *d, json_int_t id)
{
	json_t *event = d->interrupted;

	if (event == NULL || event_id(event) != id)
		return;
	d->interrupted = NULL;
	take_started(d, event);
	json_decref(event);
}

static void
take_word(struct director *d, const json_t *event)
{
	take_up(d, event_id(event));
	if (d->captioned == NULL || event_id(d->captioned) != event_id(event) ||
	    event_id(event) == d->ended)
		return;
	caption_show(d, event);
}

static void
take_viseme(struct director *d, const json_t *event)
{
	const char *shape = json_string_value(json_object_get(event, "name"));

	if (shape == NULL || event_id(event) == d->ended)
		return;
	take_up(d, event_id(event));
	d->speaking = event_id(event);
	d->mouth_end = event_sample(event) + samples_of(d, DIRECTOR_MOUTH_MS);
	stage_mouth(&d->stage, shape);
}

static void
take_finished(struct director *d, const json_t *event)
{
	const char *outcome =
	    json_string_value(json_object_get(event, "outcome"));
	bool spoken = outcome && strcmp(outcome, "spoken") == 0;
	json_int_t id = event_id(event);

	d->ended = id;
	if (d->interrupted && event_id(d->interrupted) == id)
		event_keep(&d->interrupted, NULL);
	if (d->speaking == id)
		mouth_close(d);
	if (d->captioned == NULL || event_id(d->captioned) != id)
		return;
	d->caption_end = event_sample(event) +
			 (spoken ? samples_of(d, DIRECTOR_CAPTION_MS) : 0);
	stage_caption(&d->stage, d->stage.text, d->stage.from, d->stage.from);
}

static void
take_preempted(struct director *d, const json_t *event)
{
	json_int_t id = event_id(event);

	if (d->speaking == id)
		mouth_close(d);
	if (d->captioned == NULL || event_id(d->captioned) != id)
		return;
	event_keep(&d->interrupted, d->captioned);
	caption_clear(d);
}

static void
take_show(struct director *d, const json_t *event)
{
	const char *video = json_string_value(json_object_get(event, "video"));

	if (video && strcmp(video, d->video) == 0)
		set_fields(d, json_object_get(event, "show"));
}

/* Events, and whether they cut what was told ahead of their announcement. */
#define CUES(X)            \
	X(started, false)  \
	X(word, false)     \
	X(viseme, false)   \
	X(finished, true)  \
	X(preempted, true) \
	X(show, false)

static const struct cue {
	const char *event;
	void (*take)(struct director *d, const json_t *event);
	bool cuts;
} cues[] = {
#define X(name, cuts) { #name, take_##name, cuts },
	CUES(X)
#undef X
};

const char *const director_events[] = {
#define X(name, cuts) #name,
	CUES(X)
#undef X
	    NULL
};

static const struct cue *
cue_of(const json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "event"));
	size_t i;

	for (i = 0; name && i < sizeof(cues) / sizeof(cues[0]); i++)
		if (strcmp(cues[i].event, name) == 0)
			return &cues[i];
	return NULL;
}

static void
take_first(struct director *d)
{
	json_t *event = agenda_take(&d->agenda);

	cue_of(event)->take(d, event);
	json_decref(event);
}

/* Is the item of the announcement that is cut, and behind its end? */
static bool
is_cut(const void *cut, const struct agenda_item *item)
{
	return event_id(item->event) == event_id(cut) &&
	       item->sample > event_sample(cut) + 1;
}

void
director_event(struct director *d, const json_t *event)
{
	const struct cue *cue = cue_of(event);

	if (cue == NULL || !json_is_integer(json_object_get(event, "sample")))
		return;
	if (cue->cuts)
		agenda_drop(&d->agenda, is_cut, event);
	/* Nobody has drawn for long: of what is over the end is seen. */
	while (agenda_is_full(&d->agenda))
		take_first(d);
	agenda_add(&d->agenda, event_sample(event), event);
}

/* ---- time --------------------------------------------------------------- */

static uint64_t
frame_of(const struct director *d, uint64_t sample)
{
	return sample == NEVER ? NEVER
			       : frame_nearest(sample, d->rate_hz, d->fps);
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The frame for which there is something to do next. */
static uint64_t
frame_due(const struct director *d)
{
	uint64_t due = agenda_due(&d->agenda), frame;

	if (!stage_is_told(&d->stage))
		return d->next_frame;
	due = earlier(due, earlier(d->caption_end, d->mouth_end));
	due = earlier(due, earlier(d->clock.due, d->level_due));
	if (d->stage.uses & USE_FACE)
		due = earlier(due, d->blinks.due);
	frame = frame_of(d, due);
	return frame > d->next_frame ? frame : d->next_frame;
}

static void
pass_by_itself(struct director *d, uint64_t frame)
{
	if (frame_of(d, d->caption_end) <= frame)
		caption_clear(d);
	if (frame_of(d, d->mouth_end) <= frame)
		mouth_close(d);
	if (frame_of(d, d->clock.due) <= frame)
		stage_clock(
		    &d->stage, day_clock_pass(&d->clock,
				   frame_sample(frame, d->rate_hz, d->fps)));
	if (frame_of(d, d->level_due) <= frame) {
		stage_level(&d->stage, d->level_db);
		d->level_due = NEVER;
	}
	while (frame_of(d, d->blinks.due) <= frame) {
		blinks_pass(&d->blinks);
		stage_blink(&d->stage, d->blinks.closed);
	}
}

/* Makes the stage as it is in that frame. */
static void
pass_to(struct director *d, uint64_t frame)
{
	while (frame_of(d, agenda_due(&d->agenda)) <= frame)
		take_first(d);
	pass_by_itself(d, frame);
	d->next_frame = frame + 1;
}

bool
director_next(struct director *d, uint64_t from, uint64_t horizon,
    struct director_scene *out)
{
	uint64_t over, frame;

	free(d->line);
	d->line = NULL;
	if (d->rate_hz == 0)
		return false;
	over = frame_of(d, horizon);
	frame = frame_of(d, from);
	if (d->next_frame < frame)
		d->next_frame = frame;
	while (d->line == NULL && (frame = frame_due(d)) < over) {
		pass_to(d, frame);
		d->line = stage_line(&d->stage);
	}
	*out = (struct director_scene){ d->line, d->stage.scenes,
		frame_sample(frame, d->rate_hz, d->fps) };
	return d->line != NULL;
}

void
director_board(struct director *d, const json_t *told)
{
	stage_take_board(&d->stage, told);
}

void
director_tell_time(struct director *d, uint64_t sample, int64_t day_ms)
{
	if (d->rate_hz > 0)
		day_clock_tell(&d->clock, sample, day_ms);
}

void
director_tell_level(struct director *d, uint64_t sample, double level_db)
{
	d->level_db = level_db;
	d->level_due = sample;
}

/* ---- life --------------------------------------------------------------- */

static void
set_initial(struct director *d, const char *setting)
{
	const char *equals = strchr(setting, '=');
	char *name =
	    equals ? strndup(setting, (size_t)(equals - setting)) : NULL;
	json_t *text = equals ? json_string(equals + 1) : NULL;

	if (name)
		stage_set_field(&d->stage, name, text);
	json_decref(text);
	free(name);
}

struct director *
director_new(const struct director_plan *plan)
{
	struct director *d = calloc(1, sizeof(*d));
	const char *const *setting = plan->fields;

	if (d == NULL)
		return NULL;
	d->video = strdup(plan->video);
	d->fps = plan->fps;
	d->seed = plan->seed;
	d->caption_end = d->mouth_end = d->level_due = NEVER;
	if (d->video == NULL || stage_init(&d->stage) < 0) {
		director_free(d);
		return NULL;
	}
	for (; setting && *setting; setting++)
		set_initial(d, *setting);
	stage_repeat(&d->stage);
	return d;
}

void
director_free(struct director *d)
{
	if (d == NULL)
		return;
	agenda_clear(&d->agenda);
	stage_done(&d->stage);
	json_decref(d->captioned);
	json_decref(d->interrupted);
	free(d->line);
	free(d->video);
	free(d);
}

void
director_begin(struct director *d, uint32_t rate_hz, uint64_t sample)
{
	d->rate_hz = rate_hz;
	d->next_frame = frame_of(d, sample);
	stage_blink(&d->stage, false);
	blinks_begin(&d->blinks, d->seed, rate_hz, sample);
	day_clock_begin(&d->clock, rate_hz);
}

void
director_lost(struct director *d)
{
	agenda_clear(&d->agenda);
	caption_clear(d);
	mouth_close(d);
	event_keep(&d->interrupted, NULL);
	board_forget_ids(&d->stage.board);
	d->ended = 0;
	d->level_due = NEVER;
}

void
director_repaint(struct director *d)
{
	stage_repeat(&d->stage);
}

void
director_use(struct director *d, unsigned uses)
{
	d->stage.uses = uses;
}
