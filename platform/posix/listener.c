#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/posix/posix.h"

/* Connections taken in one turn, so that a flood leaves room for others. */
#define ACCEPT_BATCH 16
/* How long accepting rests when there are no descriptors left. */
#define REST_NS (100 * NS_PER_MS)

struct listener {
	struct loop *loop;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd;
	dev_t dev;
	ino_t ino;
	ev_io io;
	struct timer *rest;
	struct log_limit complaints;
	void (*accepted)(void *arg, struct stream *s);
	void *arg;
	struct loop_task release;
};

static void
rest(struct listener *ln, int err)
{
	ev_io_stop(ln->loop->ev, &ln->io);
	timer_at(ln->rest, clock_now_ns() + REST_NS);
	if (log_allow(&ln->complaints, clock_now_ns()))
		log_warning("listener=%s cannot accept: %s; new connections "
			    "wait (raise the limit of open files)",
		    ln->path, err_text(err));
}

static void
rested(void *arg)
{
	struct listener *ln = arg;

	ev_io_start(ln->loop->ev, &ln->io);
}

static void
accept_some(struct ev_loop *ev, ev_io *w, int revents)
{
	struct listener *ln = w->data;
	struct stream *s;
	int i, fd;

	(void)ev;
	(void)revents;
	for (i = 0; i < ACCEPT_BATCH && ev_is_active(&ln->io); i++) {
		fd = accept4(ln->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			if (stream_new(ln->loop, fd, &s) == 0)
				ln->accepted(ln->arg, s);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		    errno == ENOBUFS)
			rest(ln, posix_err(errno));
		return;
	}
}

/* Does anybody answer on this socket? */
static bool
is_live(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool live;

	if (fd < 0)
		return true;
	live = connect(fd, (const struct sockaddr *)address,
		   sizeof(*address)) == 0 ||
	       errno == EAGAIN;
	close(fd);
	return live;
}

static int
remove_stale(const struct sockaddr_un *address)
{
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : posix_err(errno);
	if (!S_ISSOCK(st.st_mode) || is_live(address))
		return ERR_IN_USE;
	return unlink(address->sun_path) < 0 ? posix_err(errno) : 0;
}

static int
bind_private(int fd, const struct sockaddr_un *address)
{
	mode_t old = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)address, sizeof(*address));

	if (rc < 0)
		rc = posix_err(errno);
	umask(old);
	return rc;
}

/* Of two daemons that start at once, the lock on the folder lets one look,
 * replace and bind before the other looks. */
static int
open_locked(const struct sockaddr_un *address, int fd)
{
	char dir[sizeof(address->sun_path)];
	int lock, rc;

	memcpy(dir, address->sun_path, sizeof(dir));
	lock = open(dirname(dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0)
		return posix_err(errno);
	flock(lock, LOCK_EX);
	rc = remove_stale(address);
	if (rc == 0)
		rc = bind_private(fd, address);
	if (rc == 0 && listen(fd, SOMAXCONN) < 0)
		rc = posix_err(errno);
	close(lock);
	return rc;
}

static int
start(struct listener *ln)
{
	struct stat st;
	int rc = timer_new(ln->loop, TIMER_COARSE, rested, ln, &ln->rest);

	if (rc < 0)
		return rc;
	if (lstat(ln->path, &st) == 0) {
		ln->dev = st.st_dev;
		ln->ino = st.st_ino;
	}
	ev_io_init(&ln->io, accept_some, ln->fd, EV_READ);
	ln->io.data = ln;
	ev_io_start(ln->loop->ev, &ln->io);
	return 0;
}

int
listener_new(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	struct sockaddr_un address;
	struct listener *ln;
	int rc = posix_address(path, &address);

	*out = NULL;
	if (rc < 0)
		return rc;
	ln = calloc(1, sizeof(*ln));
	if (ln == NULL)
		return ERR_NOMEM;
	*ln = (struct listener){ .loop = l,
		.accepted = accepted,
		.arg = arg,
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 1 } };
	memcpy(ln->path, address.sun_path, sizeof(ln->path));
	ln->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	rc = ln->fd < 0 ? posix_err(errno) : open_locked(&address, ln->fd);
	if (rc == 0)
		rc = start(ln);
	if (rc < 0) {
		if (ln->fd >= 0)
			close(ln->fd);
		free(ln);
		return rc;
	}
	*out = ln;
	return 0;
}

static void
release(void *arg)
{
	free(arg);
}

void
listener_close(struct listener *ln)
{
	struct stat st;

	if (ln == NULL)
		return;
	ev_io_stop(ln->loop->ev, &ln->io);
	timer_free(ln->rest);
	close(ln->fd);
	/* Somebody else's socket may stand there by now. */
	if (lstat(ln->path, &st) == 0 && st.st_dev == ln->dev &&
	    st.st_ino == ln->ino)
		unlink(ln->path);
	ln->release = (struct loop_task){ .fn = release, .arg = ln };
	loop_defer(ln->loop, &ln->release);
}
