/* What a channel says: on air, waiting, and how it is mixed. */
#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/record.h"
#include "ttsd/upgrade/estate.h"

/* ---- what is counted -------------------------------------------------- */

static const struct record_field counters_fields[] = {
	RECORD_FIELD(RECORD_COUNT, playout_counters, preempted),
	RECORD_FIELD(RECORD_COUNT, playout_counters, underruns),
	RECORD_FIELD(RECORD_COUNT, playout_counters, starved_samples),
	RECORD_END,
};

static const struct record_field hold_fields[] = {
	RECORD_FIELD(RECORD_COUNT, hold, readers),
	RECORD_FIELD(RECORD_INTEGER, hold, noted_ms),
	RECORD_FIELD(RECORD_INTEGER, hold, ends_ns),
	RECORD_FIELD(RECORD_BOOL, hold, over),
	RECORD_END,
};

static json_t *
counters_save(const struct playout_counters *c)
{
	json_t *o = record_save(counters_fields, c);
	int i;

	for (i = 0; i < OUTCOME_COUNT; i++)
		body_put(&o, outcome_name((enum outcome)i),
		    json_integer((json_int_t)c->outcomes[i]));
	return o;
}

static int
counters_restore(struct playout_counters *c, const json_t *word)
{
	int i;

	for (i = 0; i < OUTCOME_COUNT; i++)
		c->outcomes[i] =
		    body_count(word, outcome_name((enum outcome)i));
	return record_load(counters_fields, word, c);
}

/* ---- the whole -------------------------------------------------------- */

json_t *
playout_save(struct estate *e, const struct playout *p)
{
	json_t *o = json_pack("{s:b, s:I, s:I, s:I, s:I}", "paused",
	    (int)p->paused, "position", (json_int_t)p->position, "flushed",
	    (json_int_t)p->flushed, "noise", (json_int_t)p->noise.state,
	    "doubt_ends", (json_int_t)p->doubt_ends_ns);

	if (p->current)
		body_put(&o, "current", announcement_save(e, p->current));
	body_put(&o, "queue", queue_save(e, &p->queue));
	if (hold_is_on(&p->hold))
		body_put(&o, "hold", record_save(hold_fields, &p->hold));
	body_put(&o, "fade", fade_save(&p->fade));
	body_put(&o, "tail", tail_save(e, &p->tail));
	body_put(&o, "bed", bed_save(e, &p->bed));
	body_put(&o, "boards", boards_save(&p->boards));
	body_put(&o, "held", event_queue_save(&p->held));
	body_put(&o, "counters", counters_save(&p->counters));
	return o;
}

/* In another format it waits again, before all others. */
static int
current_restore(struct estate *e, struct playout *p, const json_t *word)
{
	struct announcement *a;
	int rc;

	if (e->afresh)
		return queued_restore(e, p, word);
	rc = announcement_restore(e, p, word, &a);

	if (rc == 0 && !announcement_was_on_air(a))
		rc = ERR_INVALID;
	if (rc < 0)
		announcement_free(a);
	else
		p->current = a;
	return rc;
}

static int
mix_restore(struct estate *e, struct playout *p, const json_t *word)
{
	int rc = tail_restore(e, &p->tail, json_object_get(word, "tail"));

	fade_restore(&p->fade, json_object_get(word, "fade"));
	p->position = body_count(word, "position");
	p->flushed = body_count(word, "flushed");
	p->noise.state = (uint32_t)body_count(word, "noise");
	return rc == 0 ? bed_restore(e, &p->bed, json_object_get(word, "bed"))
		       : rc;
}

static int
mix_restore_afresh(struct playout *p, const json_t *word)
{
	const json_t *bed = json_object_get(word, "bed");

	bed_set_volume(&p->bed, (uint32_t)body_integer(bed, "volume", 100));
	p->bed.hushed = json_is_true(json_object_get(bed, "hushed"));
	return bed_set(&p->bed, body_string(bed, "clip"));
}

int
playout_restore_all(struct estate *e, struct playout *p, const json_t *word)
{
	const json_t *current = json_object_get(word, "current");
	const json_t *hold = json_object_get(word, "hold");
	int rc = current ? current_restore(e, p, current) : 0;

	p->paused = json_is_true(json_object_get(word, "paused"));
	p->doubt_ends_ns = body_integer(word, "doubt_ends", 0);
	if (rc == 0)
		rc = counters_restore(
		    &p->counters, json_object_get(word, "counters"));
	if (rc == 0 && hold)
		rc = record_load(hold_fields, hold, &p->hold);
	if (rc == 0)
		rc = queue_restore(e, p, json_object_get(word, "queue"));
	if (rc == 0)
		rc = e->afresh ? mix_restore_afresh(p, word)
			       : mix_restore(e, p, word);
	if (rc == 0)
		rc =
		    boards_restore(&p->boards, json_object_get(word, "boards"));
	p->held.overdue = e->afresh;
	return rc == 0 ? event_queue_restore(
			     &p->held, json_object_get(word, "held"))
		       : rc;
}
