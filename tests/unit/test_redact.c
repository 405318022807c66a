/*
 * Guards the masking of passwords, stream keys and tokens: whatever ffmpeg
 * makes of its URL, in whatever sentence, the secret part does not come out.
 */
#include "tests/unit/test.h"

#include "common/net/redact.h"

static void
expect_url(const char *url, const char *expected)
{
	char got[256];

	redact_url(got, sizeof(got), url);
	assert_string_equal(got, expected);
}

static void
test_urls(void **state)
{
	(void)state;
	expect_url("rtsp://host:8554/name", "rtsp://host:8554/name");
	expect_url("rtsp://user:pass@host/a", "rtsp://user:***@host/a");
	expect_url("rtsp://user@host/a", "rtsp://user@host/a");
	expect_url("rtsp://user:p@ss@host/a", "rtsp://user:***@host/a");
	expect_url("rtsp://user:p:q@host/a", "rtsp://user:***@host/a");
	expect_url("rtsp://:pass@host", "rtsp://:***@host");
	expect_url("rtsp://host/a@b:c", "rtsp://host/a@b:c");
	expect_url("rtmp://host/live/KEY", "rtmp://host/live/***");
	expect_url("rtmp://host/live/KEY/", "rtmp://host/live/***/");
	expect_url("rtmp://host/a/b/KEY", "rtmp://host/a/b/***");
	expect_url("rtmp://host/live", "rtmp://host/live");
	expect_url("rtmp://host/", "rtmp://host/");
	expect_url("rtmp://host", "rtmp://host");
	expect_url("rtmps://u:p@h:443/app/KEY?a=b&c=d",
	    "rtmps://u:***@h:443/app/***?***");
	expect_url("srt://host:9?passphrase=0123456789", "srt://host:9?***");
	expect_url("srt://host:9?", "srt://host:9?");
	expect_url("icecast://source:hackme@host:8000/live",
	    "icecast://source:***@host:8000/live");
	expect_url("/srv/%Y-%H:%M@x?.mp3", "/srv/%Y-%H:%M@x?.mp3");
	expect_url("/srv/a:b@c", "/srv/a:b@c");
	expect_url("", "");
}

/* A status showed the key of `rtmp://h/app/inst/KEY/tail`, for the masker took
 * the last element of the path for the key while the command line's parter
 * knew better. */
static void
test_the_key_is_where_ffmpeg_finds_it(void **state)
{
	(void)state;
	expect_url("rtmp://h/app/inst/KEY/tail", "rtmp://h/app/inst/***");
	expect_url("rtmp://h/app/mp4:KEY/tail", "rtmp://h/app/***");
	expect_url("rtmp://h/app?t=1/KEY", "rtmp://h/app?***");
	expect_url("rtmp://h/app/KEY?sign=a/", "rtmp://h/app/***?***");
}

/* Ten of eleven addresses that nothing could be sent to were shown whole, key
 * and all, in status, log and error messages. */
static void
test_what_is_not_understood_shows_nothing(void **state)
{
	static const char *const addresses[] = {
		"\xef\xbb\xbfrtmp://h/app/KEY",
		"\"rtmp://h/app/KEY\"",
		"'rtmp://h/app/KEY'",
		"RTMP://h/app/KEY",
		"Rtmp://h/app/KEY",
		"rtmp:/h/app/KEY",
		"rtmp:h/app/KEY",
		"rtmp:\\\\h\\app\\KEY",
		"{\"url\":\"rtmp://h/app/KEY\"}",
		"h/app/KEY",
		"KEY",
		" rtmp://h/app/KEY",
		"\trtmp://h/app/KEY",
		"//h/app/KEY",
		"rtmp:///app/KEY",
		"rtmp://u@/app/KEY",
		"rtmp://h /app/KEY",
		"://h/app/KEY",
		"rtmp://h/app/\001KEY",
		"/app/\nKEY",
		"a:",
	};
	struct redact r = { .count = 0 };
	char text[128], got[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(addresses); i++) {
		expect_url(addresses[i], REDACT_UNKNOWN);
		assert_int_equal(redact_add_url(&r, addresses[i]), 0);
		snprintf(text, sizeof(text), "no '%s' here", addresses[i]);
		redact_text(&r, got, sizeof(got), text);
		/* A word of three letters is not looked for in lines. */
		if (strlen(addresses[i]) > 3)
			assert_null(strstr(got, "KEY"));
		redact_done(&r);
	}
}

static void
test_what_has_a_secret(void **state)
{
	(void)state;
	assert_true(redact_has_secret("rtsp://u:p@h/a"));
	assert_true(redact_has_secret("http://h/l.m3u8?x=1&token=2"));
	assert_false(redact_has_secret("rtsp://u@h/a:b@c"));
	assert_false(redact_has_secret("rtmp://h/live/b?x=1"));
	assert_false(redact_has_secret("/srv/a:b@c?token=2"));
	assert_false(redact_has_secret("nothing"));
}

static void
expect_text(const char *url, const char *text, const char *expected)
{
	struct redact r = { .count = 0 };
	char got[256];

	assert_int_equal(redact_add_url(&r, url), 0);
	redact_text(&r, got, sizeof(got), text);
	assert_string_equal(got, expected);
	redact_done(&r);
}

static void
test_texts(void **state)
{
	(void)state;
	expect_text("rtmp://u:word@h/live/KEY1?t=abcd",
	    "rtmp://u:word@h/live/KEY1?t=abcd: Connection refused",
	    "rtmp://u:***@h/live/***?***: Connection refused");
	expect_text("rtmp://h/live/KEY1", "Opening 'rtmp://h/live/KEY1' now",
	    "Opening 'rtmp://h/live/***' now");
	expect_text("rtmp://h/live/KEY1", "publish of KEY1 (KEY1KEY1) failed",
	    "publish of *** (******) failed");
	expect_text("rtmp://h/live/KEY1", "rtmp://other/app/KEY2.",
	    "rtmp://other/app/***.");
	expect_text("srt://h:9?mode=caller&passphrase=correct+horse",
	    "bad passphrase correct+horse of caller",
	    "bad passphrase *** of caller");
	/* By chance; masked where it is a URL's. */
	expect_text("rtmp://h/live/to", "to rtmp://h/live/to, too",
	    "to rtmp://h/live/***, too");
	expect_text("rtsp://h/name", "method ANNOUNCE failed: 401",
	    "method ANNOUNCE failed: 401");
	expect_text("rtsp://h/name", "", "");
	expect_text("rtsp://h/name", "://", "://");
	expect_text("rtsp://h/name", "rtmp://", "***");
	expect_text("rtsp://h/name", "at RTMP://h/app/KEY1:", "at ***:");
}

static void
test_a_secret_that_came_later(void **state)
{
	struct redact r = { .count = 0 };
	char got[64], secret[16];
	int i;

	(void)state;
	assert_int_equal(redact_add_url(&r, "rtmp://h/live"), 0);
	for (i = 0; i < 2 * REDACT_SECRETS_MAX; i++) {
		snprintf(secret, sizeof(secret), "KEY-%d", i);
		assert_int_equal(redact_add(&r, secret), 0);
		assert_int_equal(redact_add(&r, secret), 0);
		redact_text(&r, got, sizeof(got), secret);
		assert_null(strstr(got, "KEY"));
	}
	assert_int_equal(r.count, REDACT_SECRETS_MAX);
	redact_done(&r);
}

/* "abcd" is a secret, and "abcdEFGH" is another: the rest of the longer one
 * was left to be read. */
static void
test_a_secret_that_begins_with_another(void **state)
{
	(void)state;
	expect_text("srt://h:9?key=abcd&token=abcdEFGH", "abcdEFGH and abcd",
	    "*** and ***");
}

/* Story: a URL in a line ends before a quote, and the password behind the first
 * half of one was shown whole, though it was known. Found by fuzz_url. */
static void
test_a_secret_that_reaches_over_the_end_of_a_url(void **state)
{
	(void)state;
	expect_text("http://u:pass\"word@h/", "at http://u:pass\"word@h/: no",
	    "at ***@h/: no");
	expect_text("rtmp://h/live/KEY1.", "rtmp://h/KEY1. is in use",
	    "rtmp://h/*** is in use");
}

static void
test_nothing_is_written_past_the_end(void **state)
{
	static const char text[] = "at rtmp://u:word@h/live/KEY1?t=abcd: no";
	struct redact r = { .count = 0 };
	char whole[64], *got;
	size_t size;

	(void)state;
	assert_int_equal(redact_add_url(&r, text + 3), 0);
	redact_text(&r, whole, sizeof(whole), text);
	for (size = 1; size <= sizeof(text); size++) {
		got = malloc(size);
		redact_text(&r, got, size, text);
		assert_int_equal(strncmp(got, whole, size - 1), 0);
		assert_true(strlen(got) < size);
		redact_url(got, size, text + 3);
		assert_true(strlen(got) < size);
		free(got);
	}
	redact_done(&r);
}

/* Wherever the key is put into valid or mutated lines, it does not survive
 * whole. */
static void
test_mutated_lines(void **state)
{
	static const char valid[] =
	    "[rtmp @ 0x55] rtmp://u:hunter22@h:1935/app/SECRETKEY?tok=12345: "
	    "Error writing trailer of SECRETKEY";
	struct rng rng = { 11 };
	struct redact r = { .count = 0 };
	uint8_t text[256];
	char *copy, got[512];
	size_t len;
	int i;

	(void)state;
	assert_int_equal(
	    redact_add_url(&r, "rtmp://u:hunter22@h/app/SECRETKEY?tok=12345"),
	    0);
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text) - 1);
		text[len] = '\0';
		copy = exact_copy(text, len + 1);
		redact_text(&r, got, sizeof(got), copy);
		assert_null(strstr(got, "SECRETKEY"));
		assert_null(strstr(got, "hunter22"));
		redact_url(got, sizeof(got), copy);
		free(copy);
	}
	redact_done(&r);
}

/* A server that quotes a key leaves its middle out, and the rest of it told
 * whose key it is. */
static void
test_words_of_those_who_quote_keys(void **state)
{
	static const struct {
		const char *text, *shown;
	} cases[] = {
		{ "", "" },
		{ " \n", " \n" },
		{ "Incorrect API key provided: abcdef***wxyz.",
		    "Incorrect API key provided: ***" },
		{ "key (cdefgh…) is not\tknown", "key *** is not\tknown" },
		{ "abcde and 56789 are short", "abcde and 56789 are short" },
		{ "sk-other is somebody's", "*** is somebody's" },
		{ "ab1 is all of a short one", "*** is all of a short one" },
	};
	struct redact r = { .count = 0 };
	char shown[100];
	size_t i;

	(void)state;
	assert_int_equal(redact_add(&r, "abcdefgh0123456789"), 0);
	assert_int_equal(redact_add(&r, "ab1"), 0);
	for (i = 0; i < COUNT_OF(cases); i++) {
		redact_words(&r, shown, sizeof(shown), cases[i].text);
		assert_string_equal(shown, cases[i].shown);
	}
	redact_words(&r, shown, 8, "key abcdefgh!");
	assert_string_equal(shown, "key ***");
	redact_words(&r, shown, 6, "key abcdefgh!");
	assert_string_equal(shown, "key *");
	redact_words(NULL, shown, sizeof(shown), "abcdefgh0123456789 sk-");
	assert_string_equal(shown, "abcdefgh0123456789 ***");
	redact_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_the_key_is_where_ffmpeg_finds_it),
		cmocka_unit_test(test_what_is_not_understood_shows_nothing),
		cmocka_unit_test(test_what_has_a_secret),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_a_secret_that_came_later),
		cmocka_unit_test(test_a_secret_that_begins_with_another),
		cmocka_unit_test(test_words_of_those_who_quote_keys),
		cmocka_unit_test(
		    test_a_secret_that_reaches_over_the_end_of_a_url),
		cmocka_unit_test(test_nothing_is_written_past_the_end),
		cmocka_unit_test(test_mutated_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
