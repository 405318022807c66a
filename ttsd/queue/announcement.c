#include "ttsd/queue/announcement.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

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

/* ---- what it is made of ----------------------------------------------- */

static void
drop_marks(struct announcement *a)
{
	size_t i;

	for (i = 0; i < a->mark_count; i++)
		json_decref(a->marks[i].body);
	a->mark_count = 0;
	for (i = 0; i < LEADS_MAX; i++)
		a->cursors[i] = (struct lead_cursor){ .lead_ms = -1 };
}

struct announcement *
announcement_new(size_t sample_bytes)
{
	struct announcement *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->sample_bytes = sample_bytes;
	a->repeat = 1;
	a->expires_ns = INT64_MAX;
	buf_init(&a->pcm, ANNOUNCEMENT_PCM_MAX);
	drop_marks(a);
	return a;
}

void
announcement_free(struct announcement *a)
{
	size_t i;

	if (a == NULL)
		return;
	drop_marks(a);
	free(a->marks);
	buf_done(&a->pcm);
	for (i = 0; i < a->part_count; i++)
		part_done(&a->parts[i]);
	free(a->parts);
	for (i = 0; i < a->text_count; i++)
		free(a->texts[i]);
	free(a->texts);
	free(a);
}

int
announcement_add_text(struct announcement *a, char *text)
{
	char **texts = realloc(a->texts, (a->text_count + 1) * sizeof(*texts));

	if (texts == NULL || text == NULL) {
		free(text);
		a->texts = texts ? texts : a->texts;
		return ERR_NOMEM;
	}
	a->texts = texts;
	a->texts[a->text_count] = text;
	return (int)a->text_count++;
}

int
announcement_add_part(struct announcement *a, struct part *part)
{
	int rc = a->part_count >= PARTS_MAX ? ERR_FULL : 0;
	struct part *parts = NULL;

	if (rc == 0) {
		parts = realloc(a->parts, (a->part_count + 1) * sizeof(*parts));
		rc = parts ? 0 : ERR_NOMEM;
	}
	if (rc < 0) {
		part_done(part);
		return rc;
	}
	a->parts = parts;
	a->parts[a->part_count++] = *part;
	return 0;
}

const char *
announcement_title(const struct announcement *a)
{
	return a->text_count > 0 ? a->texts[0] : "";
}

size_t
announcement_text_bytes(const struct announcement *a)
{
	size_t i, bytes = 0;

	for (i = 0; i < a->text_count; i++)
		bytes += strlen(a->texts[i]);
	return bytes;
}

/* ---- making it -------------------------------------------------------- */

const struct part *
announcement_next_step(struct announcement *a)
{
	/* One gap behind each repetition but the last. */
	size_t round = a->part_count + 1;
	size_t at = a->step % round;

	if (a->step >= a->repeat * round - 1)
		return NULL;
	a->step++;
	a->part_start = a->made;
	return at == a->part_count ? &a->gap : &a->parts[at];
}

const struct part *
announcement_present_part(const struct announcement *a)
{
	return &a->parts[(a->step - 1) % (a->part_count + 1)];
}

void
announcement_rewind(struct announcement *a)
{
	drop_marks(a);
	buf_clear(&a->pcm);
	a->step = 0;
	a->pause_left = a->made = a->played = 0;
	a->complete = a->starved = a->submitted = a->fell_back = false;
	/* A part that failed is made afresh too. */
	a->failed = false;
	a->reason[0] = '\0';
}

int
announcement_add_pcm(struct announcement *a, const uint8_t *data, size_t len)
{
	int rc = buf_put(&a->pcm, data, len);

	if (rc == 0)
		a->made += len / a->sample_bytes;
	return rc;
}

int
announcement_add_silence(struct announcement *a, uint64_t samples)
{
	static const uint8_t zeros[16 * 256];
	uint64_t n;
	int rc = 0;

	for (; samples > 0 && rc == 0; samples -= n) {
		n = sizeof(zeros) / a->sample_bytes;
		if (n > samples)
			n = samples;
		rc = announcement_add_pcm(a, zeros, n * a->sample_bytes);
	}
	return rc;
}

static bool
make_mark_room(struct announcement *a)
{
	struct announcement_mark *marks;
	size_t cap;

	if (a->mark_count < a->mark_cap)
		return true;
	cap = a->mark_cap ? a->mark_cap * 2 : 32;
	if (cap > ANNOUNCEMENT_MARKS_MAX)
		return false;
	marks = realloc(a->marks, cap * sizeof(*marks));
	if (marks == NULL)
		return false;
	a->marks = marks;
	a->mark_cap = cap;
	return true;
}

void
announcement_add_mark(struct announcement *a, const json_t *mark)
{
	json_int_t sample = json_integer_value(json_object_get(mark, "sample"));

	if (sample < 0)
		return;
	if (!make_mark_room(a))
		return;
	a->marks[a->mark_count++] = (struct announcement_mark){
		.sample = a->part_start + (uint64_t)sample,
		.body = json_deep_copy(mark),
		.part = announcement_present_part(a),
	};
}

/* ---- playing it ------------------------------------------------------- */

uint64_t
announcement_available(const struct announcement *a)
{
	return buf_len(&a->pcm) / a->sample_bytes;
}

uint64_t
announcement_take(struct announcement *a, int16_t *out, uint64_t count)
{
	uint64_t n = announcement_available(a);

	if (n > count)
		n = count;
	if (n == 0)
		return 0;
	memcpy(out, buf_data(&a->pcm), n * a->sample_bytes);
	buf_consume(&a->pcm, n * a->sample_bytes);
	a->played += n;
	return n;
}

bool
announcement_over(const struct announcement *a)
{
	return a->complete && announcement_available(a) == 0;
}

bool
announcement_overrides(
    const struct announcement *a, const struct announcement *other)
{
	return a->priority == PRIORITY_URGENT &&
	       other->priority < PRIORITY_URGENT;
}
