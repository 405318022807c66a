/* Of an output that is dead for long the log tells little. */
#include "tests/unit/test.h"

#include "streamer-supervisor/sender/repeats.h"

#define S INT64_C(1000000000)

/* Fails each half minute from `from_s` to `to_s`; returns how often that is
 * told. */
static unsigned
fails(struct repeats *r, const char *reason, int64_t from_s, int64_t to_s)
{
	unsigned told = 0;
	int64_t at;

	for (at = from_s; at <= to_s; at += 30)
		told += repeats_take(r, reason, at * S);
	return told;
}

static void
test_the_first_are_told(void **state)
{
	struct repeats r = { 0 };
	char text[128];

	(void)state;
	assert_true(repeats_take(&r, "no route", 1 * S));
	repeats_describe(&r, 1 * S, text, sizeof(text));
	assert_string_equal(text, "");
	assert_false(repeats_are_folded(&r));
	assert_true(repeats_take(&r, "no route", 2 * S));
	assert_true(repeats_take(&r, "no route", 3 * S));
	repeats_describe(&r, 3 * S, text, sizeof(text));
	assert_string_equal(
	    text, " (the same again is counted, and told every 10 min)");
	assert_true(repeats_are_folded(&r));
	assert_false(repeats_take(&r, "no route", 4 * S));
}

static void
test_a_day_of_the_same_is_a_line_each_ten_minutes(void **state)
{
	struct repeats r = { 0 };
	char text[128];

	(void)state;
	assert_int_equal(
	    fails(&r, "no route", 0, 24 * 3600), REPEATS_SHOWN + 143);
	repeats_describe(&r, 24 * 3600 * S, text, sizeof(text));
	assert_string_equal(text, " failures=2881 for_s=86400");
}

static void
test_another_reason_is_told(void **state)
{
	struct repeats r = { 0 };

	(void)state;
	fails(&r, "no route", 0, 3600);
	assert_true(repeats_take(&r, "refused", 3601 * S));
	assert_false(repeats_are_folded(&r));
	assert_true(repeats_take(&r, "no route", 3602 * S));
}

static void
test_after_it_worked_all_is_told_again(void **state)
{
	struct repeats r = { 0 };

	(void)state;
	fails(&r, "no route", 0, 3600);
	repeats_end(&r);
	assert_false(repeats_are_folded(&r));
	assert_int_equal(fails(&r, "no route", 3630, 3690), REPEATS_SHOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_are_told),
		cmocka_unit_test(
		    test_a_day_of_the_same_is_a_line_each_ten_minutes),
		cmocka_unit_test(test_another_reason_is_told),
		cmocka_unit_test(test_after_it_worked_all_is_told_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
