/* Time stamps against independent knowledge, and every way to write one wrong.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "common/text/rfc3339.h"
#include "tests/unit/test.h"

static void
test_known_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01 00:00:01.5z", 1500 },
		{ "1969-12-31T23:59:59.999Z", -1 },
		{ "2000-02-29T12:00:00Z", INT64_C(951825600000) },
		{ "2026-11-20T10:00:00+01:00", INT64_C(1795165200000) },
		/* As date +%FT%T%z writes it. */
		{ "2026-11-20T10:00:00+0100", INT64_C(1795165200000) },
		{ "2026-11-20T09:00:00+0000", INT64_C(1795165200000) },
		{ "2026-11-20T03:30:00-05:30", INT64_C(1795165200000) },
		{ "2026-11-20T09:00:00.123456789Z", INT64_C(1795165200123) },
		{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799000) },
	};
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(rfc3339_parse(cases[i].text, &ms));
		if (ms != cases[i].ms)
			fail_msg("%s: %lld", cases[i].text, (long long)ms);
	}
}

static void
test_against_the_library(void **state)
{
	struct rng r = { 77 };
	char text[64];
	struct tm tm;
	int64_t ms;
	time_t t;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		t = (time_t)rng_below(&r, INT64_C(8000000000));
		gmtime_r(&t, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
		assert_true(rfc3339_parse(text, &ms));
		assert_int_equal(ms, (int64_t)t * 1000);
	}
}

static void
test_mistakes(void **state)
{
	static const char *const wrong[] = { "", "now", "2026", "2026-11-20",
		"2026-11-20T09:00Z", "2026-11-20T09:00:00",
		"2026-11-20T09:00:00+1", "2026-11-20T09:00:00+01",
		"2026-11-20T09:00:00+010", "2026-11-20T09:00:00+24:00",
		"2026-11-20T09:00:00+2400", "2026-11-20T9:00:00Z",
		"2026-11-20T09:00:00",
		"2026-11-20T09:00:00+01:", "2026-11-20T09:00:00.Z",
		"2026-11-20T09:00:00ZZ", "2026-11-20T24:00:00Z",
		"2026-11-20T09:60:00Z", "2026-11-20T09:00:61Z",
		"2026-13-20T09:00:00Z", "2026-00-20T09:00:00Z",
		"2026-11-31T09:00:00Z", "2026-02-29T09:00:00Z",
		"2100-02-29T09:00:00Z", "0000-01-01T00:00:00Z",
		"-2026-11-20T09:00:00Z", "20261120T090000Z",
		" 2026-11-20T09:00:00Z" };
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (rfc3339_parse(wrong[i], &ms))
			fail_msg("accepted: %s", wrong[i]);
}

/* What is written is read as the same, for all years that can be written. */
static void
test_written_and_read(void **state)
{
	struct rng r = { 78 };
	int64_t ms, again;
	char text[64];
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		ms = rng_below(&r, INT64_C(315537897599999)) -
		     INT64_C(62135596800000);
		rfc3339_write(ms, text, sizeof(text));
		if (!rfc3339_parse(text, &again) || again != ms)
			fail_msg("%lld: %s", (long long)ms, text);
	}
	rfc3339_write(INT64_C(1795165200007), text, sizeof(text));
	assert_string_equal(text, "2026-11-20T09:00:00.007Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_times),
		cmocka_unit_test(test_against_the_library),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_written_and_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
