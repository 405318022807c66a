/*
 * A byte queue with an upper bound: put at the end, consume from the front.
 *
 * The holder owns the structure; buf_done() frees what it holds. Nothing is
 * ever allocated beyond `max` bytes, so whatever is fed by a peer is bounded
 * before it is stored.
 */
#ifndef COMMON_BUF_H
#define COMMON_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	uint8_t *mem;
	size_t start; /* first unread byte */
	size_t end;   /* one past the last byte */
	size_t cap;
	size_t max; /* bytes, bound on what may be held unread */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);

size_t buf_len(const struct buf *b);
size_t buf_room(const struct buf *b); /* bytes until `max` */
/* The unread bytes; valid until the next put. NULL only when empty. */
const uint8_t *buf_data(const struct buf *b);

/* Makes sure that `len` more bytes can be put. Fails with ERR_FULL where that
 * would pass `max`, with ERR_NOMEM where there is no memory. */
int buf_reserve(struct buf *b, size_t len);

/* Each of these appends all of its bytes or none, and fails as buf_reserve()
 * does. */
int buf_put(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_putf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Drop `len` bytes from the front; len <= buf_len(). Frees the memory when
 * the queue runs empty after it had grown large. */
void buf_consume(struct buf *b, size_t len);
void buf_clear(struct buf *b);
/* Drops from the end what is behind the first `len` bytes; len <= buf_len(). */
void buf_truncate(struct buf *b, size_t len);

#endif
