/*
 * Reads a stream of uncompressed pictures, YUV4MPEG2 ("Y4M"), piece by piece.
 *
 * The header must say the size that is expected and 4:2:0 with 8 bits, which
 * makes each picture an I420 frame. All that is not understood is refused: what
 * follows could not be told from pixels. A stream does not say its colours:
 * they are BT.709 of limited range (bt709.h).
 *
 * Source: yuv4mpeg(5) of mjpegtools; ffmpeg's yuv4mpegpipe writes it.
 */
#ifndef COMMON_PICTURE_Y4M_H
#define COMMON_PICTURE_Y4M_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define Y4M_LINE_MAX 256
#define Y4M_WHY_MAX 128

struct y4m {
	unsigned width, height; /* expected; even */
	/* Pixels come by another way: a frame is its line, and whole with it.
	 * Set it after y4m_init(). */
	bool are_apart;
	char line[Y4M_LINE_MAX];
	size_t length; /* of the line so far */
	size_t filled; /* bytes of the frame */
	enum { Y4M_HEADER, Y4M_FRAME_LINE, Y4M_PIXELS } part;
	char why[Y4M_WHY_MAX]; /* it was refused */
};

/* Bytes of a frame of I420. */
size_t y4m_frame_bytes(unsigned width, unsigned height);

void y4m_init(struct y4m *y, unsigned width, unsigned height);

/* Takes from `data` up to the end of one frame, whose pixels it puts into
 * `frame` (of y4m_frame_bytes()); the same `frame` must be handed in until it
 * is whole. `*used` says how much was taken. Returns 1 when it is whole, 0 when
 * more data is needed, ERR_INVALID, and `y->why` says what was expected, when
 * these are no such frames; the stream is then of no more use. */
int y4m_feed(struct y4m *y, const uint8_t *data, size_t len, uint8_t *frame,
    size_t *used);

/* The value of the parameter `X` + `name` in the line of the frame that was
 * whole just now ("scene" of "FRAME Xscene=12"); `otherwise` where it has none.
 */
int64_t y4m_parameter(const struct y4m *y, const char *name, int64_t otherwise);

#endif
