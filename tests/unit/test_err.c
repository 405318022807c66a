/* Guards the error codes: all negative and different, each with a text of its
 * own, and any other number is answered too. */
#include "tests/unit/test.h"

#include <limits.h>

#include "common/err.h"

static const int codes[] = {
#define X(name, text) ERR_##name,
	ERR_LIST(X)
#undef X
};

static void
test_codes_and_texts(void **state)
{
	size_t i, k;

	(void)state;
	assert_int_equal(COUNT_OF(codes), ERR_COUNT);
	for (i = 0; i < COUNT_OF(codes); i++) {
		assert_true(codes[i] < 0);
		assert_non_null(err_text(codes[i]));
		assert_true(strlen(err_text(codes[i])) > 0);
		for (k = 0; k < i; k++) {
			assert_int_not_equal(codes[i], codes[k]);
			assert_string_not_equal(
			    err_text(codes[i]), err_text(codes[k]));
		}
	}
	assert_string_equal(err_text(ERR_NOMEM), "out of memory");
	assert_string_equal(
	    err_text(ERR_UNSUPPORTED), "not supported on this system");
}

static void
test_any_number_has_a_text(void **state)
{
	static const int others[] = { 1, 42, INT_MAX, INT_MIN, INT_MIN + 1,
		-ERR_COUNT - 1, -1000 };
	size_t i;

	(void)state;
	assert_string_equal(err_text(0), "success");
	for (i = 0; i < COUNT_OF(others); i++)
		assert_string_equal(err_text(others[i]), "unknown error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_and_texts),
		cmocka_unit_test(test_any_number_has_a_text),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
