#include "streamer-supervisor/ear/compare/align.h"

#include "streamer-supervisor/ear/compare/correlate.h"
#include "streamer-supervisor/ear/compare/sweep.h"

/* So many places are looked at in one step of a sweep. */
#define PLACES (SWEEP_SAMPLES - ALIGN_SAMPLES + 1)
/* A place with less sound than this part of the piece is silence to a quarter
 * of a second or less, and its match would be made of rounding. */
#define SOUND_PART 8

struct place {
	uint64_t at; /* the first sample, in `sent` */
	float match;
};

/* Looks at the first places of `x`, the sound from `at` on, for a better one.
 * Samples are whole numbers, and so their squares add up without an error. */
static void
places_look(const float *x, const float *products, size_t count, double least,
    float yy, uint64_t at, struct place *best)
{
	double xx = 0;
	size_t i;

	for (i = 0; i < ALIGN_SAMPLES; i++)
		xx += (double)x[i] * (double)x[i];
	for (i = 0; i < count; i++) {
		float match = xx < least
				  ? 0
				  : correlate_match(products[i], (float)xx, yy);

		if (match > best->match)
			*best = (struct place){ at + i, match };
		if (i + 1 == count)
			break;
		xx -= (double)x[i] * (double)x[i];
		xx +=
		    (double)x[i + ALIGN_SAMPLES] * (double)x[i + ALIGN_SAMPLES];
	}
}

/* The best place for the piece of the energy `yy`, from `at` on. */
static struct place
place_find(struct sweep *sweep, const struct track *sent, uint64_t at, float yy)
{
	double least = (double)sent->silence * (ALIGN_SAMPLES / SOUND_PART);
	struct place best = { 0 };
	uint64_t end = track_end(sent);

	for (; at + ALIGN_SAMPLES <= end; at += PLACES) {
		const float *x = track_sound(sent, at);
		size_t n = end - at < SWEEP_SAMPLES ? (size_t)(end - at)
						    : SWEEP_SAMPLES;

		places_look(x, sweep_step(sweep, x, n), n - ALIGN_SAMPLES + 1,
		    least, yy, at, &best);
	}
	return best;
}

bool
align_find(struct sweep *sweep, const struct track *sent,
    const struct track *heard, uint64_t end, uint64_t delay_max,
    struct align *out)
{
	uint64_t first = track_first(sent), last = track_end(sent);
	uint64_t here = end - ALIGN_SAMPLES;
	const float *piece = track_sound(heard, here);
	struct place best;

	if (last > first + delay_max + ALIGN_SAMPLES)
		first = last - delay_max - ALIGN_SAMPLES;
	sweep_begin(sweep, piece);
	best = place_find(
	    sweep, sent, first, correlate_dot(piece, piece, ALIGN_SAMPLES));
	if (best.match < ALIGN_FOUND)
		return false;
	*out = (struct align){ (int64_t)(best.at - here), best.match };
	return true;
}
