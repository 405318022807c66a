#include "ttsd/queue/announcement.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log.h"
#include "ttsd/queue/ensemble.h"

const char *const priority_names[] = {
#define X(name, text) [PRIORITY_##name] = text,
	PRIORITIES(X)
#undef X
	    NULL
};

const char *const preemption_names[] = {
#define X(name, text) [PREEMPTION_##name] = text,
	PREEMPTIONS(X)
#undef X
	    NULL
};

static const char *const outcome_names[OUTCOME_COUNT] = {
#define X(name, text) [OUTCOME_##name] = text,
	OUTCOMES(X)
#undef X
};

static const char *const state_names[ANNOUNCEMENT_STATE_COUNT] = {
#define X(name, text) [ANNOUNCEMENT_##name] = text,
	ANNOUNCEMENT_STATES(X)
#undef X
};

static const char *const making_names[MAKING_COUNT] = {
#define X(name, text) [MAKING_##name] = text,
	MAKINGS(X)
#undef X
};

/* Which states may follow a state: a bit for each. */
#define BIT(state) (1u << (state))

static const unsigned state_follows[ANNOUNCEMENT_STATE_COUNT] = {
	[ANNOUNCEMENT_WAITING] = BIT(ANNOUNCEMENT_ON_AIR),
	[ANNOUNCEMENT_ON_AIR] =
	    BIT(ANNOUNCEMENT_STARVING) | BIT(ANNOUNCEMENT_PREEMPTED),
	[ANNOUNCEMENT_STARVING] =
	    BIT(ANNOUNCEMENT_ON_AIR) | BIT(ANNOUNCEMENT_PREEMPTED),
	[ANNOUNCEMENT_PREEMPTED] = BIT(ANNOUNCEMENT_ON_AIR),
};

static const unsigned making_follows[MAKING_COUNT] = {
	[MAKING_NOT_BEGUN] = BIT(MAKING_UNDER_WAY),
	[MAKING_UNDER_WAY] =
	    BIT(MAKING_DONE) | BIT(MAKING_FAILED) | BIT(MAKING_NOT_BEGUN),
	[MAKING_DONE] = BIT(MAKING_NOT_BEGUN),
	[MAKING_FAILED] = BIT(MAKING_NOT_BEGUN),
};

const char *
outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

void
part_done(struct part *part)
{
	speech_done(&part->speech);
	segment_done(&part->segment);
}

/* ---- its states --------------------------------------------------------- */

static void
log_change(const struct announcement *a, const char *from, const char *to,
    bool allowed)
{
	log_write(allowed ? LOG_DEBUG : LOG_ERROR, "id=%" PRIu64 " %s->%s",
	    a->id, from, to);
	if (!allowed)
		abort();
}

void
announcement_set_state(struct announcement *a, enum announcement_state state)
{
	log_change(a, state_names[a->state], state_names[state],
	    state_follows[a->state] & BIT(state));
	a->state = state;
}

void
announcement_set_making(struct announcement *a, enum making making)
{
	enum making from = a->made.making;

	if (from == making)
		return;
	log_change(a, making_names[from], making_names[making],
	    making_follows[from] & BIT(making));
	a->made.making = making;
}

bool
announcement_is_made(const struct announcement *a)
{
	return a->made.making == MAKING_DONE || a->made.making == MAKING_FAILED;
}

bool
announcement_was_on_air(const struct announcement *a)
{
	return a->state != ANNOUNCEMENT_WAITING;
}

/* ---- what it is made of ----------------------------------------------- */

static void
drop_marks(struct announcement *a)
{
	size_t i;

	for (i = 0; i < a->made.mark_count; i++)
		json_decref(a->made.marks[i].body);
	a->made.mark_count = 0;
	for (i = 0; i < LEADS_MAX; i++)
		a->told.cursors[i] = (struct lead_cursor){ .lead_ms = -1 };
}

struct announcement *
announcement_new(size_t sample_bytes)
{
	struct announcement *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->made.sample_bytes = sample_bytes;
	a->asked.repeat = 1;
	a->asked.expires_ns = INT64_MAX;
	a->played.last_sample = a->played.first_sample - 1;
	buf_init(&a->made.pcm, ANNOUNCEMENT_PCM_MAX);
	drop_marks(a);
	return a;
}

void
announcement_free(struct announcement *a)
{
	size_t i;

	if (a == NULL)
		return;
	ensemble_leave(a);
	drop_marks(a);
	free(a->made.marks);
	buf_done(&a->made.pcm);
	for (i = 0; i < a->asked.part_count; i++)
		part_done(&a->asked.parts[i]);
	free(a->asked.parts);
	for (i = 0; i < a->asked.text_count; i++) {
		free(a->asked.texts[i].asked);
		ssml_spoken_done(&a->asked.texts[i].spoken);
	}
	free(a->asked.texts);
	json_decref(a->asked.show);
	free(a);
}

int
announcement_add_text(struct announcement *a, char *text)
{
	struct announcement_text *texts =
	    realloc(a->asked.texts, (a->asked.text_count + 1) * sizeof(*texts));

	if (texts == NULL || text == NULL) {
		free(text);
		a->asked.texts = texts ? texts : a->asked.texts;
		return ERR_NOMEM;
	}
	a->asked.texts = texts;
	a->asked.texts[a->asked.text_count] =
	    (struct announcement_text){ .asked = text };
	return (int)a->asked.text_count++;
}

int
announcement_add_part(struct announcement *a, struct part *part)
{
	int rc = a->asked.part_count >= PARTS_MAX ? ERR_FULL : 0;
	struct part *parts = NULL;

	if (rc == 0) {
		parts = realloc(
		    a->asked.parts, (a->asked.part_count + 1) * sizeof(*parts));
		rc = parts ? 0 : ERR_NOMEM;
	}
	if (rc < 0) {
		part_done(part);
		return rc;
	}
	a->asked.parts = parts;
	a->asked.parts[a->asked.part_count++] = *part;
	return 0;
}

void
announcement_set_show(struct announcement *a, json_t *show)
{
	const char *name;
	json_t *text;

	json_decref(a->asked.show);
	a->asked.show = json_incref(show);
	a->asked.show_bytes = 0;
	json_object_foreach(show, name, text) a->asked.show_bytes +=
	    strlen(name) + json_string_length(text);
}

const char *
announcement_title(const struct announcement *a)
{
	return a->asked.text_count > 0 ? a->asked.texts[0].asked : "";
}

size_t
announcement_text_bytes(const struct announcement *a)
{
	size_t i, bytes = a->asked.show_bytes;

	for (i = 0; i < a->asked.text_count; i++)
		bytes += strlen(a->asked.texts[i].asked);
	return bytes;
}

/* ---- making it -------------------------------------------------------- */

const struct part *
announcement_next_step(struct announcement *a)
{
	/* A gap follows each repetition but the last. */
	size_t round = a->asked.part_count + 1;
	size_t at = a->made.step % round;

	if (a->made.step >= a->asked.repeat * round - 1)
		return NULL;
	a->made.step++;
	a->made.part_start = a->made.samples;
	return at == a->asked.part_count ? &a->asked.gap : &a->asked.parts[at];
}

const struct part *
announcement_present_part(const struct announcement *a)
{
	return &a->asked.parts[(a->made.step - 1) % (a->asked.part_count + 1)];
}

void
announcement_rewind(struct announcement *a)
{
	drop_marks(a);
	buf_clear(&a->made.pcm);
	a->made.step = 0;
	a->made.pause_left = a->made.samples = a->played.samples = 0;
	a->made.fell_back = false;
	announcement_set_making(a, MAKING_NOT_BEGUN);
	/* A part that failed is made afresh too. */
	a->made.reason[0] = '\0';
}

int
announcement_add_pcm(struct announcement *a, const uint8_t *data, size_t len)
{
	int rc = buf_put(&a->made.pcm, data, len);

	if (rc == 0)
		a->made.samples += len / a->made.sample_bytes;
	return rc;
}

int
announcement_add_silence(struct announcement *a, uint64_t samples)
{
	static const uint8_t zeros[16 * 256];
	uint64_t n;
	int rc = 0;

	for (; samples > 0 && rc == 0; samples -= n) {
		n = sizeof(zeros) / a->made.sample_bytes;
		if (n > samples)
			n = samples;
		rc = announcement_add_pcm(a, zeros, n * a->made.sample_bytes);
	}
	return rc;
}

static int
make_mark_room(struct announcement *a)
{
	struct announcement_mark *marks;
	size_t cap;

	if (a->made.mark_count < a->made.mark_cap)
		return 0;
	cap = a->made.mark_cap ? a->made.mark_cap * 2 : 32;
	if (cap > ANNOUNCEMENT_MARKS_MAX)
		return ERR_FULL;
	marks = realloc(a->made.marks, cap * sizeof(*marks));
	if (marks == NULL)
		return ERR_NOMEM;
	a->made.marks = marks;
	a->made.mark_cap = cap;
	return 0;
}

int
announcement_add_mark(struct announcement *a, json_t *mark)
{
	json_int_t sample = json_integer_value(json_object_get(mark, "sample"));
	int rc;

	if (sample < 0)
		return 0;
	rc = make_mark_room(a);
	if (rc < 0)
		return rc;
	a->made.marks[a->made.mark_count++] = (struct announcement_mark){
		.sample = a->made.part_start + (uint64_t)sample,
		.body = json_incref(mark),
		.part = announcement_present_part(a),
	};
	return 0;
}

/* ---- playing it ------------------------------------------------------- */

uint64_t
announcement_available(const struct announcement *a)
{
	return buf_len(&a->made.pcm) / a->made.sample_bytes;
}

uint64_t
announcement_take(struct announcement *a, int16_t *out, uint64_t count)
{
	uint64_t n = announcement_available(a);

	if (n > count)
		n = count;
	if (n == 0)
		return 0;
	memcpy(out, buf_data(&a->made.pcm), n * a->made.sample_bytes);
	buf_consume(&a->made.pcm, n * a->made.sample_bytes);
	a->played.samples += n;
	return n;
}

bool
announcement_over(const struct announcement *a)
{
	return announcement_is_made(a) && announcement_available(a) == 0;
}

bool
announcement_was_heard(const struct announcement *a)
{
	return a->played.last_sample + 1 > a->played.first_sample;
}

bool
announcement_overrides(
    const struct announcement *a, const struct announcement *other)
{
	return a->asked.priority == PRIORITY_URGENT &&
	       other->asked.priority < PRIORITY_URGENT;
}
