/*
 * All timers are libev's. Its select() waits as exactly as the system's tick
 * allows, which loop_new() sets to a millisecond; a precise timer differs in
 * running before all else.
 */
#include <stdlib.h>

#include "common/err.h"
#include "platform/win32/win32.h"

struct timer {
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
	int64_t when_ns;
	ev_timer timer;
	struct loop_task release;
};

static void
arm(struct timer *t)
{
	double after = (double)(t->when_ns - clock_now_ns()) / NS_PER_S;

	ev_timer_stop(t->loop->ev, &t->timer);
	/* libev counts from the start of its turn, which is a bit ago. */
	ev_now_update(t->loop->ev);
	ev_timer_set(&t->timer, after > 0 ? after : 0, 0);
	ev_timer_start(t->loop->ev, &t->timer);
}

static void
fired(struct ev_loop *ev, ev_timer *w, int revents)
{
	struct timer *t = w->data;

	(void)ev;
	(void)revents;
	if (t->when_ns > clock_now_ns()) {
		arm(t);
		return;
	}
	t->when_ns = INT64_MAX;
	t->fn(t->arg);
}

int
timer_new(struct loop *l, enum timer_precision precision, void (*fn)(void *arg),
    void *arg, struct timer **out)
{
	struct timer *t = calloc(1, sizeof(*t));

	*out = NULL;
	if (t == NULL)
		return ERR_NOMEM;
	*t = (struct timer){
		.loop = l, .fn = fn, .arg = arg, .when_ns = INT64_MAX
	};
	ev_init(&t->timer, fired);
	t->timer.data = t;
	if (precision == TIMER_PRECISE)
		ev_set_priority(&t->timer, EV_MAXPRI);
	*out = t;
	return 0;
}

static void
release(void *arg)
{
	free(arg);
}

void
timer_free(struct timer *t)
{
	if (t == NULL)
		return;
	ev_timer_stop(t->loop->ev, &t->timer);
	t->release = (struct loop_task){ .fn = release, .arg = t };
	loop_defer(t->loop, &t->release);
}

void
timer_at(struct timer *t, int64_t when_ns)
{
	if (t->when_ns == when_ns)
		return;
	t->when_ns = when_ns;
	if (when_ns == INT64_MAX)
		ev_timer_stop(t->loop->ev, &t->timer);
	else
		arm(t);
}
