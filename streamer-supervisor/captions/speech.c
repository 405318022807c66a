#include "streamer-supervisor/captions/speech.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/wording.h"
#include "common/err.h"
#include "daemon/control_link.h"

#define REQUEST_MAX 256

/* Of which run what ttsd tells is. */
enum speech_trust {
	SPEECH_HOPED, /* nothing is known yet: of ours, if it is to be of one */
	SPEECH_OURS,  /* ttsd knows the ffmpeg */
	SPEECH_ASKED, /* ttsd was away: it may be another one by now */
};

struct speech {
	struct speech_spec spec;
	struct control_link *link;
	struct timer *deadline;
	char status[REQUEST_MAX], hello[2 * REQUEST_MAX];
	enum speech_trust trust;
	bool asking;
	uint64_t position; /* of the channel, when it was last told */
	struct timeline timeline;
	struct cues cues;
	json_t *said;        /* the event that began what is said; NULL */
	json_t *interrupted; /* the same of what may go on later; NULL */
};

/* ---- events ------------------------------------------------------------ */

static void
take_started(struct speech *s, const json_t *event)
{
	json_decref(s->said);
	s->said = json_incref((json_t *)event);
}

/* Finds the event that began what the word is of; NULL: it was not heard. What
 * was interrupted goes on with a word. */
static const json_t *
find_started(struct speech *s, uint64_t id)
{
	json_t *interrupted = s->interrupted;

	if (interrupted && body_count(interrupted, "id") == id) {
		s->interrupted = NULL;
		json_decref(s->said);
		s->said = interrupted;
	}
	return s->said && body_count(s->said, "id") == id ? s->said : NULL;
}

static void
take_word(struct speech *s, const json_t *event)
{
	uint64_t id = body_count(event, "id");
	struct wording read = wording_of(find_started(s, id), event);
	const struct cues_word w = { .id = id,
		.sample = body_count(event, "sample"),
		.word = body_string_or(event, "text", ""),
		.text = json_string_value(read.text),
		.from = read.from,
		.to = read.to };

	cues_word(&s->cues, &w);
	json_decref(read.text);
}

static void
take_preempted(struct speech *s, const json_t *event)
{
	uint64_t id = body_count(event, "id");

	cues_end(&s->cues, id, body_count(event, "sample"));
	if (s->said == NULL || body_count(s->said, "id") != id)
		return;
	json_decref(s->interrupted);
	s->interrupted = s->said;
	s->said = NULL;
}

static void
take_finished(struct speech *s, const json_t *event)
{
	const json_t *last = json_object_get(event, "last_sample");

	if (last)
		cues_end(&s->cues, body_count(event, "id"),
		    (uint64_t)json_integer_value(last) + 1);
}

static const struct {
	const char *name;
	void (*take)(struct speech *s, const json_t *event);
} takers[] = {
	{ "started", take_started },
	{ "word", take_word },
	{ "preempted", take_preempted },
	{ "finished", take_finished },
};

#define TAKERS (sizeof(takers) / sizeof(takers[0]))

static void
take_event(struct speech *s, const json_t *event)
{
	const char *name = body_string_or(event, "event", "");
	size_t i;

	if (s->trust == SPEECH_ASKED)
		return;
	for (i = 0; i < TAKERS; i++)
		if (strcmp(takers[i].name, name) == 0)
			takers[i].take(s, event);
}

/* ---- answers ----------------------------------------------------------- */

static void
speech_answer(struct speech *s)
{
	if (!s->asking)
		return;
	s->asking = false;
	timer_at(s->deadline, INT64_MAX);
	s->spec.answered(s->spec.arg);
}

/* Finds what the answer says of the channel. */
static const json_t *
find_channel(const struct speech *s, const json_t *reply)
{
	const json_t *all = json_object_get(reply, "channels"), *one;
	size_t i;

	for (i = 0; (one = json_array_get(all, i)) != NULL; i++)
		if (strcmp(body_string_or(one, "name", ""), s->spec.channel) ==
		    0)
			break;
	return one;
}

static const json_t *
find_subscriber(const struct speech *s, const json_t *channel)
{
	const json_t *all = json_object_get(channel, "subscribers"), *one;
	size_t i;

	for (i = 0; (one = json_array_get(all, i)) != NULL; i++)
		if (json_integer_value(json_object_get(one, "pid")) ==
		    s->spec.pid)
			break;
	return one;
}

static void
take_subscriber(struct speech *s, const json_t *one)
{
	uint64_t first = body_count(one, "first_sample");

	if (s->trust == SPEECH_HOPED)
		timeline_begin(&s->timeline, s->spec.rate_hz, first);
	if (first != s->timeline.first_sample)
		return;
	s->trust = SPEECH_OURS;
	timeline_gap(
	    &s->timeline, body_count(one, "left_out"), body_count(one, "edge"));
}

/* An ffmpeg that reads from elsewhere is no subscriber: whether ttsd is still
 * the same is seen by its clock. */
static void
take_position(struct speech *s, uint64_t position)
{
	if (position >= s->position)
		s->trust = SPEECH_OURS;
}

static void
take_reply(struct speech *s, const json_t *reply)
{
	const json_t *channel = find_channel(s, reply);
	const json_t *one = find_subscriber(s, channel);

	/* The answer to our subscription says nothing of channels. */
	if (json_object_get(reply, "channels") == NULL)
		return;
	if (s->spec.first_sample >= 0)
		take_position(s, body_count(channel, "sample"));
	else if (one)
		take_subscriber(s, one);
	if (s->trust != SPEECH_ASKED)
		s->position = body_count(channel, "sample");
	speech_answer(s);
}

/* ---- the link ---------------------------------------------------------- */

static void
link_line(void *arg, const char *text, size_t len)
{
	struct speech *s = arg;
	json_t *line;

	/* Some are too long: words are then shown without their text. */
	if (body_parse(text, len, 0, &line, NULL) < 0)
		return;
	if (json_object_get(line, "ok"))
		take_reply(s, line);
	else
		take_event(s, line);
	json_decref(line);
}

static void
link_absent(void *arg, int err)
{
	struct speech *s = arg;

	(void)err;
	if (s->trust == SPEECH_OURS)
		s->trust = SPEECH_ASKED;
	speech_answer(s);
}

static const struct control_link_events link_events = { link_line,
	link_absent };

static void
speech_late(void *arg)
{
	speech_answer(arg);
}

/* ---- what the header promises ------------------------------------------ */

static int
speech_begin(struct speech *s, struct loop *l)
{
	int rc = timer_new(l, TIMER_COARSE, speech_late, s, &s->deadline);

	timeline_begin(&s->timeline, s->spec.rate_hz,
	    s->spec.first_sample < 0 ? 0 : (uint64_t)s->spec.first_sample);
	snprintf(s->status, sizeof(s->status),
	    "{\"op\":\"status\",\"channel\":\"%.64s\"}\n", s->spec.channel);
	snprintf(s->hello, sizeof(s->hello),
	    "{\"op\":\"subscribe\",\"channel\":\"%.64s\",\"events\":"
	    "[\"started\",\"word\",\"preempted\",\"finished\"]}\n%s",
	    s->spec.channel, s->status);
	return rc < 0 ? rc
		      : control_link_new(l, s->spec.control, s->hello,
			    &link_events, s, &s->link);
}

int
speech_new(struct loop *l, const struct speech_spec *spec, struct speech **out)
{
	struct speech *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	s->spec = *spec;
	rc = speech_begin(s, l);
	if (rc < 0) {
		speech_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
speech_free(struct speech *s)
{
	if (s == NULL)
		return;
	control_link_free(s->link);
	timer_free(s->deadline);
	cues_done(&s->cues);
	json_decref(s->said);
	json_decref(s->interrupted);
	free(s);
}

void
speech_ask(struct speech *s)
{
	s->asking = true;
	timer_at(s->deadline, clock_awake_ns() + SPEECH_PATIENCE_NS);
	control_link_send(s->link, s->status, strlen(s->status));
}

bool
speech_is_asked(const struct speech *s)
{
	return s->asking;
}

bool
speech_is_known(const struct speech *s)
{
	return s->trust != SPEECH_HOPED;
}

int64_t
speech_now_ticks(const struct speech *s)
{
	return timeline_ticks(&s->timeline, s->position);
}

const struct timeline *
speech_timeline(const struct speech *s)
{
	return &s->timeline;
}

struct cues *
speech_cues(struct speech *s)
{
	return &s->cues;
}
