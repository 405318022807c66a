/*
 * Timers are libev's own, and watched after all else, or before it where they
 * are to be precise; unless the system has finer ones for that (precise.h).
 */
#include <stdlib.h>

#include "common/err.h"
#include "platform/loop_core.h"
#include "platform/precise.h"

struct timer {
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
	int64_t when_ns;
	int64_t (*now)(void);    /* the clock that it goes by */
	struct precise *precise; /* NULL: the one below */
	ev_timer timer;
	struct loop_task release;
};

static void
arm(struct timer *t)
{
	double after = (double)(t->when_ns - t->now()) / NS_PER_S;
	struct ev_loop *ev = loop_core(t->loop)->ev;

	ev_timer_stop(ev, &t->timer);
	/* libev counts from the start of its turn, which is a bit ago. */
	ev_now_update(ev);
	ev_timer_set(&t->timer, after > 0 ? after : 0, 0);
	ev_timer_start(ev, &t->timer);
}

static void
fire(void *arg)
{
	struct timer *t = arg;

	t->when_ns = INT64_MAX;
	t->fn(t->arg);
}

static void
expired(struct ev_loop *ev, ev_timer *w, int revents)
{
	struct timer *t = w->data;

	(void)ev;
	(void)revents;
	if (t->when_ns > t->now())
		arm(t);
	else
		fire(t);
}

int
timer_new(struct loop *l, enum timer_precision precision, void (*fn)(void *arg),
    void *arg, struct timer **out)
{
	struct timer *t = calloc(1, sizeof(*t));
	int rc = 0;

	*out = NULL;
	if (t == NULL)
		return ERR_NOMEM;
	*t = (struct timer){ .loop = l,
		.fn = fn,
		.arg = arg,
		.when_ns = INT64_MAX,
		.now = clock_awake_ns };
	ev_init(&t->timer, expired);
	t->timer.data = t;
	/* Input that came before a deadline is looked at before it. */
	ev_set_priority(&t->timer, EV_MINPRI);
	if (precision == TIMER_PRECISE) {
		t->now = clock_now_ns;
		ev_set_priority(&t->timer, EV_MAXPRI);
		rc = precise_new(l, fire, t, &t->precise);
	}
	if (rc < 0) {
		free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void
timer_free(struct timer *t)
{
	if (t == NULL)
		return;
	ev_timer_stop(loop_core(t->loop)->ev, &t->timer);
	precise_free(t->precise);
	t->precise = NULL;
	t->release = (struct loop_task){ .fn = free, .arg = t };
	loop_defer(t->loop, &t->release);
}

void
timer_at(struct timer *t, int64_t when_ns)
{
	if (t->when_ns == when_ns)
		return;
	t->when_ns = when_ns;
	if (t->precise)
		precise_at(t->precise, when_ns);
	else if (when_ns == INT64_MAX)
		ev_timer_stop(loop_core(t->loop)->ev, &t->timer);
	else
		arm(t);
}
