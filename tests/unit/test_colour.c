/* Guards what is a colour and what only looks like one: three readers ask. */
#include "tests/unit/test.h"

#include "common/picture/colour.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_colours_of_bt709),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
