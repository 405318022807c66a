/*
 * Guards the colours: the painter once wrote BT.601, while the stream and its
 * encoders said BT.709, and every green was another one.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "common/picture/bt709.h"

static double
part(uint32_t rgb, int shift)
{
	return (rgb >> shift & 0xff) / 255.0;
}

static void
expect(struct bt709 got, uint32_t rgb)
{
	double r = part(rgb, 16), g = part(rgb, 8), b = part(rgb, 0);
	double y = 0.2126 * r + 0.7152 * g + 0.0722 * b;

	if (fabs(got.y - (16 + 219 * y)) > 1 ||
	    fabs(got.u - (128 + 224 * (b - y) / 1.8556)) > 1 ||
	    fabs(got.v - (128 + 224 * (r - y) / 1.5748)) > 1)
		fail_msg("#%06x became %d, %d, %d", (unsigned)rgb, got.y, got.u,
		    got.v);
}

static void
test_every_colour(void **state)
{
	uint32_t rgb;

	(void)state;
	for (rgb = 0; rgb <= 0xffffff; rgb += 0x050503)
		expect(bt709_colour(rgb), rgb);
	for (rgb = 0; rgb < 8; rgb++)
		expect(
		    bt709_colour((rgb & 4 ? 0xff0000 : 0) |
				 (rgb & 2 ? 0xff00 : 0) | (rgb & 1 ? 0xff : 0)),
		    0xff0000 * (rgb >> 2) | 0xff00 * (rgb >> 1 & 1) |
			0xff * (rgb & 1));
	assert_int_equal(bt709_colour(0xffffff).y, 235);
	assert_int_equal(bt709_colour(0xffffff).u, 128);
	assert_int_equal(bt709_colour(0).y, 16);
}

/* Four pixels share their chroma; rows may be longer than the picture. */
static void
test_a_frame(void **state)
{
	enum { WIDTH = 38, HEIGHT = 4, STRIDE = 160 };
	static const uint32_t four[] = { 0xff204060, 0x00204060, 0x00a0c0e0,
		0xffa0c0e0 };
	uint8_t frame[WIDTH * HEIGHT * 3 / 2];
	uint32_t picture[STRIDE / 4 * HEIGHT];
	const struct bt709_picture whole = { (const uint8_t *)picture, STRIDE,
		WIDTH, HEIGHT };
	struct bt709 got;
	size_t x, y;

	(void)state;
	memset(picture, 0x55, sizeof(picture));
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++)
			picture[y * STRIDE / 4 + x] =
			    four[y % 2 * 2 + (x + y) % 2];
	/* Some rows first, and each of them once. */
	bt709_frame(frame, &whole, 2, HEIGHT);
	bt709_frame(frame, &whole, 0, 2);
	for (y = 0; y < HEIGHT; y++)
		for (x = 0; x < WIDTH; x++) {
			got.y = frame[y * WIDTH + x];
			assert_int_equal(
			    got.y, bt709_colour(y % 2 ? four[2] : four[0]).y);
		}
	for (x = 0; x < WIDTH * HEIGHT / 4; x++) {
		got.y = bt709_colour(0x6080a0).y;
		got.u = frame[WIDTH * HEIGHT + x];
		got.v = frame[WIDTH * HEIGHT * 5 / 4 + x];
		expect(got, 0x6080a0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_colour),
		cmocka_unit_test(test_a_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
