/* Guards the table of types of engines: each row is whole, what it needs is
 * asked for, and a configuration becomes its program's options. */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/conf/conf_internal.h"
#include "common/conf/engine_type.h"
#include "common/err.h"

static void
test_rows(void **state)
{
	const struct engine_type *type, *other;
	const struct schema_section *sec = schema_find("engine");
	size_t n = 0;

	(void)state;
	for (type = engine_types; type->name; type++, n++) {
		assert_string_equal(engine_type_names[n], type->name);
		for (other = engine_types; other != type; other++)
			assert_string_not_equal(other->name, type->name);
		assert_int_equal(type->needs == NULL, type->needed == NULL);
		if (type->needs)
			assert_non_null(schema_find_key(sec, type->needs));
		/* What is there unasked can't lack anything. */
		assert_false(type->exists && type->needs);
	}
	assert_null(engine_type_names[n]);
}

/* "[engine x] type = NAME" and `settings`, which may be NULL. */
static int
read_engine(struct conf *c, const char *name, const char *settings,
    struct conf_error *e)
{
	char text[1024];
	int n = snprintf(text, sizeof(text), "[engine x]\ntype = %s\n%s", name,
	    settings ? settings : "");
	int rc;

	assert_int_equal(conf_init(c), 0);
	rc = conf_parse(c, "f.conf", text, (size_t)n, e);
	return rc < 0 ? rc : conf_finish(c, e);
}

static void
test_what_it_needs(void **state)
{
	const struct engine_type *type;
	struct conf_error e;
	char text[200];
	struct conf c;

	(void)state;
	for (type = engine_types; type->name; type++) {
		if (type->needs == NULL) {
			assert_int_equal(
			    read_engine(&c, type->name, NULL, &e), 0);
			conf_done(&c);
			continue;
		}
		assert_int_equal(
		    read_engine(&c, type->name, NULL, &e), ERR_INVALID);
		snprintf(text, sizeof(text), "f.conf:1: [engine x] needs %s",
		    type->needed);
		assert_string_equal(e.text, text);
		conf_done(&c);
		snprintf(text, sizeof(text), "%s = x\n", type->needs);
		assert_int_equal(read_engine(&c, type->name, text, &e), 0);
		conf_done(&c);
	}
}

static void
expect_options(const char *name, const char *settings, const char *options)
{
	char **expected, **words;
	const struct conf_engine *engine;
	struct argv a = { 0 };
	struct conf_error e;
	struct conf c;
	size_t i;

	assert_int_equal(words_split(options, &expected), 0);
	assert_int_equal(read_engine(&c, name, settings, &e), 0);
	assert_int_equal(conf_set(&c, "ttsd.clips_dir=/clips", &e), 0);
	engine = conf_engine_find(&c, "x");
	assert_string_equal(engine_type_of(engine)->name, name);
	argv_add(&a, "%s", name);
	if (engine_type_of(engine)->add_options)
		engine_type_of(engine)->add_options(&a, engine, &c.ttsd);
	words = argv_take(&a);
	assert_non_null(words);
	assert_int_equal(words_count(words), 1 + words_count(expected));
	for (i = 0; expected[i]; i++)
		assert_string_equal(words[1 + i], expected[i]);
	words_free(words);
	words_free(expected);
	conf_done(&c);
}

static void
test_options(void **state)
{
	(void)state;
	expect_options("espeak", "timeout = 1m\n", "");
	expect_options("tone", NULL, "");
	expect_options("sapi", NULL, "");
	expect_options("clip", NULL, "--dir /clips");
	expect_options("command", "command = say 'a b'\n",
	    "--channels 1 --format auto --timeout 0 -- say 'a b'");
	expect_options("command", "command = x\nrate = 16000\nformat = raw\n",
	    "--rate 16000 --channels 1 --format raw --timeout 0 -- x");
	expect_options("http", "url = http://h/\n",
	    "--url http://h/ --retries 2 --timeout 9 --connect-timeout 3");
	expect_options("http",
	    "url = http://h/\nmodel = m\nvoice = v\nkey_file = f\n"
	    "format = raw\nrate = 8000\nretries = 0\ntimeout = 1s\n",
	    "--url http://h/ --model m --voice v --key-file f --format pcm "
	    "--rate 8000 --retries 0 --timeout 1 --connect-timeout 1");
	expect_options("http", "url = http://h/\nkey_env = K\nformat = wav\n",
	    "--url http://h/ --key-env K --format wav --retries 2 --timeout 9 "
	    "--connect-timeout 3");
	expect_options("wyoming", "address = h:1\nvoice = v\nformat = raw\n",
	    "--address h:1 --voice v --format raw --timeout 9");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_what_it_needs),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests_name("engine_type", tests, NULL, NULL);
}
