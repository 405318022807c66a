/*
 * Coarse timers are libev's own. libev hands epoll whole milliseconds, so a
 * precise timer is a timerfd that the loop watches (FIELD-NOTES, DESIGN);
 * systems without timerfd make do with libev's.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/timerfd.h>
#endif

#include "common/err.h"
#include "platform/posix/posix.h"

struct timer {
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
	int64_t when_ns;
	int fd; /* of a precise timer, else -1 */
	ev_timer timer;
	ev_io io;
	struct loop_task release;
};

static void
arm_coarse(struct timer *t)
{
	double after = (double)(t->when_ns - clock_now_ns()) / NS_PER_S;

	ev_timer_stop(t->loop->ev, &t->timer);
	/* libev counts from the start of its turn, which is a bit ago. */
	ev_now_update(t->loop->ev);
	ev_timer_set(&t->timer, after > 0 ? after : 0, 0);
	ev_timer_start(t->loop->ev, &t->timer);
}

static void
fire(struct timer *t)
{
	t->when_ns = INT64_MAX;
	t->fn(t->arg);
}

static void
coarse_fired(struct ev_loop *ev, ev_timer *w, int revents)
{
	struct timer *t = w->data;

	(void)ev;
	(void)revents;
	if (t->when_ns > clock_now_ns())
		arm_coarse(t);
	else
		fire(t);
}

#ifdef __linux__
static void arm_precise(struct timer *t);

/* Setting the time again takes back what was to be read. */
static void
precise_fired(struct ev_loop *ev, ev_io *w, int revents)
{
	struct timer *t = w->data;

	(void)ev;
	(void)revents;
	fire(t);
	if (t->when_ns == INT64_MAX && t->fd >= 0)
		arm_precise(t);
}

static int
open_precise(struct timer *t)
{
	t->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (t->fd < 0)
		return posix_err(errno);
	ev_io_init(&t->io, precise_fired, t->fd, EV_READ);
	ev_set_priority(&t->io, EV_MAXPRI);
	t->io.data = t;
	ev_io_start(t->loop->ev, &t->io);
	return 0;
}

static void
arm_precise(struct timer *t)
{
	struct itimerspec at = { 0 };

	if (t->when_ns != INT64_MAX) {
		/* Zero would disarm it. */
		int64_t when = t->when_ns > 0 ? t->when_ns : 1;

		at.it_value.tv_sec = when / NS_PER_S;
		at.it_value.tv_nsec = when % NS_PER_S;
	}
	timerfd_settime(t->fd, TFD_TIMER_ABSTIME, &at, NULL);
}
#else
static int
open_precise(struct timer *t)
{
	ev_set_priority(&t->timer, EV_MAXPRI);
	return 0;
}

static void
arm_precise(struct timer *t)
{
	arm_coarse(t);
}
#endif

int
timer_new(struct loop *l, enum timer_precision precision, void (*fn)(void *arg),
    void *arg, struct timer **out)
{
	struct timer *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (t == NULL)
		return ERR_NOMEM;
	*t = (struct timer){
		.loop = l, .fn = fn, .arg = arg, .fd = -1, .when_ns = INT64_MAX
	};
	ev_init(&t->timer, coarse_fired);
	t->timer.data = t;
	rc = precision == TIMER_PRECISE ? open_precise(t) : 0;
	if (rc < 0) {
		free(t);
		return rc;
	}
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
	if (t->fd >= 0) {
		ev_io_stop(t->loop->ev, &t->io);
		close(t->fd);
		t->fd = -1;
	}
	t->release = (struct loop_task){ .fn = release, .arg = t };
	loop_defer(t->loop, &t->release);
}

void
timer_at(struct timer *t, int64_t when_ns)
{
	if (t->when_ns == when_ns)
		return;
	t->when_ns = when_ns;
	if (t->fd >= 0)
		arm_precise(t);
	else if (when_ns == INT64_MAX)
		ev_timer_stop(t->loop->ev, &t->timer);
	else
		arm_coarse(t);
}
