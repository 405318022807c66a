#include <stdlib.h>
#include <windows.h>
/* After windows.h. */
#include <avrt.h>

#include "platform/platform.h"

/* 100 ns intervals between 1601 and 1970. */
#define EPOCH_1970 INT64_C(116444736000000000)

int64_t
clock_now_ns(void)
{
	static LARGE_INTEGER frequency;
	LARGE_INTEGER now;

	if (frequency.QuadPart == 0)
		QueryPerformanceFrequency(&frequency);
	QueryPerformanceCounter(&now);
	/* The product would overflow after some minutes, so it is made in two
	 * parts. */
	return now.QuadPart / frequency.QuadPart * NS_PER_S +
	       now.QuadPart % frequency.QuadPart * NS_PER_S /
		   frequency.QuadPart;
}

int64_t
clock_utc_ms(void)
{
	ULARGE_INTEGER t;
	FILETIME now;

	GetSystemTimePreciseAsFileTime(&now);
	t.LowPart = now.dwLowDateTime;
	t.HighPart = now.dwHighDateTime;
	return ((int64_t)t.QuadPart - EPOCH_1970) / 10000;
}

/* This is the multimedia scheduler's word for threads that must not be late;
 * players and recorders use it. */
void
clock_be_punctual(void)
{
	DWORD index = 0;

	if (AvSetMmThreadCharacteristicsW(L"Pro Audio", &index) == NULL)
		SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST);
}

/* splitmix64 (Steele, Lea, Flood 2014), seeded once by the clock and pid. */
uint64_t
platform_random(void)
{
	static uint64_t state;
	uint64_t z;

	if (state == 0)
		state = (uint64_t)clock_utc_ms() ^ (uint64_t)clock_now_ns() ^
			(uint64_t)GetCurrentProcessId() << 32;
	z = state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}
