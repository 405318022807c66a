/*
 * The recent past of one stream: a ring of bytes addressed by absolute
 * 64-bit positions. Readers are plain positions; they cost the ring nothing.
 */
#ifndef COMMON_RING_H
#define COMMON_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	uint8_t *mem;
	size_t size;   /* bytes, a power of two */
	uint64_t head; /* position of the next byte to be written */
	uint64_t tail; /* oldest position that is still held */
};

/* Holds at least `bytes`. ERR_NOMEM. */
int ring_init(struct ring *r, size_t bytes);
void ring_done(struct ring *r);

/* Appends; the oldest bytes give way. len <= size. */
void ring_write(struct ring *r, const void *data, size_t len);

/* Moves the head without writing: what lies between reads as gone. */
void ring_jump(struct ring *r, uint64_t bytes);

/* Contiguous bytes held at `pos`, tail <= pos <= head; *data points into the
 * ring. 0 at the head. A second call serves the part behind the seam. */
size_t ring_peek(const struct ring *r, uint64_t pos, const uint8_t **data);

#endif
