#include <time.h>
#include <unistd.h>

#include "platform/platform.h"

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

int64_t
clock_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t
clock_utc_ms(void)
{
	return read_clock(CLOCK_REALTIME) / NS_PER_MS;
}

/* splitmix64 (Steele, Lea, Flood 2014), seeded once by the clock and pid. */
uint64_t
platform_random(void)
{
	static uint64_t state;
	uint64_t z;

	if (state == 0)
		state = (uint64_t)read_clock(CLOCK_REALTIME) ^
			(uint64_t)getpid() << 32;
	z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}
