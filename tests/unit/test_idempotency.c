/* Keys of accepted requests: remembered for their window, the oldest give way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "ttsd/control/keys.h"

static void
test_window(void **state)
{
	struct keys k;

	(void)state;
	keys_init(&k, 100);
	assert_int_equal(keys_find(&k, "a", 0), 0);
	keys_add(&k, "a", 1, 1000);
	keys_add(&k, "b", 2, 1050);
	assert_int_equal(keys_find(&k, "a", 1100), 1);
	assert_int_equal(keys_find(&k, "a", 1101), 0);
	assert_int_equal(keys_find(&k, "b", 1101), 2);
	assert_int_equal(keys_find(&k, "c", 1101), 0);
	keys_add(&k, "a", 3, 1102);
	assert_int_equal(keys_find(&k, "a", 1102), 3);
	keys_done(&k);
}

static void
test_the_oldest_give_way(void **state)
{
	char key[32];
	struct keys k;
	uint64_t i;

	(void)state;
	keys_init(&k, INT64_MAX);
	for (i = 1; i <= KEYS_MAX + 10; i++) {
		snprintf(key, sizeof(key), "%d", (int)i);
		keys_add(&k, key, i, (int64_t)i);
	}
	assert_int_equal(keys_find(&k, "10", 5000), 0);
	assert_int_equal(keys_find(&k, "11", 5000), 11);
	snprintf(key, sizeof(key), "%d", KEYS_MAX + 10);
	assert_int_equal(keys_find(&k, key, 5000), KEYS_MAX + 10);
	keys_done(&k);
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
