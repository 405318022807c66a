/* Where others connect to: TCP, or a local socket. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "common/net/listen_address.h"
#include "platform/posix/peer.h"
#include "platform/posix/posix.h"

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
listen_tcp(const struct listen_address *where, struct opening *o)
{
	struct sockaddr_storage at = { 0 };
	struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
	bool is_v4 = where->kind == LISTEN_IPV4;
	char host[INET6_ADDRSTRLEN];
	int fd, rc;

	if (is_v4)
		*v4 = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons(where->port),
			.sin_addr.s_addr = htonl(where->ipv4) };
	else
		*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
			.sin6_port = htons(where->port) };
	if (!is_v4 && inet_pton(AF_INET6, where->ipv6, &v6->sin6_addr) != 1)
		return ERR_INVALID;
	fd = socket(is_v4 ? AF_INET : AF_INET6,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return posix_err(errno);
	rc = bind_tcp(fd, &at, is_v4 ? sizeof(*v4) : sizeof(*v6));
	if (rc < 0) {
		close(fd);
		return rc;
	}
	o->local.fd = fd;
	if (is_v4)
		snprintf(o->name, sizeof(o->name), "%s:%u",
		    inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host)),
		    ntohs(v4->sin_port));
	else
		snprintf(o->name, sizeof(o->name), "[%s]:%u",
		    inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host)),
		    ntohs(v6->sin6_port));
	return 0;
}

int
opening_make(const char *address, struct opening *out)
{
	struct listen_address where;
	int rc;

	*out = (struct opening){ .local = { .fd = -1 } };
	if (!listen_address_parse(address, &where))
		return ERR_INVALID;
	if (where.kind != LISTEN_SOCKET)
		return listen_tcp(&where, out);
	rc = local_open(address, &out->local);
	memcpy(out->name, out->local.path, sizeof(out->name));
	return rc;
}

void
opening_remove(const struct opening *o)
{
	if (o->local.path[0])
		local_remove(&o->local);
}

void
peer_look(int fd, struct peer_address *out)
{
	struct sockaddr_storage at = { 0 };
	const struct sockaddr_in *v4 = (struct sockaddr_in *)&at;
	const struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&at;
	socklen_t size = sizeof(at);

	if (getpeername(fd, (struct sockaddr *)&at, &size) < 0)
		return;
	if (at.ss_family == AF_UNIX) {
		out->kind = PEER_USER;
		out->user = (uint64_t)peer_credentials(fd).uid;
	} else if (at.ss_family == AF_INET) {
		peer_address_set_ipv4(out, &v4->sin_addr);
	} else {
		out->kind = PEER_IP;
		memcpy(out->ip, &v6->sin6_addr, sizeof(v6->sin6_addr));
	}
}
