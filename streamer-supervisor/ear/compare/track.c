#include "streamer-supervisor/ear/compare/track.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/ear/compare/correlate.h"

/* The storage is twice what is kept, so that a move frees room for as long
 * again. */
#define STORES 2

int
track_init(struct track *t, uint32_t span_ms, unsigned silence_rms)
{
	size_t span = (size_t)span_ms * TRACK_HZ / 1000 / TRACK_FRAME + 1;

	*t = (struct track){ .silence = (float)silence_rms * (float)silence_rms,
		.span = span * TRACK_FRAME,
		.size = STORES * span * TRACK_FRAME };
	t->sound = calloc(t->size, sizeof(*t->sound));
	t->sounds = calloc(t->size / TRACK_FRAME, sizeof(*t->sounds));
	t->came_ns = calloc(t->size / TRACK_FRAME, sizeof(*t->came_ns));
	return t->sound && t->sounds && t->came_ns ? 0 : ERR_NOMEM;
}

void
track_done(struct track *t)
{
	free(t->sound);
	free(t->sounds);
	free(t->came_ns);
	*t = (struct track){ 0 };
}

void
track_clear(struct track *t)
{
	t->kept = t->end = 0;
}

static size_t
frame_of(const struct track *t, uint64_t at)
{
	return (size_t)(at - t->kept) / TRACK_FRAME;
}

/* Moves what is to be kept to the front. */
static void
track_move(struct track *t)
{
	size_t gone = t->size - t->span, frames = gone / TRACK_FRAME;
	size_t left = t->span / TRACK_FRAME;

	memmove(t->sound, t->sound + gone, t->span * sizeof(*t->sound));
	memmove(t->sounds, t->sounds + frames, left * sizeof(*t->sounds));
	memmove(t->came_ns, t->came_ns + frames, left * sizeof(*t->came_ns));
	t->kept += gone;
}

/* A frame has become whole. */
static void
frame_close(struct track *t, int64_t now_ns)
{
	const float *x = t->sound + (t->end - t->kept) - TRACK_FRAME;
	float energy = correlate_dot(x, x, TRACK_FRAME) / TRACK_FRAME;
	size_t frame = frame_of(t, t->end - 1);

	t->sounds[frame] = energy > t->silence;
	t->came_ns[frame] = now_ns;
}

void
track_add(struct track *t, const int16_t *samples, size_t n, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (t->end - t->kept == t->size)
			track_move(t);
		t->sound[t->end++ - t->kept] = samples[i];
		if (t->end % TRACK_FRAME == 0)
			frame_close(t, now_ns);
	}
}

uint64_t
track_first(const struct track *t)
{
	return t->end - t->kept > t->span ? t->end - t->span : t->kept;
}

uint64_t
track_end(const struct track *t)
{
	return t->end;
}

const float *
track_sound(const struct track *t, uint64_t at)
{
	return t->sound + (at - t->kept);
}

bool
track_sounds(const struct track *t, uint64_t at)
{
	return t->sounds[frame_of(t, at)];
}

int64_t
track_came_ns(const struct track *t, uint64_t at)
{
	return t->came_ns[frame_of(t, at)];
}
