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

/* Asked for again the key is the latest one's, in whatever order they were put
 * back; where that was not spoken it is the former one's. */
static void
test_again(void **state)
{
	const uint64_t orders[][3] = { { 1, 2, 3 }, { 3, 1, 2 }, { 2, 3, 1 } };
	struct idempotency k;
	size_t i, j;

	(void)state;
	for (i = 0; i < 3; i++) {
		idempotency_init(&k, 100);
		for (j = 0; j < 3; j++)
			idempotency_add(&k, &hall, "a", orders[i][j], 1000);
		idempotency_add(&k, &office, "a", 9, 1000);
		idempotency_end(&k, 1, true);
		idempotency_end(&k, 2, true);
		assert_int_equal(find(&k, "a", 1000), 3);
		idempotency_end(&k, 3, false);
		assert_int_equal(find(&k, "a", 1000), 2);
		assert_int_equal(find(&k, "a", 1101), 0);
		idempotency_done(&k);
	}
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

static void
add(struct idempotency *k, int id)
{
	char key[32];

	snprintf(key, sizeof(key), "%d", id);
	assert_int_equal(
	    idempotency_add(k, &hall, key, (uint64_t)id, (int64_t)id), 0);
}

static bool
knows(const struct idempotency *k, int id)
{
	char key[32];

	snprintf(key, sizeof(key), "%d", id);
	return find(k, key, 900000) == (uint64_t)id;
}

/* Of those that have ended, the ones whose window ends first. */
static void
test_who_gives_way(void **state)
{
	struct idempotency k;
	int id;

	(void)state;
	idempotency_init(&k, INT64_MAX / 2);
	for (id = 1; id <= IDEMPOTENCY_ENDED_MAX + 3; id++)
		add(&k, id);
	idempotency_end(&k, 1, false);
	for (id = IDEMPOTENCY_ENDED_MAX + 3; id > 3; id--)
		idempotency_end(&k, (uint64_t)id, true);
	assert_true(knows(&k, 4));
	idempotency_end(&k, 3, true);
	assert_false(knows(&k, 3));
	assert_true(knows(&k, 4));
	assert_true(knows(&k, 2));
	add(&k, 5000);
	idempotency_end(&k, 5000, true);
	assert_false(knows(&k, 4));
	assert_true(knows(&k, 5));
	assert_true(knows(&k, 5000));
	idempotency_done(&k);
}

/* Story: of more than 4,096 that waited the first ones were forgotten, so that
 * a retry was said twice, and a stale ticket could not be replaced. */
static void
test_all_that_wait_are_known(void **state)
{
	const struct key_entry *at = NULL;
	struct idempotency_key one;
	struct idempotency k;
	int id, known = 0;

	(void)state;
	idempotency_init(&k, 100);
	for (id = 1; id <= 100000; id++)
		add(&k, id);
	for (id = 1; id <= 100000; id++)
		known += knows(&k, id);
	assert_int_equal(known, 100000);
	while (idempotency_next(&k, &at, &one))
		known -= one.id > 0 && one.channel == &hall && !one.ended;
	assert_int_equal(known, 0);
	for (id = 1; id <= 100000; id++)
		idempotency_end(&k, (uint64_t)id, id % 2);
	assert_false(knows(&k, 100000));
	idempotency_done(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_kept_until_it_has_ended),
		cmocka_unit_test(test_not_spoken_is_withdrawn),
		cmocka_unit_test(test_a_channel_has_its_own),
		cmocka_unit_test(test_who_gives_way),
		cmocka_unit_test(test_all_that_wait_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
