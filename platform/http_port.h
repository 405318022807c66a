/*
 * This is the part of http.c that differs between systems: the socket that
 * listens, and how to wait until libmicrohttpd has something to do.
 */
#ifndef PLATFORM_HTTP_PORT_H
#define PLATFORM_HTTP_PORT_H

#include <microhttpd.h>

#include "common/net/peer_address.h"
#include "platform/platform.h"

struct http_port;

struct http_port_events {
	/* Takes over a socket that does not block. */
	void (*accepted)(void *arg, MHD_socket fd);
	/* http_port_run() has something to do. */
	void (*ready)(void *arg);
};

/* Flags for MHD_start_daemon() that say how the port waits. */
extern const unsigned http_port_flags;
/* So many sockets a port can wait for, with those that are being closed. */
extern const unsigned http_port_sockets_max;

/* Opens the port; errors are those of http_new(). At first it waits for
 * connections alone. */
int http_port_open(struct loop *l, const char *address, struct MHD_Daemon *mhd,
    const struct http_port_events *events, void *arg, struct http_port **out);
/* Closes the port, which has to come before the daemon is stopped. NULL is
 * fine. */
void http_port_close(struct http_port *p);

/* Returns the port's address, with the number that the system chose. */
const char *http_port_name(const struct http_port *p);

/* Fills in who is at the other end, as far as it is to know; `out` is all
 * zeroes. */
void http_port_peer(MHD_socket fd, struct peer_address *out);
/* These are the same on every system (http_peer.c). */
uint64_t http_port_source(MHD_socket fd);
bool http_port_is_local(MHD_socket fd);
/* Has its other end hung up, as far as can be seen without reading? True, too,
 * where that will read on, but says no more. */
bool http_port_hung_up(MHD_socket fd);
/* Ends a connection that is libmicrohttpd's: it will see, and close it, in the
 * next turn or the one after. */
void http_port_cut(struct http_port *p, MHD_socket fd);
/* Writes this machine's name; "" where the system does not know one. */
void http_port_machine(char *out, size_t size);

/* Has libmicrohttpd take a turn: MHD_run(). */
void http_port_run(struct http_port *p);
/* The first waits for all that the daemon waits for now, and is called after
 * each turn; the second stops waiting, but for new connections. */
void http_port_wait(struct http_port *p);
void http_port_rest(struct http_port *p);

#endif
