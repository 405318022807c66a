/* Bytes that several hold at once and nobody changes: a piece of sound, or the
 * pixels of a frame. Pure. */
#ifndef STREAMER_SUPERVISOR_PICTURE_BLOCK_H
#define STREAMER_SUPERVISOR_PICTURE_BLOCK_H

#include <stddef.h>
#include <stdint.h>

struct block {
	unsigned holders;
	size_t len;
	uint8_t bytes[];
};

/* Makes a block of `len` bytes, which the one holder, the caller, fills in.
 * NULL: there is no memory. */
struct block *block_new(size_t len);

/* One more holder. */
struct block *block_hold(struct block *b);
/* One less; the last one frees it. NULL is fine. */
void block_drop(struct block *b);

#endif
