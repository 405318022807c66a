/* libmicrohttpd has one descriptor, of epoll, for all that it waits for. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "common/net/listen_address.h"
#include "platform/http_port.h"
#include "platform/posix/posix.h"

struct http_port {
	struct loop *loop;
	const struct http_port_events *events;
	void *arg;
	struct local local; /* its path is "" where there is none */
	char name[sizeof(((struct local *)0)->path)];
	struct acceptor *acceptor;
	ev_io io;
	struct loop_task release;
};

const unsigned http_port_flags = MHD_USE_EPOLL;
const unsigned http_port_sockets_max = 4096;

static int
bind_tcp(int fd, struct sockaddr_storage *at, socklen_t size)
{
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)at, size) < 0 ||
	    listen(fd, SOMAXCONN) < 0 ||
	    getsockname(fd, (struct sockaddr *)at, &size) < 0)
		return posix_err(errno);
	return 0;
}

static int
listen_tcp(struct http_port *p, const struct listen_address *where, int *fd)
{
	struct sockaddr_storage at = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
	bool is_v4 = where->kind == LISTEN_IPV4;
	char host[INET6_ADDRSTRLEN];
	int rc;

	if (is_v4)
		*v4 = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons(where->port),
			.sin_addr.s_addr = htonl(where->ipv4) };
	else
		*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
			.sin6_port = htons(where->port) };
	if (!is_v4 && inet_pton(AF_INET6, where->ipv6, &v6->sin6_addr) != 1)
		return ERR_INVALID;
	*fd = socket(is_v4 ? AF_INET : AF_INET6,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return posix_err(errno);
	rc = bind_tcp(*fd, &at, is_v4 ? sizeof(*v4) : sizeof(*v6));
	if (rc < 0) {
		close(*fd);
		return rc;
	}
	if (is_v4)
		snprintf(p->name, sizeof(p->name), "%s:%u",
		    inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host)),
		    ntohs(v4->sin_port));
	else
		snprintf(p->name, sizeof(p->name), "[%s]:%u",
		    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host)),
		    ntohs(v6->sin6_port));
	return 0;
}

static int
listen_at(struct http_port *p, const char *address)
{
	struct listen_address where;
	int fd, rc;

	if (!listen_address_parse(address, &where))
		return ERR_INVALID;
	if (where.kind == LISTEN_SOCKET) {
		rc = local_open(address, &p->local);
		fd = p->local.fd;
		memcpy(p->name, p->local.path, sizeof(p->name));
	} else {
		rc = listen_tcp(p, &where, &fd);
	}
	if (rc < 0)
		return rc;
	return acceptor_new(
	    p->loop, fd, p->name, p->events->accepted, p->arg, &p->acceptor);
}

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
	p->loop = l;
	p->events = events;
	p->arg = arg;
	ev_io_init(&p->io, http_port_readable, info->epoll_fd, EV_READ);
	p->io.data = p;
	rc = listen_at(p, address);
	if (rc < 0) {
		http_port_close(p);
		return rc;
	}
	*out = p;
	return 0;
}

/* Returns the user at the other end of a local socket. */
static uint64_t
peer_user(int fd)
{
	struct ucred who = { 0 };
	socklen_t size = sizeof(who);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size);
	return who.uid;
}

void
http_port_peer(MHD_socket fd, struct http_peer *out)
{
	struct sockaddr_storage at = { 0 };
	const struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
	const struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
	socklen_t size = sizeof(at);

	if (getpeername(fd, (struct sockaddr *)&at, &size) < 0)
		return;
	if (at.ss_family == AF_UNIX) {
		out->kind = HTTP_PEER_USER;
		out->user = peer_user(fd);
	} else if (at.ss_family == AF_INET) {
		out->kind = HTTP_PEER_IPV4;
		memcpy(out->ip, &v4->sin_addr, sizeof(v4->sin_addr));
	} else {
		out->kind = HTTP_PEER_IPV6;
		memcpy(out->ip, &v6->sin6_addr, sizeof(v6->sin6_addr));
	}
}

bool
http_port_hung_up(MHD_socket fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

void
http_port_cut(MHD_socket fd)
{
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
	return p->name;
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
	if (p->local.path[0])
		local_remove(&p->local);
	ev_io_stop(p->loop->core.ev, &p->io);
	p->release = (struct loop_task){ .fn = free, .arg = p };
	loop_defer(p->loop, &p->release);
}
