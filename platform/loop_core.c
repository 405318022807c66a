#include "platform/loop_core.h"

struct loop_core *
loop_core(struct loop *l)
{
	return (struct loop_core *)l;
}

void
loop_core_run_tasks(struct loop_core *c)
{
	struct loop_task *task;

	while ((task = c->tasks) != NULL) {
		c->tasks = task->next;
		if (c->tasks == NULL)
			c->tasks_end = &c->tasks;
		task->queued = false;
		task->fn(task->arg);
	}
}

static void
deferred(struct ev_loop *ev, struct ev_io *w, int revents)
{
	(void)ev;
	(void)revents;
	loop_core_run_tasks(w->data);
}

static void
beat(struct ev_loop *ev, struct ev_timer *w, int revents)
{
	(void)ev;
	(void)w;
	(void)revents;
	clock_awake_ns();
}

void
loop_core_init(struct loop_core *c, struct ev_loop *ev)
{
	double period = (double)LOOP_BEAT_NS / NS_PER_S;

	c->ev = ev;
	c->tasks_end = &c->tasks;
	ev_init(&c->defer, deferred);
	c->defer.data = c;
	ev_timer_init(&c->beat, beat, period, period);
	ev_set_priority(&c->beat, EV_MAXPRI);
	ev_timer_start(ev, &c->beat);
	clock_awake_ns();
}

void
loop_core_done(struct loop_core *c)
{
	if (c->ev == NULL)
		return;
	ev_clear_pending(c->ev, &c->defer);
	ev_timer_stop(c->ev, &c->beat);
	ev_loop_destroy(c->ev);
}

void
loop_core_signal(struct loop_core *c, enum loop_signal signal)
{
	if (c->on_signal)
		c->on_signal(c->signal_arg, signal);
}

void
loop_run(struct loop *l)
{
	ev_run(loop_core(l)->ev, 0);
}

void
loop_stop(struct loop *l)
{
	ev_break(loop_core(l)->ev, EVBREAK_ALL);
}

void
loop_on_signal(
    struct loop *l, void (*fn)(void *arg, enum loop_signal signal), void *arg)
{
	struct loop_core *c = loop_core(l);

	c->on_signal = fn;
	c->signal_arg = arg;
}

void
loop_defer(struct loop *l, struct loop_task *task)
{
	struct loop_core *c = loop_core(l);

	if (task->queued)
		return;
	task->queued = true;
	task->next = NULL;
	*c->tasks_end = task;
	c->tasks_end = &task->next;
	ev_feed_event(c->ev, &c->defer, EV_CUSTOM);
}
