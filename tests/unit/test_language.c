/* Language tags in the many ways in which people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/text/language.h"
#include "tests/unit/test.h"

static void
test_normal_form(void **state)
{
	static const struct {
		const char *tag, *normal; /* NULL: it is none */
	} rows[] = {
		{ "de", "de" },
		{ "de_DE", "de-de" },
		{ "EN-gb", "en-gb" },
		{ "zh", "cmn" },
		{ "ZH_cn", "cmn-cn" },
		{ "zh-Hant-TW", "cmn-hant-tw" },
		{ "zh-yue", "yue" },
		{ "zh-cmn", "cmn" },
		{ "zh-yue-HK", "yue-hk" },
		{ "zh-", "cmn-" },
		{ "cmn-latn-pinyin", "cmn-latn-pinyin" },
		{ "zha", "zha" },
		{ "", NULL },
		{ "-de", NULL },
		{ "d e", NULL },
		{ "é", NULL },
		{ "a123456789012345678901234567890", NULL },
		{ "a12345678901234567890123456789",
		    "a12345678901234567890123456"
		    "789" },
	};
	char out[LANGUAGE_MAX + 1];
	size_t i;
	bool good;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* What was there before is not read: the end of "zh" was
		 * passed, and ASan found no end in what lay behind it. */
		memset(out, 'x', sizeof(out));
		good =
		    language_normalise(out, rows[i].tag, strlen(rows[i].tag));
		assert_int_equal(good, rows[i].normal != NULL);
		assert_string_equal(out, good ? rows[i].normal : "");
	}
}

static void
test_wider_and_wider(void **state)
{
	char tag[] = "sr-latn-rs";

	(void)state;
	assert_true(language_widen(tag));
	assert_string_equal(tag, "sr-latn");
	assert_true(language_widen(tag));
	assert_string_equal(tag, "sr");
	assert_false(language_widen(tag));
	assert_string_equal(tag, "sr");
}

static void
test_same_language(void **state)
{
	(void)state;
	assert_true(language_is_same("en-gb", "en"));
	assert_true(language_is_same("en-gb", "en-us"));
	assert_false(language_is_same("en", "eng"));
	assert_false(language_is_same("cmn", "yue"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal_form),
		cmocka_unit_test(test_wider_and_wider),
		cmocka_unit_test(test_same_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
