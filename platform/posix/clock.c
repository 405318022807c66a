#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#endif

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

#ifdef __linux__
/* Since Linux 6.12 an ordinary process may ask for a time slice of its own
 * (sched_setattr(2), sched_runtime): a shorter one is due earlier, and so
 * preempts sooner. Older kernels ignore it. */
#define SLICE_NS 100000 /* the shortest that the kernel grants */

void
clock_be_punctual(void)
{
	struct sched_attr attr;

	memset(&attr, 0, sizeof(attr));
	if (syscall(SYS_sched_getattr, 0, &attr, sizeof(attr), 0) < 0 ||
	    attr.sched_policy != SCHED_NORMAL)
		return;
	attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	attr.sched_runtime = SLICE_NS;
	syscall(SYS_sched_setattr, 0, &attr, 0);
}
#else
void
clock_be_punctual(void)
{
}
#endif

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
