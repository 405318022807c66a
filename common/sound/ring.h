/*
 * The recent past of one stream: a ring of bytes addressed by absolute
 * 64-bit positions. Readers are plain positions; they cost the ring nothing.
 */
#ifndef COMMON_SOUND_RING_H
#define COMMON_SOUND_RING_H

#include <stddef.h>
#include <stdint.h>

struct ring {
	uint8_t *mem;
	size_t size;   /* bytes, a power of two */
	uint64_t head; /* position of the next byte to be written */
	uint64_t tail; /* oldest position that is still held */
};

/* Makes a ring that holds at least `bytes`. Fails with ERR_NOMEM. */
int ring_init(struct ring *r, size_t bytes);
void ring_done(struct ring *r);

/* Appends `len` bytes, at most `size`, over the oldest ones. */
void ring_write(struct ring *r, const void *data, size_t len);

/* Moves the head forward without writing. Everything before the new head is no
 * longer held. */
void ring_jump(struct ring *r, uint64_t bytes);

/* Returns how many bytes lie in one piece at `pos` (tail <= pos <= head; 0 at
 * the head) and points *data at them, inside the ring. Where the bytes wrap
 * around the end of the memory, a second call behind these returns the rest. */
size_t ring_peek(const struct ring *r, uint64_t pos, const uint8_t **data);

#endif
