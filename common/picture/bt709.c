#include "common/picture/bt709.h"

/* All is done in 16 bits, where compilers find a way to do eight pixels at once
 * (1.1 ms for 1280x720; in 32 bits it is 2.2). The factors count 256ths: luma
 * has 219 steps, chroma 224. */
#define BLACK (16 * 256)
#define GREY (128 * 256)
#define HALF 128 /* for rounding */

static inline uint16_t
red(uint32_t rgb)
{
	return rgb >> 16 & 0xff;
}

static inline uint16_t
green(uint32_t rgb)
{
	return rgb >> 8 & 0xff;
}

static inline uint16_t
blue(uint32_t rgb)
{
	return rgb & 0xff;
}

static inline uint16_t
alpha(uint32_t argb)
{
	return argb >> 24;
}

/* The share of BLACK that premultiplied black has: alpha / 255 of it. */
static inline uint16_t
black_of(uint16_t a)
{
	return (uint16_t)(16 * a + ((a + 8) >> 4));
}

static inline uint16_t
grey_of(uint16_t a)
{
	return (uint16_t)(128 * a + ((a + 1) >> 1));
}

static inline uint8_t
luma(uint32_t rgb, uint16_t black)
{
	return (uint16_t)(47 * red(rgb) + 157 * green(rgb) + 16 * blue(rgb) +
			  black + HALF) >>
	       8;
}

static inline uint8_t
chroma_u(uint16_t r, uint16_t g, uint16_t b, uint16_t grey)
{
	return (uint16_t)(112 * b - 86 * g - 26 * r + grey + HALF) >> 8;
}

static inline uint8_t
chroma_v(uint16_t r, uint16_t g, uint16_t b, uint16_t grey)
{
	return (uint16_t)(112 * r - 102 * g - 10 * b + grey + HALF) >> 8;
}

struct bt709
bt709_colour(uint32_t rgb)
{
	uint16_t r = red(rgb), g = green(rgb), b = blue(rgb);

	return (struct bt709){ luma(rgb, BLACK), chroma_u(r, g, b, GREY),
		chroma_v(r, g, b, GREY) };
}

static void
convert_luma(uint8_t *restrict to, const uint32_t *restrict row, size_t width)
{
	size_t x;

	for (x = 0; x < width; x++)
		to[x] = luma(row[x], BLACK);
}

static inline uint16_t
mean(uint16_t a, uint16_t b, uint16_t c, uint16_t d)
{
	return (uint16_t)(a + b + c + d + 2) >> 2;
}

/* Two rows become one of chroma, each of whose pixels is the mean of four. */
static void
convert_chroma(uint8_t *restrict u, uint8_t *restrict v,
    const uint32_t *restrict above, const uint32_t *restrict below,
    size_t width)
{
	uint16_t r, g, b;
	size_t x;

	for (x = 0; x < width / 2; x++) {
		r = mean(red(above[2 * x]), red(above[2 * x + 1]),
		    red(below[2 * x]), red(below[2 * x + 1]));
		g = mean(green(above[2 * x]), green(above[2 * x + 1]),
		    green(below[2 * x]), green(below[2 * x + 1]));
		b = mean(blue(above[2 * x]), blue(above[2 * x + 1]),
		    blue(below[2 * x]), blue(below[2 * x + 1]));
		u[x] = chroma_u(r, g, b, GREY);
		v[x] = chroma_v(r, g, b, GREY);
	}
}

static const uint32_t *
picture_row(const struct bt709_picture *p, size_t y)
{
	return (const void *)(p->pixels + y * p->stride);
}

void
bt709_frame(
    uint8_t *frame, const struct bt709_picture *p, size_t from, size_t to)
{
	size_t width = p->width, y, at;
	uint8_t *u = frame + width * p->height;
	uint8_t *v = u + width * p->height / 4;
	const uint32_t *above, *below;

	for (y = from; y < to; y += 2) {
		above = picture_row(p, y);
		below = picture_row(p, y + 1);
		at = y / 2 * (width / 2);
		convert_luma(frame + y * width, above, width);
		convert_luma(frame + (y + 1) * width, below, width);
		convert_chroma(u + at, v + at, above, below, width);
	}
}

/* ---- premultiplied ---------------------------------------------------------
 */

static void
premultiplied_luma(uint8_t *restrict to, uint8_t *restrict to_alpha,
    const uint32_t *restrict row, size_t width)
{
	size_t x;

	for (x = 0; x < width; x++) {
		to[x] = luma(row[x], black_of(alpha(row[x])));
		to_alpha[x] = (uint8_t)alpha(row[x]);
	}
}

static inline uint16_t
mean_of(uint16_t part(uint32_t), const uint32_t *above, const uint32_t *below)
{
	return mean(
	    part(above[0]), part(above[1]), part(below[0]), part(below[1]));
}

static void
premultiplied_chroma(uint8_t *restrict u, uint8_t *restrict v,
    uint8_t *restrict to_alpha, const uint32_t *restrict above,
    const uint32_t *restrict below, size_t width)
{
	uint16_t r, g, b, a;
	size_t x;

	for (x = 0; x < width / 2; x++) {
		r = mean_of(red, above + 2 * x, below + 2 * x);
		g = mean_of(green, above + 2 * x, below + 2 * x);
		b = mean_of(blue, above + 2 * x, below + 2 * x);
		a = mean_of(alpha, above + 2 * x, below + 2 * x);
		u[x] = chroma_u(r, g, b, grey_of(a));
		v[x] = chroma_v(r, g, b, grey_of(a));
		to_alpha[x] = (uint8_t)a;
	}
}

void
bt709_premultiplied(const struct bt709_planes *to,
    const struct bt709_picture *p, size_t from, size_t end)
{
	size_t width = p->width, y, at;
	const uint32_t *above, *below;

	for (y = from; y < end; y += 2) {
		above = picture_row(p, y);
		below = picture_row(p, y + 1);
		at = y * width;
		premultiplied_luma(to->y + at, to->alpha + at, above, width);
		at += width;
		premultiplied_luma(to->y + at, to->alpha + at, below, width);
		at = y / 2 * (width / 2);
		premultiplied_chroma(to->u + at, to->v + at,
		    to->alpha_half + at, above, below, width);
	}
}
