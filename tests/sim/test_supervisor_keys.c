/*
 * Stream keys on their way to an ffmpeg: it alone reads them, no command line,
 * log or status shows them, and where that can't be had somebody is warned.
 */
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define VARIABLE "TEST_STREAM_KEY"
#define KEY "SECRETKEY"

static void
expect_secret(struct desk *d, const char *name)
{
	const struct process *p = encoders_find("unix:");
	const char *const *words = proc_argv(p);
	char *status = json_dumps(desk_status(d, name), 0);

	for (; *words; words++)
		assert_null(strstr(*words, KEY));
	assert_non_null(strstr(proc_text(p), KEY));
	assert_null(strstr(status, KEY));
	assert_false(fake_logged(KEY));
	free(status);
}

/* The key is taken out of the environment, so that no child inherits it; from
 * then on the supervisor alone knows it, also for a second output and after a
 * reload. */
static void
test_a_key_in_the_environment(void **state)
{
	static const char conf[] =
	    "[output live]\nurl = rtmp://x/y\nkey_env = " VARIABLE "\n";
	struct desk d;

	(void)state;
	assert_int_equal(setenv(VARIABLE, KEY, 1), 0);
	desk_begin(&d, 1, conf);
	assert_true(fake_is_withheld(VARIABLE));
	unsetenv(VARIABLE); /* as process_withhold() does */
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	expect_secret(&d, "live");
	assert_true(desk_reload(&d, ""));
	fake_run(NS_PER_S);
	assert_true(desk_reload(&d, conf));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	expect_secret(&d, "live");
	desk_end(&d);
}

static void
test_a_variable_that_is_not_set(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(
	    &d, 1, "[output live]\nurl = rtmp://x/y\nkey_env = TEST_NO_SUCH\n");
	desk_until(&d, "live", CHILD_REJECTED, NS_PER_S);
	assert_non_null(strstr(json_text(desk_status(&d, "live"), "last_error"),
	    "key_env: the key cannot be had: "));
	assert_int_equal(encoders_started(), 0);
	desk_end(&d);
}

/* A name without a folder is that of a credential of systemd, whose mode is
 * systemd's affair. */
static void
test_a_credential_of_systemd(void **state)
{
	static const char conf[] =
	    "[output live]\nurl = rtmp://x/y\nkey_file = youtube\n";
	struct desk d;

	(void)state;
	setenv("CREDENTIALS_DIRECTORY", "/run/credentials/s", 1);
	desk_begin(&d, 1, "");
	fake_file("/run/credentials/s/youtube", KEY "\n", true);
	assert_true(desk_reload(&d, conf));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	expect_secret(&d, "live");
	assert_false(fake_logged("can be read by other users"));
	desk_end(&d);
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void
test_keys_that_are_none(void **state)
{
	static const struct {
		const char *url, *before; /* of the key's 600 bytes */
		size_t len;
		const char *error;
	} cases[] = {
		/* Longer than any key is. */
		{ "rtmp://x/y", KEY, 600,
		    "key_file: the key cannot be had: too long" },
		/* ffmpeg takes none with blanks. The log said that it is sent
		 * too, and then that it can't be. */
		{ "rtmp://x/y", KEY " ", 0,
		    "key_file: expected one line of printable characters; a "
		    "stream key or token without blanks" },
	};
	char text[640];
	struct desk d;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		n = (size_t)snprintf(text, sizeof(text), "%s", cases[i].before);
		for (; n < cases[i].len; n++)
			text[n] = 'x';
		text[n] = '\0';
		fake_file("/key", text, false);
		snprintf(text, sizeof(text), "'url':'%s','key_file':'/key'",
		    cases[i].url);
		assert_true(desk_add(&d, "live", text));
		desk_until(&d, "live", CHILD_REJECTED, NS_PER_S);
		if (strstr(json_text(desk_status(&d, "live"), "last_error"),
			cases[i].error) == NULL)
			fail_msg("it says '%s'",
			    json_text(desk_status(&d, "live"), "last_error"));
		assert_false(fake_logged(KEY));
		assert_false(fake_logged("which is sent too"));
		assert_int_equal(encoders_started(), 0);
		desk_end(&d);
	}
}

/* It came from a web page with the blank behind it, and the server said no:
 * nobody sees a blank. It may be part of a key, so it is sent. */
static void
test_a_blank_that_nobody_sees(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	fake_file("/key", KEY " \n", false);
	assert_true(desk_add(
	    &d, "live", "'url':'icecast://source@x/y.mp3','key_file':'/key'"));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_true(fake_logged("output=live key_file: the key begins or ends "
				"with a blank, which is sent too"));
	expect_secret(&d, "live");
	desk_end(&d);
}

/* What can't be hidden, and who can't be checked, is said once at the start.
 * What a person knows of and has confirmed is not. */
static void
test_what_is_warned_of(void **state)
{
	static const char line[] = "is in ffmpeg's command line",
			  blind[] = "the certificate of its server is not "
				    "checked";
	static const struct {
		const char *keys;
		const char *warning; /* NULL: none */
	} cases[] = {
		{ "'url':'rtsp://u:" KEY "@h/a'", line },
		{ "'url':'rtmp://h/a/" KEY "'", NULL },
		{ "'url':'rtmp://h/a/" KEY "','group':'g'", line },
		{ "'url':'rtsps://h/a'", blind },
		{ "'url':'rtsps://h/a','tls_verify':'no'", NULL },
		{ "'url':'rtmps://h/a/" KEY "'", NULL },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		assert_true(desk_add(&d, "live", cases[i].keys));
		desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
		assert_int_equal(fake_logged(line), cases[i].warning == line);
		assert_int_equal(fake_logged(blind), cases[i].warning == blind);
		assert_false(fake_logged(KEY));
		desk_end(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_in_the_environment),
		cmocka_unit_test(test_a_variable_that_is_not_set),
		cmocka_unit_test(test_a_credential_of_systemd),
		cmocka_unit_test(test_keys_that_are_none),
		cmocka_unit_test(test_a_blank_that_nobody_sees),
		cmocka_unit_test(test_what_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
