#include "streamer-supervisor/ear/compare/sweep.h"

#include <kissfft/kiss_fftr.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

#define BINS (SWEEP_SAMPLES / 2 + 1)

struct sweep {
	size_t piece;
	kiss_fftr_cfg there, back;
	kiss_fft_cpx spectrum[BINS]; /* of the piece */
	kiss_fft_cpx bins[BINS];
	float samples[SWEEP_SAMPLES];
};

int
sweep_new(size_t piece, struct sweep **out)
{
	struct sweep *s = calloc(1, sizeof(*s));

	*out = s;
	if (s == NULL)
		return ERR_NOMEM;
	s->piece = piece;
	s->there = kiss_fftr_alloc(SWEEP_SAMPLES, 0, NULL, NULL);
	s->back = kiss_fftr_alloc(SWEEP_SAMPLES, 1, NULL, NULL);
	return s->there && s->back ? 0 : ERR_NOMEM;
}

void
sweep_free(struct sweep *s)
{
	if (s == NULL)
		return;
	kiss_fftr_free(s->there);
	kiss_fftr_free(s->back);
	free(s);
}

static void
sweep_transform(
    struct sweep *s, const float *sound, size_t n, kiss_fft_cpx *bins)
{
	memcpy(s->samples, sound, n * sizeof(*sound));
	memset(s->samples + n, 0, (SWEEP_SAMPLES - n) * sizeof(*sound));
	kiss_fftr(s->there, s->samples, bins);
}

void
sweep_begin(struct sweep *s, const float *piece)
{
	sweep_transform(s, piece, s->piece, s->spectrum);
}

/* What wraps around its end lies behind the places that are told. The library
 * leaves it to us to divide by the length. */
const float *
sweep_step(struct sweep *s, const float *sound, size_t n)
{
	size_t i;

	sweep_transform(s, sound, n, s->bins);
	for (i = 0; i < BINS; i++) {
		const kiss_fft_cpx x = s->bins[i], y = s->spectrum[i];

		s->bins[i].r = (x.r * y.r + x.i * y.i) / SWEEP_SAMPLES;
		s->bins[i].i = (x.i * y.r - x.r * y.i) / SWEEP_SAMPLES;
	}
	kiss_fftri(s->back, s->bins, s->samples);
	return s->samples;
}
