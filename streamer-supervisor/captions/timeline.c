#include "streamer-supervisor/captions/timeline.h"

#include <string.h>

#include "streamer-supervisor/captions/webvtt.h"

void
timeline_begin(struct timeline *t, uint32_t rate_hz, uint64_t first_sample)
{
	*t = (struct timeline){ .rate_hz = rate_hz,
		.first_sample = first_sample };
}

void
timeline_gap(struct timeline *t, uint64_t left_out, uint64_t edge)
{
	const struct timeline_gap *last =
	    t->gap_count ? &t->gaps[t->gap_count - 1] : NULL;

	if (left_out <= (last ? last->left_out : 0))
		return;
	if (t->gap_count == TIMELINE_GAPS)
		memmove(
		    t->gaps, t->gaps + 1, --t->gap_count * sizeof(t->gaps[0]));
	t->gaps[t->gap_count++] =
	    (struct timeline_gap){ .edge = edge, .left_out = left_out };
}

/* How many samples ffmpeg was given before this one. */
static uint64_t
samples_before(const struct timeline *t, uint64_t sample, uint64_t left_out)
{
	uint64_t begin = t->first_sample + left_out;

	return sample > begin ? sample - begin : 0;
}

int64_t
timeline_ticks(const struct timeline *t, uint64_t sample)
{
	uint64_t left_out = 0, n, at_gap;
	size_t i = 0;

	while (i < t->gap_count && t->gaps[i].edge <= sample)
		left_out = t->gaps[i++].left_out;
	n = samples_before(t, sample, left_out);
	if (i < t->gap_count) {
		at_gap =
		    samples_before(t, t->gaps[i].edge, t->gaps[i].left_out);
		n = n < at_gap ? n : at_gap;
	}
	return (int64_t)(n / t->rate_hz * PTS_HZ +
			 n % t->rate_hz * PTS_HZ / t->rate_hz);
}
