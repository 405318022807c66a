/*
 * What is laid over somebody else's picture: caption, logo, clock, level meter.
 * Pure.
 *
 * An overlay of a picture of W x H is a frame of I420 of W x 2H, so that it
 * goes through Y4M as any other. Its upper half is colour, its lower one alpha
 * (0: nothing to be seen of it, 255: nothing of what is beneath):
 *
 *	Y	H rows of colour, then H rows of alpha
 *	U	H/2 rows of colour, then H/2 rows of alpha, each the mean of
 *four V	the same
 *
 * Colour is premultiplied as it is coded, the offset of 16 or 128 with it: it
 * holds c * alpha / 255 where c is what a frame would hold (bt709.h). So for
 * each byte of a frame, luma and chroma alike,
 *
 *	out = overlay + base * (255 - alpha) / 255
 *
 * and the offsets come out right, for their two shares make one whole.
 */
#ifndef COMMON_PICTURE_OVERLAY_H
#define COMMON_PICTURE_OVERLAY_H

#include <stddef.h>
#include <stdint.h>

#include "common/picture/bt709.h"

/* What is to be seen of a row lies in these columns; equal: nothing does. Both
 * are even. */
struct overlay_span {
	uint16_t begin, end;
};

/* Bytes of an overlay for a picture of that size. */
size_t overlay_bytes(size_t width, size_t height);

/* Makes the rows from `from` up to `to`, both even, of an overlay of a picture,
 * whose colours are premultiplied (as cairo has them). */
void overlay_make(uint8_t *overlay, const struct bt709_picture *picture,
    size_t from, size_t to);

/* Finds the spans of its `height` / 2 pairs of rows. Once for each overlay:
 * then laying it over many frames costs what is to be seen of it. */
void overlay_measure(struct overlay_span *pairs, const uint8_t *overlay,
    size_t width, size_t height);

/* Lays an overlay over `base`, a frame of I420; `out` is another frame, or
 * `base` itself. `pairs` are the overlay's. */
void overlay_blend(uint8_t *out, const uint8_t *base, const uint8_t *overlay,
    const struct overlay_span *pairs, size_t width, size_t height);

#endif
