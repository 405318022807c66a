/* The codes of failures, as they go over the wire and come back. */
#include "tests/unit/test.h"

#include "common/failure.h"

static void
test_names_there_and_back(void **state)
{
	enum failure_code code;
	unsigned i;

	(void)state;
	for (i = 0; i < FAILURE_COUNT; i++) {
		assert_non_null(failure_name((enum failure_code)i));
		assert_true(
		    failure_find(failure_name((enum failure_code)i), &code));
		assert_int_equal(code, i);
	}
	assert_false(failure_find("quota", &code));
	assert_int_equal(code, FAILURE_FAILED);
	assert_false(failure_find("", &code));
}

/* Failures were told apart by the first letters of their text. */
static void
test_whose_fault(void **state)
{
	(void)state;
	assert_true(failure_is_engines(FAILURE_FAILED));
	assert_true(failure_is_engines(FAILURE_UNAVAILABLE));
	assert_false(failure_is_engines(FAILURE_CRASHED));
	assert_false(failure_is_engines(FAILURE_BAD_REQUEST));
	assert_false(failure_is_engines(FAILURE_UNKNOWN_VOICE));
	assert_false(failure_is_engines(FAILURE_UNREADABLE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_there_and_back),
		cmocka_unit_test(test_whose_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
