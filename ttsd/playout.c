#include "ttsd/playout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"

/* Characters of a text that the queue shows. */
#define SHOWN_CHARACTERS 120

static const char *const state_names[] = {
	[PLAYOUT_IDLE] = "idle",
	[PLAYOUT_SPEAKING] = "speaking",
	[PLAYOUT_STARVING] = "starving",
	[PLAYOUT_PAUSED] = "paused",
};

static uint64_t
ms_to_samples(const struct playout *p, uint64_t ms)
{
	return p->format.rate_hz * ms / 1000;
}

/* ---- events ----------------------------------------------------------- */

static json_t *
about(const struct announcement *a)
{
	return json_pack("{s:I}", "id", (json_int_t)a->id);
}

static void
tell_started(struct playout *p, const struct announcement *a)
{
	json_t *body = about(a);
	uint64_t samples = announcement_available(a);

	json_object_set_new(body, "text", json_string(a->speech.text));
	if (a->complete)
		json_object_set_new(body, "duration_ms",
		    json_integer(
			(json_int_t)(samples * 1000 / p->format.rate_hz)));
	event_hold(&p->held, EVENT_STARTED, a->first_sample, body);
}

/* A word's text is cut from the announcement's; positions that don't lie in
 * it leave it empty. */
static void
add_word(json_t *body, const struct announcement *a)
{
	const char *text = a->speech.text;
	size_t len = strlen(text), from, to;
	json_int_t offset = json_integer_value(json_object_get(body, "offset"));
	json_int_t length = json_integer_value(json_object_get(body, "length"));

	if (offset < 0 || length < 0)
		return;
	from = utf8_offset(text, len, (size_t)offset);
	to = from + utf8_offset(text + from, len - from, (size_t)length);
	json_object_set_new(body, "text", json_stringn(text + from, to - from));
}

static void
tell_mark(struct playout *p, const struct announcement *a,
    const struct announcement_mark *mark)
{
	static const enum event kinds[] = { EVENT_WORD, EVENT_PHONEME,
		EVENT_MARK };
	const char *kind =
	    json_string_value(json_object_get(mark->body, "mark"));
	json_t *body;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kind == NULL || strcmp(kind, event_names[kinds[i]]) != 0 ||
		    !server_wants(p->server, kinds[i], p->channel))
			continue;
		body = json_copy(mark->body);
		json_object_del(body, "mark");
		json_object_del(body, "sample");
		json_object_set_new(
		    body, "id", json_integer((json_int_t)a->id));
		if (kinds[i] == EVENT_WORD)
			add_word(body, a);
		event_hold(&p->held, kinds[i],
		    a->first_sample + a->silence + mark->sample, body);
	}
}

static void
tell_marks(struct playout *p, struct announcement *a)
{
	struct announcement_mark mark;

	while (announcement_take_mark(a, &mark)) {
		tell_mark(p, a, &mark);
		json_decref(mark.body);
	}
}

static void
tell_finished(struct playout *p, const struct announcement *a,
    enum outcome outcome, const char *reason)
{
	json_t *body = about(a);
	uint64_t sample = p->position;

	json_object_set_new(
	    body, "outcome", json_string(outcome_name(outcome)));
	if (a->on_air && a->played > 0) {
		sample = a->last_sample;
		json_object_set_new(body, "first_sample",
		    json_integer((json_int_t)a->first_sample));
		json_object_set_new(
		    body, "last_sample", json_integer((json_int_t)sample));
	}
	if (reason[0])
		json_object_set_new(body, "reason", json_string(reason));
	event_hold(&p->held, EVENT_FINISHED, sample, body);
}

/* ---- the end of an announcement --------------------------------------- */

static void
finish(struct playout *p, struct announcement *a, enum outcome outcome,
    const char *reason)
{
	job_cancel(a->job);
	if (outcome == OUTCOME_FAILED)
		log_warning("channel=%s id=%" PRIu64 " failed reason=\"%s\"",
		    p->channel, a->id, reason);
	tell_finished(p, a, outcome, reason);
	p->counters.outcomes[outcome]++;
	announcement_free(a);
}

/* All of it was played, or no more of it will be. */
static void
finish_current(struct playout *p)
{
	struct announcement *a = p->current;

	p->current = NULL;
	tell_marks(p, a);
	if (a->cancelled)
		finish(p, a, OUTCOME_CANCELLED, a->reason);
	else if (a->failed)
		finish(p, a, OUTCOME_FAILED, a->reason);
	else
		finish(p, a, OUTCOME_SPOKEN, "");
	if (!p->paused)
		fade_full(&p->fade);
}

static void
finish_waiting(struct playout *p, struct announcement *a, enum outcome outcome,
    const char *reason)
{
	queue_remove(&p->queue, a);
	finish(p, a, outcome, reason);
}

/* ---- the engine's work ------------------------------------------------ */

static size_t
ahead_bytes(const struct playout *p)
{
	return ms_to_samples(p, PLAYOUT_AHEAD_MS) * p->sample_bytes;
}

static void
job_pcm_made(void *arg, const uint8_t *data, size_t len)
{
	struct announcement *a = arg;
	struct playout *p = a->playout;

	if (announcement_add_pcm(a, data, len) < 0) {
		a->failed = true;
		snprintf(a->reason, sizeof(a->reason), "out of memory");
		job_cancel(a->job);
		a->job = NULL;
		a->complete = true;
	} else if (buf_len(&a->pcm) >= ahead_bytes(p)) {
		job_hold(a->job, true);
	}
}

static void
job_mark_made(void *arg, const json_t *mark)
{
	announcement_add_mark(arg, mark);
}

static void prepare(struct playout *p);

static void
job_ended(void *arg, const char *failure)
{
	struct announcement *a = arg;
	struct playout *p = a->playout;

	a->job = NULL;
	a->complete = true;
	if (failure) {
		a->failed = true;
		snprintf(a->reason, sizeof(a->reason), "%s", failure);
		/* What was made of it is played; if nothing was, it ends
		 * here. */
		if (a != p->current && announcement_available(a) == 0)
			finish_waiting(p, a, OUTCOME_FAILED, a->reason);
	}
	prepare(p);
	playout_flush(p);
}

static const struct job_events job_events = {
	.pcm = job_pcm_made, .mark = job_mark_made, .done = job_ended
};

/* Has the head of the queue made, once nothing before it keeps an engine. */
static void
prepare(struct playout *p)
{
	struct announcement *a;

	while ((p->current == NULL || p->current->complete) &&
	       (a = queue_head(&p->queue)) != NULL && !a->submitted) {
		a->submitted = true;
		if (engine_submit(a->engine, &a->speech, p->format.rate_hz,
			p->format.channels, &job_events, a, &a->job) < 0)
			finish_waiting(p, a, OUTCOME_FAILED, "out of memory");
	}
}

/* ---- requests --------------------------------------------------------- */

void
playout_init(struct playout *p, const char *channel, struct server *server,
    const struct playout_format *format, size_t queue_max)
{
	*p = (struct playout){ .channel = channel,
		.server = server,
		.format = *format,
		.sample_bytes = sizeof(int16_t) * format->channels };
	queue_init(&p->queue, queue_max);
	fade_init(&p->fade, format->rate_hz);
}

void
playout_end(struct playout *p, const char *reason)
{
	struct announcement *a = p->current;

	p->current = NULL;
	if (a)
		finish(p, a, OUTCOME_CANCELLED, reason);
	playout_clear(p, reason);
}

void
playout_done(struct playout *p)
{
	playout_end(p, "");
	event_queue_done(&p->held);
}

int
playout_say(struct playout *p, struct announcement *a, struct engine *engine)
{
	json_t *body;
	size_t place;
	int rc;

	a->playout = p;
	a->engine = engine;
	rc = queue_push(&p->queue, a);
	if (rc < 0)
		return rc;
	place = queue_position(&p->queue, a) + (p->current != NULL);
	body = about(a);
	json_object_set_new(body, "text", json_string(a->speech.text));
	json_object_set_new(
	    body, "priority", json_string(priority_names[a->priority]));
	json_object_set_new(body, "position", json_integer((json_int_t)place));
	event_hold(&p->held, EVENT_QUEUED, p->position, body);
	playout_flush(p);
	prepare(p);
	return (int)place;
}

static void
cancel_current(struct playout *p, const char *reason)
{
	struct announcement *a = p->current;

	if (a->cancelled)
		return;
	a->cancelled = true;
	snprintf(a->reason, sizeof(a->reason), "%s", reason);
	fade_out(&p->fade);
}

bool
playout_cancel(struct playout *p, uint64_t id, const char *reason)
{
	struct announcement *a;

	if (p->current && p->current->id == id) {
		cancel_current(p, reason);
		return true;
	}
	a = queue_find(&p->queue, id);
	if (a == NULL)
		return false;
	finish_waiting(p, a, OUTCOME_CANCELLED, reason);
	prepare(p);
	playout_flush(p);
	return true;
}

uint64_t
playout_skip(struct playout *p)
{
	if (p->current == NULL)
		return 0;
	cancel_current(p, "skipped");
	return p->current->id;
}

size_t
playout_clear(struct playout *p, const char *reason)
{
	struct announcement *a;
	size_t n = 0;

	while ((a = queue_head(&p->queue)) != NULL) {
		finish_waiting(p, a, OUTCOME_CANCELLED, reason);
		n++;
	}
	playout_flush(p);
	return n;
}

void
playout_pause(struct playout *p, bool paused)
{
	p->paused = paused;
	if (paused)
		fade_out(&p->fade);
	else if (p->current == NULL)
		fade_full(&p->fade);
	else if (!p->current->cancelled)
		fade_in(&p->fade);
}

/* ---- samples ---------------------------------------------------------- */

/* The head of the queue goes on air when a whole chunk of it, or all of it,
 * has been made. */
static void
begin_next(struct playout *p, uint64_t position)
{
	struct announcement *a = queue_head(&p->queue);

	if (a == NULL || p->paused ||
	    (!a->complete && announcement_available(a) < p->format.chunk))
		return;
	queue_remove(&p->queue, a);
	p->current = a;
	a->on_air = true;
	a->first_sample = position;
	fade_full(&p->fade);
	tell_started(p, a);
	prepare(p);
}

static void
starve(struct playout *p, uint64_t position, uint64_t samples)
{
	struct announcement *a = p->current;

	p->counters.starved_samples += samples;
	a->silence += samples;
	if (a->starved)
		return;
	a->starved = true;
	p->counters.underruns++;
	log_warning("channel=%s id=%" PRIu64 " underrun: the engine is slower "
		    "than real time",
	    p->channel, a->id);
	event_hold(&p->held, EVENT_UNDERRUN, position, about(a));
}

/* Plays some of what is on air; returns how many samples. */
static uint64_t
play(struct playout *p, int16_t *out, uint64_t count)
{
	struct announcement *a = p->current;
	uint64_t audible = fade_audible(&p->fade), n;

	n = announcement_take(a, out, count < audible ? count : audible);
	fade_apply(&p->fade, out, n, p->format.channels);
	if (n > 0) {
		a->starved = false;
		a->last_sample = p->position + n - 1;
	}
	if (a->job && buf_len(&a->pcm) < ahead_bytes(p) / 2)
		job_hold(a->job, false);
	tell_marks(p, a);
	return n;
}

static bool
current_is_over(const struct playout *p)
{
	const struct announcement *a = p->current;

	if (announcement_over(a))
		return true;
	return a->cancelled &&
	       (fade_silent(&p->fade) || announcement_available(a) == 0);
}

void
playout_fill(struct playout *p, int16_t *out, uint64_t count, uint64_t position)
{
	uint64_t at = 0;

	memset(out, 0, count * p->sample_bytes);
	while (at < count) {
		p->position = position + at;
		if (p->current == NULL)
			begin_next(p, p->position);
		if (p->current == NULL)
			break;
		at += play(p, out + at * p->format.channels, count - at);
		p->position = position + at;
		if (current_is_over(p)) {
			finish_current(p);
			continue;
		}
		if (at < count) {
			if (!fade_silent(&p->fade))
				starve(p, p->position, count - at);
			break;
		}
	}
	p->position = position + count;
}

void
playout_flush(struct playout *p)
{
	event_flush(&p->held, p->server, p->channel);
}

/* ---- what is known ---------------------------------------------------- */

bool
playout_busy(const struct playout *p)
{
	return p->current != NULL || p->queue.count > 0;
}

enum playout_state
playout_state(const struct playout *p)
{
	if (p->paused)
		return PLAYOUT_PAUSED;
	if (p->current == NULL)
		return PLAYOUT_IDLE;
	return p->current->starved ? PLAYOUT_STARVING : PLAYOUT_SPEAKING;
}

const char *
playout_state_name(enum playout_state state)
{
	return state_names[state];
}

static json_t *
describe(const struct announcement *a)
{
	const char *text = a->speech.text;
	size_t len = strlen(text);
	const char *state = "waiting";

	if (a->on_air)
		state = "on-air";
	else if (a->complete)
		state = "ready";
	else if (a->submitted)
		state = "preparing";
	return json_pack("{s:I, s:s, s:s, s:s%}", "id", (json_int_t)a->id,
	    "state", state, "priority", priority_names[a->priority], "text",
	    text, utf8_offset(text, len, SHOWN_CHARACTERS));
}

json_t *
playout_list(const struct playout *p)
{
	json_t *list = json_array();
	const struct announcement *a;

	if (p->current)
		json_array_append_new(list, describe(p->current));
	for (a = queue_head(&p->queue); a; a = queue_after(&p->queue, a))
		json_array_append_new(list, describe(a));
	return list;
}
