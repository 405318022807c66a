/* Guards what a board shows: fields, calls, their bounds, and that another
 * program can take it over. */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/picture/board.h"
#include "ttsd/air/boards.h"

static json_t *
texts(const char *json)
{
	json_t *o = json_loads(json, 0, NULL);

	assert_non_null(o);
	return o;
}

static void
set(struct board *b, const char *json)
{
	json_t *show = texts(json);

	board_set_all(b, show);
	json_decref(show);
}

static int
call(struct board *b, json_int_t id, const char *json)
{
	json_t *show = texts(json);
	int rc = board_call(b, id, show);

	json_decref(show);
	return rc;
}

static void
assert_told(json_t *told, const char *json)
{
	json_t *expected = texts(json);

	if (!json_equal(told, expected))
		fail_msg("%s, not %s", json_dumps(told, 0), json);
	json_decref(expected);
	json_decref(told);
}

static void
test_fields(void **state)
{
	struct board b;
	json_t *text = json_string("A"), *number = json_integer(1);
	char name[16];
	int i;

	(void)state;
	assert_int_equal(board_init(&b), 0);
	assert_int_equal(1, board_set(&b, "f", text));
	assert_int_equal(0, board_set(&b, "f", text));
	assert_int_equal(0, board_set(&b, "g", number));
	for (i = 1; i < BOARD_KEPT_MAX; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(1, board_set(&b, name, text));
	}
	assert_int_equal(ERR_FULL, board_set(&b, "one-more", text));
	json_decref(text);
	json_decref(number);
	set(&b, "{\"f\":\"B\"}");
	assert_string_equal(
	    json_string_value(json_object_get(b.fields, "f")), "B");
	board_done(&b);
}

static void
test_calls(void **state)
{
	struct board b;
	char show[32];
	int i;

	(void)state;
	assert_int_equal(board_init(&b), 0);
	assert_int_equal(1, call(&b, 1, "{\"t\":\"1\"}"));
	assert_int_equal(1, call(&b, 2, "{\"t\":\"2\"}"));
	/* Said again: behind what was urgent. */
	assert_int_equal(0, call(&b, 1, "{\"t\":\"1\"}"));
	assert_told(json_incref(b.calls), "[{\"t\":\"2\"},{\"t\":\"1\"}]");
	/* Another one of the same. */
	assert_int_equal(1, call(&b, 3, "{\"t\":\"1\"}"));
	assert_told(json_incref(b.calls), "[{\"t\":\"1\"},{\"t\":\"2\"}]");
	board_forget_ids(&b);
	assert_int_equal(1, call(&b, 2, "{\"t\":\"2\"}"));
	for (i = 0; i < 2 * BOARD_CALLS_MAX; i++) {
		snprintf(show, sizeof(show), "{\"t\":\"x%d\"}", i);
		assert_int_equal(1, call(&b, 100 + i, show));
	}
	assert_int_equal(json_array_size(b.calls), BOARD_CALLS_MAX);
	board_done(&b);
}

static void
test_taken_over(void **state)
{
	struct board from, to;
	json_t *told;

	(void)state;
	assert_int_equal(board_init(&from), 0);
	assert_int_equal(board_init(&to), 0);
	set(&from, "{\"a\":\"1\",\"b\":\"2\"}");
	call(&from, 7, "{\"a\":\"0\"}");
	call(&from, 8, "{\"a\":\"1\"}");
	set(&to, "{\"b\":\"old\",\"c\":\"3\"}");
	call(&to, 1, "{\"a\":\"older\"}");
	told = board_tell(&from);
	board_take(&to, told);
	/* Once more changes nothing. */
	board_take(&to, told);
	json_decref(told);
	assert_told(board_tell(&to),
	    "{\"fields\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"},\"calls\":["
	    "{\"a\":\"1\"},{\"a\":\"0\"},{\"a\":\"older\"}]}");
	told = texts("{\"fields\":[1],\"calls\":{\"x\":1}}");
	board_take(&to, told);
	board_take(&to, NULL);
	json_decref(told);
	assert_int_equal(json_array_size(to.calls), 3);
	board_done(&from);
	board_done(&to);
}

static void
test_each_video_has_its_own(void **state)
{
	struct boards b;
	json_t *show = texts("{\"t\":\"1\"}"), *own = texts("{\"t\":\"own\"}");

	(void)state;
	assert_int_equal(boards_init(&b), 0);
	boards_call(&b, 1, show);
	boards_call(&b, 2, NULL);
	boards_show(&b, "lobby", own);
	assert_told(boards_tell(&b, "lobby"),
	    "{\"fields\":{\"t\":\"own\"},\"calls\":[{\"t\":\"1\"}]}");
	assert_told(boards_tell(&b, "hall"),
	    "{\"fields\":{\"t\":\"1\"},\"calls\":[{\"t\":\"1\"}]}");
	boards_call(&b, 3, show);
	assert_told(boards_tell(&b, "lobby"),
	    "{\"fields\":{\"t\":\"1\"},\"calls\":[{\"t\":\"1\"}]}");
	json_decref(show);
	json_decref(own);
	boards_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_each_video_has_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
