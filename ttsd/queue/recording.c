#include "ttsd/queue/recording.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "ttsd/queue/announcement.h"

struct recording *
recording_new(size_t sample_bytes)
{
	struct recording *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->sample_bytes = sample_bytes;
	buf_init(&r->pcm, RECORDING_PCM_MAX);
	return r;
}

static void
drop_marks(struct recording *r)
{
	size_t i;

	for (i = 0; i < r->mark_count; i++)
		json_decref(r->marks[i].body);
	r->mark_count = 0;
}

void
recording_free(struct recording *r)
{
	if (r == NULL)
		return;
	drop_marks(r);
	free(r->marks);
	buf_done(&r->pcm);
	free(r);
}

void
recording_clear(struct recording *r)
{
	drop_marks(r);
	buf_clear(&r->pcm);
	r->step = 0;
	r->pause_left = r->samples = r->dropped = r->front = 0;
	r->fell_back = r->makeshift = false;
	/* A part that failed is made afresh too. */
	r->reason[0] = '\0';
}

/* ---- readers ------------------------------------------------------------ */

void
recording_join(struct recording *r, struct announcement *a)
{
	a->next_reader = r->readers;
	r->readers = a;
	if (a->played.samples > r->front)
		r->front = a->played.samples;
}

bool
recording_leave(struct recording *r, struct announcement *a)
{
	struct announcement **at;

	for (at = &r->readers; *at != a; at = &(*at)->next_reader)
		;
	*at = a->next_reader;
	a->next_reader = NULL;
	r->front = 0;
	for (a = r->readers; a; a = a->next_reader)
		if (a->played.samples > r->front)
			r->front = a->played.samples;
	return r->readers != NULL;
}

/* Parts those who need what is to be dropped. */
static void
part_readers(struct recording *r, uint64_t keep_from)
{
	struct announcement *a, *next;

	for (a = r->readers; a; a = next) {
		next = a->next_reader;
		if (a->played.samples < keep_from)
			announcement_part(a);
	}
}

static void
drop_behind(struct recording *r)
{
	uint64_t from = r->front > r->behind ? r->front - r->behind : 0;

	if (from > r->samples)
		from = r->samples;
	if (from <= r->dropped)
		return;
	part_readers(r, from);
	buf_consume(&r->pcm, (from - r->dropped) * r->sample_bytes);
	r->dropped = from;
}

/* ---- sound --------------------------------------------------------------- */

bool
recording_is_whole(const struct recording *r)
{
	return r->making == MAKING_DONE && r->dropped == 0;
}

uint64_t
recording_ahead(const struct recording *r)
{
	return r->samples > r->front ? r->samples - r->front : 0;
}

int
recording_add_pcm(struct recording *r, const uint8_t *data, size_t len)
{
	int rc = buf_put(&r->pcm, data, len);

	if (rc == 0)
		r->samples += len / r->sample_bytes;
	drop_behind(r);
	return rc;
}

int
recording_add_silence(struct recording *r, uint64_t samples)
{
	static const uint8_t zeros[16 * 256];
	uint64_t n;
	int rc = 0;

	for (; samples > 0 && rc == 0; samples -= n) {
		n = sizeof(zeros) / r->sample_bytes;
		if (n > samples)
			n = samples;
		rc = recording_add_pcm(r, zeros, n * r->sample_bytes);
	}
	return rc;
}

void
recording_play(struct recording *r, uint64_t from, int16_t *out, uint64_t count)
{
	memcpy(out, buf_data(&r->pcm) + (from - r->dropped) * r->sample_bytes,
	    count * r->sample_bytes);
	if (from + count > r->front) {
		r->front = from + count;
		drop_behind(r);
	}
}

/* ---- marks --------------------------------------------------------------- */

static int
make_mark_room(struct recording *r)
{
	struct recording_mark *marks;
	size_t cap;

	if (r->mark_count < r->mark_cap)
		return 0;
	cap = r->mark_cap ? r->mark_cap * 2 : 32;
	if (cap > RECORDING_MARKS_MAX)
		return ERR_FULL;
	marks = realloc(r->marks, cap * sizeof(*marks));
	if (marks == NULL)
		return ERR_NOMEM;
	r->marks = marks;
	r->mark_cap = cap;
	return 0;
}

int
recording_add_mark(struct recording *r, json_t *mark, size_t part)
{
	json_int_t sample = json_integer_value(json_object_get(mark, "sample"));
	int rc;

	if (sample < 0)
		return 0;
	rc = make_mark_room(r);
	if (rc < 0)
		return rc;
	r->marks[r->mark_count++] = (struct recording_mark){
		.sample = r->part_start + (uint64_t)sample,
		.body = json_incref(mark),
		.part = part,
	};
	return 0;
}
