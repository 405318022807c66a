/*
 * Two frames in memory that two processes share. One writes them in turn and
 * tells the other the number of each; the other takes a copy. A writer that is
 * killed in the middle of a frame has told nothing of it, and what was written
 * over before it was taken is not taken: no frame is ever seen torn. Pure.
 */
#ifndef COMMON_PICTURE_TWO_FRAMES_H
#define COMMON_PICTURE_TWO_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct two_frames {
	uint8_t *memory; /* at first zeroes */
	size_t frame_bytes;
	uint32_t number; /* of the frame that was written last */
};

/* Bytes of memory that two frames take. */
size_t two_frames_size(size_t frame_bytes);

/* Writes a frame, and returns its number, which is never 0. */
uint32_t two_frames_write(struct two_frames *t, const uint8_t *frame);
/* Copies the frame of that number; false: it is not there (any more), and what
 * is in `frame` is none. */
bool two_frames_read(
    const struct two_frames *t, int64_t number, uint8_t *frame);

#endif
