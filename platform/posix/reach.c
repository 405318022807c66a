#include "platform/reach.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err.h"
#include "platform/platform.h"
#include "platform/posix/error.h"

static int
reach_wait(int fd, int64_t patience_ns)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int err = 0, n;
	socklen_t len = sizeof(err);

	do
		n = poll(&p, 1, (int)(patience_ns / NS_PER_MS));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return ETIMEDOUT;
	if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		return errno;
	return err;
}

/* Returns 0 or an errno. */
static int
reach_address(const struct addrinfo *a, int64_t patience_ns)
{
	int fd = socket(a->ai_family,
	    a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
	int err = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, a->ai_addr, a->ai_addrlen) < 0)
		err = errno;
	if (err == EINPROGRESS)
		err = reach_wait(fd, patience_ns);
	close(fd);
	return err;
}

static enum reach_step
step_of(int err)
{
	switch (err) {
	case 0:
		return REACH_DONE;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EAFNOSUPPORT:
	case EADDRNOTAVAIL:
	case ENETDOWN:
		return REACH_ROUTE;
	default:
		return REACH_PORT;
	}
}

void
reach(const char *host, uint16_t port, enum reach_kind kind,
    int64_t patience_ns, struct reached *out)
{
	struct addrinfo hints = { .ai_socktype = kind == REACH_TCP
						     ? SOCK_STREAM
						     : SOCK_DGRAM },
			*list = NULL;
	const struct addrinfo *a;
	char service[8];
	int rc;

	*out = (struct reached){ .step = REACH_NAME, .err = ERR_NOT_FOUND };
	snprintf(service, sizeof(service), "%u", (unsigned)port);
	rc = getaddrinfo(host, service, &hints, &list);
	if (rc != 0) {
		snprintf(out->why, sizeof(out->why), "%s", gai_strerror(rc));
		return;
	}
	for (a = list; a && out->step != REACH_DONE; a = a->ai_next) {
		getnameinfo(a->ai_addr, a->ai_addrlen, out->address,
		    sizeof(out->address), NULL, 0, NI_NUMERICHOST);
		rc = reach_address(a, patience_ns);
		out->step = step_of(rc);
		out->err = rc ? posix_err(rc) : 0;
		snprintf(
		    out->why, sizeof(out->why), "%s", rc ? strerror(rc) : "");
	}
	freeaddrinfo(list);
}
