/*
 * A small HTTP server in the daemon's loop (libmicrohttpd), for metrics and
 * health: GET and HEAD, on an address that other machines do not reach.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include "common/buf.h"
#include "platform/platform.h"

struct http_server;

/* What is served under one path. */
struct http_page {
	const char *path; /* NULL ends the list */
	const char *type; /* Content-Type */
	/* Appends a piece of the answer; `step` counts from 0. Returns 1, 0
	 * after the last piece (which may be the first), or a negative enum
	 * err: the answer is then broken off. `status` is 200 and may be
	 * changed in step 0. Must not close the server. */
	int (*write)(void *arg, size_t step, struct buf *out, unsigned *status);
};

/* Longest piece of an answer, in bytes. */
#define HTTP_PIECE_MAX (8 * 1024 * 1024)
/* Answers are made piece by piece, as their clients take them, in turns with
 * rests between them: none holds up the loop, and a flood of requests does
 * not make this a process that the system lets wait for others. */
#define HTTP_TURN_NS (NS_PER_MS / 4)
#define HTTP_REST_NS (1 * NS_PER_MS)

/* Serves GET and HEAD. Who may stay connected: http_slots.h. Over a network,
 * whoever asks must call this server by a name that is its own
 * (listen_is_own_name()): a web page cannot have a name of its choice
 * pointed at it. `address` is one of common/net/listen_address.h; `where`
 * becomes it, with the port that was found for port 0. ERR_INVALID,
 * ERR_UNSUPPORTED where this system can't; else as listener_new(). */
int http_new(struct loop *l, const char *address, const struct http_page *pages,
    void *arg, char *where, size_t size, struct http_server **out);

/* NULL is fine. */
void http_close(struct http_server *h);

#endif
