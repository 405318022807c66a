#include "tests/fake/world.h"

/* A shorter time is one in which the machine was busy. */
#define STOOD_MIN_NS NS_PER_S

static int64_t now_ns, stood_ns, utc_offset_ms;
static uint64_t state;

int64_t
clock_now_ns(void)
{
	return now_ns;
}

int64_t
clock_awake_ns(void)
{
	return now_ns - stood_ns;
}

void
clock_awake_go_on(int64_t then_ns, int64_t awake_ns)
{
	stood_ns = then_ns - awake_ns;
}

int64_t
clock_utc_ms(void)
{
	return now_ns / NS_PER_MS + utc_offset_ms;
}

void
clock_be_punctual(void)
{
}

/* xorshift64*; the state is never 0. */
uint64_t
platform_random(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * UINT64_C(2685821657736338717);
}

uint64_t
world_random(uint64_t n)
{
	return (platform_random() >> 16) % n;
}

void
clock_begin(uint64_t seed)
{
	now_ns = FAKE_START_NS;
	stood_ns = 0;
	state = seed ? seed : 1;
	fake_set_utc(FAKE_START_UTC_MS);
}

void
clock_turn(int64_t to_ns)
{
	if (to_ns > now_ns)
		now_ns = to_ns;
}

void
fake_stand_still(int64_t ns)
{
	clock_turn(now_ns + ns);
	if (ns <= STOOD_MIN_NS)
		return;
	stood_ns += ns;
	timer_shift(ns);
}

void
fake_set_utc(int64_t ms)
{
	utc_offset_ms = ms - now_ns / NS_PER_MS;
}
