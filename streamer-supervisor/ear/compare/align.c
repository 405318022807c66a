#include "streamer-supervisor/ear/compare/align.h"

#include <math.h>

#include "streamer-supervisor/ear/compare/correlate.h"

#define FRAMES (ALIGN_SAMPLES / TRACK_FRAME)
/* So many places are looked at closely, and so many frames lie between two of
 * them. */
#define PLACES 6
#define APART 5
/* What the envelopes find is right to about a frame, and the two are not cut at
 * the same samples. */
#define AROUND (TRACK_FRAME * 3 / 2)
#define STEP 2

struct place {
	uint64_t at; /* the first sample, in `sent` */
	float match;
};

/* Puts a place in its order among the best; of two that are near each other
 * the better one stays. */
static void
places_add(struct place *places, struct place p)
{
	size_t i, n = PLACES;

	for (i = 0; i < PLACES; i++)
		if (places[i].match > 0 &&
		    p.at < places[i].at + APART * TRACK_FRAME)
			break;
	if (i < PLACES) {
		if (p.match <= places[i].match)
			return;
		n = i + 1;
	} else if (p.match <= places[PLACES - 1].match) {
		return;
	}
	for (i = n - 1; i > 0 && places[i - 1].match < p.match; i--)
		places[i] = places[i - 1];
	places[i] = p;
}

/* Subtracts the mean; returns the energy of what is left. */
static float
centre(const float *x, float *out)
{
	float mean = 0;
	size_t i;

	for (i = 0; i < FRAMES; i++)
		mean += x[i] / FRAMES;
	for (i = 0; i < FRAMES; i++)
		out[i] = x[i] - mean;
	return correlate_dot(out, out, FRAMES);
}

/* The best places by the envelopes. */
static void
places_find(const struct track *sent, uint64_t from, const float *envelope,
    struct place *places)
{
	float piece[FRAMES], there[FRAMES];
	float energy = centre(envelope, piece);
	uint64_t at = from + (TRACK_FRAME - from % TRACK_FRAME) % TRACK_FRAME;

	for (; at + ALIGN_SAMPLES <= track_end(sent); at += TRACK_FRAME) {
		float e = centre(track_envelope(sent, at), there);
		float xy = correlate_dot(piece, there, FRAMES);

		places_add(places,
		    (struct place){ at, correlate_match(xy, energy, e) });
	}
}

static float
match_at(const struct track *sent, uint64_t at, const float *piece, float yy)
{
	const float *x = track_sound(sent, at);

	return correlate_match(correlate_dot(x, piece, ALIGN_SAMPLES),
	    correlate_dot(x, x, ALIGN_SAMPLES), yy);
}

/* Looks around a place by the waveform, in steps. */
static void
place_refine(const struct track *sent, const float *piece, float yy,
    uint64_t around, uint64_t step, struct place *p)
{
	uint64_t first = track_first(sent);
	uint64_t at = p->at > first + around ? p->at - around : first;
	uint64_t end = p->at + around;

	p->match = -1;
	for (; at <= end && at + ALIGN_SAMPLES <= track_end(sent); at += step) {
		float match = match_at(sent, at, piece, yy);

		if (match > p->match)
			*p = (struct place){ at, match };
	}
}

bool
align_find(const struct track *sent, const struct track *heard, uint64_t end,
    uint64_t delay_max, struct align *out)
{
	struct place places[PLACES] = { 0 }, best = { 0 };
	uint64_t here = end / TRACK_FRAME * TRACK_FRAME;
	uint64_t first = track_first(sent), last = track_end(sent);
	const float *piece;
	float yy;
	size_t i;

	if (here < track_first(heard) + ALIGN_SAMPLES)
		return false;
	here -= ALIGN_SAMPLES;
	if (last > first + delay_max + ALIGN_SAMPLES)
		first = last - delay_max - ALIGN_SAMPLES;
	piece = track_sound(heard, here);
	yy = correlate_dot(piece, piece, ALIGN_SAMPLES);
	places_find(sent, first, track_envelope(heard, here), places);
	for (i = 0; i < PLACES && places[i].match > 0; i++) {
		place_refine(sent, piece, yy, AROUND, STEP, &places[i]);
		if (places[i].match > best.match)
			best = places[i];
	}
	if (best.match <= 0)
		return false;
	place_refine(sent, piece, yy, STEP - 1, 1, &best);
	if (best.match < ALIGN_FOUND)
		return false;
	*out = (struct align){ (int64_t)(best.at - here), best.match };
	return true;
}
