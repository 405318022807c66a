#include "ttsd/engines/kit/kit_ding.h"

#include <math.h>

#define PI 3.14159265358979323846
#define PEAK 9830.0 /* with all that is summed, half of full scale */
#define SECOND_NOTE_S 0.4
#define ATTACK_S 0.005
#define FADE_S 0.3
/* Partials above this part of the rate are left out, for they would come back
 * as another tone. */
#define HIGHEST 0.45

static const double notes[] = { 659.26, 523.25 };
static const struct {
	double weight, decay_s;
} partials[] = { { 1.0, 0.40 }, { 0.30, 0.25 }, { 0.12, 0.15 },
	{ 0.05, 0.10 } };

/* Goes from 0 to 1 while x goes from 0 to 1. */
static double
raised_cosine(double x)
{
	return x <= 0 ? 0 : x >= 1 ? 1 : 0.5 - 0.5 * cos(PI * x);
}

static double
kit_ding_note(double t, double hz, double rate_hz)
{
	double sum = 0;
	size_t p;

	if (t < 0)
		return 0;
	for (p = 0; p < sizeof(partials) / sizeof(partials[0]); p++) {
		if ((double)(p + 1) * hz < HIGHEST * rate_hz)
			sum += partials[p].weight *
			       exp(-t / partials[p].decay_s) *
			       sin(2 * PI * (double)(p + 1) * hz * t);
	}
	return raised_cosine(t / ATTACK_S) * sum;
}

size_t
kit_ding_samples(unsigned rate_hz)
{
	return (size_t)((uint64_t)rate_hz * KIT_DING_MS / 1000);
}

void
kit_ding_make(int16_t *out, size_t first, size_t count, unsigned rate_hz)
{
	double rate = rate_hz, t, v;
	size_t i;

	for (i = 0; i < count; i++) {
		t = (double)(first + i) / rate;
		v = kit_ding_note(t, notes[0], rate) +
		    kit_ding_note(t - SECOND_NOTE_S, notes[1], rate);
		v *= PEAK * raised_cosine((KIT_DING_MS / 1000.0 - t) / FADE_S);
		out[i] = (int16_t)lrint(v);
	}
}
