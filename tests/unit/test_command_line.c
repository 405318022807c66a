/*
 * Guards the command line of both daemons: every way to write each option,
 * and a message for each mistake.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "daemon/command_line.h"

/* Splits "a b c" at blanks; parses it as the arguments of a daemon. */
static int
parse(struct command_line *o, const char *line)
{
	static char text[512];
	static char *argv[32];
	char *rest;
	int argc = 1;

	snprintf(text, sizeof(text), "%s", line);
	argv[0] = "ttsd";
	for (argv[argc] = strtok_r(text, " ", &rest); argv[argc];
	     argv[argc] = strtok_r(NULL, " ", &rest))
		argc++;
	return command_line_parse(argc, argv, o);
}

static void
test_nothing(void **state)
{
	struct command_line o;

	(void)state;
	assert_int_equal(parse(&o, ""), 0);
	assert_null(o.file);
	assert_int_equal(o.define_count, 0);
	assert_int_equal(o.verbosity, 0);
	assert_false(o.json_log || o.check_config || o.version || o.help);
	assert_string_equal(o.error, "");
	command_line_done(&o);
}

static void
test_reload_takes_a_process(void **state)
{
	static const char *const bad[] = { "--reload 1", "--reload -7",
		"--reload 12x", "--reload 99999999999" };
	struct command_line o;
	size_t i;

	(void)state;
	assert_int_equal(parse(&o, "--reload 4711"), 0);
	assert_int_equal(o.reload, 4711);
	command_line_done(&o);
	for (i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(parse(&o, bad[i]), ERR_INVALID);
		assert_non_null(strstr(o.error, "the id of a process"));
		command_line_done(&o);
	}
}

static void
test_all_of_them(void **state)
{
	static const char *const lines[] = {
		"-c f.conf -D a.b=c -D d.e.f=g=h -v -v --log-format json "
		"--check-config --version --help",
		"-cf.conf -Da.b=c -Dd.e.f=g=h -vv --log-format=json "
		"--check-config --version -h",
		"--config f.conf --define=a.b=c -D d.e.f=g=h --verbose -v "
		"--log-format=json --check --version --help",
	};
	struct command_line o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(lines); i++) {
		assert_int_equal(parse(&o, lines[i]), 0);
		assert_string_equal(o.file, "f.conf");
		assert_int_equal(o.define_count, 2);
		assert_string_equal(o.defines[0], "a.b=c");
		assert_string_equal(o.defines[1], "d.e.f=g=h");
		assert_int_equal(o.verbosity, 2);
		assert_true(o.json_log && o.check_config);
		assert_true(o.version && o.help);
		command_line_done(&o);
	}
	assert_int_equal(parse(&o, "-c=f"), 0);
	assert_string_equal(o.file, "=f"); /* only --long=VALUE has a '=' */
	command_line_done(&o);
	assert_int_equal(parse(&o, "--log-format json --log-format text"), 0);
	assert_false(o.json_log);
	command_line_done(&o);
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "-c", "-c needs a value" }, { "-v -D", "-D needs a value" },
		{ "--log-format", "--log-format needs a value" },
		{ "--log-format xml", "text or json, not 'xml'" },
		{ "--log-format=", "text or json" },
		{ "--log-formats=json", "unknown argument" },
		{ "--cofig x", "'--cofig' (did you mean '--config'?)" },
		{ "extra", "'extra'" }, { "-", "unknown argument" },
		{ "-- extra", "unknown argument 'extra'" }, { "-x", "'-x'" },
		{ "-vx", "'-x'" }, { "--help=me", "--help takes no value" },
		{ "--helpme", "'--helpme'" },
		/* The value may be a secret, so the message leaves it out. */
		{ "--kye=secret", "unknown argument '--kye'" },
		{ "--ver", "'--ver'" }, /* verbose or version? */
	};
	struct command_line o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(parse(&o, cases[i].line), ERR_INVALID);
		if (strstr(o.error, cases[i].words) == NULL)
			fail_msg("%s: %s", cases[i].line, o.error);
		command_line_done(&o);
	}
}

static void
test_bound_on_defines(void **state)
{
	static char *argv[COMMAND_LINE_DEFINES_MAX + 3];
	struct command_line o;
	int i;

	(void)state;
	for (i = 0; i < COMMAND_LINE_DEFINES_MAX + 2; i++)
		argv[i] = "-Da.b=c";
	assert_int_equal(
	    command_line_parse(COMMAND_LINE_DEFINES_MAX + 1, argv, &o), 0);
	assert_int_equal(o.define_count, COMMAND_LINE_DEFINES_MAX);
	command_line_done(&o);
	assert_int_equal(
	    command_line_parse(COMMAND_LINE_DEFINES_MAX + 2, argv, &o),
	    ERR_INVALID);
	assert_non_null(strstr(o.error, "too many"));
	command_line_done(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_reload_takes_a_process),
		cmocka_unit_test(test_all_of_them),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_bound_on_defines),
	};

	return cmocka_run_group_tests_name("command_line", tests, NULL, NULL);
}
