/*
 * libmicrohttpd with select(): its sockets are asked for after each of its
 * turns, and watched by libev's select(). No local sockets.
 */
#include "platform/win32/win32.h"
/* After winsock2.h. */
#include <stdio.h>
#include <stdlib.h>
#include <ws2tcpip.h>

#include "common/err.h"
#include "common/net/listen_address.h"
#include "platform/http_port.h"

#define NAME_MAX_BYTES 64
/* Of those that select() takes, some are libev's, and ours to listen. */
#define SOCKETS_MAX (FD_SETSIZE - 24)

struct http_port {
	struct loop *loop;
	const struct http_port_events *events;
	void *arg;
	struct MHD_Daemon *mhd;
	char name[NAME_MAX_BYTES];
	SOCKET listener;
	ev_io accepting;
	ev_io io[SOCKETS_MAX];
	size_t count; /* of them, which wait */
	SOCKET cut[SOCKETS_MAX];
	size_t cut_count;
	struct loop_task release;
};

const unsigned http_port_flags = 0;
const unsigned http_port_sockets_max = SOCKETS_MAX;

/* ---- connections ------------------------------------------------------ */

static void
acceptable(struct ev_loop *ev, ev_io *w, int revents)
{
	struct http_port *p = w->data;
	SOCKET s = accept(p->listener, NULL, NULL);
	u_long on = 1;

	(void)ev;
	(void)revents;
	if (s == INVALID_SOCKET)
		return;
	ioctlsocket(s, FIONBIO, &on);
	p->events->accepted(p->arg, s);
}

static void
http_port_ready(struct ev_loop *ev, ev_io *w, int revents)
{
	struct http_port *p = w->data;

	(void)ev;
	(void)revents;
	p->events->ready(p->arg);
}

static void
http_port_watch(struct http_port *p, SOCKET s, int what)
{
	ev_io *io = &p->io[p->count];

	if (p->count == SOCKETS_MAX)
		return;
	ev_io_init(io, http_port_ready, (int)s, what);
	io->data = p;
	ev_io_start(p->loop->core.ev, io);
	p->count++;
}

void
http_port_rest(struct http_port *p)
{
	while (p->count > 0)
		ev_io_stop(p->loop->core.ev, &p->io[--p->count]);
}

/* select() does not tell of a socket that we have shut down for as long as the
 * other end holds on to it, so libmicrohttpd is told that it is broken. One
 * that it has closed meanwhile may be another connection's by now. */
static void
add_cut(struct http_port *p, fd_set *bad)
{
	char byte;
	size_t i;

	for (i = 0; i < p->cut_count; i++)
		if (recv(p->cut[i], &byte, 1, MSG_PEEK) < 0 &&
		    WSAGetLastError() == WSAESHUTDOWN)
			FD_SET(p->cut[i], bad);
	p->cut_count = 0;
}

/* As MHD_run(), with sockets that are cut. It takes up what has been left alone
 * only after they were looked at: a client that has ended its sending side
 * while it waits for its answer gets that before its end is read. */
void
http_port_run(struct http_port *p)
{
	struct timeval now = { 0, 0 };
	fd_set in, out, bad;
	MHD_socket highest = 0;

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&bad);
	if (MHD_get_fdset(p->mhd, &in, &out, &bad, &highest) != MHD_YES ||
	    select(0, &in, &out, &bad, &now) <= 0) {
		FD_ZERO(&in);
		FD_ZERO(&out);
		FD_ZERO(&bad);
	}
	add_cut(p, &bad);
	MHD_run_from_select(p->mhd, &in, &out, &bad);
}

void
http_port_wait(struct http_port *p)
{
	fd_set in, out, bad;
	MHD_socket highest = 0;
	u_int i;

	http_port_rest(p);
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&bad);
	if (MHD_get_fdset(p->mhd, &in, &out, &bad, &highest) != MHD_YES)
		return;
	for (i = 0; i < in.fd_count; i++)
		http_port_watch(p, in.fd_array[i],
		    EV_READ | (FD_ISSET(in.fd_array[i], &out) ? EV_WRITE : 0));
	for (i = 0; i < out.fd_count; i++)
		if (!FD_ISSET(out.fd_array[i], &in))
			http_port_watch(p, out.fd_array[i], EV_WRITE);
}

/* ---- where ------------------------------------------------------------ */

static int
set_address(const struct listen_address *where, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	*out = (struct sockaddr_storage){ 0 };
	if (where->kind == LISTEN_IPV4) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(where->port);
		v4->sin_addr.s_addr = htonl(where->ipv4);
		return sizeof(*v4);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(where->port);
	return inet_pton(AF_INET6, where->ipv6, &v6->sin6_addr) == 1
		   ? (int)sizeof(*v6)
		   : ERR_INVALID;
}

static int
bind_socket(SOCKET s, struct sockaddr_storage *at, int size)
{
	BOOL alone = TRUE;
	u_long on = 1;

	/* Without this option another program may take over the port. */
	setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&alone,
	    sizeof(alone));
	if (bind(s, (struct sockaddr *)at, size) == 0 &&
	    listen(s, SOMAXCONN) == 0 && ioctlsocket(s, FIONBIO, &on) == 0 &&
	    getsockname(s, (struct sockaddr *)at, &size) == 0)
		return 0;
	return WSAGetLastError() == WSAEADDRINUSE ? ERR_IN_USE : ERR_IO;
}

static int
listen_at(struct http_port *p, const char *address)
{
	struct listen_address where;
	struct sockaddr_storage at;
	struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
	char host[INET6_ADDRSTRLEN];
	int size, rc;

	if (!listen_address_parse(address, &where))
		return ERR_INVALID;
	if (where.kind == LISTEN_SOCKET)
		return ERR_UNSUPPORTED;
	size = set_address(&where, &at);
	if (size < 0)
		return size;
	p->listener = socket(at.ss_family, SOCK_STREAM, 0);
	if (p->listener == INVALID_SOCKET)
		return ERR_IO;
	rc = bind_socket(p->listener, &at, size);
	if (rc < 0)
		return rc;
	/* The port is at the same place in both. */
	if (where.kind == LISTEN_IPV4)
		snprintf(p->name, sizeof(p->name), "%s:%u",
		    inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host)),
		    ntohs(v4->sin_port));
	else
		snprintf(p->name, sizeof(p->name), "[%s]:%u",
		    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host)),
		    ntohs(v4->sin_port));
	ev_io_init(&p->accepting, acceptable, (int)p->listener, EV_READ);
	p->accepting.data = p;
	ev_io_start(p->loop->core.ev, &p->accepting);
	return 0;
}

/* ---- life ------------------------------------------------------------- */

int
http_port_open(struct loop *l, const char *address, struct MHD_Daemon *mhd,
    const struct http_port_events *events, void *arg, struct http_port **out)
{
	struct http_port *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	p->loop = l;
	p->events = events;
	p->arg = arg;
	p->mhd = mhd;
	p->listener = INVALID_SOCKET;
	ev_init(&p->accepting, acceptable);
	rc = listen_at(p, address);
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
	struct sockaddr_storage at = { 0 };
	const struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
	const struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
	int size = sizeof(at);

	if (getpeername(fd, (struct sockaddr *)&at, &size) != 0)
		return;
	if (at.ss_family == AF_INET) {
		peer_address_set_ipv4(out, &v4->sin_addr);
	} else {
		out->kind = PEER_IP;
		memcpy(out->ip, &v6->sin6_addr, sizeof(v6->sin6_addr));
	}
}

bool
http_port_hung_up(MHD_socket fd)
{
	char byte;
	int n = recv(fd, &byte, 1, MSG_PEEK);

	return n == 0 || (n < 0 && WSAGetLastError() != WSAEWOULDBLOCK);
}

void
http_port_cut(struct http_port *p, MHD_socket fd)
{
	shutdown(fd, SD_BOTH);
	if (p->cut_count < SOCKETS_MAX)
		p->cut[p->cut_count++] = fd;
}

void
http_port_machine(char *out, size_t size)
{
	if (gethostname(out, (int)size) != 0)
		*out = '\0';
}

const char *
http_port_name(const struct http_port *p)
{
	return p->name;
}

void
http_port_close(struct http_port *p)
{
	if (p == NULL)
		return;
	http_port_rest(p);
	ev_io_stop(p->loop->core.ev, &p->accepting);
	if (p->listener != INVALID_SOCKET)
		closesocket(p->listener);
	p->release = (struct loop_task){ .fn = free, .arg = p };
	loop_defer(p->loop, &p->release);
}
