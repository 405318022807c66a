#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

/* Connections taken in one turn, so that a flood leaves room for others. */
#define ACCEPT_BATCH 16
/* Accepting rests so long when there are no descriptors left. */
#define REST_NS (100 * NS_PER_MS)
/* process.c keeps so many descriptors of a child: three pipes and the one that
 * reports. */
#define CHILD_DESCRIPTORS 4
/* The other ends of these while one is spawned, files that are read, and what
 * libraries open. */
#define SPARE_DESCRIPTORS 16

struct acceptor {
	struct loop *loop;
	const char *name;
	int fd;
	size_t leave;
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

/* Descriptors that are not for connections of this listener. */
static rlim_t
kept_free(const struct acceptor *a, rlim_t limit)
{
	rlim_t kept = a->loop->children * CHILD_DESCRIPTORS +
		      SPARE_DESCRIPTORS + a->leave;

	/* Whoever set so low a limit has clients all the same. */
	return kept < limit / 2 ? kept : limit / 2;
}

/* The lowest free descriptor tells: where it is below the highest `kept_free`,
 * so are all of those that connections have, and the rest is for others. */
static bool
has_room(const struct acceptor *a)
{
	struct rlimit limit;
	int lowest = fcntl(a->fd, F_DUPFD_CLOEXEC, 0);

	if (lowest < 0)
		return false;
	close(lowest);
	return getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	       (rlim_t)lowest < limit.rlim_cur - kept_free(a, limit.rlim_cur);
}

static void
accept_some(struct ev_loop *ev, ev_io *w, int revents)
{
	struct acceptor *a = w->data;
	int i, fd;

	(void)ev;
	(void)revents;
	for (i = 0; i < ACCEPT_BATCH && ev_is_active(&a->io); i++) {
		if (!has_room(a)) {
			/* Somebody waits for the first one. */
			if (i == 0)
				rest(a, ERR_NO_FILES);
			return;
		}
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
acceptor_leave(struct acceptor *a, size_t connections)
{
	a->leave = connections;
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
