/* One announcement, wherever it is. Its times are of the monotonic clock, which
 * goes on. */
#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "ttsd/upgrade/estate.h"

static const char *const state_words[] = {
#define X(name, text) [ANNOUNCEMENT_##name] = text,
	ANNOUNCEMENT_STATES(X)
#undef X
	    NULL
};

/* ---- handing over ----------------------------------------------------- */

static json_t *
common_save_saying(struct estate *e, const struct saying *s)
{
	bool fresh;
	int n = common_part_number(&e->sayings, s, &fresh);

	if (n >= 0 && fresh)
		body_append(&e->sayings.words, saying_save(s));
	return n < 0 ? NULL : json_integer(n);
}

static json_t *
common_save_recording(struct estate *e, const struct recording *r)
{
	bool fresh;
	int n = common_part_number(&e->recordings, r, &fresh);

	if (n >= 0 && fresh)
		body_append(&e->recordings.words, recording_save(e, r));
	return n < 0 ? NULL : json_integer(n);
}

static json_int_t
count_members(const struct ensemble *one)
{
	const struct announcement *a;
	json_int_t n = 0;

	for (a = one->members; a; a = a->fellow)
		n++;
	return n;
}

static json_t *
common_save_ensemble(struct estate *e, const struct ensemble *one)
{
	bool fresh;
	int n = common_part_number(&e->ensembles, one, &fresh);

	if (n >= 0 && fresh)
		body_append(&e->ensembles.words,
		    json_pack("{s:I, s:b, s:I, s:I, s:I, s:b}", "members",
			count_members(one), "together", (int)one->together,
			"since_ms", (json_int_t)one->since_ms, "asked_ms",
			(json_int_t)one->asked_ms, "begin_ms",
			(json_int_t)one->begin_ms, "begun", (int)one->begun));
	return n < 0 ? NULL : json_integer(n);
}

/* What is as usual is left out: there may be thousands. */
static json_t *
asked_save(const struct announcement_request *r)
{
	json_t *o =
	    json_pack("{s:s, s:s}", "priority", priority_names[r->priority],
		"on_preempt", preemption_names[r->on_preempt]);

	word_put_number(&o, "due", r->due_ns, 0);
	word_put_number(&o, "expires", r->expires_ns, INT64_MAX);
	word_put_number(&o, "repeat", r->repeat, 1);
	word_put_flag(&o, "endless", r->endless);
	word_put_number(&o, "gap_ms", (int64_t)r->gap.pause_ms, 0);
	word_put_flag(&o, "by_wall", r->by_wall);
	word_put_flag(&o, "keyed", r->keyed);
	word_put_flag(&o, "restored", r->restored);
	word_put_flag(&o, "doubtful", r->doubtful);
	if (r->show)
		body_put(&o, "show", json_incref(r->show));
	origin_put(&r->origin, &o);
	return o;
}

static json_t *
told_save(const struct announcement *a)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < LEADS_MAX; i++)
		body_append(&list,
		    json_pack("[I, I]", (json_int_t)a->told.cursors[i].lead_ms,
			(json_int_t)a->told.cursors[i].next));
	return list;
}

static json_t *
played_save(const struct announcement_air *p)
{
	return json_pack("[I, I, I, I, I, I]", (json_int_t)p->samples,
	    (json_int_t)p->first_sample, (json_int_t)p->last_sample,
	    (json_int_t)p->origin, (json_int_t)p->rounds, (json_int_t)p->rest);
}

json_t *
announcement_save_asked(struct estate *e, const struct announcement *a)
{
	const struct saying *s = a->asked.saying;
	json_t *o = json_pack("{s:I, s:s}", "id", (json_int_t)a->id, "state",
	    state_words[a->state]);

	body_put(&o, "asked", asked_save(&a->asked));
	if (s->holders > 1)
		body_put(&o, "says", common_save_saying(e, s));
	else
		body_put(&o, "saying", saying_save(s));
	if (a->ensemble)
		body_put(&o, "with", common_save_ensemble(e, a->ensemble));
	return o;
}

/* Most have in common what they say with nobody, and nothing of them is made.
 */
json_t *
announcement_save(struct estate *e, const struct announcement *a)
{
	json_t *o = announcement_save_asked(e, a);

	if (!announcement_is_alone(a))
		body_put(&o, "plays", common_save_recording(e, a->made));
	else if (a->made->making != MAKING_NOT_BEGUN)
		body_put(&o, "recording", recording_save(e, a->made));
	if (announcement_was_on_air(a)) {
		body_put(&o, "played", played_save(&a->played));
		body_put(&o, "told", told_save(a));
	}
	return o;
}

/* ---- restoring -------------------------------------------------------- */

static int
asked_restore(struct announcement *a, const json_t *word)
{
	const char *priority = body_string(word, "priority");
	const char *on_preempt = body_string(word, "on_preempt");
	int p = priority ? word_index(priority_names, priority) : -1;
	int o = on_preempt ? word_index(preemption_names, on_preempt) : -1;
	int64_t repeat = body_integer(word, "repeat", 1);

	if (p < 0 || o < 0 || repeat < 1 || repeat > CONF_REPEAT_MAX)
		return ERR_INVALID;
	a->asked.priority = (enum priority)p;
	a->asked.on_preempt = (enum preemption)o;
	a->asked.due_ns = body_integer(word, "due", 0);
	a->asked.by_wall = json_is_true(json_object_get(word, "by_wall"));
	a->asked.expires_ns = body_integer(word, "expires", INT64_MAX);
	a->asked.keyed = json_is_true(json_object_get(word, "keyed"));
	a->asked.restored = json_is_true(json_object_get(word, "restored"));
	a->asked.doubtful = json_is_true(json_object_get(word, "doubtful"));
	a->asked.repeat = (unsigned)repeat;
	a->asked.endless = json_is_true(json_object_get(word, "endless"));
	a->asked.gap.pause_ms = body_count(word, "gap_ms");
	announcement_set_show(a, json_object_get(word, "show"));
	return origin_read(&a->asked.origin, word);
}

static json_int_t
number_at(const json_t *list, size_t i)
{
	return json_integer_value(json_array_get(list, i));
}

static void
played_restore(struct announcement_air *p, const json_t *word)
{
	p->samples = (uint64_t)number_at(word, 0);
	p->first_sample = (uint64_t)number_at(word, 1);
	p->last_sample = (uint64_t)number_at(word, 2);
	p->origin = number_at(word, 3);
	p->rounds = (uint64_t)number_at(word, 4);
	p->rest = (uint64_t)number_at(word, 5);
}

static void
told_restore(struct announcement *a, const json_t *word)
{
	size_t i;

	for (i = 0; i < LEADS_MAX && i < json_array_size(word); i++)
		a->told.cursors[i] =
		    (struct lead_cursor){ number_at(json_array_get(word, i), 0),
			    (size_t)number_at(json_array_get(word, i), 1) };
}

static int
says_restore(struct estate *e, struct announcement *a, const json_t *word)
{
	const json_t *number = json_object_get(word, "says"), *saved;
	const void **place = common_part_place(&e->sayings, number, &saved);
	int rc;

	if (number == NULL)
		return saying_restore(
		    e, a->asked.saying, json_object_get(word, "saying"));
	if (place == NULL)
		return ERR_INVALID;
	if (*place) {
		announcement_say_as(a, (struct saying *)*place);
		return 0;
	}
	rc = saying_restore(e, a->asked.saying, saved);
	if (rc == 0)
		*place = saying_hold(a->asked.saying);
	return rc;
}

static int
plays_restore(struct estate *e, struct announcement *a, const json_t *word)
{
	const json_t *number = json_object_get(word, "plays"), *saved;
	const json_t *alone = json_object_get(word, "recording");
	const void **place = common_part_place(&e->recordings, number, &saved);
	int rc;

	if (number == NULL)
		return alone ? recording_restore(e, a, alone) : 0;
	if (place == NULL)
		return ERR_INVALID;
	if (*place) {
		announcement_share(a, (struct announcement *)*place);
		return a->played.samples < a->made->dropped ? ERR_INVALID : 0;
	}
	rc = recording_restore(e, a, saved);
	if (rc == 0)
		*place = a;
	return rc;
}

static int
with_begin(struct ensemble **out, struct announcement *a, const json_t *saved)
{
	struct ensemble *one;
	int rc = ensemble_join(
	    out, a, json_is_true(json_object_get(saved, "together")));

	if (rc < 0)
		return rc;
	one = *out;
	one->since_ms = body_integer(saved, "since_ms", -1);
	one->asked_ms = body_integer(saved, "asked_ms", -1);
	one->begin_ms = body_integer(saved, "begin_ms", -1);
	one->begun = json_is_true(json_object_get(saved, "begun"));
	one->missing = (size_t)body_count(saved, "members");
	one->held = true;
	return 0;
}

/* The ensemble is held until all have joined. */
static int
with_restore(struct estate *e, struct announcement *a, const json_t *word)
{
	const json_t *number = json_object_get(word, "with"), *saved;
	const void **place = common_part_place(&e->ensembles, number, &saved);
	struct ensemble *one;
	int rc;

	if (number == NULL || place == NULL)
		return number ? ERR_INVALID : 0;
	one = (struct ensemble *)*place;
	rc = one ? ensemble_join(&one, a, false) : with_begin(&one, a, saved);
	if (rc < 0)
		return rc;
	if (one->missing > 0)
		one->missing--;
	*place = one->missing > 0 ? one : NULL;
	if (*place == NULL)
		ensemble_release(one);
	return 0;
}

/* An announcement begins as one that waits. */
static int
state_restore(struct announcement *a, const json_t *word)
{
	const char *text = body_string(word, "state");
	int state = text ? word_index(state_words, text) : -1;

	if (state < 0)
		return ERR_INVALID;
	if (state != ANNOUNCEMENT_WAITING)
		announcement_set_state(a, ANNOUNCEMENT_ON_AIR);
	if (state == ANNOUNCEMENT_STARVING || state == ANNOUNCEMENT_PREEMPTED)
		announcement_set_state(a, (enum announcement_state)state);
	return 0;
}

static int
progress_restore(struct estate *e, struct announcement *a, const json_t *word)
{
	int rc = state_restore(a, word);

	if (json_object_get(word, "played"))
		played_restore(&a->played, json_object_get(word, "played"));
	told_restore(a, json_object_get(word, "told"));
	return rc == 0 ? plays_restore(e, a, word) : rc;
}

int
announcement_restore(struct estate *e, struct playout *p, const json_t *word,
    struct announcement **out)
{
	struct announcement *a = announcement_new(p->sample_bytes);
	int rc;

	*out = a;
	if (a == NULL)
		return ERR_NOMEM;
	a->id = body_id(word, "id");
	a->playout = p;
	rc = asked_restore(a, json_object_get(word, "asked"));
	if (rc == 0)
		rc = says_restore(e, a, word);
	if (rc == 0 && !e->afresh)
		rc = progress_restore(e, a, word);
	return rc == 0 ? with_restore(e, a, word) : rc;
}
