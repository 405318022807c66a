#include "streamer-supervisor/sender/view.h"

#include <stdio.h>

#include "streamer-supervisor/ffmpeg/encoder.h"

#define VIEW_HELD_MAX 192

static const char *const encoder_words[ENCODER_COUNT] = {
#define X(encoder, name) [ENCODER_##encoder] = name,
	CONF_ENCODERS(X)
#undef X
};

const struct record_field view_fields[] = {
	RECORD_FIELD_CHOICE(view, chosen, encoder_words),
	RECORD_FIELD(RECORD_INTEGER, view, coming_ns),
	RECORD_FIELD_TEXT(view, why),
	RECORD_FIELD(RECORD_BOOL, view, sent),
	RECORD_FIELD(RECORD_BOOL, view, missed),
	RECORD_END,
};

bool
view_is_wanted(const struct view *v)
{
	return v->video[0] != '\0';
}

static enum picture_state
view_find(struct view *v)
{
	const struct pictures *p = v->env->pictures;

	return p ? p->find(p->arg, v->channel, v->video, &v->socket)
		 : PICTURE_ABSENT;
}

/* Who waits for a picture has no sound: so nobody's word holds for ever. */
static void
view_doubt(struct view *v)
{
	int64_t now = clock_awake_ns();

	if (v->state != PICTURE_COMING)
		v->coming_ns = 0;
	else if (v->coming_ns == 0)
		v->coming_ns = now;
	else if (now - v->coming_ns >= VIEW_PATIENCE_NS)
		v->state = PICTURE_ABSENT;
}

static void
view_explain(struct view *v)
{
	const struct pictures *p = v->env->pictures;
	char held[VIEW_HELD_MAX] = "";

	v->why[0] = '\0';
	if (v->state == PICTURE_SERVED)
		return;
	if (v->state == PICTURE_ABSENT && p)
		p->explain(p->arg, v->video, held, sizeof(held));
	snprintf(v->why, sizeof(v->why), "the picture of [video %s] is %s",
	    v->video,
	    v->state == PICTURE_COMING ? "not served yet"
	    : held[0]                  ? held
				       : "not served");
}

/* Finds what encodes the picture; without anything it cannot be sent. It may
 * be found out while the picture is still to come. */
static void
view_choose(struct view *v)
{
	bool known = true;

	v->chosen = v->encoder;
	if (v->encoder == ENCODER_AUTO)
		known = trial_find(v->env->trial, &v->chosen);
	if (v->state != PICTURE_SERVED)
		return;
	if (!known) {
		v->state = PICTURE_COMING;
		snprintf(v->why, sizeof(v->why),
		    "the encoders of pictures are being tried");
		return;
	}
	if (probe_lacks_encoder(v->env->probe, encoders[v->chosen].name, v->why,
		sizeof(v->why)))
		v->state = PICTURE_ABSENT;
}

enum picture_state
view_look(struct view *v)
{
	v->state = PICTURE_ABSENT;
	if (!view_is_wanted(v))
		return v->state;
	v->state = view_find(v);
	view_doubt(v);
	view_explain(v);
	if (v->state != PICTURE_ABSENT)
		view_choose(v);
	return v->state;
}

void
view_reset(struct view *v)
{
	v->coming_ns = 0;
}

void
view_ended(struct view *v, bool early)
{
	if (v->sent && early && v->encoder == ENCODER_AUTO)
		trial_doubt(v->env->trial);
	v->sent = false;
}

bool
view_first_sample(const struct view *v, int64_t pid, uint64_t *first_sample)
{
	const struct pictures *p = v->env->pictures;

	return p && p->reader(p->arg, v->video, pid, first_sample);
}

const char *
view_encoder(const struct view *v)
{
	return v->sent ? encoders[v->chosen].name : "";
}

void
view_started(struct view *v)
{
	v->sent = v->state == PICTURE_SERVED;
	if (v->sent && v->missed)
		log_info("output=%s sends its picture again", v->name);
	else if (!v->sent && view_is_wanted(v) && !v->missed)
		log_warning("output=%s sends sound alone: %s", v->name, v->why);
	v->missed = !v->sent && view_is_wanted(v);
}
