/* Columns of a terminal, against what is known of scripts, and against the C
 * library's word for it. */
#include "tests/unit/test.h"

#include <locale.h>
#include <wchar.h>

#include "common/text/width.h"
#include "common/text/width_table.h"
#include "common/utf8.h"

static void
expect(const char *text, size_t columns)
{
	size_t n = width_text(text, strlen(text));

	if (n != columns)
		fail_msg("%s: %zu", text, n);
}

static void
test_texts(void **state)
{
	(void)state;
	expect("", 0);
	expect("Number 12", 9);
	expect("häll", 4);
	expect("请到三号窗口", 12);
	expect("A023号", 6);
	expect("ｶﾅ カナ", 7);
	expect("가나다", 6);
	expect("e\u0301te\u0301", 3);
	expect("ห้อง", 3);
	expect("हिन्दी", 5);
	expect("…—“”", 4);
	expect("\U0001f68d", 2);
	expect("\u200bx\ufeff", 1);
}

static void
test_what_fits(void **state)
{
	static const char chinese[] = "请到3号";
	static const char accents[] = "e\u0301e\u0301";
	size_t i;
	static const size_t fits[] = { 0, 0, 3, 3, 6, 7, 7, 10, 10 };

	(void)state;
	for (i = 0; i < COUNT_OF(fits); i++)
		assert_int_equal(
		    width_fit(chinese, strlen(chinese), i), fits[i]);
	assert_int_equal(width_fit(accents, strlen(accents), 1), 3);
	assert_int_equal(width_fit(accents, strlen(accents), 9), 6);
}

static void
expect_sorted(const struct width_range *ranges, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		assert_true(ranges[i].first <= ranges[i].last);
		assert_true(i == 0 || ranges[i].first > ranges[i - 1].last);
	}
}

static void
test_tables(void **state)
{
	(void)state;
	expect_sorted(wide_ranges, wide_range_count);
	expect_sorted(no_width_ranges, no_width_range_count);
}

/* Over the scripts that are written most; the library's data may be of another
 * year. */
static void
test_against_the_library(void **state)
{
	static const struct width_range blocks[] = {
		{ 0x20, 0x7e },     /* Latin ... */
		{ 0xae, 0x17f },    /* ... */
		{ 0x370, 0x377 },   /* Greek */
		{ 0x300, 0x36f },   /* accents */
		{ 0x400, 0x481 },   /* Cyrillic */
		{ 0x5d0, 0x5ea },   /* Hebrew */
		{ 0xe01, 0xe3a },   /* Thai */
		{ 0x3041, 0x3096 }, /* kana */
		{ 0x4e00, 0x9fa5 }, /* Chinese */
		{ 0xac00, 0xd7a3 }, /* Korean */
		{ 0xff01, 0xffbe }, /* wide and narrow forms */
		{ 0x20000, 0x2a6d6 },
	};
	uint32_t cp;
	size_t i;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	for (i = 0; i < COUNT_OF(blocks); i++)
		for (cp = blocks[i].first; cp <= blocks[i].last; cp++)
			if ((int)width_of(cp) != wcwidth((wchar_t)cp))
				fail_msg("U+%04X: %u", cp, width_of(cp));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_what_fits),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_against_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
