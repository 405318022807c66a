/*
 * Guards who is checked over TLS. ffmpeg checks nobody unless told, and where
 * it cannot, it swallows what it is told: a stream key went to whoever stood
 * in between.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/err.h"
#include "streamer-supervisor/ffmpeg/protocol.h"
#include "streamer-supervisor/ffmpeg/tls.h"

/* An output to `url`, with the configuration's lines `more`. */
static int
plan(struct conf *c, const char *url, const char *more, struct plan *out,
    struct conf_error *e)
{
	char text[400];

	snprintf(text, sizeof(text), "[output a]\nurl = %s\n%s", url, more);
	assert_int_equal(conf_init(c), 0);
	assert_int_equal(conf_parse(c, "f", text, strlen(text), e), 0);
	assert_int_equal(conf_finish(c, e), 0);
	return plan_make(conf_output_at(c, 0), "url", out, e);
}

/* The words and the preset that `url` comes to. */
static void
expect(const char *url, const char *more, const char *words, const char *preset,
    bool blind)
{
	struct argv a = { 0 };
	struct conf_error e;
	struct plan p;
	struct secret s;
	struct conf c;
	char got[200] = "", **argv;
	size_t i;

	if (plan(&c, url, more, &p, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(secret_part(&s, p.protocol->secret, url, ""), 0);
	assert_int_equal(tls_preset(&s, &p, conf_output_at(&c, 0)), 0);
	argv_add(&a, "x");
	tls_options(&a, &p, conf_output_at(&c, 0), &s);
	argv = argv_take(&a);
	for (i = 1; argv[i]; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), " %s",
		    argv[i]);
	assert_string_equal(got, words);
	assert_string_equal(s.preset, preset);
	assert_int_equal(tls_is_blind(&p, conf_output_at(&c, 0)), blind);
	words_free(argv);
	secret_done(&s);
	conf_done(&c);
}

static void
test_what_ffmpeg_is_told(void **state)
{
	(void)state;
	expect("rtmp://h/a", "", "", "", false);
	expect("/srv/a.m3u8", "", "", "", false);
	expect("rtmps://h/a", "", " -tls_verify 1", "", false);
	expect("rtmps://h/a", "tls_verify = no\n", "", "", false);
	expect("rtmps://h/a", "ca_file = /c a\n",
	    " -tls_verify 1 -ca_file /c a", "", false);
	expect("https://h/a.mpd", "", " -http_opts tls_verify=1", "", false);
	expect("https://h/a.mpd", "ca_file = /c:a\n",
	    " -http_opts tls_verify=1:ca_file=/c\\:a", "", false);
	expect("https://h/a.mpd", "tls_verify = no\n", "", "", false);
	expect("http://h/a.mpd", "", "", "", false);
	expect("rtsps://h/a", "", "", "", true);
	expect("rtsps://h/a", "tls_verify = no\n", "", "", false);
	expect("https://h/a.m3u8", "", "", "", true);
	expect("whips://h/a", "", "", "", true);
}

/* What is an option of both, the secret and the check, is one option: the
 * second would have replaced the first without a word. */
static void
test_a_secret_does_not_take_its_place(void **state)
{
	(void)state;
	expect("https://u:p@h/a.mpd", "ca_file = /c\n", "",
	    "http_opts=headers='Authorization: Basic dTpw'"
	    ":tls_verify=1:ca_file=/c\n",
	    false);
	expect("https://u:p@h/a.mpd", "tls_verify = no\n", "",
	    "http_opts=headers='Authorization: Basic dTpw'\n", false);
}

/* The words that reading `probe_url` back comes to. */
static void
expect_reading(const char *url, const char *more, const char *words)
{
	struct argv a = { 0 };
	struct conf_error e;
	struct plan p;
	struct conf c;
	char got[200] = "", **argv;
	size_t i;

	if (plan(&c, url, more, &p, &e) < 0)
		fail_msg("%s", e.text);
	argv_add(&a, "x");
	tls_reading_options(
	    &a, conf_output_at(&c, 0), conf_output_at(&c, 0)->probe.url);
	argv = argv_take(&a);
	for (i = 1; argv[i]; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), " %s",
		    argv[i]);
	assert_string_equal(got, words);
	words_free(argv);
	conf_done(&c);
}

/* Whoever stood in between could say that all is well: `probe_url` was read
 * from anybody. */
static void
test_reading_back_is_checked_too(void **state)
{
	(void)state;
	expect_reading("rtmps://h/a", "", "");
	expect_reading(
	    "rtmps://h/a", "probe_url = rtmps://h/a\n", " -tls_verify 1");
	expect_reading("rtmps://h/a",
	    "probe_url = https://h/a.m3u8\nca_file = /c\n",
	    " -tls_verify 1 -ca_file /c");
	expect_reading("rtmp://h/a", "probe_url = https://h/a\nca_file = /c\n",
	    " -tls_verify 1 -ca_file /c");
	expect_reading(
	    "rtmps://h/a", "probe_url = rtmps://h/a\ntls_verify = no\n", "");
	expect_reading("rtsps://h/a", "probe_url = rtsps://h/a\n", "");
}

static void
test_what_cannot_be_asked(void **state)
{
	static const struct {
		const char *url, *more, *said;
	} cases[] = {
		{ "rtmp://h/a", "tls_verify = yes\n",
		    "f:3: [output a] tls_verify: only with an address" },
		{ "/srv/a.m3u8", "ca_file = /c\n",
		    "f:3: [output a] ca_file: only with an address" },
		{ "rtsps://h/a", "tls_verify = yes\n",
		    "f:3: [output a] tls_verify: ffmpeg checks no "
		    "certificate there" },
		{ "https://h/a.m3u8", "ca_file = /c\n",
		    "f:3: [output a] ca_file: ffmpeg checks no certificate" },
		{ "rtmps://h/a", "ca_file = /c\ntls_verify = no\n",
		    "f:3: [output a] ca_file: nothing is checked" },
	};
	struct conf_error e;
	struct plan p;
	struct conf c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(
		    plan(&c, cases[i].url, cases[i].more, &p, &e), ERR_INVALID);
		if (strncmp(e.text, cases[i].said, strlen(cases[i].said)) != 0)
			fail_msg("%s, not %s", e.text, cases[i].said);
		conf_done(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_ffmpeg_is_told),
		cmocka_unit_test(test_a_secret_does_not_take_its_place),
		cmocka_unit_test(test_reading_back_is_checked_too),
		cmocka_unit_test(test_what_cannot_be_asked),
	};

	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
