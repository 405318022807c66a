/*
 * Guards what the gateway goes by: it knows no operation of its own, and asks
 * each daemon what there is, what it takes, and who may ask for it.
 */
#include "tests/unit/test.h"

#include "common/control/session.h"

static const char *const colours[] = { "red", "blue", NULL };

static const char *const all_day[] = { "all-day", NULL };

static const struct field paint_fields[] = {
	{ .name = "colour", .type = FIELD_CHOICE, .choices = colours },
	{ .name = "coats",
	    .type = FIELD_INTEGER,
	    .required = true,
	    .min = 1,
	    .max = 3 },
	{ .name = "hours",
	    .type = FIELD_INTEGER_OR_WORD,
	    .min = 1,
	    .max = 8,
	    .choices = all_day },
	{ .name = NULL },
};

static const struct op table[] = {
	{ .name = "paint",
	    .fields = paint_fields,
	    .may = RIGHT_OUTPUTS,
	    .help = "paint it" },
	{ .name = NULL },
};

static char *
ask(bool detail)
{
	const struct control_api api = { .ops = table };
	struct session s = { .api = &api };
	struct reply r = { .body = json_object() };
	json_t *body = json_pack("{s:b}", "detail", detail);
	char *text;

	assert_int_equal(session_op_help(NULL, &s, body, &r), OP_DONE);
	text = json_dumps(r.body, JSON_COMPACT);
	json_decref(body);
	json_decref(r.body);
	return text;
}

static void
test_a_list_and_its_detail(void **state)
{
	char *plain = ask(false), *detail = ask(true);

	(void)state;
	assert_string_equal(plain, "{\"ops\":{\"paint\":\"paint it\"}}");
	assert_string_equal(detail,
	    "{\"ops\":{\"paint\":{\"help\":\"paint it\",\"may\":\"outputs\","
	    "\"fields\":{\"colour\":{\"type\":\"choice\",\"choices\":"
	    "[\"red\",\"blue\"]},\"coats\":{\"type\":\"integer\","
	    "\"required\":true,\"min\":1,\"max\":3},\"hours\":{\"type\":"
	    "\"integer-or-word\",\"min\":1,\"max\":8,\"choices\":"
	    "[\"all-day\"]}}}}}");
	free(plain);
	free(detail);
}

static void
test_rights_have_names(void **state)
{
	int r;

	(void)state;
	for (r = 0; r < RIGHT_COUNT; r++) {
		const char *name = right_name((enum right)r);

		assert_int_equal(right_find(name, strlen(name)), r);
	}
	assert_int_equal(right_find("says", 4), RIGHT_COUNT);
	assert_int_equal(right_find("", 0), RIGHT_COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_and_its_detail),
		cmocka_unit_test(test_rights_have_names),
	};

	return cmocka_run_group_tests_name("help", tests, NULL, NULL);
}
