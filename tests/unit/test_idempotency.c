/*
 * Keys of accepted requests. A key once outlived the announcement that had been
 * cancelled, had failed or had expired, so that its retry was answered as a
 * duplicate and never spoken; it was one for all channels; and a delay longer
 * than the window forgot it before it was spoken, so that it was spoken twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "ttsd/control/idempotency.h"

static const int hall, office; /* two channels */

static uint64_t
find(const struct idempotency *k, const char *key, int64_t now_ns)
{
	bool spoken;

	return idempotency_find(k, &hall, key, now_ns, &spoken);
}

static void
test_window(void **state)
{
	struct idempotency k;

	(void)state;
	idempotency_init(&k, 100);
	assert_int_equal(find(&k, "a", 0), 0);
	idempotency_add(&k, &hall, "a", 1, 1000);
	idempotency_add(&k, &hall, "b", 2, 1050);
	idempotency_end(&k, 1, true);
	idempotency_end(&k, 2, true);
	assert_int_equal(find(&k, "a", 1100), 1);
	assert_int_equal(find(&k, "a", 1101), 0);
	assert_int_equal(find(&k, "b", 1101), 2);
	assert_int_equal(find(&k, "c", 1101), 0);
	idempotency_add(&k, &hall, "a", 3, 1102);
	assert_int_equal(find(&k, "a", 1102), 3);
	idempotency_done(&k);
}

/* However long it waits; and for the window from when it was due. */
static void
test_kept_until_it_has_ended(void **state)
{
	struct idempotency k;
	bool spoken;

	(void)state;
	idempotency_init(&k, 100);
	idempotency_add(&k, &hall, "a", 1, 5000);
	assert_int_equal(idempotency_find(&k, &hall, "a", 900000, &spoken), 1);
	assert_false(spoken);
	idempotency_end(&k, 1, true);
	assert_int_equal(idempotency_find(&k, &hall, "a", 5100, &spoken), 1);
	assert_true(spoken);
	assert_int_equal(find(&k, "a", 5101), 0);
	idempotency_done(&k);
}

static void
test_not_spoken_is_withdrawn(void **state)
{
	struct idempotency k;

	(void)state;
	idempotency_init(&k, 100);
	idempotency_add(&k, &hall, "a", 1, 1000);
	idempotency_end(&k, 7, false);
	assert_int_equal(find(&k, "a", 1000), 1);
	idempotency_end(&k, 1, false);
	assert_int_equal(find(&k, "a", 1000), 0);
	idempotency_done(&k);
}

static void
test_a_channel_has_its_own(void **state)
{
	struct idempotency k;
	bool spoken;

	(void)state;
	idempotency_init(&k, 100);
	idempotency_add(&k, &hall, "a", 1, 1000);
	assert_int_equal(idempotency_find(&k, &office, "a", 1000, &spoken), 0);
	idempotency_add(&k, &office, "a", 2, 1000);
	assert_int_equal(idempotency_find(&k, &office, "a", 1000, &spoken), 2);
	assert_int_equal(find(&k, "a", 1000), 1);
	idempotency_done(&k);
}

/* Those that have ended first, then the oldest. */
static void
test_who_gives_way(void **state)
{
	char key[32];
	struct idempotency k;
	uint64_t i;

	(void)state;
	idempotency_init(&k, INT64_MAX / 2);
	for (i = 1; i <= IDEMPOTENCY_KEYS_MAX; i++) {
		snprintf(key, sizeof(key), "%d", (int)i);
		idempotency_add(&k, &hall, key, i, (int64_t)i);
	}
	idempotency_end(&k, 40, true);
	idempotency_end(&k, 30, true);
	idempotency_add(&k, &hall, "x", 9001, 9001);
	assert_int_equal(find(&k, "30", 9001), 0);
	assert_int_equal(find(&k, "40", 9001), 40);
	idempotency_add(&k, &hall, "y", 9002, 9002);
	assert_int_equal(find(&k, "40", 9002), 0);
	idempotency_add(&k, &hall, "z", 9003, 9003);
	assert_int_equal(find(&k, "1", 9003), 0);
	assert_int_equal(find(&k, "2", 9003), 2);
	assert_int_equal(find(&k, "z", 9003), 9003);
	idempotency_done(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_kept_until_it_has_ended),
		cmocka_unit_test(test_not_spoken_is_withdrawn),
		cmocka_unit_test(test_a_channel_has_its_own),
		cmocka_unit_test(test_who_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
