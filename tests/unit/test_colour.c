/* Guards what is a colour, a size and a rate of frames, and what only looks
 * like one: several readers ask. */
#include "tests/unit/test.h"

#include "common/picture/colour.h"
#include "common/picture/shape.h"

static bool
reads(const char *text, uint32_t *out)
{
	size_t len = strlen(text);
	char *copy = exact_copy(text, len);
	bool is_colour = colour_read(copy, len, out);

	free(copy);
	return is_colour;
}

static void
test_colours(void **state)
{
	static const char *const not [] = { "", "#", "#12345", "123456#",
		"#12345g", "# 12345", "#-12345", "#0x1234" };
	uint32_t colour = 0;
	size_t i;

	(void)state;
	assert_true(reads("#12aBcF", &colour));
	assert_int_equal(colour, 0x12abcf);
	assert_true(reads("#ffffff behind", &colour));
	assert_int_equal(colour, 0xffffff);
	for (i = 0; i < COUNT_OF(not ); i++)
		assert_false(reads(not [i], &colour));
	assert_int_equal(colour, 0xffffff);
}

/* Read as the colours of an older norm, red came out as orange. */
static void
test_colours_of_bt709(void **state)
{
	static const struct {
		uint32_t rgb;
		uint8_t yuv[3];
	} rows[] = {
		{ 0x000000, { 16, 128, 128 } },
		{ 0xffffff, { 235, 128, 128 } },
		{ 0xff0000, { 63, 102, 240 } },
		{ 0x00ff00, { 173, 42, 26 } },
		{ 0x0000ff, { 32, 240, 118 } },
	};
	uint8_t yuv[3];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		colour_to_yuv(rows[i].rgb, yuv);
		assert_memory_equal(yuv, rows[i].yuv, 3);
	}
}

static void
test_the_shape_of_a_picture(void **state)
{
	static const char *const no_size[] = { "", "1280", "1280x", "x720",
		"1280x720x", "1281x720", "1280x721", "14x16", "16x14",
		"8194x16", "16x8194", "-16x16", "a16x16" };
	static const char *const no_fps[] = { "", "0", "61", "-1", "25f", "x" };
	unsigned width, height, fps;
	uint32_t rgb;
	size_t i;

	(void)state;
	assert_true(shape_read_size("16x8192", &width, &height));
	assert_int_equal(width, 16);
	assert_int_equal(height, 8192);
	for (i = 0; i < COUNT_OF(no_size); i++)
		assert_false(shape_read_size(no_size[i], &width, &height));
	assert_true(shape_read_fps("60", &fps));
	assert_int_equal(fps, 60);
	for (i = 0; i < COUNT_OF(no_fps); i++)
		assert_false(shape_read_fps(no_fps[i], &fps));
	assert_true(shape_read_colour("#0a0B0c", &rgb));
	assert_int_equal(rgb, 0x0a0b0c);
	assert_false(shape_read_colour("#0a0b0c ", &rgb));
	assert_false(shape_read_colour("#0a0b0", &rgb));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_colours_of_bt709),
		cmocka_unit_test(test_the_shape_of_a_picture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
