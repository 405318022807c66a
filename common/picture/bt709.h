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

/* Converts a picture of 0x??rrggbb, whose rows lie `stride` bytes apart, to a
 * frame of I420 (y4m_frame_bytes() of them). `width` and `height` are even. */
void bt709_frame(uint8_t *frame, const uint8_t *picture, size_t stride,
    size_t width, size_t height);

/* Where the parts of a picture with alpha go (overlay.h). */
struct bt709_planes {
	uint8_t *y, *u, *v; /* premultiplied, their offsets too */
	uint8_t *alpha;
	uint8_t *alpha_half; /* as large as u and v: the mean of four */
};

/* The same of 0xaarrggbb with premultiplied colours. Where alpha is 255 the
 * colours are those of bt709_frame(), where it is 0 they are 0. */
void bt709_premultiplied(const struct bt709_planes *to, const uint8_t *picture,
    size_t stride, size_t width, size_t height);

#endif
