#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

/* Connections taken in one turn, so that a flood leaves room for others. */
#define ACCEPT_BATCH 16
/* How long accepting rests when there are no descriptors left. */
#define REST_NS (100 * NS_PER_MS)

struct acceptor {
	struct loop *loop;
	const char *name;
	int fd;
	ev_io io;
	struct timer *rest;
	struct log_limit complaints;
	void (*accepted)(void *arg, int fd);
	void *arg;
	struct loop_task release;
};

static void
rest(struct acceptor *a, int err)
{
	ev_io_stop(a->loop->core.ev, &a->io);
	timer_at(a->rest, clock_awake_ns() + REST_NS);
	if (log_allow(&a->complaints, clock_awake_ns()))
		log_warning("listener=%s cannot accept: %s; new connections "
			    "wait (raise the limit of open files)",
		    log_quote(a->name), err_text(err));
}

static void
rested(void *arg)
{
	struct acceptor *a = arg;

	ev_io_start(a->loop->core.ev, &a->io);
}

static void
accept_some(struct ev_loop *ev, ev_io *w, int revents)
{
	struct acceptor *a = w->data;
	int i, fd;

	(void)ev;
	(void)revents;
	for (i = 0; i < ACCEPT_BATCH && ev_is_active(&a->io); i++) {
		fd = accept4(a->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			a->accepted(a->arg, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		    errno == ENOBUFS)
			rest(a, posix_err(errno));
		return;
	}
}

int
acceptor_new(struct loop *l, int fd, const char *name,
    void (*accepted)(void *arg, int fd), void *arg, struct acceptor **out)
{
	struct acceptor *a = calloc(1, sizeof(*a));
	int rc = a ? 0 : ERR_NOMEM;

	*out = NULL;
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, rested, a, &a->rest);
	if (rc < 0) {
		close(fd);
		free(a);
		return rc;
	}
	a->loop = l;
	a->name = name;
	a->fd = fd;
	a->accepted = accepted;
	a->arg = arg;
	a->complaints =
	    (struct log_limit){ .every_ns = 10 * NS_PER_S, .burst = 1 };
	ev_io_init(&a->io, accept_some, fd, EV_READ);
	a->io.data = a;
	ev_io_start(l->core.ev, &a->io);
	*out = a;
	return 0;
}

void
acceptor_free(struct acceptor *a)
{
	if (a == NULL)
		return;
	ev_io_stop(a->loop->core.ev, &a->io);
	timer_free(a->rest);
	close(a->fd);
	a->release = (struct loop_task){ .fn = free, .arg = a };
	loop_defer(a->loop, &a->release);
}
