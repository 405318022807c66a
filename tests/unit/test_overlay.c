/*
 * Guards what is laid over a picture. Blended with the offsets of luma and
 * chroma left out of the shares, a caption's edges were green.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "common/picture/bt709.h"
#include "common/picture/overlay.h"

enum { WIDTH = 36, HEIGHT = 8, FRAME = WIDTH * HEIGHT * 3 / 2 };
enum { STRIDE = WIDTH + 3 }; /* pixels */

struct sheet {
	uint32_t pixels[STRIDE * HEIGHT];
	uint8_t overlay[2 * FRAME];
	struct overlay_span pairs[HEIGHT / 2];
};

static uint32_t
premultiplied(uint32_t rgb, uint32_t a)
{
	uint32_t r = ((rgb >> 16 & 0xff) * a + 127) / 255;
	uint32_t g = ((rgb >> 8 & 0xff) * a + 127) / 255;
	uint32_t b = ((rgb & 0xff) * a + 127) / 255;

	return a << 24 | r << 16 | g << 8 | b;
}

static struct bt709_picture
sheet_picture(const struct sheet *s)
{
	return (struct bt709_picture){ (const uint8_t *)s->pixels,
		STRIDE * sizeof(*s->pixels), WIDTH, HEIGHT };
}

static void
sheet_make(struct sheet *s)
{
	struct bt709_picture picture = sheet_picture(s);

	overlay_make(s->overlay, &picture, 4, HEIGHT);
	overlay_make(s->overlay, &picture, 0, 4);
	overlay_measure(s->pairs, s->overlay, WIDTH, HEIGHT);
}

static void
sheet_fill(struct sheet *s, uint32_t pixel)
{
	size_t i;

	for (i = 0; i < COUNT_OF(s->pixels); i++)
		s->pixels[i] = pixel;
	sheet_make(s);
}

static void
some_frame(uint8_t frame[FRAME], uint64_t seed)
{
	struct rng rng = { seed };
	size_t i;

	for (i = 0; i < FRAME; i++)
		frame[i] = (uint8_t)(16 + rng_below(&rng, 225));
}

static void
test_an_empty_one_changes_nothing(void **state)
{
	uint8_t base[FRAME], out[FRAME] = { 0 };
	struct sheet s = { 0 };
	size_t i;

	(void)state;
	some_frame(base, 1);
	sheet_make(&s);
	for (i = 0; i < HEIGHT / 2; i++)
		assert_int_equal(s.pairs[i].begin, s.pairs[i].end);
	overlay_blend(out, base, s.overlay, s.pairs, WIDTH, HEIGHT);
	assert_memory_equal(out, base, FRAME);
	/* Nor where a span holds it. */
	s.pairs[1] = (struct overlay_span){ 0, WIDTH };
	overlay_blend(out, base, s.overlay, s.pairs, WIDTH, HEIGHT);
	assert_memory_equal(out, base, FRAME);
}

static void
test_an_opaque_one_is_the_picture(void **state)
{
	uint8_t base[FRAME], out[FRAME], expected[FRAME];
	struct bt709_picture picture;
	struct rng rng = { 3 };
	struct sheet s;
	size_t i;

	(void)state;
	some_frame(base, 2);
	for (i = 0; i < COUNT_OF(s.pixels); i++)
		s.pixels[i] = 0xff000000 | (uint32_t)rng_below(&rng, 1 << 24);
	sheet_make(&s);
	overlay_blend(out, base, s.overlay, s.pairs, WIDTH, HEIGHT);
	picture = sheet_picture(&s);
	bt709_frame(expected, &picture, 0, HEIGHT);
	assert_memory_equal(out, expected, FRAME);
}

static void
near(uint8_t got, double expected, uint32_t rgb, uint32_t a, double within)
{
	if (fabs(got - expected) > within)
		fail_msg("#%06x at alpha %u became %u, not %f", (unsigned)rgb,
		    (unsigned)a, got, expected);
}

/* Every alpha, within 1 of what the blending itself rounds; the colours that
 * come premultiplied in 8 bits are off by half a step each. */
static void
test_every_alpha(void **state)
{
	static const uint32_t colours[] = { 0, 0xffffff, 0xff0000, 0x00ff00,
		0x0000ff, 0xffcc33, 0x808080 };
	uint8_t base[FRAME], out[FRAME];
	uint32_t a, rgb;
	struct bt709 c;
	struct sheet s;
	double k;
	size_t i;

	(void)state;
	some_frame(base, 5);
	for (i = 0; i < COUNT_OF(colours); i++)
		for (a = 1; a < 256; a++) {
			rgb = colours[i];
			sheet_fill(&s, premultiplied(rgb, a));
			overlay_blend(
			    out, base, s.overlay, s.pairs, WIDTH, HEIGHT);
			c = bt709_colour(rgb);
			k = a / 255.0;
			near(out[0], c.y * k + base[0] * (1 - k), rgb, a, 1.5);
			near(out[WIDTH * HEIGHT],
			    c.u * k + base[WIDTH * HEIGHT] * (1 - k), rgb, a,
			    1.5);
			near(out[FRAME - 1],
			    c.v * k + base[FRAME - 1] * (1 - k), rgb, a, 1.5);
		}
}

/* The blending alone, of every byte with every alpha. */
static void
test_the_formula(void **state)
{
	static const struct overlay_span pair = { 0, 2 };
	uint8_t overlay[12] = { 0 }, base[6] = { 0 }, out[6];
	unsigned a, b, colour;
	double expected;

	(void)state;
	for (a = 0; a < 256; a++)
		for (b = 0; b < 256; b++) {
			colour = 235 * a / 255;
			overlay[0] = (uint8_t)colour;
			overlay[4] = (uint8_t)a;
			base[0] = (uint8_t)b;
			overlay_blend(out, base, overlay, &pair, 2, 2);
			expected = colour + b * (255.0 - a) / 255;
			near(out[0], fmin(expected, 255), 0, a, 0.5);
		}
	/* A wrong one is bright, and no wrap to black. */
	overlay[0] = 250;
	overlay[4] = 0;
	overlay_blend(out, base, overlay, &pair, 2, 2);
	assert_int_equal(out[0], 255);
}

/* Nothing outside of its span is touched; both rows of a pair count. */
static void
test_spans(void **state)
{
	uint8_t base[FRAME], out[FRAME], whole[FRAME];
	struct overlay_span all[HEIGHT / 2];
	struct sheet s = { 0 };
	size_t i;

	(void)state;
	some_frame(base, 6);
	s.pixels[3 * STRIDE + 7] = 0x01000000;
	s.pixels[2 * STRIDE + 20] = 0xffffffff;
	s.pixels[7 * STRIDE + WIDTH - 1] = 0x80808080;
	sheet_make(&s);
	assert_int_equal(s.pairs[0].begin, s.pairs[0].end);
	assert_int_equal(s.pairs[1].begin, 6);
	assert_int_equal(s.pairs[1].end, 22);
	assert_int_equal(s.pairs[3].begin, WIDTH - 2);
	assert_int_equal(s.pairs[3].end, WIDTH);
	overlay_blend(out, base, s.overlay, s.pairs, WIDTH, HEIGHT);
	for (i = 0; i < HEIGHT / 2; i++)
		all[i] = (struct overlay_span){ 0, WIDTH };
	overlay_blend(whole, base, s.overlay, all, WIDTH, HEIGHT);
	assert_memory_equal(out, whole, FRAME);
	/* In place. */
	overlay_blend(base, base, s.overlay, s.pairs, WIDTH, HEIGHT);
	assert_memory_equal(base, whole, FRAME);
	assert_int_equal(base[2 * WIDTH + 20], 235);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_empty_one_changes_nothing),
		cmocka_unit_test(test_an_opaque_one_is_the_picture),
		cmocka_unit_test(test_every_alpha),
		cmocka_unit_test(test_the_formula),
		cmocka_unit_test(test_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
