#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/sockios.h>
#endif

#include "common/err.h"
#include "platform/posix/peer.h"
#include "platform/posix/posix.h"
#include "platform/succession.h"

struct stream {
	struct loop *loop;
	int fd;
	const struct stream_events *events;
	void *arg;
	ev_io reader, writer;
	bool at_end; /* read side: end of file seen */
	bool over;   /* closed or broken */
	struct loop_task release;
};

static void
stop_watching(struct stream *s)
{
	ev_io_stop(s->loop->core.ev, &s->reader);
	ev_io_stop(s->loop->core.ev, &s->writer);
}

static void
stream_end(struct stream *s, int err)
{
	stop_watching(s);
	s->over = true;
	s->events->ended(s->arg, err);
}

/* A peer that is gone altogether, not one that only stopped writing. */
static bool
hung_up(const struct stream *s)
{
	struct pollfd p = { .fd = s->fd };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

static void
reached_end(struct stream *s)
{
	ev_io_stop(s->loop->core.ev, &s->reader);
	s->at_end = true;
	if (s->events->finished == NULL || hung_up(s))
		stream_end(s, ERR_CLOSED);
	else
		s->events->finished(s->arg);
}

static void
stream_readable(struct ev_loop *ev, ev_io *w, int revents)
{
	struct stream *s = w->data;
	ssize_t n;

	(void)ev;
	(void)revents;
	n = read(s->fd, s->loop->read_buf, sizeof(s->loop->read_buf));
	if (n > 0)
		s->events->data(s->arg, s->loop->read_buf, (size_t)n);
	else if (n == 0)
		reached_end(s);
	else if (errno != EAGAIN && errno != EINTR)
		stream_end(s, posix_err(errno));
}

static void
writable(struct ev_loop *ev, ev_io *w, int revents)
{
	struct stream *s = w->data;

	(void)revents;
	ev_io_stop(ev, &s->writer);
	if (s->events->writable)
		s->events->writable(s->arg);
}

int
stream_new(struct loop *l, int fd, struct stream **out)
{
	static const struct stream_events nobody;
	struct stream *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL) {
		close(fd);
		return ERR_NOMEM;
	}
	*s = (struct stream){ .loop = l, .fd = fd, .events = &nobody };
	ev_io_init(&s->reader, stream_readable, fd, EV_READ);
	ev_io_init(&s->writer, writable, fd, EV_WRITE);
	s->reader.data = s->writer.data = s;
	*out = s;
	return 0;
}

void
stream_set_owner(
    struct stream *s, const struct stream_events *events, void *arg)
{
	s->events = events;
	s->arg = arg;
	stream_reading(s, true);
}

int
stream_connect(struct loop *l, const char *path,
    const struct stream_events *events, void *arg, struct stream **out)
{
	struct sockaddr_un address;
	int fd, rc = posix_address(path, &address);

	*out = NULL;
	if (rc < 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return posix_err(errno);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		rc = posix_err(errno);
		close(fd);
		return rc;
	}
	rc = stream_new(l, fd, out);
	if (rc == 0)
		stream_set_owner(*out, events, arg);
	return rc;
}

int
stream_write(struct stream *s, const void *data, size_t len)
{
	ssize_t n;

	if (s->over)
		return ERR_CLOSED;
	n = write(s->fd, data, len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		n = 0;
	if (n < 0) {
		stop_watching(s);
		s->over = true;
		return posix_err(errno);
	}
	if ((size_t)n < len)
		ev_io_start(s->loop->core.ev, &s->writer);
	return (int)n;
}

void
stream_reading(struct stream *s, bool on)
{
	if (s->over || s->at_end)
		return;
	if (on)
		ev_io_start(s->loop->core.ev, &s->reader);
	else
		ev_io_stop(s->loop->core.ev, &s->reader);
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	stop_watching(s);
	close(s->fd);
	s->over = true;
	s->release = (struct loop_task){ .fn = free, .arg = s };
	loop_defer(s->loop, &s->release);
}

json_t *
stream_hand_over(const struct stream *s, struct parcel *p)
{
	return succession_add(p, s->fd);
}

int
stream_take_over(
    struct loop *l, struct parcel *p, const json_t *word, struct stream **out)
{
	int fd, rc = succession_take(p, word, &fd);

	*out = NULL;
	return rc < 0 ? rc : stream_new(l, fd, out);
}

size_t
stream_unread(const struct stream *s)
{
#ifdef SIOCOUTQ
	int bytes;

	if (ioctl(s->fd, SIOCOUTQ, &bytes) == 0 && bytes > 0)
		return (size_t)bytes;
#else
	(void)s;
#endif
	return 0;
}

void
stream_set_buffer(struct stream *s, size_t bytes)
{
	int value = (int)bytes;

	setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &value, sizeof(value));
}

int64_t
stream_peer_pid(const struct stream *s)
{
	return peer_credentials(s->fd).pid;
}

int64_t
stream_peer_uid(const struct stream *s)
{
	return peer_credentials(s->fd).uid;
}
