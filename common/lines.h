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
#include "common/record.h"

/* Bytes of a line that struct lines keeps; a longer line is cut behind them. */
#define LINES_MAX 1023

/* The unfinished line of one stream. Starts as zeroes. */
struct lines {
	char text[LINES_MAX + 1];
	size_t len;
};

/* Its record (record.h). */
extern const struct record_field lines_fields[];

/* `line` is NUL-terminated and may be changed; it is valid during the call. */
typedef void lines_fn(void *arg, char *line);

/* Calls `fn` with each line that ends in `data`. Blank lines are left out, and
 * so are blanks and carriage returns at the end of a line; NUL bytes become
 * '?'. */
void lines_feed(
    struct lines *l, const void *data, size_t len, lines_fn *fn, void *arg);
/* Call it at the end of the stream: it calls `fn` with what came behind the
 * last newline. */
void lines_end(struct lines *l, lines_fn *fn, void *arg);

/* Finds the first line in `b`, without its newline. Returns true where the line
 * is whole; buf_consume(b, *len + 1) then takes it out. `scanned` counts the
 * bytes that are known to hold no newline, so that a line which comes in many
 * chunks is searched only once; it is 0 at first, and lines_peek() sets it to 0
 * again when it has found a line. */
bool lines_peek(
    const struct buf *b, size_t *scanned, const char **line, size_t *len);

/* Takes the first line off a text that is whole, without its newline; the last
 * one needs none. Returns false at the end of the text. */
bool lines_next(
    const char **text, size_t *left, const char **line, size_t *len);

#endif
