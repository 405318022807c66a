#include "ttsd/announcement.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

const char *const priority_names[] = {
#define X(name, text) [PRIORITY_##name] = text,
	PRIORITIES(X)
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
speech_done(struct speech *s)
{
	free(s->text);
	free(s->voice);
	free(s->language);
	*s = (struct speech){ 0 };
}

struct announcement *
announcement_new(struct speech *speech, size_t sample_bytes)
{
	struct announcement *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		speech_done(speech);
		return NULL;
	}
	a->speech = *speech;
	*speech = (struct speech){ 0 };
	a->sample_bytes = sample_bytes;
	buf_init(&a->pcm, ANNOUNCEMENT_PCM_MAX);
	return a;
}

void
announcement_free(struct announcement *a)
{
	size_t i;

	if (a == NULL)
		return;
	for (i = a->marks_taken; i < a->mark_count; i++)
		json_decref(a->marks[i].body);
	free(a->marks);
	buf_done(&a->pcm);
	speech_done(&a->speech);
	free(a);
}

int
announcement_add_pcm(struct announcement *a, const uint8_t *data, size_t len)
{
	return buf_put(&a->pcm, data, len);
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

	if (sample < 0 || !make_mark_room(a))
		return;
	a->marks[a->mark_count++] =
	    (struct announcement_mark){ .sample = (uint64_t)sample,
		    .body = json_deep_copy(mark) };
}

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
announcement_take_mark(struct announcement *a, struct announcement_mark *out)
{
	if (a->marks_taken == a->mark_count)
		return false;
	/* A mark on sample n goes out with sample n; one at the very end
	 * has no sample of its own and goes with the last. */
	if (a->marks[a->marks_taken].sample >= a->played &&
	    !announcement_over(a))
		return false;
	*out = a->marks[a->marks_taken++];
	return true;
}

bool
announcement_over(const struct announcement *a)
{
	return a->complete && announcement_available(a) == 0;
}
