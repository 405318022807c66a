/*
 * Guards the UTF-8 decoder, on which every bound and every "safe to print"
 * rests: all code points, all sequences of two and three bytes and the
 * telling ones of four against the grammar of RFC 3629, and sanitising.
 */
#include "tests/unit/test.h"

#include "common/utf8.h"

/* The oracle: the ABNF of RFC 3629 section 4, row by row. */
static const struct row {
	uint8_t first[2], second[2];
	size_t len;
} grammar[] = {
	{ { 0x00, 0x7f }, { 0, 0 }, 1 },
	{ { 0xc2, 0xdf }, { 0x80, 0xbf }, 2 },
	{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 3 },
	{ { 0xe1, 0xec }, { 0x80, 0xbf }, 3 },
	{ { 0xed, 0xed }, { 0x80, 0x9f }, 3 },
	{ { 0xee, 0xef }, { 0x80, 0xbf }, 3 },
	{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 4 },
	{ { 0xf1, 0xf3 }, { 0x80, 0xbf }, 4 },
	{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 4 },
};

/* Length of the character at p, 0 for none. */
static size_t
oracle(const uint8_t *p, size_t len)
{
	const struct row *row;
	size_t i, k;

	for (i = 0; i < COUNT_OF(grammar); i++) {
		row = &grammar[i];
		if (p[0] < row->first[0] || p[0] > row->first[1])
			continue;
		if (row->len > len)
			return 0;
		if (row->len > 1 &&
		    (p[1] < row->second[0] || p[1] > row->second[1]))
			return 0;
		for (k = 2; k < row->len; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return row->len;
	}
	return 0;
}

static size_t
encode(uint32_t cp, uint8_t *p)
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t i;

	for (i = n; i-- > 1; cp >>= 6)
		p[i] = (uint8_t)(0x80 | (cp & 0x3f));
	p[0] = (uint8_t)(lead[n] | cp);
	return n;
}

static void
test_all_code_points(void **state)
{
	uint32_t cp, got;
	uint8_t bytes[4];
	size_t n, cut;

	(void)state;
	for (cp = 0; cp <= 0x110100; cp++) {
		bool good = cp <= 0x10ffff && (cp < 0xd800 || cp > 0xdfff);

		n = encode(cp, bytes);
		got = 0xabcdef01;
		if (utf8_decode((char *)bytes, n, &got) != (good ? n : 0))
			fail_msg("U+%04X", cp);
		if (good && got != cp)
			fail_msg("U+%04X read as U+%04X", cp, got);
		for (cut = 0; cut < n; cut++)
			if (utf8_decode((char *)bytes, cut, NULL) != 0)
				fail_msg("U+%04X cut at %zu", cp, cut);
	}
}

static void
check_sequence(const uint8_t *p, size_t len)
{
	size_t want = oracle(p, len);

	if (utf8_decode((const char *)p, len, NULL) != want) {
		print_bytes("sequence", p, len);
		fail_msg("expected length %zu", want);
	}
}

static void
test_all_short_sequences(void **state)
{
	uint8_t p[3];
	uint32_t i;

	(void)state;
	for (i = 0; i < 1u << 8; i++) {
		p[0] = (uint8_t)i;
		check_sequence(p, 1);
	}
	for (i = 0; i < 1u << 16; i++) {
		p[0] = (uint8_t)(i >> 8);
		p[1] = (uint8_t)i;
		check_sequence(p, 2);
		assert_int_equal(utf8_valid((char *)p, 2),
		    oracle(p, 2) == 2 ||
			(oracle(p, 1) == 1 && oracle(p + 1, 1) == 1));
	}
	for (i = 0; i < 1u << 24; i++) {
		p[0] = (uint8_t)(i >> 16);
		p[1] = (uint8_t)(i >> 8);
		p[2] = (uint8_t)i;
		check_sequence(p, 3);
	}
}

static void
test_telling_sequences_of_four(void **state)
{
	static const uint8_t tails[] = { 0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f,
		0xa0, 0xbf, 0xc0, 0xff };
	uint8_t p[4];
	uint32_t i;
	size_t k, l;

	(void)state;
	for (i = 0; i < 1u << 16; i++)
		for (k = 0; k < COUNT_OF(tails); k++)
			for (l = 0; l < COUNT_OF(tails); l++) {
				p[0] = (uint8_t)(i >> 8);
				p[1] = (uint8_t)i;
				p[2] = tails[k];
				p[3] = tails[l];
				check_sequence(p, 4);
			}
}

static void
test_valid_strings(void **state)
{
	static const char *const good[] = { "", "a", "žluťoučký kůň", "日本語",
		"😀\n", "\x7f", "e\xcc\x81" };
	static const char *const bad[] = { "\x80", "a\xff", "\xc3", "日\xe6",
		"\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80" };
	char *copy;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good); i++) {
		copy = exact_copy(good[i], strlen(good[i]));
		assert_true(utf8_valid(copy, strlen(good[i])));
		free(copy);
	}
	for (i = 0; i < COUNT_OF(bad); i++) {
		copy = exact_copy(bad[i], strlen(bad[i]));
		assert_false(utf8_valid(copy, strlen(bad[i])));
		free(copy);
	}
	assert_true(utf8_valid("a\0b", 3));
}

static void
test_offset(void **state)
{
	const char *s = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80z";
	static const size_t at[] = { 0, 1, 3, 6, 10, 11, 11 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(at); i++)
		assert_int_equal(utf8_offset(s, 11, i), at[i]);
	assert_int_equal(utf8_offset(s, 11, SIZE_MAX), 11);
	assert_int_equal(utf8_offset("", 0, 0), 0);
	assert_int_equal(utf8_offset("", 0, 5), 0);
}

static bool
is_safe(const char *s)
{
	size_t len = strlen(s), n;
	uint32_t cp;

	for (; len > 0; s += n, len -= n) {
		n = utf8_decode(s, len, &cp);
		if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			return false;
	}
	return true;
}

static void
test_sanitise(void **state)
{
	char out[16];

	(void)state;
	utf8_sanitise(out, sizeof(out), "a\nb\x1b[1m\r\0z", 10);
	assert_string_equal(out, "a?b?[1m??z");
	utf8_sanitise(out, sizeof(out), "\x7f\xc2\x85\xc2\x9f\xc2\xa0", 7);
	assert_string_equal(out, "???\xc2\xa0");
	utf8_sanitise(out, sizeof(out), "x\xff\xc3(\xe6\x97", 6);
	assert_string_equal(out, "x?\?(?\?");
	utf8_sanitise(out, sizeof(out), "a\u202eb\u2028c\u2066d", 13);
	assert_string_equal(out, "a?b?c?d");
	utf8_sanitise(out, sizeof(out), "\u200e\u202f\u2065", 9);
	assert_string_equal(out, "\u200e\u202f\u2065");
	utf8_sanitise(out, 1, "abc", 3);
	assert_string_equal(out, "");
	utf8_sanitise(out, 5, "日日", 6);
	assert_string_equal(out, "日");
	utf8_sanitise(out, 4, "abcdef", 6);
	assert_string_equal(out, "abc");
	utf8_sanitise(out, sizeof(out), "", 0);
	assert_string_equal(out, "");
}

static void
test_line(void **state)
{
	(void)state;
	assert_true(utf8_is_line("", 0));
	assert_true(utf8_is_line("日日?", 7));
	assert_false(utf8_is_line("日日?", 6));
	assert_false(utf8_is_line("a\n", 7));
	assert_false(utf8_is_line("\xc2\x85", 7));
	assert_true(utf8_is_line("\xc2\xa0", 7));
	assert_false(utf8_is_line("\u202e", 7));
	assert_false(utf8_is_line("x\xff", 7));
	assert_false(utf8_is_line("\xe6\x97", 7));
}

/* Whatever comes in, at whatever size: one safe, terminated line; and what
 * was safe and fits is not touched. */
static void
test_sanitise_anything(void **state)
{
	struct rng r = { 5 };
	uint8_t raw[64], *src;
	char *out, *again;
	size_t len, size, i;
	int round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		len = rng_below(&r, sizeof(raw));
		for (i = 0; i < len; i++)
			raw[i] = (uint8_t)rng_next(&r);
		if (rng_one_in(&r, 2))
			for (i = 0; i + 4 <= len; i += 4)
				encode(
				    (uint32_t)rng_below(&r, 0x110000), raw + i);
		size = rng_below(&r, 70) + 1;
		src = exact_copy(raw, len);
		out = malloc(size);
		again = malloc(size);
		assert_non_null(out);
		assert_non_null(again);
		utf8_sanitise(out, size, (char *)src, len);
		assert_non_null(memchr(out, '\0', size));
		assert_true(is_safe(out));
		assert_true(utf8_is_line(out, size - 1));
		if (size > len && utf8_valid((char *)src, len))
			assert_true(strlen(out) > 0 || len == 0);
		utf8_sanitise(again, size, out, strlen(out));
		assert_string_equal(again, out);
		free(src);
		free(out);
		free(again);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_code_points),
		cmocka_unit_test(test_all_short_sequences),
		cmocka_unit_test(test_telling_sequences_of_four),
		cmocka_unit_test(test_valid_strings),
		cmocka_unit_test(test_offset),
		cmocka_unit_test(test_sanitise),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_sanitise_anything),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
