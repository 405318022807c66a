#include "ttsd/control/wall_clock.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/err.h"

/* How often the clocks are compared. */
#define LOOK_NS (1 * NS_PER_S)
/* A difference up to this is the reading of two clocks one after the other. */
#define STEP_NS (20 * NS_PER_MS)

struct wall_clock {
	struct ttsd *ttsd;
	struct timer *timer;
	int64_t offset_ns; /* of the wall clock to the monotonic one */
};

static int64_t
offset_now_ns(void)
{
	return clock_utc_ms() * NS_PER_MS - clock_now_ns();
}

static void
clock_was_set(struct wall_clock *w, int64_t delta_ns)
{
	struct channel *ch;
	size_t i, moved = 0;

	w->offset_ns += delta_ns;
	for (i = 0; i < w->ttsd->channel_count; i++) {
		ch = w->ttsd->channels[i];
		moved += queue_follow_clock(&ch->playout.queue, -delta_ns);
		ch->woken(ch->arg);
	}
	if (moved > 0)
		log_info("the clock of this machine was set by %" PRId64
			 " ms; %zu announcements that wait for a time of day "
			 "follow it",
		    delta_ns / NS_PER_MS, moved);
}

static void
clocks_compared(void *arg)
{
	struct wall_clock *w = arg;
	int64_t delta_ns = offset_now_ns() - w->offset_ns;

	/* Who has yet to arrive follows it, too. */
	if (w->ttsd->remainder == NULL &&
	    (delta_ns > STEP_NS || delta_ns < -STEP_NS))
		clock_was_set(w, delta_ns);
	timer_at(w->timer, clock_awake_ns() + LOOK_NS);
}

int
wall_clock_new(struct ttsd *t, struct wall_clock **out)
{
	struct wall_clock *w = calloc(1, sizeof(*w));
	int rc;

	*out = NULL;
	if (w == NULL)
		return ERR_NOMEM;
	*w = (struct wall_clock){ .ttsd = t, .offset_ns = offset_now_ns() };
	rc = timer_new(t->loop, TIMER_COARSE, clocks_compared, w, &w->timer);
	if (rc < 0) {
		free(w);
		return rc;
	}
	timer_at(w->timer, clock_awake_ns() + LOOK_NS);
	*out = w;
	return 0;
}

int64_t
wall_clock_offset_ns(const struct wall_clock *w)
{
	return w->offset_ns;
}

void
wall_clock_take_over(struct wall_clock *w, int64_t offset_ns)
{
	w->offset_ns = offset_ns;
}

void
wall_clock_free(struct wall_clock *w)
{
	if (w == NULL)
		return;
	timer_free(w->timer);
	free(w);
}
