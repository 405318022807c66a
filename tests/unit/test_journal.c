/*
 * What the ledger has still to write down, against every order in which it can
 * be handed over, be kept, and be handed over again.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "ttsd/durable/journal.h"

static void
add(struct journal *j, uint64_t id, enum journal_kind kind)
{
	char text[32];

	snprintf(text, sizeof(text), "{%d}", (int)id);
	assert_int_equal(journal_add(j, id, kind, text, (int64_t)id), 0);
}

/* Hands all that waits over, and returns the number of the last. */
static uint64_t
hand_over(struct journal *j, uint64_t number)
{
	while (j->next)
		journal_handed_over(j, ++number);
	return number;
}

static void
test_kept_up_to_a_number(void **state)
{
	struct journal j;

	(void)state;
	journal_init(&j, SIZE_MAX);
	assert_null(journal_first(&j, JOURNAL_ACCEPTANCE));
	add(&j, 1, JOURNAL_ACCEPTANCE);
	add(&j, 1, JOURNAL_NOTE);
	add(&j, 2, JOURNAL_ACCEPTANCE);
	assert_string_equal(j.next->text, "{1}");
	assert_int_equal(hand_over(&j, 10), 13);
	assert_int_equal(journal_first(&j, JOURNAL_ACCEPTANCE)->id, 1);
	journal_kept(&j, 11);
	assert_int_equal(j.count, 2);
	assert_int_equal(journal_first(&j, JOURNAL_ACCEPTANCE)->id, 2);
	journal_kept(&j, 13);
	assert_int_equal(j.count, 0);
	assert_int_equal(j.bytes, 0);
	assert_null(journal_first(&j, JOURNAL_ACCEPTANCE));
	add(&j, 3, JOURNAL_ACCEPTANCE);
	assert_ptr_equal(j.next, j.first);
	journal_done(&j);
}

/* What somebody waits for: the first of it. */
static void
test_the_first_that_is_awaited(void **state)
{
	struct journal j;

	(void)state;
	journal_init(&j, SIZE_MAX);
	add(&j, 1, JOURNAL_NOTE);
	assert_null(journal_first(&j, JOURNAL_CHANGE));
	add(&j, 2, JOURNAL_CHANGE);
	add(&j, 3, JOURNAL_ACCEPTANCE);
	assert_int_equal(journal_first(&j, JOURNAL_CHANGE)->id, 2);
	assert_int_equal(journal_first(&j, JOURNAL_ACCEPTANCE)->id, 3);
	journal_kept(&j, hand_over(&j, 0) - 1);
	assert_int_equal(journal_first(&j, JOURNAL_CHANGE)->id, 3);
	journal_done(&j);
}

/* What was not handed over is not kept, whatever is said. */
static void
test_not_handed_over(void **state)
{
	struct journal j;

	(void)state;
	journal_init(&j, SIZE_MAX);
	add(&j, 1, JOURNAL_ACCEPTANCE);
	add(&j, 2, JOURNAL_ACCEPTANCE);
	journal_handed_over(&j, 5);
	journal_kept(&j, 100);
	assert_int_equal(j.count, 1);
	assert_int_equal(j.first->id, 2);
	journal_done(&j);
}

/* A ledger that is started afresh is told all again, and under new numbers. */
static void
test_again(void **state)
{
	struct journal j;

	(void)state;
	journal_init(&j, SIZE_MAX);
	add(&j, 1, JOURNAL_ACCEPTANCE);
	add(&j, 2, JOURNAL_ACCEPTANCE);
	hand_over(&j, 0);
	journal_kept(&j, 1);
	journal_again(&j);
	assert_ptr_equal(j.next, j.first);
	journal_kept(&j, 100);
	assert_int_equal(j.count, 1);
	assert_int_equal(hand_over(&j, 2), 3);
	journal_kept(&j, 3);
	assert_int_equal(j.count, 0);
	journal_done(&j);
}

static void
test_bound(void **state)
{
	struct journal j;
	int rc, n = 0;

	(void)state;
	journal_init(&j, 1000);
	while ((rc = journal_add(
		    &j, 1, JOURNAL_ACCEPTANCE, "{\"do\":\"accept\"}", 0)) == 0)
		n++;
	assert_int_equal(rc, ERR_FULL);
	assert_true(n > 5);
	journal_handed_over(&j, 1);
	journal_kept(&j, 1);
	add(&j, 2, JOURNAL_ACCEPTANCE);
	journal_done(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_up_to_a_number),
		cmocka_unit_test(test_the_first_that_is_awaited),
		cmocka_unit_test(test_not_handed_over),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
