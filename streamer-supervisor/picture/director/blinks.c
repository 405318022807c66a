#include "streamer-supervisor/picture/director/blinks.h"

#include "streamer-supervisor/picture/director/director.h"

/* SplitMix64: every bit of the result depends on every one of `x`. */
static uint64_t
scramble(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static uint64_t
samples_of(const struct blinks *b, uint64_t ms)
{
	return ms * b->rate_hz / 1000;
}

/* Two blinks of neighbouring turns do not touch. */
static void
take_turn(struct blinks *b)
{
	uint64_t every = (uint64_t)BLINKS_EVERY_S * b->rate_hz;
	uint64_t room = every - 2 * samples_of(b, DIRECTOR_BLINK_MS);

	b->due = b->turn * every + scramble(b->seed ^ b->turn) % room;
	b->turn++;
}

void
blinks_begin(struct blinks *b, uint64_t seed, uint32_t rate_hz, uint64_t sample)
{
	*b = (struct blinks){ .seed = seed,
		.rate_hz = rate_hz,
		.turn = sample / rate_hz / BLINKS_EVERY_S + 1 };
	take_turn(b);
}

void
blinks_pass(struct blinks *b)
{
	b->closed = !b->closed;
	if (b->closed)
		b->due += samples_of(b, DIRECTOR_BLINK_MS);
	else
		take_turn(b);
}
