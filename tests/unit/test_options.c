/* The one reader of command lines: every way to write an option, and a sign
 * for each mistake. */
#include "tests/unit/test.h"

#include "common/args/options.h"

static const struct options_row rows[] = {
	{ "all", 'a', false },
	{ "name", 'n', true },
	{ "long-only", 0, true },
	{ "maybe", 0, OPTIONS_OPTIONAL },
	{ .name = NULL },
};

/* Says "0 1=value w:word …" of what it reads. */
static void
expect(const char *line, const char *said)
{
	char text[128], got[256] = "", *rest;
	char *argv[16] = { (char *)"program" };
	struct options o;
	const char *value;
	int argc = 1, row;
	size_t at = 0;

	snprintf(text, sizeof(text), "%s", line);
	for (argv[argc] = strtok_r(text, " ", &rest); argv[argc];
	     argv[argc] = strtok_r(NULL, " ", &rest))
		argc++;
	options_begin(&o, rows, argc, argv);
	while ((row = options_next(&o, &value)) != OPTIONS_END)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%d%s%s ",
		    row, value ? "=" : "",
		    value                ? value
		    : row < OPTIONS_WORD ? o.name
					 : "");
	for (row = options_at(&o); row < argc; row++)
		at += (size_t)snprintf(
		    got + at, sizeof(got) - at, "rest=%s ", argv[row]);
	assert_string_equal(got, said);
}

static void
test_every_way(void **state)
{
	(void)state;
	expect("", "");
	expect("-a --all --al", "0 0 0 ");
	expect("-n x -nx --name x --name=x", "1=x 1=x 1=x 1=x ");
	expect("-an x -aanx", "0 1=x 0 0 1=x ");
	expect("--name= -n=x", "1= 1==x ");
	expect("--long-only -a", "2=-a ");
	expect("word -a - --all word", "-2=word 0 -2=- 0 -2=word ");
	expect("-a -- -a word", "0 rest=-a rest=word ");
	expect("--maybe word --maybe=x", "3 -2=word 3=x ");
}

static void
test_every_mistake(void **state)
{
	(void)state;
	expect("-x -a", "-3-x 0 ");
	expect("--extra=secret", "-3--extra ");
	expect("-n", "-4-n ");
	expect("--name", "-4--name ");
	expect("--all=x", "-5--all ");
}

static void
expect_complaint(char *argument, const char *said)
{
	char *argv[] = { (char *)"program", argument, NULL };
	char text[OPTIONS_COMPLAINT_MAX];
	struct options o;
	const char *value;
	int option;

	options_begin(&o, rows, 2, argv);
	option = options_next(&o, &value);
	options_complaint(&o, option, value, text, sizeof(text));
	assert_string_equal(text, said);
}

static void
test_what_is_said_of_a_mistake(void **state)
{
	(void)state;
	expect_complaint((char *)"--odd", "--odd is not understood");
	expect_complaint((char *)"--name=x", "--name x is not understood");
	expect_complaint((char *)"word", "word is not understood");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_way),
		cmocka_unit_test(test_every_mistake),
		cmocka_unit_test(test_what_is_said_of_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
