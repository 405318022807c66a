/*
 * The connections of a server of HTTP, as libmicrohttpd tells of them: each has
 * a slot.
 */
#ifndef DAEMON_HTTP_CONNECTION_H
#define DAEMON_HTTP_CONNECTION_H

#include <microhttpd.h>

#include "daemon/http_slots.h"

/* The first member of whatever else a server knows of a connection. */
struct http_connection {
	struct http_slot slot; /* first, so that a slot is its connection */
	MHD_socket fd;
	bool local; /* its client is on this machine */
};

struct http_connections {
	struct http_slots slots;
	size_t bytes; /* of what begins with a struct http_connection */
};

/* For MHD_OPTION_NOTIFY_CONNECTION; `arg` is the http_connections. What is new
 * is zeroes behind its struct http_connection. */
void http_connection_event(void *arg, struct MHD_Connection *c, void **context,
    enum MHD_ConnectionNotificationCode code);

/* NULL: there was no memory for it. */
struct http_connection *http_connection_of(struct MHD_Connection *c);

#endif
