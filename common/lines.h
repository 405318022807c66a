/*
 * Lines out of a stream of bytes that comes in chunks of any size. Pure.
 *
 * Two ways: what a program says on its standard error is gathered in a fixed
 * buffer, and a line that is too long is cut (struct lines); what a peer sends
 * in a protocol waits whole in the receiver's own buffer (lines_peek).
 */
#ifndef COMMON_LINES_H
#define COMMON_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

/* Bytes of a line that are kept; of a longer one the start. */
#define LINES_MAX 1023

/* Starts as zeroes. */
struct lines {
	char text[LINES_MAX + 1];
	size_t len;
};

/* `line` is NUL-terminated and may be changed; it is valid during the call. */
typedef void lines_fn(void *arg, char *line);

/* Calls `fn` with each line that ended. Blank ones, and blanks and carriage
 * returns at the end, are left out; NUL bytes become '?'. */
void lines_feed(
    struct lines *l, const void *data, size_t len, lines_fn *fn, void *arg);
/* The stream is at its end: what is left is a line too. */
void lines_end(struct lines *l, lines_fn *fn, void *arg);

/* The first line in `b`, without its newline; true: buf_consume(b, *len + 1)
 * takes it out. `scanned` counts bytes that are known to hold no newline, so
 * that a line which comes in many chunks is searched once: 0 at first, and
 * again (done here) when a line was found. */
bool lines_peek(
    const struct buf *b, size_t *scanned, const char **line, size_t *len);

#endif
