#include "common/sound/ring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

int
ring_init(struct ring *r, size_t bytes)
{
	size_t size = 64;

	*r = (struct ring){ 0 };
	if (bytes > SIZE_MAX / 2)
		return ERR_NOMEM;
	while (size < bytes)
		size *= 2;
	*r = (struct ring){ .mem = calloc(1, size), .size = size };
	return r->mem ? 0 : ERR_NOMEM;
}

void
ring_done(struct ring *r)
{
	free(r->mem);
	*r = (struct ring){ 0 };
}

void
ring_write(struct ring *r, const void *data, size_t len)
{
	size_t at = (size_t)(r->head & (r->size - 1));
	size_t first = r->size - at;

	assert(len <= r->size);
	if (first > len)
		first = len;
	memcpy(r->mem + at, data, first);
	memcpy(r->mem, (const uint8_t *)data + first, len - first);
	r->head += len;
	if (r->head - r->tail > r->size)
		r->tail = r->head - r->size;
}

void
ring_jump(struct ring *r, uint64_t bytes)
{
	r->head += bytes;
	r->tail = r->head;
}

size_t
ring_peek(const struct ring *r, uint64_t pos, const uint8_t **data)
{
	size_t at = (size_t)(pos & (r->size - 1));
	uint64_t held = r->head - pos;

	assert(pos >= r->tail && pos <= r->head);
	*data = r->mem + at;
	return held < r->size - at ? (size_t)held : r->size - at;
}
