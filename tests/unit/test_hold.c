/* What an earlier ttsd has left waits for its readers, and not for ever. */
#include "tests/unit/test.h"
#include "ttsd/queue/hold.h"

#define SOON INT64_C(1000000)

static bool
holds(struct hold *h, uint64_t readers, int64_t now_ns)
{
	hold_advance(h, readers, now_ns);
	return hold_is_on(h);
}

static void
test_nothing_was_left(void **state)
{
	struct hold h = { .readers = 0 };

	(void)state;
	assert_false(hold_is_on(&h));
	assert_false(holds(&h, 0, SOON));
}

static void
test_until_all_are_back(void **state)
{
	struct hold h = { .readers = 0 };

	(void)state;
	hold_note(&h, 2, 7, SOON);
	assert_true(hold_is_on(&h));
	assert_true(holds(&h, 0, SOON));
	assert_true(holds(&h, 1, 2 * SOON));
	assert_false(holds(&h, 2, 3 * SOON));
	/* One that leaves, or a later note, begins no new wait. */
	assert_false(holds(&h, 1, 4 * SOON));
	hold_note(&h, 5, 8, 4 * SOON);
	assert_false(holds(&h, 1, 4 * SOON));
}

static void
test_not_for_ever(void **state)
{
	struct hold h = { .readers = 0 };

	(void)state;
	hold_note(&h, 2, 7, SOON);
	hold_note(&h, 2, 8, 9 * SOON);
	assert_true(holds(&h, 1, SOON + HOLD_MAX_NS - 1));
	assert_false(holds(&h, 1, SOON + HOLD_MAX_NS));
}

/* Who was there when it was noted last is waited for, in whatever order it
 * comes. */
static void
test_the_latest_note(void **state)
{
	struct hold h = { .readers = 0 };

	(void)state;
	hold_note(&h, 0, 7, SOON);
	assert_false(holds(&h, 0, SOON));
	hold_note(&h, 1, 9, SOON);
	hold_note(&h, 5, 8, SOON);
	assert_true(holds(&h, 0, SOON));
	assert_false(holds(&h, 1, SOON));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_was_left),
		cmocka_unit_test(test_until_all_are_back),
		cmocka_unit_test(test_not_for_ever),
		cmocka_unit_test(test_the_latest_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
