/* Lists through `next`: what is put in comes in order, and goes once. */
#include "tests/unit/test.h"

#include "common/list.h"

struct item {
	struct item *next;
	int number;
};

static void
expect(const struct item *first, int count, const int *numbers)
{
	int i;

	for (i = 0; i < count; i++, first = first->next)
		assert_int_equal(first->number, numbers[i]);
	assert_null(first);
}

static void
test_append_and_remove(void **state)
{
	struct item items[3] = { { .number = 0 }, { .number = 1 },
		{ .number = 2 } };
	struct item stranger = { .number = 9 };
	struct item *first = NULL;
	int i;

	(void)state;
	LIST_REMOVE(first, &stranger);
	assert_null(first);
	for (i = 0; i < 3; i++)
		LIST_APPEND(first, &items[i]);
	expect(first, 3, (const int[]){ 0, 1, 2 });
	LIST_REMOVE(first, &items[1]);
	LIST_REMOVE(first, &stranger);
	expect(first, 2, (const int[]){ 0, 2 });
	LIST_REMOVE(first, &items[0]);
	LIST_APPEND(first, &items[0]);
	expect(first, 2, (const int[]){ 2, 0 });
	LIST_REMOVE(first, &items[0]);
	LIST_REMOVE(first, &items[2]);
	assert_null(first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append_and_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
