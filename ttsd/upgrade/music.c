/* What is mixed, and how loud: each level goes on in the midst of its way. */
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "ttsd/pool/succession.h"
#include "ttsd/upgrade/estate.h"

json_t *
fade_save(const struct fade *f)
{
	return json_pack("{s:I, s:I, s:b}", "length", (json_int_t)f->length,
	    "at", (json_int_t)f->at, "out", (int)f->out);
}

void
fade_restore(struct fade *f, const json_t *word)
{
	int64_t length = body_integer(word, "length", 0);
	int64_t at = body_integer(word, "at", 0);

	if (length <= 0 || at < 0 || at > length || length > UINT32_MAX)
		return;
	f->length = (uint32_t)length;
	f->at = (uint32_t)at;
	f->out = json_is_true(json_object_get(word, "out"));
}

static size_t
tail_bytes(const struct tail *t)
{
	return t->left * t->channels * sizeof(int16_t);
}

json_t *
tail_save(struct estate *e, const struct tail *t)
{
	return parcel_add(e->parcel, t->samples, tail_bytes(t));
}

int
tail_restore(struct estate *e, struct tail *t, const json_t *word)
{
	size_t most = t->length * t->channels * sizeof(int16_t), len;
	const uint8_t *data;
	int rc = parcel_find(e->parcel, word, &data, &len);

	if (rc < 0 || len > most)
		return ERR_INVALID;
	if (len > 0)
		memcpy(t->samples, data, len);
	t->left = (uint32_t)(len / (t->channels * sizeof(int16_t)));
	return 0;
}

/* ---- the bed ---------------------------------------------------------- */

json_t *
bed_save(struct estate *e, const struct bed *b)
{
	json_t *o = json_pack("{s:I, s:I, s:I, s:I, s:I, s:b, s:b}", "volume",
	    (json_int_t)b->volume, "gain", (json_int_t)b->level.gain, "to",
	    (json_int_t)b->level.to, "step", (json_int_t)b->level.step, "duck",
	    (json_int_t)b->duck.gain, "ailing", (int)b->ailing, "hushed",
	    (int)b->hushed);

	if (b->clip)
		body_put(&o, "clip", json_string(b->clip));
	body_put(&o, "fade", fade_save(&b->fade));
	body_put(&o, "tail", tail_save(e, &b->tail));
	body_put(&o, "pcm",
	    parcel_add(e->parcel, buf_data(&b->pcm), buf_len(&b->pcm)));
	if (b->job)
		body_put(&o, "job", job_hand_over(b->job));
	return o;
}

static void
levels_restore(struct bed *b, const json_t *word)
{
	bed_set_volume(b, (uint32_t)body_integer(word, "volume", 100));
	b->level.gain = body_count(word, "gain");
	b->level.to = body_count(word, "to");
	b->level.step = body_count(word, "step");
	b->duck.gain = (uint64_t)body_integer(word, "duck", GAIN_FULL);
	b->ailing = json_is_true(json_object_get(word, "ailing"));
	b->hushed = json_is_true(json_object_get(word, "hushed"));
	fade_restore(&b->fade, json_object_get(word, "fade"));
}

int
bed_restore(struct estate *e, struct bed *b, const json_t *word)
{
	const json_t *job = json_object_get(word, "job");
	const uint8_t *data;
	size_t len;
	int rc = bed_set(b, body_string(word, "clip"));

	levels_restore(b, word);
	if (rc == 0)
		rc = tail_restore(e, &b->tail, json_object_get(word, "tail"));
	if (rc == 0)
		rc = parcel_find(
		    e->parcel, json_object_get(word, "pcm"), &data, &len);
	if (rc == 0 && len > 0)
		rc = buf_put(&b->pcm, data, len);
	if (rc == 0 && job)
		bed_take_over(b, job);
	return rc;
}
