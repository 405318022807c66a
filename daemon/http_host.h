/*
 * Was a server of HTTP meant by who asks it? A page of the web can have a name
 * of its own pointed at this machine (DNS rebinding), and then asks with its
 * reader's browser, which says in `Host` whom it believes to ask.
 */
#ifndef DAEMON_HTTP_HOST_H
#define DAEMON_HTTP_HOST_H

#include <microhttpd.h>
#include <stdbool.h>

/* What a server is called. */
struct http_host {
	bool any;                 /* no machine's name leads to it */
	const char *machine;      /* this one's; listen_is_own_name() */
	const char *const *names; /* others, NULL-terminated; NULL: none */
};

/* 0: it was. Else the status of the refusal: 421 where another is asked, 400
 * where it is not said whom, or more than once (RFC 9112, 3.2). A request of
 * HTTP/1.0 need not say it; a browser's always does. */
unsigned http_host_refusal(
    const struct http_host *h, struct MHD_Connection *c, const char *version);

#endif
