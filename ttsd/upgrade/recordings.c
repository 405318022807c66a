/* The sound of announcements, as far as it is made, and the work on the rest.
 */
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/record.h"
#include "ttsd/pool/succession.h"
#include "ttsd/upgrade/estate.h"

static const char *const making_words[] = {
#define X(name, text) [MAKING_##name] = text,
	MAKINGS(X)
#undef X
	    NULL
};

static json_t *
marks_save(const struct recording *r)
{
	json_t *marks = json_array(), *one;
	size_t i;

	for (i = 0; i < r->mark_count; i++) {
		one = json_pack("{s:I, s:I}", "at",
		    (json_int_t)r->marks[i].sample, "part",
		    (json_int_t)r->marks[i].part);
		body_put(&one, "body", json_incref(r->marks[i].body));
		body_append(&marks, one);
	}
	return marks;
}

static const struct record_field sound_fields[] = {
	RECORD_FIELD_SIZE(recording, step, PTRDIFF_MAX),
	RECORD_FIELD(RECORD_COUNT, recording, pause_left),
	RECORD_FIELD(RECORD_COUNT, recording, samples),
	RECORD_FIELD(RECORD_COUNT, recording, part_start),
	RECORD_FIELD(RECORD_COUNT, recording, dropped),
	RECORD_FIELD(RECORD_COUNT, recording, behind),
	RECORD_FIELD(RECORD_BOOL, recording, fell_back),
	RECORD_FIELD(RECORD_BOOL, recording, makeshift),
	RECORD_END,
};

json_t *
recording_save(struct estate *e, const struct recording *r)
{
	json_t *o = record_save(sound_fields, r);

	body_put(&o, "making", json_string(making_words[r->making]));
	body_put(&o, "pcm",
	    parcel_add(e->parcel, buf_data(&r->pcm), buf_len(&r->pcm)));
	body_put(&o, "marks", marks_save(r));
	body_put_text(&o, "reason", r->reason);
	if (r->job)
		body_put(&o, "job", job_hand_over(r->job));
	return o;
}

static int
marks_restore(struct recording *r, const json_t *marks, size_t parts)
{
	const json_t *one;
	json_t *body;
	size_t i, part;
	int rc;

	for (i = 0; i < json_array_size(marks); i++) {
		one = json_array_get(marks, i);
		body = json_object_get(one, "body");
		part = body_count(one, "part");
		if (!json_is_object(body) || part >= parts)
			return ERR_INVALID;
		rc = recording_add_mark(r, body, part);
		if (rc < 0 || r->mark_count != i + 1)
			return rc < 0 ? rc : ERR_INVALID;
		/* The mark itself tells its place within the part alone. */
		r->marks[i].sample = body_count(one, "at");
	}
	return 0;
}

static int
sound_restore(struct estate *e, struct recording *r, const json_t *word)
{
	const uint8_t *data;
	size_t len;
	int rc =
	    parcel_find(e->parcel, json_object_get(word, "pcm"), &data, &len);

	if (rc == 0)
		rc = record_load(sound_fields, word, r);
	if (rc < 0)
		return rc;
	if (r->dropped > r->samples ||
	    len / r->sample_bytes < r->samples - r->dropped)
		return ERR_INVALID;
	return len > 0 ? buf_put(&r->pcm, data, len) : 0;
}

static int
making_restore(struct announcement *a, const json_t *word)
{
	const char *text = body_string(word, "making");
	int making = text ? word_index(making_words, text) : -1;
	struct recording *r = a->made;
	const char *reason = body_string(word, "reason");

	if (making < 0)
		return ERR_INVALID;
	snprintf(r->reason, sizeof(r->reason), "%s", reason ? reason : "");
	if (making != MAKING_NOT_BEGUN)
		announcement_set_making(a, MAKING_UNDER_WAY);
	announcement_set_making(a, (enum making)making);
	return 0;
}

/* Is one of its parts under way that an engine makes? */
static bool
has_work(const struct announcement *a)
{
	const struct saying *s = a->asked.saying;
	size_t at = (a->made->step - 1) % (s->part_count + 1);

	return a->made->step > 0 && !announcement_is_made(a) &&
	       at < s->part_count && s->parts[at].engine;
}

/* Goes on with the work of an engine. */
static int
recording_work(struct estate *e, struct announcement *a, const json_t *word)
{
	const char *name = body_string(word, "engine");
	struct engine *engine = name ? e->engine(e, name) : NULL;

	if (!has_work(a))
		return ERR_INVALID;
	if (engine == NULL)
		return estate_blame(e,
		    "engine '%.40s', which is at work, is not in the "
		    "configuration",
		    name ? name : "");
	return synthesis_take_over(a->playout, a, engine, word, e->trial);
}

int
recording_restore(struct estate *e, struct announcement *a, const json_t *word)
{
	const json_t *job = json_object_get(word, "job");
	int rc = sound_restore(e, a->made, word);

	a->made->front = a->played.samples;
	if (rc == 0 && a->played.samples < a->made->dropped)
		rc = ERR_INVALID;
	if (rc == 0)
		rc = marks_restore(a->made, json_object_get(word, "marks"),
		    a->asked.saying->part_count);
	if (rc == 0)
		rc = making_restore(a, word);
	return rc == 0 && job ? recording_work(e, a, job) : rc;
}
