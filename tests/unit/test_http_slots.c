/*
 * Sixteen clients that sent a byte of their request now and then held all
 * connections of the metrics server for ever: each byte counted as life, and
 * whoever came was closed. Health probes failed, and a service manager that
 * believed them would have restarted a daemon that was well.
 */
#include "tests/unit/test.h"

#include "daemon/http_slots.h"

#define MAX 16
#define S INT64_C(1000000000)

static void
fill(struct http_slots *s, struct http_slot *slots, uint64_t source)
{
	size_t i;

	*s = (struct http_slots){ .max = MAX };
	for (i = 0; i < MAX; i++)
		http_slots_add(s, &slots[i], source, (int64_t)i);
	assert_null(http_slots_cut(s, MAX));
}

static void
test_a_newcomer_takes_the_place_of_the_oldest(void **state)
{
	struct http_slot slots[MAX], other, third;
	struct http_slots s;

	(void)state;
	fill(&s, slots, 1);
	http_slots_add(&s, &other, 1, S);
	assert_ptr_equal(http_slots_cut(&s, S), &slots[0]);
	assert_null(http_slots_cut(&s, S));
	http_slots_add(&s, &third, 1, S);
	assert_ptr_equal(http_slots_cut(&s, S), &slots[1]);
	http_slots_remove(&s, &slots[0]);
	http_slots_remove(&s, &slots[1]);
	assert_null(http_slots_cut(&s, S));
}

static void
test_who_asked_stays(void **state)
{
	struct http_slot slots[MAX], other;
	struct http_slots s;
	size_t i;

	(void)state;
	fill(&s, slots, 1);
	for (i = 0; i < MAX; i++)
		if (i != 5)
			http_slot_asked(&slots[i], 100);
	http_slots_add(&s, &other, 1, S);
	assert_ptr_equal(http_slots_cut(&s, S), &slots[5]);
}

static void
test_all_ask_and_none_reads(void **state)
{
	struct http_slot slots[MAX], other;
	struct http_slots s;
	size_t i;

	(void)state;
	fill(&s, slots, 1);
	for (i = 0; i < MAX; i++)
		http_slot_asked(&slots[i], 100 - (int64_t)i);
	http_slots_add(&s, &other, 1, S);
	assert_ptr_equal(http_slots_cut(&s, S), &slots[MAX - 1]);
}

static void
test_who_holds_most_gives(void **state)
{
	struct http_slot slots[MAX], other;
	struct http_slots s;

	(void)state;
	fill(&s, slots, 1);
	slots[0].source = 2;
	http_slots_add(&s, &other, 3, S);
	assert_ptr_equal(http_slots_cut(&s, S), &slots[1]);
}

static void
test_nobody_stays_for_ever(void **state)
{
	struct http_slots s = { .max = MAX };
	struct http_slot a, b;

	(void)state;
	assert_true(http_slots_due_ns(&s) == INT64_MAX);
	http_slots_add(&s, &a, 1, 0);
	http_slots_add(&s, &b, 1, S);
	assert_true(http_slots_due_ns(&s) == HTTP_SLOT_ASKING_NS);
	assert_null(http_slots_cut(&s, HTTP_SLOT_ASKING_NS - 1));
	http_slot_asked(&b, 2 * S);
	assert_ptr_equal(http_slots_cut(&s, HTTP_SLOT_ASKING_NS), &a);
	assert_true(http_slots_due_ns(&s) == 2 * S + HTTP_SLOT_ANSWERING_NS);
	http_slot_answered(&b, 3 * S);
	assert_true(http_slots_due_ns(&s) == 3 * S + HTTP_SLOT_ASKING_NS);
	assert_ptr_equal(http_slots_cut(&s, 3 * S + HTTP_SLOT_ASKING_NS), &b);
}

static void
test_what_has_no_end_has_no_time(void **state)
{
	struct http_slots s = { .max = MAX };
	struct http_slot a;

	(void)state;
	http_slots_add(&s, &a, 1, 0);
	http_slot_asked(&a, S);
	http_slot_idle(&a);
	assert_true(http_slots_due_ns(&s) == INT64_MAX);
	assert_null(http_slots_cut(&s, INT64_MAX - 1));
	/* Some of it is there again, and nobody takes it. */
	http_slot_sending(&a, 5 * S);
	assert_true(http_slots_due_ns(&s) == 5 * S + HTTP_SLOT_ANSWERING_NS);
	http_slot_idle(&a);
	http_slot_answered(&a, 2 * S);
	assert_true(http_slots_due_ns(&s) == 2 * S + HTTP_SLOT_ASKING_NS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_newcomer_takes_the_place_of_the_oldest),
		cmocka_unit_test(test_who_asked_stays),
		cmocka_unit_test(test_all_ask_and_none_reads),
		cmocka_unit_test(test_who_holds_most_gives),
		cmocka_unit_test(test_nobody_stays_for_ever),
		cmocka_unit_test(test_what_has_no_end_has_no_time),
	};

	return cmocka_run_group_tests_name("http_slots", tests, NULL, NULL);
}
