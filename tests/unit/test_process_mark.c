/* What tells a process from every other one is the same each time. */
#include "tests/unit/test.h"

#include "common/err.h"
#include "platform/platform.h"
#include "platform/process_mark.h"

static void
test_of_this_process(void **state)
{
	int64_t pid = process_own_pid();
	char one[PROCESS_MARK_MAX], two[PROCESS_MARK_MAX], *end;

	(void)state;
	assert_int_equal(process_mark(pid, one, sizeof(one)), 0);
	assert_int_equal(process_mark(pid, two, sizeof(two)), 0);
	assert_string_equal(one, two);
	assert_int_equal(strtoll(one, &end, 10), pid);
	assert_int_equal(*end, ' ');
	assert_null(strchr(one, '\n'));
	assert_int_equal(process_mark(pid, one, 4), ERR_TOO_LONG);
}

static void
test_of_none(void **state)
{
	static const int64_t ids[] = { 0, -1, INT64_MIN, INT64_MAX,
		INT64_C(1) << 32 };
	char mark[PROCESS_MARK_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ids); i++)
		assert_int_equal(
		    process_mark(ids[i], mark, sizeof(mark)), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_this_process),
		cmocka_unit_test(test_of_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
