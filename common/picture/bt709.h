/*
 * From red, green and blue to the form in which pictures are encoded: BT.709 of
 * limited range, which the Matroska header (matroska.h) and the encoders name.
 * All that draws goes through here, lest a player shows colours that are a
 * little off: BT.601 for the same numbers is.
 *
 * Source: ITU-R BT.709-6, items 3.2 to 3.5.
 */
#ifndef COMMON_PICTURE_BT709_H
#define COMMON_PICTURE_BT709_H

#include <stddef.h>
#include <stdint.h>

struct bt709 {
	uint8_t y, u, v;
};

/* Converts a colour, 0xrrggbb. */
struct bt709 bt709_colour(uint32_t rgb);

/* A picture of pixels 0xaarrggbb. */
struct bt709_picture {
	const uint8_t *pixels;
	size_t stride;        /* bytes from row to row */
	size_t width, height; /* even */
};

/* Converts the rows from `from` up to `to`, both even, of a picture to those of
 * a frame of I420 (y4m_frame_bytes() of them). Alpha is no matter. */
void bt709_frame(uint8_t *frame, const struct bt709_picture *picture,
    size_t from, size_t to);

/* Where the parts of a picture with alpha go (overlay.h). */
struct bt709_planes {
	uint8_t *y, *u, *v; /* premultiplied, their offsets too */
	uint8_t *alpha;
	uint8_t *alpha_half; /* as large as u and v: the mean of four */
};

/* The same where colours are premultiplied. Where alpha is 255 they become
 * those of bt709_frame(), where it is 0 they are 0. */
void bt709_premultiplied(const struct bt709_planes *to,
    const struct bt709_picture *picture, size_t from, size_t end);

#endif
