/* How long, in every way to write it, and in every way to write it wrong. */
#include "tests/unit/test.h"

#include "common/text/duration.h"

#define MS INT64_C(1000000)

static void
test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} cases[] = {
		{ "0ms", 0 },
		{ "1ms", MS },
		{ "0.5ms", MS / 2 },
		{ "1.5s", 1500 * MS },
		{ "1.0000000019s", 1000 * MS + 1 },
		{ "007s", 7000 * MS },
		{ "90m", 5400000 * MS },
		{ "1h", 3600000 * MS },
		{ "1.25h", 4500000 * MS },
		{ "2d", 172800000 * MS },
		{ "0.1d", 8640000 * MS },
		{ "106751d", INT64_C(106751) * 86400000 * MS },
		{ "999999999999ms", 999999999999 * MS },
	};
	int64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_true(duration_parse(cases[i].text, &ns));
		if (ns != cases[i].ns)
			fail_msg("%s: %lld", cases[i].text, (long long)ns);
	}
}

static void
test_mistakes(void **state)
{
	static const char *const wrong[] = { "", "5", "ms", "s5", "5 s", " 5s",
		"5s ", "-5s", "+5s", ".5s", "5.s", "5,5s", "1h30m", "5S",
		"5min", "1e3s", "0x5s", "1.5.5s", "106752d", "9999999999d",
		"1234567890123ms", "5w", "5ss" };
	int64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++)
		if (duration_parse(wrong[i], &ns))
			fail_msg("accepted: %s", wrong[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
