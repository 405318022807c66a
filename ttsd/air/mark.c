#include "ttsd/air/mark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "ttsd/air/mixer.h"

#define LOW_HZ 300.0
#define HIGH_HZ 1500.0
/* The filter is so long, 1/150 s: its edges are 500 Hz wide. */
#define TAPS_HZ 150
#define FULL_SCALE 32768.0
#define ONE 65536.0
/* Samples at a time. */
#define RUN 256
#define WORD_BITS 64

/* SplitMix64's output function, of the number of a word. */
static uint64_t
word_of(uint64_t seed, uint64_t number)
{
	uint64_t z = seed + (number + 1) * UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* FNV-1a. */
static uint64_t
seed_of(const char *name)
{
	uint64_t seed = UINT64_C(0xcbf29ce484222325);

	for (; *name; name++)
		seed = (seed ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
	return seed;
}

static double
low_pass(double hz, double rate_hz, double at)
{
	double w = 2 * M_PI * hz / rate_hz;

	return at == 0 ? w / M_PI : sin(w * at) / (M_PI * at);
}

/* Tap `i`: the difference of two low-pass filters, under Hamming's window. */
static double
tap_of(size_t i, size_t taps, double rate_hz)
{
	double at = (double)i - (double)(taps - 1) / 2;
	double window =
	    0.54 - 0.46 * cos(2 * M_PI * (double)i / (double)(taps - 1));

	return window *
	       (low_pass(HIGH_HZ, rate_hz, at) - low_pass(LOW_HZ, rate_hz, at));
}

int
mark_init(struct mark *m, const char *name, uint32_t rate_hz)
{
	size_t taps = rate_hz / TAPS_HZ | 1, i;
	double energy = 0, gain;

	*m = (struct mark){ .seed = seed_of(name), .taps = taps };
	m->filter = calloc(taps, sizeof(*m->filter));
	m->bits = calloc(taps + RUN, sizeof(*m->bits));
	if (m->filter == NULL || m->bits == NULL)
		return ERR_NOMEM;
	for (i = 0; i < taps; i++)
		energy += pow(tap_of(i, taps, rate_hz), 2);
	gain = FULL_SCALE * pow(10, MARK_DBFS / 20.0) / sqrt(energy);
	for (i = 0; i < taps; i++)
		m->filter[i] =
		    (int32_t)lround(ONE * gain * tap_of(i, taps, rate_hz));
	return 0;
}

void
mark_done(struct mark *m)
{
	free(m->filter);
	free(m->bits);
	*m = (struct mark){ 0 };
}

/* Fills in the bits of sample `from` and those after it. */
static void
bits_make(const struct mark *m, uint64_t from, size_t count)
{
	uint64_t word = word_of(m->seed, from / WORD_BITS);
	size_t i;

	for (i = 0; i < count; i++) {
		unsigned bit = (unsigned)((from + i) % WORD_BITS);

		if (bit == 0)
			word = word_of(m->seed, (from + i) / WORD_BITS);
		m->bits[i] = word >> bit & 1 ? 1 : -1;
	}
}

static int16_t
sample_of(const struct mark *m, const int32_t *bits)
{
	int32_t sum = (int32_t)ONE / 2;
	size_t i;

	for (i = 0; i < m->taps; i++)
		sum += m->filter[i] * bits[i];
	return (int16_t)(sum >> 16);
}

static void
run_add(struct mark *m, int16_t *samples, size_t count, unsigned channels,
    uint64_t position)
{
	size_t i;
	unsigned c;

	bits_make(m, position, count + m->taps);
	for (i = 0; i < count; i++) {
		int16_t value = sample_of(m, m->bits + i);

		for (c = 0; c < channels; c++, samples++)
			mix_add(samples, &value, 1);
	}
}

void
mark_add(struct mark *m, int16_t *samples, size_t count, unsigned channels,
    uint64_t position)
{
	size_t n;

	for (; m->filter && count > 0; count -= n) {
		n = count < RUN ? count : RUN;
		run_add(m, samples, n, channels, position);
		samples += n * channels;
		position += n;
	}
}
