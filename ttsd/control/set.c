#include "ttsd/control/set.h"

#include "common/body.h"
#include "ttsd/control/compose.h"

/* A number that is set may be one lower than in a request: that is the engine's
 * own. */
#define SPEECH_NUMBER_SETTING(                                  \
    field, key, initial, letter, unit, meaning, own, low, high) \
	{ .name = #field, .type = FIELD_INTEGER, .min = own, .max = high },

const struct field set_fields[] = {
	{ .name = "channel", .type = FIELD_STRING },
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

/* Sets the channel's music; "" takes it away. */
static enum verdict
set_bed(struct ttsd *t, struct channel *ch, const json_t *body, struct reply *r)
{
	const char *clip = body_string(body, "bed");
	struct bed *bed = &ch->playout.bed;

	if (clip && clip[0] &&
	    ttsd_check_voice(t->clips, "clip", clip, NULL, r) == OP_LATER)
		return OP_LATER;
	if (r->error) {
		r->error = PROTO_NOT_FOUND;
		return OP_DONE;
	}
	if (clip && bed_set(bed, clip[0] ? clip : NULL) < 0)
		reply_no_memory(r);
	else
		bed_set_volume(bed,
		    (uint32_t)body_integer(body, "bed_volume", bed->volume));
	return OP_DONE;
}

/* Sets all that the request asks for, or with an error nothing. */
static enum verdict
set_all(struct ttsd *t, struct channel *ch, const json_t *body, struct reply *r)
{
	struct speech_defaults *own = &ch->defaults;
	struct speech_parameters speech;
	enum verdict verdict;

	if (change_speech(&speech, &own->speech, body) < 0) {
		reply_no_memory(r);
		return OP_DONE;
	}
	verdict = set_bed(t, ch, body, r);
	if (verdict == OP_LATER || r->error) {
		speech_parameters_done(&speech);
		return verdict;
	}
	speech_parameters_done(&own->speech);
	own->speech = speech;
	if (body_string(body, "voice"))
		own->voice_chosen = own->speech.voice != NULL;
	return OP_DONE;
}

enum verdict
op_set(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	const char *voice = body_string(body, "voice");
	const char *language = body_string(body, "language");
	struct channel *ch = ttsd_pick_channel(ctx, body, r);

	(void)s;
	if (ch == NULL)
		return OP_DONE;
	if (ttsd_check_voice(ch->defaults.engine, "voice",
		voice && voice[0] ? voice : NULL,
		ttsd_is_language(language) ? language : NULL, r) == OP_LATER)
		return OP_LATER;
	return r->error ? OP_DONE : set_all(ctx, ch, body, r);
}
