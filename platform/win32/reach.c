#include "platform/reach.h"

#include <stdio.h>
#include <string.h>

#include <winsock2.h>
#include <ws2tcpip.h>

#include "common/err.h"
#include "platform/win32/win32.h"

static int
reach_wait(SOCKET s, int64_t patience_ns)
{
	struct timeval patience = { .tv_sec = (long)(patience_ns / NS_PER_S),
		.tv_usec = (long)(patience_ns % NS_PER_S / 1000) };
	int err = 0, len = sizeof(err);
	fd_set made, failed;

	FD_ZERO(&made);
	FD_ZERO(&failed);
	FD_SET(s, &made);
	FD_SET(s, &failed);
	if (select(0, NULL, &made, &failed, &patience) == 0)
		return WSAETIMEDOUT;
	getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&err, &len);
	return err;
}

/* Returns 0 or a code of Winsock. */
static int
reach_address(const struct addrinfo *a, int64_t patience_ns)
{
	SOCKET s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
	u_long on = 1;
	int err = 0;

	if (s == INVALID_SOCKET)
		return WSAGetLastError();
	ioctlsocket(s, FIONBIO, &on);
	if (connect(s, a->ai_addr, (int)a->ai_addrlen) != 0)
		err = WSAGetLastError();
	if (err == WSAEWOULDBLOCK)
		err = reach_wait(s, patience_ns);
	closesocket(s);
	return err;
}

static void
judge(int err, struct reached *out)
{
	out->step = REACH_PORT;
	if (err == 0)
		out->step = REACH_DONE;
	else if (err == WSAENETUNREACH || err == WSAEHOSTUNREACH ||
		 err == WSAEAFNOSUPPORT || err == WSAEADDRNOTAVAIL)
		out->step = REACH_ROUTE;
	out->err = ERR_IO;
	if (err == 0 || err == WSAETIMEDOUT)
		out->err = err ? ERR_TIMEOUT : 0;
	else if (err == WSAECONNREFUSED)
		out->err = ERR_REFUSED;
	snprintf(
	    out->why, sizeof(out->why), "%s", err ? err_text(out->err) : "");
	if (out->err == ERR_IO)
		snprintf(
		    out->why, sizeof(out->why), "error %d of Windows", err);
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
	WSADATA data;

	*out = (struct reached){ .step = REACH_NAME, .err = ERR_NOT_FOUND };
	snprintf(service, sizeof(service), "%u", (unsigned)port);
	WSAStartup(MAKEWORD(2, 2), &data);
	if (getaddrinfo(host, service, &hints, &list) != 0)
		snprintf(out->why, sizeof(out->why), "the name is not known");
	for (a = list; a && out->step != REACH_DONE; a = a->ai_next) {
		getnameinfo(a->ai_addr, (socklen_t)a->ai_addrlen, out->address,
		    sizeof(out->address), NULL, 0, NI_NUMERICHOST);
		judge(reach_address(a, patience_ns), out);
	}
	if (list)
		freeaddrinfo(list);
	WSACleanup();
}
