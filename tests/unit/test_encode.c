/*
 * Guards percent-encoding, Base64 and hexadecimal digits: a password that comes
 * out differently is refused by the server, and nobody sees why.
 */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "common/net/encode.h"

static void
expect(char *got, const char *expected)
{
	assert_non_null(got);
	assert_string_equal(got, expected);
	free(got);
}

static void
test_percent(void **state)
{
	static const struct {
		const char *from, *url, *form;
	} cases[] = { { "", "", "" }, { "plain", "plain", "plain" },
		{ "a%20b", "a b", "a b" }, { "a+b", "a+b", "a b" },
		{ "%41%7a%7A", "Azz", "Azz" },
		{ "%c3%A9", "\xc3\xa9", "\xc3\xa9" },
		{ "100%", "100%", "100%" }, { "%4", "%4", "%4" },
		{ "%zz%4g", "%zz%4g", "%zz%4g" }, { "%00", "%00", "%00" },
		{ "%25%34%31", "%41", "%41" } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		const char *s = cases[i].from;

		expect(percent_decode(s, strlen(s), false), cases[i].url);
		expect(percent_decode(s, strlen(s), true), cases[i].form);
	}
	expect(percent_decode("%41%42", 4, false), "A%");
	expect(percent_encode("aZ09-._~"), "aZ09-._~");
	expect(percent_encode("a:b@c/d?e f%\xc3\xa9"),
	    "a%3Ab%40c%2Fd%3Fe%20f%25%C3%A9");
}

/* The vectors of RFC 4648. */
static void
test_base64(void **state)
{
	(void)state;
	expect(base64_encode(""), "");
	expect(base64_encode("f"), "Zg==");
	expect(base64_encode("fo"), "Zm8=");
	expect(base64_encode("foo"), "Zm9v");
	expect(base64_encode("foob"), "Zm9vYg==");
	expect(base64_encode("fooba"), "Zm9vYmE=");
	expect(base64_encode("foobar"), "Zm9vYmFy");
	expect(base64_encode("\xff\xfe?>"), "//4/Pg==");
}

static void
test_hex(void **state)
{
	const uint8_t bytes[] = { 0, 0x7f, 0xff };
	char text[7];
	uint8_t back[3];

	(void)state;
	hex_write(bytes, 3, text);
	assert_string_equal(text, "007fff");
	assert_int_equal(hex_read(text, 6, back, 3), 3);
	assert_memory_equal(back, bytes, 3);
	assert_int_equal(hex_read(text, 6, back, 2), 0);
	assert_int_equal(hex_read("0", 1, back, 3), 0);
	assert_int_equal(hex_read("0g", 2, back, 3), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_hex),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
