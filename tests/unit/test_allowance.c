/*
 * Guards how often somebody may. Story: what was taken beside each other, or
 * without asking, filled a bucket far beyond its brim: after a burst of wrong
 * tokens an address was shut out for an hour and a half instead of a minute.
 */
#include "tests/unit/test.h"

#include "daemon/allowance.h"

#define S INT64_C(1000000000)
#define EACH (6 * S)
#define MOST 10

static struct allowance a;

static int
begin(void **state)
{
	(void)state;
	allowance_init(&a, EACH, MOST);
	return 0;
}

/* How many may in one moment. */
static unsigned
take_all(uint64_t source, int64_t now)
{
	unsigned n = 0;

	while (n < 1000 && allowance_wait_ns(&a, source, now) == 0) {
		allowance_take(&a, source, now);
		n++;
	}
	return n;
}

static void
test_so_many_at_once_then_one_in_a_time(void **state)
{
	int64_t now = 100 * S;

	(void)state;
	assert_int_equal(take_all(1, now), MOST);
	assert_true(allowance_wait_ns(&a, 1, now) == EACH);
	assert_true(allowance_wait_ns(&a, 1, now + S) == EACH - S);
	assert_int_equal(take_all(1, now + EACH - 1), 0);
	assert_int_equal(take_all(1, now + EACH), 1);
	assert_int_equal(take_all(1, now + 3 * EACH), 2);
	assert_int_equal(take_all(1, now + 1000 * EACH), MOST);
}

static void
test_others_have_their_own(void **state)
{
	(void)state;
	assert_int_equal(take_all(1, S), MOST);
	assert_int_equal(take_all(2, S), MOST);
	assert_int_equal(take_all(0, S), MOST);
	assert_int_equal(take_all(1, S), 0);
}

static void
test_a_burst_shuts_out_no_longer(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		allowance_take(&a, 1, S);
	assert_true(allowance_wait_ns(&a, 1, S) <= EACH);
	assert_int_equal(take_all(1, S + EACH), 1);
	assert_int_equal(take_all(1, S + 100 * EACH), MOST);
}

/* More sources than there is room for: whoever asks much stays, and nobody is
 * refused who has not asked. */
static void
test_more_sources_than_rows(void **state)
{
	uint64_t source;

	(void)state;
	assert_int_equal(take_all(1, S), MOST);
	for (source = 2; source < 10 * ALLOWANCE_SOURCES; source++) {
		assert_true(allowance_wait_ns(&a, source, S) == 0);
		allowance_take(&a, source, S);
		assert_int_equal(take_all(1, S), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    test_so_many_at_once_then_one_in_a_time, begin),
		cmocka_unit_test_setup(test_others_have_their_own, begin),
		cmocka_unit_test_setup(test_a_burst_shuts_out_no_longer, begin),
		cmocka_unit_test_setup(test_more_sources_than_rows, begin),
	};

	return cmocka_run_group_tests_name("allowance", tests, NULL, NULL);
}
