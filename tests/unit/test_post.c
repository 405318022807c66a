/* Receipts on their way to ttsd, which may end before it has answered. */
#include "tests/unit/test.h"

#include <jansson.h>

#include "streamer-supervisor/receipts/post.h"

static void
add(struct post *p, int from, int to)
{
	for (; from < to; from++)
		post_add(p, json_pack("{s:i}", "id", from));
}

/* Expects a request with the ids from one to the one before the other. */
static void
expect(struct post *p, int from, int to)
{
	char *line = post_next(p);
	json_t *request = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *list = json_object_get(request, "receipts");

	assert_non_null(list);
	assert_int_equal(line[strlen(line) - 1], '\n');
	assert_int_equal(json_array_size(list), to - from);
	assert_int_equal(
	    json_integer_value(json_object_get(json_array_get(list, 0), "id")),
	    from);
	json_decref(request);
	free(line);
	assert_null(post_next(p));
}

static void
test_in_order_and_together(void **state)
{
	struct post p = { 0 };

	(void)state;
	assert_null(post_next(&p));
	add(&p, 0, 100);
	expect(&p, 0, POST_BATCH);
	add(&p, 100, 110);
	post_answered(&p);
	expect(&p, POST_BATCH, 110);
	post_answered(&p);
	assert_null(post_next(&p));
	post_done(&p);
}

static void
test_again(void **state)
{
	struct post p = { 0 };

	(void)state;
	add(&p, 0, 3);
	expect(&p, 0, 3);
	post_again(&p);
	add(&p, 3, 5);
	expect(&p, 0, 5);
	post_answered(&p);
	assert_int_equal(p.lost, 0);
	post_done(&p);
}

static void
test_a_bound(void **state)
{
	struct post p = { 0 };

	(void)state;
	add(&p, 0, 10);
	expect(&p, 0, 10);
	add(&p, 10, POST_MAX + 7);
	assert_int_equal(p.lost, 7);
	/* What was answered is not what came in its place. */
	post_answered(&p);
	expect(&p, 10, 10 + POST_BATCH);
	post_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_order_and_together),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
