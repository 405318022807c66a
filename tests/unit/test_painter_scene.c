/* Scenes: what is not told stays, what is wrong changes nothing. */
#include "tests/unit/test.h"

#include "common/err.h"
#include "streamer-supervisor/painter/layout/scene.h"

static int
take(struct scene *s, const char *line)
{
	char why[SCENE_WHY_MAX] = "";
	int rc = scene_take(s, line, strlen(line), why);

	assert_int_equal(rc < 0, why[0] != '\0');
	return rc;
}

static void
test_what_is_missing_stays(void **state)
{
	struct scene s;

	(void)state;
	assert_int_equal(scene_init(&s), 0);
	assert_int_equal(
	    take(&s, "{\"id\":1,\"fields\":{\"a\":\"1\",\"b\":\"2\"},"
		     "\"clock\":\"10:24\",\"level\":-20.4}"),
	    0);
	assert_int_equal(take(&s, "{\"id\":2,\"fields\":{\"b\":\"3\"}}"), 0);
	assert_int_equal(s.id, 2);
	assert_string_equal(scene_value(&s, "a"), "1");
	assert_string_equal(scene_value(&s, "b"), "3");
	assert_string_equal(scene_value(&s, "clock"), "10:24");
	assert_string_equal(scene_value(&s, "level"), "-20");
	assert_null(scene_value(&s, "c"));
	scene_done(&s);
}

static void
test_calls_are_newest_first(void **state)
{
	struct scene s;

	(void)state;
	assert_int_equal(scene_init(&s), 0);
	assert_int_equal(take(&s, "{\"id\":1,\"calls\":[{\"ticket\":\"A2\"},"
				  "{\"ticket\":\"A1\"}]}"),
	    0);
	assert_string_equal(scene_value(&s, "call.1.ticket"), "A2");
	assert_string_equal(scene_value(&s, "call.2.ticket"), "A1");
	assert_null(scene_value(&s, "call.3.ticket"));
	assert_null(scene_value(&s, "call.0.ticket"));
	assert_null(scene_value(&s, "call."));
	assert_null(scene_value(&s, "call.1.counter"));
	assert_true(scene_shows(&s, "if-call.2.ticket"));
	assert_false(scene_shows(&s, "if-call.3.ticket"));
	scene_done(&s);
}

static void
test_shapes(void **state)
{
	struct scene s;

	(void)state;
	assert_int_equal(scene_init(&s), 0);
	assert_true(scene_shows(&s, "mouth-sil"));
	assert_false(scene_shows(&s, "mouth-aa"));
	assert_true(scene_shows(&s, "eyes-open"));
	assert_false(scene_switches(&s, "hand-up"));
	assert_false(scene_switches(&s, "mouth"));
	assert_int_equal(
	    take(&s, "{\"id\":1,\"show\":{\"mouth\":\"aa\",\"hand\":\"up\"},"
		     "\"blink\":true,\"fields\":{\"lane\":\"3\"}}"),
	    0);
	assert_true(scene_shows(&s, "mouth-aa"));
	assert_false(scene_shows(&s, "mouth-sil"));
	assert_true(scene_shows(&s, "eyes-closed"));
	assert_false(scene_shows(&s, "eyes-open"));
	assert_true(scene_switches(&s, "hand-up"));
	assert_true(scene_shows(&s, "hand-up"));
	assert_false(scene_shows(&s, "hand-down"));
	assert_true(scene_shows(&s, "if-lane"));
	assert_true(scene_shows(&s, "if-lane-3"));
	assert_false(scene_shows(&s, "if-lane-4"));
	assert_false(scene_shows(&s, "if-door"));
	scene_done(&s);
}

static void
test_what_is_wrong_changes_nothing(void **state)
{
	static const char *const wrong[] = { "", "{", "[]", "12",
		"{\"fields\":{\"a\":\"2\"}}", "{\"id\":\"1\"}",
		"{\"id\":9,\"fields\":{\"a\":2}}", "{\"id\":9,\"fields\":[]}",
		"{\"id\":9,\"fields\":{\"a\":\"2\"},\"calls\":{}}",
		"{\"id\":9,\"calls\":[1]}", "{\"id\":9,\"caption\":\"a\"}",
		"{\"id\":9,\"caption\":{\"text\":1}}",
		"{\"id\":9,\"caption\":{\"text\":\"a\",\"from\":2,\"to\":1}}",
		"{\"id\":9,\"caption\":{\"text\":\"a\",\"from\":-1}}",
		"{\"id\":9,\"clock\":1}", "{\"id\":9,\"blink\":1}",
		"{\"id\":9,\"level\":\"-20\"}",
		"{\"id\":9,\"show\":{\"mouth\":null}}" };
	struct scene s;
	size_t i;

	(void)state;
	assert_int_equal(scene_init(&s), 0);
	assert_int_equal(take(&s, "{\"id\":1,\"fields\":{\"a\":\"1\"}}"), 0);
	for (i = 0; i < COUNT_OF(wrong); i++)
		assert_int_equal(take(&s, wrong[i]), ERR_INVALID);
	assert_int_equal(s.id, 1);
	assert_string_equal(scene_value(&s, "a"), "1");
	scene_done(&s);
}

/* Fields that come one by one are as many as those that come at once. */
static void
test_fields_are_bounded(void **state)
{
	struct scene s;
	char line[64];
	int i;

	(void)state;
	assert_int_equal(scene_init(&s), 0);
	for (i = 0; i < BOARD_KEPT_MAX; i++) {
		snprintf(line, sizeof(line),
		    "{\"id\":1,\"fields\":{\"f%d\":\"\"}}", i);
		assert_int_equal(take(&s, line), 0);
	}
	assert_int_equal(
	    take(&s, "{\"id\":2,\"fields\":{\"more\":\"\"}}"), ERR_INVALID);
	assert_int_equal(take(&s, "{\"id\":3,\"fields\":{\"f1\":\"x\"}}"), 0);
	scene_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_missing_stays),
		cmocka_unit_test(test_calls_are_newest_first),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_what_is_wrong_changes_nothing),
		cmocka_unit_test(test_fields_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
