/*
 * One TCP connection, made by libcurl: names are looked up without blocking,
 * and addresses tried in turn. All that waits ends when the job is no longer
 * wanted (ERR_CLOSED) or patience is over (ERR_TIMEOUT).
 */
#ifndef TTSD_ENGINES_NET_TCP_H
#define TTSD_ENGINES_NET_TCP_H

#include <stddef.h>

#include "ttsd/engines/net/patience.h"

/* "HOST:PORT", "[::1]:PORT". ERR_INVALID for anything else. */
int tcp_set_address(const char *address);

/* Connects. On ERR_REFUSED tcp_why() is the reason. */
int tcp_open(const struct patience *p);
const char *tcp_why(void);

/* All of it. ERR_IO when the connection is broken. */
int tcp_write(const void *data, size_t len, const struct patience *p);

/* Bytes that came; ERR_END at the end, ERR_IO when the connection is broken.
 */
long tcp_read(void *data, size_t cap, const struct patience *p);

/* Fine without a connection, too. */
void tcp_close(void);

#endif
