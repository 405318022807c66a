/* Keys of accepted requests: remembered for their window, the oldest give way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "ttsd/control/idempotency.h"

static void
test_window(void **state)
{
	struct idempotency k;

	(void)state;
	idempotency_init(&k, 100);
	assert_int_equal(idempotency_find(&k, "a", 0), 0);
	idempotency_add(&k, "a", 1, 1000);
	idempotency_add(&k, "b", 2, 1050);
	assert_int_equal(idempotency_find(&k, "a", 1100), 1);
	assert_int_equal(idempotency_find(&k, "a", 1101), 0);
	assert_int_equal(idempotency_find(&k, "b", 1101), 2);
	assert_int_equal(idempotency_find(&k, "c", 1101), 0);
	idempotency_add(&k, "a", 3, 1102);
	assert_int_equal(idempotency_find(&k, "a", 1102), 3);
	idempotency_done(&k);
}

static void
test_the_oldest_give_way(void **state)
{
	char key[32];
	struct idempotency k;
	uint64_t i;

	(void)state;
	idempotency_init(&k, INT64_MAX);
	for (i = 1; i <= IDEMPOTENCY_KEYS_MAX + 10; i++) {
		snprintf(key, sizeof(key), "%d", (int)i);
		idempotency_add(&k, key, i, (int64_t)i);
	}
	assert_int_equal(idempotency_find(&k, "10", 5000), 0);
	assert_int_equal(idempotency_find(&k, "11", 5000), 11);
	snprintf(key, sizeof(key), "%d", IDEMPOTENCY_KEYS_MAX + 10);
	assert_int_equal(
	    idempotency_find(&k, key, 5000), IDEMPOTENCY_KEYS_MAX + 10);
	idempotency_done(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_the_oldest_give_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
