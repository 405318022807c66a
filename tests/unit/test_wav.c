/* Guards WAV: our endless header byte by byte, and the forms of the format in
 * other programs' headers. */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/le.h"
#include "common/sound/wav.h"

static void
test_our_header(void **state)
{
	static const uint8_t expected[WAV_HEADER_BYTES] = { 'R', 'I', 'F', 'F',
		0xff, 0xff, 0xff, 0xff, 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ',
		16, 0, 0, 0, 1, 0, 2, 0, 0x44, 0xac, 0, 0, 0x10, 0xb1, 2, 0, 4,
		0, 16, 0, 'd', 'a', 't', 'a', 0xff, 0xff, 0xff, 0xff };
	uint8_t *header = malloc(WAV_HEADER_BYTES);

	(void)state;
	assert_non_null(header);
	wav_header(header, 44100, 2);
	assert_memory_equal(header, expected, sizeof(expected));
	free(header);
}

/* Reads a copy of exactly that size. */
static int
parse(uint16_t tag, uint16_t channels, uint32_t rate_hz, uint16_t bits,
    size_t size, struct wav_format *out)
{
	uint8_t b[40] = { 0 }, *copy;
	int rc;

	le16_put(b, tag);
	le16_put(b + 2, channels);
	le32_put(b + 4, rate_hz);
	le16_put(b + 14, bits);
	le16_put(b + 24, WAV_TAG_FLOAT); /* the sub-format */
	copy = exact_copy(b, size);
	rc = wav_fmt(copy, size, out);
	free(copy);
	return rc;
}

static void
test_forms_of_the_format(void **state)
{
	static const struct {
		uint16_t tag, is;
		size_t size;
	} table[] = { { 1, 1, 16 }, { 1, 1, 40 }, { 3, 3, 18 }, { 7, 7, 17 },
		/* Extensible: the real tag is in the sub-format, where there
		 * is one. */
		{ 0xfffe, 3, 40 }, { 0xfffe, 3, 26 }, { 0xfffe, 0xfffe, 24 },
		{ 0xfffe, 0xfffe, 18 } };
	struct wav_format f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(table); i++) {
		assert_int_equal(
		    parse(table[i].tag, 6, 96000, 32, table[i].size, &f), 0);
		assert_int_equal(f.tag, table[i].is);
		assert_int_equal(f.channels, 6);
		assert_int_equal(f.rate_hz, 96000);
		assert_int_equal(f.bits, 32);
	}
}

static void
test_what_is_no_format(void **state)
{
	struct wav_format f;

	(void)state;
	assert_int_equal(parse(1, 1, 8000, 8, 14, &f), ERR_INVALID);
	assert_int_equal(parse(1, 0, 8000, 16, 16, &f), ERR_INVALID);
	assert_int_equal(parse(1, 1, 0, 16, 16, &f), ERR_INVALID);
	assert_int_equal(parse(1, 1, 8000, 0, 16, &f), ERR_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_our_header),
		cmocka_unit_test(test_forms_of_the_format),
		cmocka_unit_test(test_what_is_no_format),
	};

	return cmocka_run_group_tests_name("wav", tests, NULL, NULL);
}
