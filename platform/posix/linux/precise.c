/*
 * libev hands epoll whole milliseconds, so a precise timer is a timerfd that
 * the loop watches.
 */
#include "platform/precise.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

struct precise {
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
	int fd; /* -1: it is to be freed */
	bool set;
	ev_io io;
	struct loop_task release;
};

void
precise_at(struct precise *p, int64_t when_ns)
{
	struct itimerspec at = { 0 };

	p->set = when_ns != INT64_MAX;
	if (p->set) {
		/* Zero would disarm it. */
		int64_t when = when_ns > 0 ? when_ns : 1;

		at.it_value.tv_sec = when / NS_PER_S;
		at.it_value.tv_nsec = when % NS_PER_S;
	}
	timerfd_settime(p->fd, TFD_TIMER_ABSTIME, &at, NULL);
}

/* Setting the time again takes back what was to be read. */
static void
expired(struct ev_loop *ev, ev_io *w, int revents)
{
	struct precise *p = w->data;

	(void)ev;
	(void)revents;
	p->set = false;
	p->fn(p->arg);
	if (!p->set && p->fd >= 0)
		precise_at(p, INT64_MAX);
}

int
precise_new(
    struct loop *l, void (*fn)(void *arg), void *arg, struct precise **out)
{
	struct precise *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	*p = (struct precise){ .loop = l, .fn = fn, .arg = arg };
	p->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (p->fd < 0) {
		rc = posix_err(errno);
		free(p);
		return rc;
	}
	ev_io_init(&p->io, expired, p->fd, EV_READ);
	ev_set_priority(&p->io, EV_MAXPRI);
	p->io.data = p;
	ev_io_start(l->core.ev, &p->io);
	*out = p;
	return 0;
}

void
precise_free(struct precise *p)
{
	if (p == NULL)
		return;
	ev_io_stop(p->loop->core.ev, &p->io);
	close(p->fd);
	p->fd = -1;
	p->release = (struct loop_task){ .fn = free, .arg = p };
	loop_defer(p->loop, &p->release);
}
