#include "ttsd/air/mixer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

void
fade_init(struct fade *f, uint32_t rate_hz)
{
	f->length = rate_hz * FADE_MS / 1000;
	fade_full(f);
}

void
fade_out(struct fade *f)
{
	f->out = true;
}

void
fade_in(struct fade *f)
{
	f->out = false;
}

void
fade_full(struct fade *f)
{
	f->at = f->length;
	f->out = false;
}

void
fade_none(struct fade *f)
{
	f->at = 0;
	f->out = true;
}

bool
fade_silent(const struct fade *f)
{
	return f->out && f->at == 0;
}

uint64_t
fade_audible(const struct fade *f)
{
	return f->out ? f->at : UINT64_MAX;
}

void
fade_apply(struct fade *f, int16_t *samples, uint64_t count, unsigned channels)
{
	uint64_t i;
	unsigned c;

	for (i = 0; i < count; i++) {
		if (f->out && f->at > 0)
			f->at--;
		else if (!f->out && f->at < f->length)
			f->at++;
		if (f->at == f->length)
			return;
		for (c = 0; c < channels; c++) {
			int32_t v = samples[i * channels + c];

			samples[i * channels + c] =
			    (int16_t)(v * (int64_t)f->at / f->length);
		}
	}
}

static int16_t
clip(int32_t v)
{
	if (v > INT16_MAX)
		return INT16_MAX;
	return v < INT16_MIN ? INT16_MIN : (int16_t)v;
}

void
mix_add(int16_t *to, const int16_t *from, size_t values)
{
	size_t i;

	for (i = 0; i < values; i++)
		to[i] = clip(to[i] + from[i]);
}

void
mix_scale(int16_t *samples, size_t values, uint32_t gain)
{
	size_t i;

	for (i = 0; gain != 65536 && i < values; i++)
		samples[i] =
		    clip((int32_t)((int64_t)samples[i] * gain / 65536));
}

/* ---- levels ----------------------------------------------------------- */

/* Returns the gain one step nearer to where it goes. */
static uint64_t
gain_towards(uint64_t gain, uint64_t to, uint64_t step)
{
	if (gain > to)
		return gain - to > step ? gain - step : to;
	return to - gain > step ? gain + step : to;
}

void
level_init(struct level *l, uint32_t rate_hz, uint32_t gain)
{
	*l = (struct level){ .length = rate_hz * FADE_MS / 1000,
		.gain = (uint64_t)gain << GAIN_SHIFT,
		.to = (uint64_t)gain << GAIN_SHIFT };
}

void
level_set(struct level *l, uint32_t gain)
{
	uint64_t way;

	l->to = (uint64_t)gain << GAIN_SHIFT;
	way = l->to > l->gain ? l->to - l->gain : l->gain - l->to;
	l->step = way / l->length + 1;
}

void
level_apply(
    struct level *l, int16_t *samples, uint64_t count, unsigned channels)
{
	uint64_t i;

	for (i = 0; i < count && l->gain != l->to; i++) {
		l->gain = gain_towards(l->gain, l->to, l->step);
		mix_scale(samples + i * channels, channels,
		    (uint32_t)(l->gain >> GAIN_SHIFT));
	}
	mix_scale(samples + i * channels, (count - i) * channels,
	    (uint32_t)(l->gain >> GAIN_SHIFT));
}

/* ---- tails ------------------------------------------------------------ */

int
tail_init(struct tail *t, uint32_t rate_hz, unsigned channels)
{
	*t = (struct tail){ .length = rate_hz * FADE_MS / 1000,
		.channels = channels };
	t->samples = calloc(t->length, sizeof(int16_t) * channels);
	return t->samples ? 0 : ERR_NOMEM;
}

void
tail_done(struct tail *t)
{
	free(t->samples);
	t->samples = NULL;
}

/* Has a fade go from its level to silence in `count` samples at most. */
static void
fade_within(struct fade *f, uint64_t count)
{
	if (count == 0 || f->at <= count)
		return;
	f->length = (uint32_t)((uint64_t)f->length * count / f->at);
	f->at = (uint32_t)count;
}

void
tail_add(struct tail *t, const int16_t *samples, uint64_t count,
    const struct fade *f)
{
	struct fade down = *f;
	size_t values = t->channels;
	uint64_t i;
	int16_t frame[8];

	if (t->left < count) {
		memset(t->samples + t->left * values, 0,
		    (count - t->left) * values * sizeof(int16_t));
		t->left = (uint32_t)count;
	}
	fade_out(&down);
	fade_within(&down, count);
	for (i = 0; i < count; i++) {
		memcpy(frame, samples + i * values, values * sizeof(int16_t));
		fade_apply(&down, frame, 1, t->channels);
		mix_add(t->samples + i * values, frame, values);
	}
}

void
tail_mix(struct tail *t, int16_t *out, uint64_t count)
{
	size_t n = t->left < count ? t->left : (size_t)count;

	if (n == 0)
		return;
	mix_add(out, t->samples, n * t->channels);
	t->left -= (uint32_t)n;
	memmove(t->samples, t->samples + n * t->channels,
	    t->left * t->channels * sizeof(int16_t));
}

/* ---- ducking ---------------------------------------------------------- */

void
duck_init(struct duck *d, uint32_t low, uint32_t attack, uint32_t release)
{
	*d = (struct duck){ .low = low,
		.attack = attack > 0 ? attack : 1,
		.release = release > 0 ? release : 1,
		.gain = GAIN_FULL };
}

void
duck_apply(struct duck *d, bool down, int16_t *samples, uint64_t count,
    unsigned channels)
{
	uint64_t low = (uint64_t)d->low << GAIN_SHIFT, span = GAIN_FULL - low;
	uint64_t step = span / (down ? d->attack : d->release) + 1, i;

	for (i = 0; i < count; i++) {
		d->gain = gain_towards(d->gain, down ? low : GAIN_FULL, step);
		mix_scale(samples + i * channels, channels,
		    (uint32_t)(d->gain >> GAIN_SHIFT));
	}
}

/* ---- noise ------------------------------------------------------------ */

/* Uniform noise of peak p has an RMS of p / sqrt(3). */
void
noise_init(struct noise *n, int level_db)
{
	n->state = 1;
	n->peak =
	    level_db < 0
		? (int32_t)(32768.0 * pow(10, level_db / 20.0) * sqrt(3) + 0.5)
		: 0;
}

/* Adds the high bits of Numerical Recipes' linear congruential generator. */
void
noise_add(struct noise *n, int16_t *out, size_t values)
{
	size_t i;
	int64_t v;

	for (i = 0; n->peak > 0 && i < values; i++) {
		n->state = n->state * 1664525u + 1013904223u;
		v = (int64_t)(n->state >> 8) * (2 * n->peak + 1) >> 24;
		out[i] = clip(out[i] + (int32_t)(v - n->peak));
	}
}
