#include "common/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

/* Memory up to this size is kept when the queue runs empty. */
#define KEEP_BYTES 16384

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_done(struct buf *b)
{
	free(b->mem);
	*b = (struct buf){ .max = b->max };
}

size_t
buf_len(const struct buf *b)
{
	return b->end - b->start;
}

size_t
buf_room(const struct buf *b)
{
	return b->max - buf_len(b);
}

const uint8_t *
buf_data(const struct buf *b)
{
	return b->mem ? b->mem + b->start : NULL;
}

int
buf_reserve(struct buf *b, size_t len)
{
	size_t held = buf_len(b);
	size_t cap = b->cap ? b->cap : 256;
	uint8_t *mem;

	if (len > b->max - held)
		return ERR_FULL;
	if (b->end + len <= b->cap)
		return 0;
	/* Sliding is worth it only when it frees half: amortised O(1). */
	if (held + len <= b->cap && held <= b->cap / 2) {
		memmove(b->mem, b->mem + b->start, held);
		b->start = 0;
		b->end = held;
		return 0;
	}
	while (cap < held + len)
		cap *= 2;
	if (cap <= b->cap)
		cap = b->cap * 2;
	/* With twice the bound there is always something to slide. */
	if (cap > 2 * b->max)
		cap = 2 * b->max;
	mem = malloc(cap);
	if (mem == NULL)
		return ERR_NOMEM;
	if (held)
		memcpy(mem, b->mem + b->start, held);
	free(b->mem);
	b->mem = mem;
	b->cap = cap;
	b->start = 0;
	b->end = held;
	return 0;
}

int
buf_put(struct buf *b, const void *data, size_t len)
{
	int rc = buf_reserve(b, len);

	if (rc < 0)
		return rc;
	if (len) {
		memcpy(b->mem + b->end, data, len);
		b->end += len;
	}
	return 0;
}

int
buf_puts(struct buf *b, const char *s)
{
	return buf_put(b, s, strlen(s));
}

int
buf_putf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int len, rc;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0)
		return ERR_NOMEM;
	rc = buf_put(b, text, (size_t)len);
	free(text);
	return rc;
}

void
buf_consume(struct buf *b, size_t len)
{
	assert(len <= buf_len(b));
	b->start += len;
	if (b->start == b->end)
		buf_clear(b);
}

void
buf_truncate(struct buf *b, size_t len)
{
	assert(len <= buf_len(b));
	b->end = b->start + len;
	if (len == 0)
		buf_clear(b);
}

void
buf_clear(struct buf *b)
{
	b->start = b->end = 0;
	if (b->cap > KEEP_BYTES)
		buf_done(b);
}
