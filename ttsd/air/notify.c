/*
 * The events of an announcement. Marks go to every listener as long before
 * their sample as that listener asked for: each lead has a cursor of its own
 * into the announcement's marks.
 */
#include <string.h>

#include "common/body.h"
#include "ttsd/air/playout.h"
#include "ttsd/text/viseme.h"

static json_t *
about(const struct announcement *a)
{
	return json_pack("{s:I}", "id", (json_int_t)a->id);
}

/* The same, and what it has the board show. */
static json_t *
about_shown(const struct announcement *a)
{
	json_t *body = about(a);

	if (a->asked.show)
		body_put(&body, "show", json_incref(a->asked.show));
	return body;
}

/* Holds an event. One that cannot be held counts as missed at once, so that
 * nobody waits for it. */
static void
hold_for(struct playout *p, enum event event, int64_t lead_ms, uint64_t sample,
    json_t *body)
{
	if (event_hold(&p->held, event, lead_ms, sample, body) < 0)
		event_publish(
		    p->server, event, p->channel, lead_ms, sample, NULL);
}

static void
hold(struct playout *p, enum event event, uint64_t sample, json_t *body)
{
	hold_for(p, event, SERVER_ANY_LEAD, sample, body);
}

/* What waits again after a restart may be a hundred thousand: that would push
 * all else out of what is remembered. */
void
notify_queued(struct playout *p, const struct announcement *a, size_t place)
{
	json_t *body;

	if (a->asked.restored &&
	    !server_is_heard(p->server, EVENT_QUEUED, p->channel))
		return;
	body = about_shown(a);
	body_put(&body, "text", json_string(announcement_title(a)));
	body_put(
	    &body, "priority", json_string(priority_names[a->asked.priority]));
	body_put(&body, "position", json_integer((json_int_t)place));
	if (a->asked.restored)
		body_put(&body, "restored", json_true());
	hold_for(p, EVENT_QUEUED,
	    a->asked.restored ? SERVER_ONCE : SERVER_ANY_LEAD, p->position,
	    body);
}

/* ---- the plan ---------------------------------------------------------- */

static uint64_t
mark_sample(const struct announcement *a, const struct recording_mark *m)
{
	return (uint64_t)(a->played.origin + (int64_t)m->sample);
}

/* Lists all words with their times, for those who prepare for a sentence. */
static json_t *
plan(const struct announcement *a)
{
	json_t *words = json_array(), *word;
	size_t i;

	for (i = 0; i < a->made->mark_count; i++) {
		const char *kind = json_string_value(
		    json_object_get(a->made->marks[i].body, "mark"));

		if (kind == NULL || strcmp(kind, "word") != 0)
			continue;
		word = json_pack("{s:I}", "sample",
		    (json_int_t)mark_sample(a, &a->made->marks[i]));
		saying_add_word(a->asked.saying, a->made->marks[i].part,
		    a->made->marks[i].body, &word);
		body_append(&words, word);
	}
	return words;
}

/* ---- the beginning ---------------------------------------------------- */

/* Does `text` alone not say what its words are places in? */
static bool
needs_texts(const struct announcement *a)
{
	return a->asked.saying->text_count > 1 ||
	       (a->asked.saying->text_count == 1 &&
		   a->asked.saying->texts[0].spoken.text);
}

static json_t *
texts_of(const struct announcement *a)
{
	const struct saying_text *text;
	json_t *texts = json_array(), *one;
	size_t i;

	for (i = 0; i < a->asked.saying->text_count; i++) {
		text = &a->asked.saying->texts[i];
		one = json_pack("{s:s}", "text", text->asked);
		if (text->spoken.text) {
			body_put(&one, "ssml", json_true());
			body_put(
			    &one, "spoken", json_string(text->spoken.text));
		}
		body_append(&texts, one);
	}
	return texts;
}

void
notify_started(struct playout *p, const struct announcement *a)
{
	json_t *body;
	uint64_t samples = announcement_available(a);

	if (!server_wants(p->server, EVENT_STARTED, p->channel))
		return;
	body = about_shown(a);
	body_put(&body, "text", json_string(announcement_title(a)));
	if (needs_texts(a))
		body_put(&body, "texts", texts_of(a));
	if (announcement_is_made(a)) {
		body_put(&body, "duration_ms",
		    json_integer(
			(json_int_t)(samples * 1000 / p->format.rate_hz)));
		body_put(&body, "words", plan(a));
	}
	hold(p, EVENT_STARTED, p->position, body);
}

/* ---- marks ------------------------------------------------------------ */

/* The events that an engine's marks become. */
static const enum event kinds[] = { EVENT_WORD, EVENT_PHONEME, EVENT_MARK };
#define MARK_EVENTS (sizeof(kinds) / sizeof(kinds[0]))

/* The last phoneme is given this time, for nothing says when it ends. */
#define LAST_PHONEME_MS 80

/* How many samples lie between mark number `i` and the next phoneme. */
static uint64_t
phoneme_samples(const struct playout *p, const struct announcement *a, size_t i)
{
	uint64_t sample = a->made->marks[i].sample;

	while (++i < a->made->mark_count)
		if (json_object_get(a->made->marks[i].body, "phoneme"))
			return a->made->marks[i].sample - sample;
	return playout_samples(p, LAST_PHONEME_MS);
}

/* Tells the shapes of one phoneme, which share its time. */
static void
tell_visemes(struct playout *p, const struct announcement *a,
    const struct recording_mark *mark, int64_t lead_ms)
{
	const char *phoneme =
	    json_string_value(json_object_get(mark->body, "phoneme"));
	enum viseme shapes[VISEME_SEQUENCE_MAX];
	size_t i, n;
	uint64_t step;

	if (phoneme == NULL ||
	    !server_wants(p->server, EVENT_VISEME, p->channel))
		return;
	n = viseme_of(phoneme, shapes);
	step =
	    n ? phoneme_samples(p, a, (size_t)(mark - a->made->marks)) / n : 0;
	for (i = 0; i < n; i++)
		hold_for(p, EVENT_VISEME, lead_ms,
		    mark_sample(a, mark) + i * step,
		    json_pack("{s:I, s:i, s:s, s:s}", "id", (json_int_t)a->id,
			"viseme", (int)shapes[i], "name",
			viseme_names[shapes[i]], "phoneme", phoneme));
}

static void
tell_mark(struct playout *p, const struct announcement *a,
    const struct recording_mark *mark, int64_t lead_ms)
{
	const char *kind =
	    json_string_value(json_object_get(mark->body, "mark"));
	uint64_t sample = mark_sample(a, mark);
	json_t *body;
	size_t i;

	for (i = 0; i < MARK_EVENTS; i++) {
		if (kind == NULL || strcmp(kind, event_names[kinds[i]]) != 0 ||
		    !server_wants(p->server, kinds[i], p->channel))
			continue;
		body = json_object();
		body_merge(&body, mark->body);
		json_object_del(body, "mark");
		json_object_del(body, "sample");
		body_put(&body, "id", json_integer((json_int_t)a->id));
		if (kinds[i] == EVENT_WORD)
			saying_add_word(
			    a->asked.saying, mark->part, mark->body, &body);
		hold_for(p, kinds[i], lead_ms, sample, body);
	}
	tell_visemes(p, a, mark, lead_ms);
}

void
notify_mark_lost(struct playout *p, const json_t *mark)
{
	const char *kind = json_string_value(json_object_get(mark, "mark"));
	size_t i;

	for (i = 0; kind && i < MARK_EVENTS; i++)
		if (strcmp(kind, event_names[kinds[i]]) == 0)
			event_publish(p->server, kinds[i], p->channel,
			    SERVER_ANY_LEAD, 0, NULL);
	if (kind && strcmp(kind, event_names[EVENT_PHONEME]) == 0)
		event_publish(p->server, EVENT_VISEME, p->channel,
		    SERVER_ANY_LEAD, 0, NULL);
}

/* Returns where a lead stands among the marks; a new lead begins with those
 * that are still to come. */
static struct lead_cursor *
cursor_of(struct playout *p, struct announcement *a, int64_t lead_ms)
{
	struct lead_cursor *unused = NULL;
	size_t i;

	for (i = 0; i < LEADS_MAX; i++) {
		if (a->told.cursors[i].lead_ms == lead_ms)
			return &a->told.cursors[i];
		if (a->told.cursors[i].lead_ms < 0)
			unused = &a->told.cursors[i];
	}
	if (unused == NULL)
		return NULL;
	unused->lead_ms = lead_ms;
	unused->next = 0;
	while (unused->next < a->made->mark_count &&
	       mark_sample(a, &a->made->marks[unused->next]) < p->flushed)
		unused->next++;
	return unused;
}

/* A mark on sample n goes out with sample n; one at the very end has no
 * sample of its own and goes with the last. */
static void
tell_marks_of(struct playout *p, struct announcement *a, int64_t lead_ms)
{
	uint64_t until =
	    a->played.samples + playout_samples(p, (uint64_t)lead_ms);
	struct lead_cursor *c = cursor_of(p, a, lead_ms);

	until -= until < a->played.rest ? until : a->played.rest;
	while (c && c->next < a->made->mark_count &&
	       (a->made->marks[c->next].sample < until || announcement_over(a)))
		tell_mark(p, a, &a->made->marks[c->next++], lead_ms);
}

void
notify_marks(struct playout *p, struct announcement *a)
{
	int64_t leads[LEADS_MAX];
	size_t i, n = server_leads(p->server, leads, LEADS_MAX);

	for (i = 0; i < n; i++)
		tell_marks_of(p, a, leads[i]);
}

/* ---- what happens to it ----------------------------------------------- */

void
notify_underrun(struct playout *p, const struct announcement *a)
{
	hold(p, EVENT_UNDERRUN, p->position, about(a));
}

void
notify_preempted(struct playout *p, const struct announcement *a,
    const struct announcement *by)
{
	json_t *body = about_shown(a);

	body_put(&body, "by", json_integer((json_int_t)by->id));
	body_put(&body, "on_preempt",
	    json_string(preemption_names[a->asked.on_preempt]));
	hold(p, EVENT_PREEMPTED, p->position, body);
}

void
notify_finished(struct playout *p, const struct announcement *a,
    enum outcome outcome, const char *reason)
{
	json_t *body = about_shown(a);
	uint64_t sample = p->position;

	body_put(&body, "outcome", json_string(outcome_name(outcome)));
	if (announcement_was_heard(a)) {
		sample = a->played.last_sample;
		body_put(&body, "first_sample",
		    json_integer((json_int_t)a->played.first_sample));
		body_put(
		    &body, "last_sample", json_integer((json_int_t)sample));
	}
	if (a->asked.endless)
		body_put(&body, "rounds",
		    json_integer((json_int_t)a->played.rounds));
	if (reason[0])
		body_put_text(&body, "reason", reason);
	hold(p, EVENT_FINISHED, sample, body);
}

void
notify_show(struct playout *p, const char *video, json_t *show)
{
	json_t *body = json_object();

	body_put(&body, "video", json_string(video));
	body_put(&body, "show", json_incref(show));
	hold(p, EVENT_SHOW, p->position, body);
}
