#include "common/picture/overlay.h"

#include <stdbool.h>
#include <string.h>

#include "common/picture/y4m.h"

/* A part of an overlay: colour, and so many bytes behind it its alpha. */
struct plane {
	const uint8_t *colour;
	size_t alpha_at;
};

size_t
overlay_bytes(size_t width, size_t height)
{
	return y4m_frame_bytes((unsigned)width, (unsigned)height * 2);
}

void
overlay_make(
    uint8_t *overlay, const struct bt709_picture *p, size_t from, size_t to)
{
	size_t luma = p->width * p->height, chroma = luma / 4;
	uint8_t *u = overlay + 2 * luma, *v = u + 2 * chroma;
	struct bt709_planes planes = {
		.y = overlay,
		.u = u,
		.v = v,
		.alpha = overlay + luma,
		.alpha_half = u + chroma,
	};
	size_t at = chroma + from / 2 * (p->width / 2);

	bt709_premultiplied(&planes, p, from, to);
	memcpy(v + at, u + at, (to - from) / 2 * (p->width / 2));
}

/* ---- spans -----------------------------------------------------------------
 */

static bool
is_clear(const uint8_t *alpha, size_t width, size_t column)
{
	return (alpha[column] | alpha[column + 1] | alpha[width + column] |
		   alpha[width + column + 1]) == 0;
}

/* Two rows of alpha, two columns at a time. */
static struct overlay_span
pair_measure(const uint8_t *alpha, size_t width)
{
	size_t begin = 0, end = width;

	while (begin < end && is_clear(alpha, width, begin))
		begin += 2;
	while (end > begin && is_clear(alpha, width, end - 2))
		end -= 2;
	return (struct overlay_span){ (uint16_t)begin, (uint16_t)end };
}

void
overlay_measure(struct overlay_span *pairs, const uint8_t *overlay,
    size_t width, size_t height)
{
	const uint8_t *alpha = overlay + width * height;
	size_t i;

	for (i = 0; i < height / 2; i++)
		pairs[i] = pair_measure(alpha + 2 * i * width, width);
}

/* ---- blending --------------------------------------------------------------
 */

/* x / 255, rounded, for x up to 65,025: in 16 bits, where compilers find a way
 * to do many at once. */
static inline uint16_t
over_255(uint16_t x)
{
	x = (uint16_t)(x + 128);
	return (uint16_t)(x + (x >> 8)) >> 8;
}

static void
bytes_blend(uint8_t *out, const uint8_t *restrict colour,
    const uint8_t *restrict alpha, size_t count)
{
	uint16_t sum;
	size_t i;

	for (i = 0; i < count; i++) {
		sum =
		    (uint16_t)(colour[i] +
			       over_255((uint16_t)(out[i] * (255 - alpha[i]))));
		out[i] = (uint8_t)(sum < 255 ? sum : 255);
	}
}

static void
row_blend(
    uint8_t *out, const struct plane *p, size_t row, size_t begin, size_t end)
{
	const uint8_t *colour = p->colour + row + begin;

	bytes_blend(
	    out + row + begin, colour, colour + p->alpha_at, end - begin);
}

void
overlay_blend(uint8_t *out, const uint8_t *base, const uint8_t *overlay,
    const struct overlay_span *pairs, size_t width, size_t height)
{
	size_t size = width * height, quarter = size / 4, half = width / 2;
	struct plane y = { overlay, size };
	struct plane u = { overlay + 2 * size, quarter };
	struct plane v = { u.colour + 2 * quarter, quarter };
	size_t i, begin, end;

	if (out != base)
		memcpy(out, base, size + 2 * quarter);
	for (i = 0; i < height / 2; i++) {
		begin = pairs[i].begin;
		end = pairs[i].end;
		if (begin == end)
			continue;
		row_blend(out, &y, 2 * i * width, begin, end);
		row_blend(out, &y, (2 * i + 1) * width, begin, end);
		row_blend(out + size, &u, i * half, begin / 2, end / 2);
		row_blend(
		    out + size + quarter, &v, i * half, begin / 2, end / 2);
	}
}
