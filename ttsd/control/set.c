#include "ttsd/control/set.h"

#include <stdlib.h>

#include "common/body.h"
#include "common/err.h"
#include "ttsd/control/compose.h"
#include "ttsd/control/prepared.h"
#include "ttsd/control/targets.h"

/* A number that is set may be one lower than in a request: that is the engine's
 * own. */
#define SPEECH_NUMBER_SETTING(                                  \
    field, key, initial, letter, unit, meaning, own, low, high) \
	{ .name = #field, .type = FIELD_INTEGER, .min = own, .max = high },

const struct field set_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
	SPEECH_PARAMETERS(SPEECH_TEXT_FIELD, SPEECH_NUMBER_SETTING){
	    .name = "bed", .type = FIELD_STRING },
	{ .name = "bed_volume",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = CONF_BED_VOLUME_MAX },
	{ .name = NULL },
};

/* Makes `out` what a channel has, with what the request holds in place of it;
 * "" stands for the engine's own. ERR_NOMEM. */
static int
change_speech(struct speech_parameters *out,
    const struct speech_parameters *own, const json_t *body)
{
	const struct speech_parameter *p;
	int rc = speech_parameters_copy(out, own);
	char *text;

	for (p = speech_parameters; p->name && rc == 0; p++)
		if (!p->is_text) {
			speech_set_number(out, p,
			    body_integer(body, p->name, speech_number(out, p)));
		} else if (body_string(body, p->name)) {
			rc =
			    ttsd_copy_string(body_string(body, p->name), &text);
			speech_set_text(out, p, text);
		}
	if (rc < 0)
		speech_parameters_done(out);
	return rc;
}

/* What a channel is to have from now on. */
struct setting {
	struct speech_parameters speech;
	char *bed; /* owned; NULL: no music */
};

/* Makes it of what the channel has and the request asks for. ERR_NOMEM. */
static int
setting_make(struct setting *new, const struct channel *ch, const json_t *body)
{
	const char *clip = body_string(body, "bed");
	int rc = change_speech(&new->speech, &ch->defaults.speech, body);

	return rc == 0 && clip ? ttsd_copy_string(clip, &new->bed) : rc;
}

/* Puts it in place; what was there is kept in it. */
static void
setting_swap(struct setting *new, struct channel *ch, const json_t *body)
{
	struct speech_defaults *own = &ch->defaults;
	struct bed *bed = &ch->playout.bed;
	struct speech_parameters old = own->speech;

	own->speech = new->speech;
	new->speech = old;
	if (body_string(body, "voice"))
		own->voice_chosen = own->speech.voice != NULL;
	if (body_string(body, "bed"))
		bed_change(bed, &new->bed);
	bed_set_volume(
	    bed, (uint32_t)body_integer(body, "bed_volume", bed->volume));
}

/* Sets all that the request asks for on all its channels, or with an error
 * nothing. */
static void
set_all(const struct targets *ts, const json_t *body, struct reply *r)
{
	struct setting *new = calloc(ts->count, sizeof(*new));
	size_t i;
	int rc = new ? 0 : ERR_NOMEM;

	for (i = 0; i < ts->count && rc == 0; i++)
		rc = setting_make(&new[i], ts->channels[i], body);
	for (i = 0; i < ts->count && rc == 0; i++)
		setting_swap(&new[i], ts->channels[i], body);
	if (rc < 0)
		reply_no_memory(r);
	for (i = 0; new &&i < ts->count; i++) {
		speech_parameters_done(&new[i].speech);
		free(new[i].bed);
	}
	free(new);
}

/* Is there that voice and that language on all the channels, and that clip? */
static enum verdict
check_set(struct ttsd *t, const struct targets *ts, const json_t *body,
    struct reply *r)
{
	const char *voice = body_string(body, "voice");
	const char *language = body_string(body, "language");
	const char *clip = body_string(body, "bed");
	struct channel *ch;
	size_t i;

	for (i = 0; i < ts->count && r->error == PROTO_OK; i++) {
		ch = ts->channels[i];
		if (ttsd_check_voice(ch->defaults.engine, "voice",
			voice && voice[0] ? voice : NULL,
			ttsd_is_language(language) ? language : NULL,
			r) == OP_LATER)
			return OP_LATER;
		targets_blame(ts, ch, r);
	}
	if (r->error || clip == NULL || clip[0] == '\0')
		return OP_DONE;
	if (ttsd_check_voice(t->clips, "clip", clip, NULL, r) == OP_LATER)
		return OP_LATER;
	if (r->error)
		r->error = PROTO_NOT_FOUND;
	return OP_DONE;
}

enum verdict
op_set(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	enum verdict verdict = OP_DONE;
	struct targets ts;

	(void)s;
	if (targets_pick(ctx, body, r, &ts))
		verdict = check_set(ctx, &ts, body, r);
	if (verdict == OP_DONE && r->error == PROTO_OK)
		set_all(&ts, body, r);
	if (verdict == OP_DONE && r->error == PROTO_OK)
		prepared_refresh(((struct ttsd *)ctx)->prepared);
	targets_done(&ts);
	return verdict;
}
