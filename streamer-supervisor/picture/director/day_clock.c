#include "streamer-supervisor/picture/director/day_clock.h"

#define DAY_MS INT64_C(86400000)

void
day_clock_begin(struct day_clock *c, uint32_t rate_hz)
{
	*c = (struct day_clock){ .rate_hz = rate_hz, .due = UINT64_MAX };
}

/* Milliseconds at a sample; beyond those of a day behind midnight. */
static int64_t
ms_at(const struct day_clock *c, uint64_t sample)
{
	uint64_t gone = sample > c->sample ? sample - c->sample : 0;

	return c->ms + (int64_t)(gone / c->rate_hz * 1000 +
				 gone % c->rate_hz * 1000 / c->rate_hz);
}

static void
await_second(struct day_clock *c, uint64_t sample)
{
	int64_t left = (ms_at(c, sample) / 1000 + 1) * 1000 - c->ms;

	c->due = c->sample + ((uint64_t)left * c->rate_hz + 999) / 1000;
}

/* How much later the one is than the other, half a day at most. */
static int64_t
day_difference(int64_t a, int64_t b)
{
	int64_t d = (a - b) % DAY_MS;

	if (d > DAY_MS / 2)
		d -= DAY_MS;
	else if (d < -DAY_MS / 2)
		d += DAY_MS;
	return d;
}

void
day_clock_tell(struct day_clock *c, uint64_t sample, int64_t day_ms)
{
	int64_t late = 0;

	if (c->due != UINT64_MAX) {
		late = day_difference(day_ms, ms_at(c, sample));
		if (late >= -DAY_CLOCK_SLACK_MS && late <= DAY_CLOCK_SLACK_MS)
			return;
	}
	c->sample = sample;
	c->ms = day_ms;
	c->due = sample;
	if (late < 0 && late > -1000)
		await_second(c, sample);
}

int64_t
day_clock_pass(struct day_clock *c, uint64_t sample)
{
	if (sample < c->due)
		sample = c->due;
	await_second(c, sample);
	return ms_at(c, sample) % DAY_MS / 1000;
}
