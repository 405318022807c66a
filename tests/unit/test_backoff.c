/*
 * Guards the back-off: every wait lies in the upper half of its step, all of
 * that half is used evenly, steps double up to the bound and no further, and
 * no choice of bounds overflows.
 */
#include "tests/unit/test.h"

#include "common/child/backoff.h"

#define MS INT64_C(1000000)

static void
test_steps_double_to_the_bound(void **state)
{
	static const int64_t steps[] = { 200 * MS, 400 * MS, 800 * MS,
		1600 * MS, 3000 * MS, 3000 * MS, 3000 * MS };
	struct backoff b = { .initial_ns = 200 * MS, .max_ns = 3000 * MS };
	struct backoff high;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(steps); i++) {
		high = b;
		assert_int_equal(backoff_next(&b, 0), steps[i] / 2);
		/* The largest remainder gives the whole step. */
		assert_int_equal(
		    backoff_next(&high, (uint64_t)steps[i] / 2), steps[i]);
		assert_int_equal(b.failures, i + 1);
	}
	backoff_reset(&b);
	assert_int_equal(b.failures, 0);
	assert_int_equal(backoff_next(&b, 0), 100 * MS);
}

/* Peers that failed together must not come back together. */
static void
test_the_upper_half_is_used_evenly(void **state)
{
	struct rng r = { 6 };
	unsigned tenth[10] = { 0 };
	int64_t wait;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		struct backoff b = { .initial_ns = 1000 * MS,
			.max_ns = 30000 * MS };

		wait = backoff_next(&b, rng_next(&r));
		assert_in_range(wait, 500 * MS, 1000 * MS);
		tenth[wait == 1000 * MS ? 9 : (wait - 500 * MS) / (50 * MS)]++;
	}
	for (i = 0; i < 10; i++)
		assert_in_range(tenth[i], 9500, 10500);
}

static void
test_any_random_stays_within(void **state)
{
	static const uint64_t extremes[] = { 0, 1, UINT64_MAX, UINT64_MAX / 2,
		UINT64_C(1) << 63 };
	struct rng r = { 7 };
	int round, i;

	(void)state;
	for (round = 0; round < 2000; round++) {
		struct backoff b = { .initial_ns =
					 (int64_t)rng_below(&r, 100000) + 1 };
		int64_t step = b.initial_ns, wait;

		b.max_ns = step + (int64_t)rng_below(&r, 10000000);
		for (i = 0; i < 40; i++) {
			wait = backoff_next(&b,
			    rng_one_in(&r, 2)
				? rng_next(&r)
				: extremes[rng_below(&r, COUNT_OF(extremes))]);
			assert_true(wait >= step - step / 2);
			assert_true(wait <= step);
			assert_true(wait > 0);
			step = step * 2 < b.max_ns ? step * 2 : b.max_ns;
		}
	}
}

/* Doubling must not pass the end of 64 bits on its way to a huge bound. */
static void
test_huge_bounds(void **state)
{
	struct backoff b = { .initial_ns = INT64_MAX / 3, .max_ns = INT64_MAX };
	struct backoff all = { .initial_ns = INT64_MAX, .max_ns = INT64_MAX };
	int64_t wait;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		wait = backoff_next(&b, UINT64_MAX);
		assert_true(wait >= INT64_MAX / 6);
		wait = backoff_next(&all, UINT64_MAX);
		assert_true(wait >= INT64_MAX / 2);
	}
}

static void
test_smallest(void **state)
{
	struct backoff b = { .initial_ns = 1, .max_ns = 1 };

	(void)state;
	assert_int_equal(backoff_next(&b, 0), 1);
	assert_int_equal(backoff_next(&b, UINT64_MAX), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_double_to_the_bound),
		cmocka_unit_test(test_the_upper_half_is_used_evenly),
		cmocka_unit_test(test_any_random_stays_within),
		cmocka_unit_test(test_huge_bounds),
		cmocka_unit_test(test_smallest),
	};

	return cmocka_run_group_tests_name("backoff", tests, NULL, NULL);
}
