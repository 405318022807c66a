#include "ttsd/mixer.h"

#include <stddef.h>

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
