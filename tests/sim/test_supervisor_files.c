/*
 * A supervisor whose outputs write files, and what their keepers have to do
 * with it; and the files that it reads, which may hang. Both are children for
 * one reason: a disk that hangs must hang nobody else.
 */
#include "tests/sim/desk.h"
#include "tests/sim/keepers.h"
#include "tests/unit/test.h"

#define TIMES "backoff_initial = 200ms\nbackoff_max = 5s\nmax_restarts = 0\n"
#define HOURLY "[output rec]\nurl = /rec/%H.mp3\ncodec = mp3\n" TIMES
#define WEB "[output rec]\nurl = /web/live.m3u8\nsegment = 2s\n" TIMES

static const char *
last_error(struct desk *d, const char *name)
{
	return json_text(desk_status(d, name), "last_error");
}

static void
expect_error(struct desk *d, const char *name, const char *text)
{
	if (strstr(last_error(d, name), text) == NULL)
		fail_msg("it says '%s', not '%s'", last_error(d, name), text);
}

static const char *
last_cause(struct desk *d, const char *name)
{
	const json_t *history =
	    json_object_get(desk_status(d, name), "history");

	return json_text(json_array_get(history, 0), "cause");
}

/* ---- what goes well ------------------------------------------------------ */

/* Which files a keeper is told to keep. */
static void
test_what_is_kept(void **state)
{
	static const struct {
		const char *url, *more;
		const char *words[4]; /* behind "streamer-supervisor" */
	} cases[] = {
		{ "/rec/%H.mp3", "codec = mp3\n",
		    { "--keep-files", "clock", "/rec/%H.mp3" } },
		{ "/rec/%05d.mp3", "codec = mp3\n",
		    { "--keep-files", "numbers", "/rec/%05d.mp3" } },
		{ "/web/live.m3u8", "",
		    { "--keep-files", "hls", "/web/live.m3u8" } },
		{ "/web/", "", { "--keep-files", "hls", "/web/index.m3u8" } },
		{ "/web/live.m3u8", "variants = 64k 32k\n",
		    { "--keep-files", "hls", "/web/live_64k.m3u8",
			"/web/live_32k.m3u8" } },
		{ "/web/live.mpd", "",
		    { "--keep-files", "dash", "/web/live.mpd" } },
	};
	char conf[256];
	const char *const *argv;
	struct desk d;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		snprintf(conf, sizeof(conf), "[output rec]\nurl = %s\n%s",
		    cases[i].url, cases[i].more);
		desk_begin(&d, i + 1, conf);
		assert_int_equal(encoders_started(), 0);
		argv = proc_argv(keepers_find(cases[i].words[0]));
		for (n = 0; n < 4 && cases[i].words[n]; n++)
			assert_string_equal(argv[n + 1], cases[i].words[n]);
		assert_null(argv[n + 1]);
		desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
		fake_run(60 * NS_PER_S);
		assert_int_equal(desk_state(&d, "rec"), CHILD_RUNNING);
		assert_int_equal(keepers_living(), 1);
		desk_end(&d);
	}
}

/* Numbers began at 0 with every start, and 00000.mp3 was written over. */
static void
test_ffmpeg_begins_with_the_keepers_number(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	keepers_number(17);
	assert_true(desk_add(&d, "rec", "'url':'/rec/%05d.mp3','codec':'mp3'"));
	desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
	assert_non_null(encoders_find("17"));
	desk_end(&d);
}

/* It lives as long as its ffmpeg, and each ffmpeg has one of its own. */
static void
test_a_keeper_goes_with_its_ffmpeg(void **state)
{
	int64_t first;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, HOURLY);
	desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
	first = process_pid(keepers_find("clock"));
	proc_die(encoders_find("/rec/"), 9);
	fake_settle();
	assert_int_equal(keepers_living(), 0);
	desk_until(&d, "rec", CHILD_RUNNING, 10 * NS_PER_S);
	assert_int_equal(keepers_living(), 1);
	assert_int_not_equal(process_pid(keepers_find("clock")), first);
	assert_true(desk_ask(&d, "stop", "rec"));
	desk_until(&d, "rec", CHILD_STOPPED, NS_PER_S);
	assert_int_equal(keepers_living(), 0);
	desk_end(&d);
}

/* ---- what goes wrong ----------------------------------------------------- */

/* No ffmpeg is started into a place that is not ready. */
static void
test_a_place_that_is_not_ready(void **state)
{
	static const struct {
		enum keeper_fate fate;
		enum child_state state;
		const char *error;
	} cases[] = {
		{ FATE_NO_SPAWN, CHILD_BACKOFF,
		    "url: the folder cannot be looked at: " },
		{ FATE_CANNOT_RUN, CHILD_BACKOFF,
		    "url: the folder cannot be looked at: cannot be run: " },
		{ FATE_REFUSES, CHILD_REJECTED, "url: " KEEPER_NO_FOLDER },
		{ FATE_FAILS, CHILD_BACKOFF, "url: " KEEPER_NO_SPACE },
		{ FATE_MUTE, CHILD_BACKOFF,
		    "url: the folder cannot be looked at: exit status 1" },
		{ FATE_CRASHES, CHILD_BACKOFF,
		    "url: the folder cannot be looked at: killed by SIGSEGV" },
		{ FATE_HANGS, CHILD_BACKOFF,
		    "url: the folder did not answer in 5 s" },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		keepers_fate(cases[i].fate);
		assert_true(
		    desk_add(&d, "rec", "'url':'/rec/%H.mp3','codec':'mp3'"));
		desk_until(&d, "rec", cases[i].state, 6 * NS_PER_S);
		expect_error(&d, "rec", cases[i].error);
		assert_string_equal(last_cause(&d, "rec"), "address");
		assert_int_equal(keepers_living(), 0);
		fake_run(30 * NS_PER_S);
		assert_int_equal(encoders_started(), 0);
		keepers_fate(FATE_WELL);
		desk_until(&d, "rec", CHILD_RUNNING, 60 * NS_PER_S);
		desk_end(&d);
	}
}

/* In a group the others are sent all the same, and who has no place says why.
 * A keeper that cannot even be started must not hold them up for ever. */
static void
test_one_of_a_group_whose_place_is_not_ready(void **state)
{
	static const struct {
		enum keeper_fate fate;
		enum child_state state;
		const char *error;
	} cases[] = {
		{ FATE_NO_SPAWN, CHILD_BACKOFF, "too many open files" },
		{ FATE_REFUSES, CHILD_REJECTED, KEEPER_NO_FOLDER },
		{ FATE_FAILS, CHILD_BACKOFF, KEEPER_NO_SPACE },
		{ FATE_HANGS, CHILD_BACKOFF, "did not answer in 5 s" },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		keepers_fate(cases[i].fate);
		assert_true(desk_reload(&d,
		    "[output live]\nurl = rtmp://a/live/k\ngroup = g\n" TIMES
		    "[output rec]\nurl = /rec/%H.aac\ngroup = g\n" TIMES));
		desk_until(&d, "live", CHILD_RUNNING, 7 * NS_PER_S);
		desk_until(&d, "rec", cases[i].state, 7 * NS_PER_S);
		expect_error(&d, "rec", cases[i].error);
		assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
		assert_null(encoders_find("/rec/"));
		desk_end(&d);
	}
}

/* What looks after a member's files has no ffmpeg of its own, and the
 * supervisor died of looking for it. */
static void
test_files_of_a_group(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	assert_true(desk_reload(&d,
	    "[output live]\nurl = rtmp://a/live/k\ngroup = g\n" TIMES
	    "[output rec]\nurl = /rec/%H.aac\ngroup = g\n" TIMES));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
	fake_run(10 * NS_PER_S);
	assert_int_equal(desk_state(&d, "rec"), CHILD_RUNNING);
	desk_end(&d);
}

/* Everybody of a group was held up for ever by one folder that hangs, where
 * the start had less time than the folder. */
static void
test_a_folder_that_hangs_in_a_hasty_group(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	keepers_fate(FATE_HANGS);
	assert_true(desk_reload(&d,
	    "[output live]\nurl = rtmp://a/live/k\ngroup = g\n"
	    "start_timeout = 3s\n" TIMES
	    "[output rec]\nurl = /rec/%H.aac\ngroup = g\n" TIMES));
	desk_until(&d, "live", CHILD_RUNNING, 2 * NS_PER_S);
	desk_until(&d, "rec", CHILD_BACKOFF, 7 * NS_PER_S);
	expect_error(&d, "rec", "did not answer in");
	desk_end(&d);
}

/* A disk that hangs is told by the one limit that comes first. */
static void
test_a_start_that_may_not_take_so_long(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	keepers_fate(FATE_HANGS);
	assert_true(desk_add(&d, "rec",
	    "'url':'/rec/%H.mp3','codec':'mp3','start_timeout':'3s'"));
	desk_until(&d, "rec", CHILD_BACKOFF, 4 * NS_PER_S);
	expect_error(
	    &d, "rec", "the folder could not be looked at within 3000 ms");
	assert_int_equal(keepers_living(), 0);
	desk_end(&d);
}

/* Whatever is asked while a disk hangs is done at once. */
static void
test_what_is_asked_while_it_prepares(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	keepers_fate(FATE_HANGS);
	assert_true(desk_add(&d, "rec", "'url':'/rec/%H.mp3','codec':'mp3'"));
	assert_int_equal(keepers_living(), 1);
	assert_true(desk_ask(&d, "stop", "rec"));
	assert_int_equal(desk_state(&d, "rec"), CHILD_STOPPED);
	assert_int_equal(keepers_living(), 0);
	assert_true(desk_ask(&d, "start", "rec"));
	assert_int_equal(keepers_living(), 1);
	assert_true(desk_ask(&d, "restart", "rec"));
	fake_run(NS_PER_S);
	assert_int_equal(keepers_living(), 1);
	assert_true(desk_ask(&d, "remove", "rec"));
	fake_settle();
	assert_int_equal(keepers_living(), 0);
	assert_null(desk_output(&d, "rec"));
	assert_int_equal(encoders_started(), 0);
	/* So is the end of everything. */
	assert_true(desk_add(&d, "rec", "'url':'/rec/%H.mp3','codec':'mp3'"));
	desk_end(&d);
}

/* The place was made ready, and there is nothing to send: the keeper has no
 * ffmpeg to go along with. */
static void
test_ready_and_nobody_serves(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	desk_ttsd(&d, false);
	assert_true(desk_add(&d, "rec", "'url':'/rec/%H.mp3','codec':'mp3'"));
	fake_run(NS_PER_S);
	assert_int_equal(encoders_started(), 0);
	assert_int_equal(keepers_living(), 0);
	desk_ttsd(&d, true);
	desk_until(&d, "rec", CHILD_RUNNING, 10 * NS_PER_S);
	desk_end(&d);
}

/* ---- while it runs ------------------------------------------------------- */

/* ffmpeg was running without a word, with files of 0 bytes. Segments come to
 * the disk when they are whole, so theirs takes as much longer. */
static void
test_files_that_do_not_grow(void **state)
{
	static const struct {
		const char *conf, *error;
	} cases[] = {
		{ HOURLY "stall_timeout = 4s\n",
		    "no file has grown for 4000 ms: nothing was written" },
		{ WEB "stall_timeout = 4s\n",
		    "no file has grown for 6000 ms: nothing was written" },
		{ "[output rec]\nurl = /web/live.mpd\nstall_timeout = 4s\n",
		    "no file has grown for 6000 ms: nothing was written" },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		keepers_fate(FATE_SEES_NOTHING);
		assert_true(desk_reload(&d, cases[i].conf));
		desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
		desk_until(&d, "rec", CHILD_BACKOFF, 10 * NS_PER_S);
		expect_error(&d, "rec", cases[i].error);
		desk_end(&d);
	}
}

/* Whoever looks at the files has died: that is no sign against the ffmpeg,
 * which goes on. */
static void
test_a_keeper_that_is_lost(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	keepers_fate(FATE_IS_LOST);
	assert_true(desk_reload(&d, HOURLY "stall_timeout = 4s\n"));
	desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
	fake_run(60 * NS_PER_S);
	assert_int_equal(keepers_living(), 0);
	assert_true(fake_logged(
	    "output=rec the keeper of its files is gone: killed by SIGSEGV"));
	assert_int_equal(desk_state(&d, "rec"), CHILD_RUNNING);
	assert_int_equal(encoders_started(), 1);
	desk_end(&d);
}

static void
test_what_a_keeper_complains_of_is_logged(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	keepers_fate(FATE_COMPLAINS);
	assert_true(desk_reload(&d, HOURLY));
	desk_until(&d, "rec", CHILD_RUNNING, NS_PER_S);
	fake_run(2 * NS_PER_S);
	assert_true(fake_logged(
	    "output=rec /rec/00.mp3: cannot be moved aside: denied"));
	assert_int_equal(desk_state(&d, "rec"), CHILD_RUNNING);
	desk_end(&d);
}

/* ---- files that are read ------------------------------------------------- */

/* url_file and key_file on a network disk whose server is gone: each output
 * that reads one is told so, and nobody else waits for it. */
static void
test_files_that_hang(void **state)
{
	static const struct {
		const char *keys;
		const char *file, *text;
		const char *error, *late;
		enum child_state state;
	} cases[] = {
		{ "'url_file':'/nfs/url'", "/nfs/url", "rtmp://x/y/SECRETKEY\n",
		    "url_file: cannot be read: it could not be read in 5 s",
		    "url_file could not be read within 3000 ms",
		    CHILD_BACKOFF },
		{ "'url':'rtmp://x/y','key_file':'/nfs/key'", "/nfs/key",
		    "SECRETKEY\n",
		    "key_file: the key cannot be had: it could not be read in "
		    "5 s",
		    "key_file could not be read within 3000 ms",
		    CHILD_REJECTED },
	};
	struct desk d;
	char hasty[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(
		    &d, i + 1, "[output other]\nurl = rtmp://a/b/c\n" TIMES);
		fake_file(cases[i].file, cases[i].text, false);
		fake_file_hangs(cases[i].file, true);
		assert_true(desk_add(&d, "live", cases[i].keys));
		desk_until(&d, "other", CHILD_RUNNING, NS_PER_S);
		desk_until(&d, "live", cases[i].state, 6 * NS_PER_S);
		expect_error(&d, "live", cases[i].error);
		snprintf(hasty, sizeof(hasty), "%s,'start_timeout':'3s'",
		    cases[i].keys);
		assert_true(desk_add(&d, "hasty", hasty));
		desk_until(&d, "hasty", CHILD_BACKOFF, 4 * NS_PER_S);
		expect_error(&d, "hasty", cases[i].late);
		/* Asked for while it is read, and done at once. */
		assert_true(desk_ask(&d, "start", "live"));
		fake_run(NS_PER_S);
		assert_true(desk_ask(&d, "stop", "live"));
		assert_int_equal(desk_state(&d, "live"), CHILD_STOPPED);
		fake_file_hangs(cases[i].file, false);
		assert_true(desk_ask(&d, "start", "live"));
		desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
		assert_int_equal(desk_state(&d, "other"), CHILD_RUNNING);
		assert_false(fake_logged("SECRETKEY"));
		desk_end(&d);
	}
}

/* What is read may be gone, or no key, or anybody's to read. */
static void
test_files_that_say_nothing_good(void **state)
{
	static const struct {
		const char *keys, *text, *error;
		enum child_state state;
	} cases[] = {
		{ "'url_file':'/f'", NULL, "url_file: cannot be read: no such",
		    CHILD_BACKOFF },
		{ "'url_file':'/f'", "no URL at all\n",
		    "url_file: expected a URL on the first line",
		    CHILD_BACKOFF },
		{ "'url':'rtmp://x/y','key_file':'/f'", NULL,
		    "key_file: the key cannot be had: no such file",
		    CHILD_REJECTED },
		{ "'url':'rtmp://x/y','key_file':'/f'", "\n",
		    "key_file: expected one line of printable characters",
		    CHILD_REJECTED },
		{ "'url':'rtmp://x/y','key_file':'/f'", "SECRET\tKEY\n",
		    "key_file: expected one line of printable characters",
		    CHILD_REJECTED },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		fake_file("/f", cases[i].text, false);
		assert_true(desk_add(&d, "live", cases[i].keys));
		desk_until(&d, "live", cases[i].state, 6 * NS_PER_S);
		expect_error(&d, "live", cases[i].error);
		assert_string_equal(last_cause(&d, "live"), "address");
		assert_false(fake_logged("SECRET"));
		assert_int_equal(encoders_started(), 0);
		desk_end(&d);
	}
}

/* Once, not at every start of a night. */
static void
test_a_key_that_others_can_read(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	fake_file("/f", "SECRETKEY\n", true);
	assert_true(desk_add(&d, "live", "'url':'rtmp://x/y','key_file':'/f'"));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_true(
	    fake_logged("output=live key_file=\"/f\" can be read by other "
			"users; chmod 600 makes it private"));
	fake_log_forget();
	assert_true(desk_ask(&d, "restart", "live"));
	fake_run(NS_PER_S);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_false(fake_logged("chmod 600"));
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_kept),
		cmocka_unit_test(test_ffmpeg_begins_with_the_keepers_number),
		cmocka_unit_test(test_a_keeper_goes_with_its_ffmpeg),
		cmocka_unit_test(test_a_place_that_is_not_ready),
		cmocka_unit_test(test_one_of_a_group_whose_place_is_not_ready),
		cmocka_unit_test(test_files_of_a_group),
		cmocka_unit_test(test_a_folder_that_hangs_in_a_hasty_group),
		cmocka_unit_test(test_a_start_that_may_not_take_so_long),
		cmocka_unit_test(test_what_is_asked_while_it_prepares),
		cmocka_unit_test(test_ready_and_nobody_serves),
		cmocka_unit_test(test_files_that_do_not_grow),
		cmocka_unit_test(test_a_keeper_that_is_lost),
		cmocka_unit_test(test_what_a_keeper_complains_of_is_logged),
		cmocka_unit_test(test_files_that_hang),
		cmocka_unit_test(test_files_that_say_nothing_good),
		cmocka_unit_test(test_a_key_that_others_can_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
