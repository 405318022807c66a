/* libmicrohttpd has one descriptor, of epoll, for all that it waits for. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/http_port.h"
#include "platform/posix/posix.h"

struct http_port {
	struct MHD_Daemon *mhd;
	struct loop *loop;
	const struct http_port_events *events;
	void *arg;
	struct opening opening;
	struct acceptor *acceptor;
	ev_io io;
	struct loop_task release;
};

const unsigned http_port_flags = MHD_USE_EPOLL;
const unsigned http_port_sockets_max = 4096;

static void
http_port_readable(struct ev_loop *ev, ev_io *w, int revents)
{
	struct http_port *p = w->data;

	(void)ev;
	(void)revents;
	p->events->ready(p->arg);
}

int
http_port_open(struct loop *l, const char *address, struct MHD_Daemon *mhd,
    const struct http_port_events *events, void *arg, struct http_port **out)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_EPOLL_FD);
	struct http_port *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	p->mhd = mhd;
	p->loop = l;
	p->events = events;
	p->arg = arg;
	ev_io_init(&p->io, http_port_readable, info->epoll_fd, EV_READ);
	p->io.data = p;
	rc = opening_make(address, &p->opening);
	if (rc == 0)
		rc = acceptor_new(l, p->opening.local.fd, p->opening.name,
		    events->accepted, arg, &p->acceptor);
	if (rc < 0) {
		http_port_close(p);
		return rc;
	}
	*out = p;
	return 0;
}

void
http_port_peer(MHD_socket fd, struct peer_address *out)
{
	peer_look(fd, out);
}

bool
http_port_hung_up(MHD_socket fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

void
http_port_cut(struct http_port *p, MHD_socket fd)
{
	(void)p;
	shutdown(fd, SHUT_RDWR);
}

void
http_port_machine(char *out, size_t size)
{
	if (gethostname(out, size) < 0)
		*out = '\0';
	out[size - 1] = '\0';
}

const char *
http_port_name(const struct http_port *p)
{
	return p->opening.name;
}

void
http_port_run(struct http_port *p)
{
	MHD_run(p->mhd);
}

void
http_port_wait(struct http_port *p)
{
	ev_io_start(p->loop->core.ev, &p->io);
}

void
http_port_rest(struct http_port *p)
{
	ev_io_stop(p->loop->core.ev, &p->io);
}

void
http_port_close(struct http_port *p)
{
	if (p == NULL)
		return;
	acceptor_free(p->acceptor);
	opening_remove(&p->opening);
	ev_io_stop(p->loop->core.ev, &p->io);
	p->release = (struct loop_task){ .fn = free, .arg = p };
	loop_defer(p->loop, &p->release);
}
