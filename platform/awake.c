/*
 * A clock that stands while this process does not run: stopped by a signal,
 * or on a machine that was paused. The loop reads it at every beat, so a gap
 * of more than two beats is time in which nobody was served.
 */
#include "platform/loop_core.h"

static int64_t last_ns, stood_ns;

int64_t
clock_awake_ns(void)
{
	int64_t now = clock_now_ns(), gap = now - last_ns;

	if (last_ns != 0 && gap > 2 * LOOP_BEAT_NS)
		stood_ns += gap - LOOP_BEAT_NS;
	last_ns = now;
	return now - stood_ns;
}

void
clock_awake_go_on(int64_t now_ns, int64_t awake_ns)
{
	last_ns = now_ns;
	stood_ns = now_ns - awake_ns;
}
