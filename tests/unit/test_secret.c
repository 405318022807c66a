/*
 * Guards the parting of URLs into what may be seen and what may not, for each
 * protocol: a part that goes the wrong way is a password in the process
 * table, or a stream that the server refuses.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/net/redact.h"
#include "streamer-supervisor/ffmpeg/secret.h"

static void
expect(const struct secret_way *way, const char *url, const char *key,
    const char *seen, const char *preset)
{
	char shown[200];
	struct secret s;

	assert_int_equal(secret_part(&s, way, url, key), 0);
	assert_string_equal(s.url, seen);
	assert_string_equal(s.preset, preset);
	/* What is secret to ffmpeg is so to whoever reads status and logs. */
	redact_url(shown, sizeof(shown), url);
	if (s.values[0] && *key == '\0')
		assert_non_null(strstr(shown, REDACT_MASK));
	secret_done(&s);
}

static void
expect_error(
    const struct secret_way *way, const char *url, const char *key, int rc)
{
	struct secret s;

	assert_int_equal(secret_part(&s, way, url, key), rc);
	secret_done(&s);
}

static void
test_nothing_secret(void **state)
{
	(void)state;
	expect(NULL, "rtsp://u:p@h/a", "", "rtsp://u:p@h/a", "");
	expect(&secret_rtmp, "rtmp://h/live", "", "rtmp://h/live", "");
	expect(&secret_rtmp, "rtmp://h", "", "rtmp://h", "");
	expect(&secret_srt, "srt://h:9", "", "srt://h:9", "");
	expect(&secret_srt, "srt://h:9?mode=listener&xpassphrase=1", "",
	    "srt://h:9?mode=listener&xpassphrase=1", "");
	expect(&secret_icecast, "icecast://h:9/m", "", "icecast://h:9/m", "");
	expect(&secret_icecast, "icecast://u@h/m", "", "icecast://u@h/m", "");
	expect(&secret_icecast, "icecast://u:@h/m", "", "icecast://u:@h/m", "");
	expect(
	    &secret_hls, "http://h/a@b:c.m3u8", "", "http://h/a@b:c.m3u8", "");
	expect(&secret_hls, "http://u@h/l.m3u8", "", "http://u@h/l.m3u8", "");
	expect(&secret_whip, "whip://h/a", "", "whip://h/a", "");
}

static void
test_rtmp(void **state)
{
#define APP(app) "rtmp_app=" app "\nrtmp_playpath="
	static const struct {
		const char *url, *key, *seen, *preset;
	} cases[] = {
		{ "rtmp://h/live/KEY", "", "rtmp://h/live",
		    APP("live") "KEY\n" },
		{ "rtmp://h:1/live/KEY/", "", "rtmp://h:1/live",
		    APP("live") "KEY\n" },
		{ "rtmp://h//live/KEY", "", "rtmp://h//live",
		    APP("live") "KEY\n" },
		{ "rtmp://h/a/b/KEY", "", "rtmp://h/a/b", APP("a/b") "KEY\n" },
		{ "rtmp://h/a/b/c/KEY", "", "rtmp://h/a/b",
		    APP("a/b") "c/KEY\n" },
		{ "rtmp://h/a/mp4:b/KEY", "", "rtmp://h/a",
		    APP("a") "mp4:b/KEY\n" },
		/* A stream key is sent as it stands: OBS and ffmpeg decode
		   nothing. */
		{ "rtmp://h/live/a%20b+c?x=1/2", "", "rtmp://h/live",
		    APP("live") "a%20b+c?x=1/2\n" },
		{ "rtmp://h/live?t=SECRET/KEY", "", "rtmp://h/live",
		    APP("live?t=SECRET") "KEY\n" },
		{ "rtmp://u:p@h/live/KEY", "", "rtmp://u:p@h/live",
		    APP("live") "KEY\n" },
		{ "rtmp://h/live", "K?a=b", "rtmp://h/live",
		    APP("live") "K?a=b\n" },
		{ "rtmp://h/a/b/", "KEY", "rtmp://h/a/b", APP("a/b") "KEY\n" },
		{ "rtmp://h/live?backup=1", "KEY", "rtmp://h/live",
		    APP("live?backup=1") "KEY\n" },
		{ "rtmp://h", "KEY", "rtmp://h", "rtmp_playpath=KEY\n" },
		/* Base64 may end in a slash, which was cut off: the server
		 * refused the signature. */
		{ "rtmp://h/live/KEY?sign=aGk/d28/", "", "rtmp://h/live",
		    APP("live") "KEY?sign=aGk/d28/\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		expect(&secret_rtmp, cases[i].url, cases[i].key, cases[i].seen,
		    cases[i].preset);
	expect_error(&secret_rtmp, "rtmp://h/live", "two words", ERR_INVALID);
	expect_error(&secret_rtmp, "rtmp:///live/KEY", "", ERR_INVALID);
}

static void
test_query(void **state)
{
#define PHRASE(p) "passphrase=" p "\n"
	(void)state;
	expect(&secret_srt, "srt://h:9?passphrase=a%20b+c%2B", "", "srt://h:9",
	    PHRASE("a b c+"));
	expect(&secret_srt, "srt://h:9?latency=1&passphrase=p%26q&mode=caller",
	    "", "srt://h:9?latency=1&mode=caller", PHRASE("p&q"));
	expect(&secret_srt, "srt://h:9?passphrase=p&mode=caller", "",
	    "srt://h:9?mode=caller", PHRASE("p"));
	expect(&secret_srt, "srt://h:9?streamid=%23!::u=me,s=pw&passphrase=p",
	    "", "srt://h:9", PHRASE("p") "streamid=#!::u=me,s=pw\n");
	expect(&secret_srt, "srt://h:9?mode=caller", "a b%20",
	    "srt://h:9?mode=caller", PHRASE("a b%20"));
	expect(&secret_srt, "srt://h:9?passphrase=old", "new", "srt://h:9",
	    PHRASE("new"));
	expect(&secret_rist, "rist://h:9?secret=a+b&aes-type=256", "",
	    "rist://h:9", "secret=a+b\nencryption=256\n");
	expect(&secret_rist, "rist://h:9?buffer=20", "key",
	    "rist://h:9?buffer=20", "secret=key\nencryption=128\n");
	expect_error(
	    &secret_srt, "srt://h:9?passphrase=a%0Ab", "", ERR_INVALID);
	expect_error(&secret_srt, "srt://h:9?passphrase=", "", ERR_INVALID);
	expect_error(&secret_srt, "srt://h:9", "a\tb", ERR_INVALID);
}

static void
test_icecast(void **state)
{
	(void)state;
	expect(&secret_icecast, "icecast://source:pw@h:8000/m", "",
	    "icecast://source@h:8000/m", "password=pw\n");
	expect(&secret_icecast, "icecast://so%40u:p%40w:%25@h/m", "",
	    "icecast://so%40u@h/m", "password=p%40w%3A%25\n");
	expect(&secret_icecast, "icecast://u:p@ss@h/m", "", "icecast://u@h/m",
	    "password=p%40ss\n");
	expect(&secret_icecast, "icecast://:pw@h/m", "", "icecast://@h/m",
	    "password=pw\n");
	expect(&secret_icecast, "icecast://h/m", "a b%41", "icecast://h/m",
	    "password=a%20b%2541\n");
	expect(&secret_icecast, "icecast://u@h/m", "k", "icecast://u@h/m",
	    "password=k\n");
	expect(&secret_icecast, "icecast://u:old@h/m", "new", "icecast://u@h/m",
	    "password=new\n");
	expect_error(&secret_icecast, "icecast://h/m", "a\nb", ERR_INVALID);
}

static void
test_http(void **state)
{
#define HEADER "headers=Authorization: "
	(void)state;
	expect(&secret_hls, "http://user:p%20w@h:1/l.m3u8?a=b", "",
	    "http://h:1/l.m3u8?a=b", HEADER "Basic dXNlcjpwIHc=\n");
	expect(&secret_hls, "https://user@h/l.m3u8", "p w", "https://h/l.m3u8",
	    HEADER "Basic dXNlcjpwIHc=\n");
	expect(&secret_hls, "https://h/l.m3u8", "abc.def", "https://h/l.m3u8",
	    HEADER "Bearer abc.def\n");
	expect(&secret_dash, "http://user:p%20w@h/l.mpd", "", "http://h/l.mpd",
	    "http_opts=headers='Authorization: Basic dXNlcjpwIHc='\n");
	expect(&secret_whip, "whip://h/a", "t0k", "whip://h/a",
	    "authorization=t0k\n");
	expect_error(&secret_dash, "http://h/l.mpd", "a'b", ERR_INVALID);
	expect_error(&secret_hls, "http://h/l.m3u8", "a b", ERR_INVALID);
	expect_error(&secret_whip, "whip://h/a", "a b", ERR_INVALID);
}

static void
test_what_ffmpeg_reads(void **state)
{
	char key[SECRET_LINE_MAX + 1];

	(void)state;
	memset(key, 'x', sizeof(key));
	key[SECRET_LINE_MAX - strlen("passphrase=")] = '\0';
	expect_error(&secret_srt, "srt://h:9", key, 0);
	strcat(key, "x");
	expect_error(&secret_srt, "srt://h:9", key, ERR_TOO_LONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_secret),
		cmocka_unit_test(test_rtmp),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_icecast),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_what_ffmpeg_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
