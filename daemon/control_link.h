/*
 * A link to the control socket of a daemon: it is made, sends its first line,
 * and hands over the lines that come. It tries to connect every
 * CONTROL_LINK_RETRY_NS for as long as it lives, and again when it is lost.
 */
#ifndef DAEMON_CONTROL_LINK_H
#define DAEMON_CONTROL_LINK_H

#include <stdbool.h>

#include "platform/platform.h"

#define CONTROL_LINK_RETRY_NS (200 * NS_PER_MS)
/* A line that comes has at most so many bytes. */
#define CONTROL_LINK_LINE_MAX (256 * 1024)

struct control_link;

struct control_link_events {
	/* A line came, without its newline; valid during the call. */
	void (*line)(void *arg, const char *text, size_t len);
	/* There is no link, `err` says why: nobody answered another try, or the
	 * link was lost (ERR_CLOSED and its like). */
	void (*absent)(void *arg, int err);
};

/* Makes a link to the socket at `path`, whose first line is `hello` (with its
 * newline, so short that an empty socket takes it whole). All that is handed in
 * must outlive it. Fails with ERR_NOMEM or as timer_new(). */
int control_link_new(struct loop *l, const char *path, const char *hello,
    const struct control_link_events *events, void *arg,
    struct control_link **out);
/* NULL is fine. */
void control_link_free(struct control_link *k);

/* Sends a line, with its newline. What the socket does not take whole loses the
 * link; where there is none, nothing happens. */
void control_link_send(struct control_link *k, const char *line, size_t len);

#endif
