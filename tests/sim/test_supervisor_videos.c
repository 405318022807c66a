/*
 * A whole supervisor that keeps pictures, and outputs that show them: what goes
 * wrong with a picture and what comes of it for the sound.
 */
#include "streamer-supervisor/pictures/picture_trust.h"
#include "streamer-supervisor/sender/sender_internal.h"
#include "tests/sim/desk.h"
#include "tests/sim/easels.h"
#include "tests/unit/test.h"

#define KEYS                                                             \
	"backoff_initial = 200ms\nbackoff_max = 5s\nstop_timeout = 1s\n" \
	"stall_timeout = 2s\nstart_timeout = 3s\n"
#define BOARD(more) "[video board]\nsource = colour\n" more
#define LIVE "[output live]\nurl = rtmp://a/live/key\nvideo = board\n" KEYS
#define FILES "[output file]\nurl = srt://h:9\nvideo = board\n" KEYS
#define MEMBER "group = g\nvideo = board\n" KEYS
#define G                                              \
	"[output g1]\nurl = rtmp://g1/live/k\n" MEMBER \
	"[output g2]\nurl = rtmp://g2/live/k\n" MEMBER \
	"[output g3]\nurl = /rec/%H.mkv\n" MEMBER
#define PLAIN "[output plain]\nurl = rtmp://p/live/key\n" KEYS

#define SOCKET "/fake/board.mkv.sock"

static bool
shows_picture(const char *url)
{
	const struct process *p = encoders_find(url);

	return p && proc_is_told(p, "unix:" SOCKET);
}

static void
until_shown(struct desk *d, const char *name, const char *url)
{
	desk_until(d, name, CHILD_RUNNING, 60 * NS_PER_S);
	if (!shows_picture(url))
		fail_msg("output '%s' does not send its picture", name);
}

static const json_t *
video(struct desk *d)
{
	const json_t *r = client_ask(d->client, "{'op':'status'}");

	return json_array_get(json_object_get(r, "videos"), 0);
}

static void
test_two_outputs_share_a_picture(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, BOARD("") LIVE FILES PLAIN);
	until_shown(&d, "live", "rtmp://a");
	until_shown(&d, "file", "srt:");
	desk_until(&d, "plain", CHILD_RUNNING, NS_PER_S);
	assert_false(shows_picture("rtmp://p"));
	assert_int_equal(easels_started(), 1);
	assert_int_equal(encoders_started(), 3);
	assert_string_equal(json_text(video(&d), "name"), "board");
	assert_string_equal(json_text(video(&d), "state"), "running");

	/* It ends with the last output that shows it. */
	assert_true(desk_ask(&d, "remove", "live"));
	fake_run(10 * NS_PER_S);
	assert_non_null(easels_find("board"));
	assert_true(desk_ask(&d, "remove", "file"));
	fake_run(10 * NS_PER_S);
	assert_null(easels_find("board"));
	assert_null(video(&d));
	assert_int_equal(desk_state(&d, "plain"), CHILD_RUNNING);
	desk_end(&d);
}

static void
test_a_picture_that_crashes(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, BOARD("") LIVE G);
	until_shown(&d, "live", "rtmp://a");
	until_shown(&d, "g1", "tee");
	fake_run(10 * NS_PER_S);
	easels_crash(easels_find("board"));
	fake_run(3 * NS_PER_S);
	until_shown(&d, "live", "rtmp://a");
	until_shown(&d, "g2", "tee");
	assert_int_equal(easels_started(), 2);
	assert_int_equal(encoders_started(), 4);
	assert_false(fake_logged("sound alone"));
	desk_end(&d);
}

/* A group with a file in it was the end of the supervisor: what looks after a
 * member's files has no ffmpeg of its own, whose picture it asked for. */
static void
test_a_file_in_a_group(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, BOARD("") G);
	until_shown(&d, "g1", "tee");
	until_shown(&d, "g3", "/rec/%H.mkv");
	assert_int_equal(encoders_started(), 1);
	desk_end(&d);
}

/* However a picture fails, the sound goes out before long; and when it is well
 * again, so does the picture. */
static void
test_a_picture_that_fails(void **state)
{
	static const enum easel_fate fates[] = { EASEL_NO_SPAWN,
		EASEL_CANNOT_RUN, EASEL_CRASHES, EASEL_MUTE, EASEL_SERVES_NOT };
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(fates); i++) {
		desk_begin(&d, i + 1, "");
		easels_fate(fates[i]);
		assert_true(desk_reload(&d, BOARD("") LIVE G));
		desk_until(&d, "live", CHILD_RUNNING, 20 * NS_PER_S);
		desk_until(&d, "g1", CHILD_RUNNING, 20 * NS_PER_S);
		assert_false(shows_picture("rtmp://a"));
		assert_true(fake_logged("output=live sends sound alone"));
		fake_run(30 * NS_PER_S);
		assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
		assert_int_equal(encoders_started(), 2);
		easels_fate(EASEL_WELL);
		if (fates[i] == EASEL_SERVES_NOT)
			easels_crash(easels_find("board"));
		fake_run(15 * NS_PER_S);
		until_shown(&d, "live", "rtmp://a");
		until_shown(&d, "g2", "tee");
		assert_true(fake_logged("output=live sends its picture again"));
		desk_end(&d);
	}
}

/* A picture that hangs feeds its ffmpegs nothing, sound and all. */
static void
test_a_picture_that_freezes(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	easels_fate(EASEL_FREEZES);
	assert_true(desk_reload(&d, BOARD("") LIVE));
	until_shown(&d, "live", "rtmp://a");
	easels_fate(EASEL_WELL);
	fake_run(10 * NS_PER_S);
	until_shown(&d, "live", "rtmp://a");
	assert_int_equal(easels_started(), 2);
	assert_int_equal(encoders_started(), 2);
	desk_end(&d);
}

/* "Not served", it said, of a picture that was there. */
static void
expect_held(struct desk *d, const char *text)
{
	const json_t *picture =
	    json_object_get(desk_status(d, "live"), "picture");

	if (strstr(json_text(picture, "why"), text) == NULL)
		fail_msg("it says '%s'", json_text(picture, "why"));
}

/* A picture that crashed over and over took the sound with it each time. */
static void
test_a_picture_that_does_not_last(void **state)
{
	struct desk d;
	size_t before;

	(void)state;
	desk_begin(&d, 1, "");
	easels_fate(EASEL_IS_LOST);
	assert_true(desk_reload(&d, BOARD("") LIVE G));
	fake_run(30 * NS_PER_S);
	assert_true(fake_logged("video=board its picture has broken off 2 "
				"times; it is shown again when it has lasted "
				"for 5 s\n"));
	before = encoders_started();
	fake_run(600 * NS_PER_S);
	assert_int_equal(encoders_started(), before);
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	assert_false(shows_picture("rtmp://a"));
	expect_held(&d, "is held back: it has broken off ");
	/* It is well again, and lasts. */
	easels_fate(EASEL_WELL);
	fake_run(60 * NS_PER_S);
	assert_false(shows_picture("rtmp://a"));
	expect_held(&d, "is shown when it has lasted for 300 s, at ");
	fake_run(PICTURE_TRUST_MAX_NS);
	until_shown(&d, "live", "rtmp://a");
	until_shown(&d, "g1", "tee");
	/* Then ttsd that comes back is waited for with it. */
	fake_log_forget();
	desk_ttsd(&d, false);
	easels_serve(false);
	fake_run(10 * NS_PER_S);
	desk_ttsd(&d, true);
	fake_run(NS_PER_S);
	easels_serve(true);
	fake_run(5 * NS_PER_S);
	until_shown(&d, "live", "rtmp://a");
	assert_false(fake_logged("sound alone"));
	desk_end(&d);
}

/* An encoder that was too slow for its picture lost sound over and over, and
 * nobody was told: of what reads a picture, ttsd knows nothing. */
static void
test_an_ffmpeg_that_is_too_slow(void **state)
{
	struct desk d;
	int second;

	(void)state;
	desk_begin(&d, 1, BOARD("") LIVE);
	until_shown(&d, "live", "rtmp://a");
	easels_lag(
	    easels_find("board"), process_pid(encoders_find("rtmp://a")));
	assert_true(fake_logged("output=live lost sound: its ffmpeg reads "
				"more slowly than real time"));
	easels_lag(easels_find("board"), 1);
	fake_run(60 * NS_PER_S);
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	assert_int_equal(json_integer_value(
			     json_object_get(desk_status(&d, "live"), "drops")),
	    1);
	for (second = 0; second < 10 && encoders_find("rtmp://a"); second++) {
		easels_lag(easels_find("board"),
		    process_pid(encoders_find("rtmp://a")));
		fake_run(NS_PER_S / 2);
	}
	assert_string_equal(json_text(desk_status(&d, "live"), "last_error"),
	    "it does not keep up with ttsd");
	until_shown(&d, "live", "rtmp://a");
	desk_end(&d);
}

static void
test_a_picture_that_is_changed(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, BOARD("") LIVE PLAIN);
	until_shown(&d, "live", "rtmp://a");
	/* Another size is another stream; the same is left alone. */
	assert_true(desk_reload(&d, BOARD("") LIVE PLAIN));
	fake_run(5 * NS_PER_S);
	assert_int_equal(easels_started(), 1);
	assert_int_equal(encoders_started(), 2);
	assert_true(desk_reload(&d, BOARD("size = 640x360\n") LIVE PLAIN));
	fake_run(5 * NS_PER_S);
	until_shown(&d, "live", "rtmp://a");
	assert_non_null(easels_find("640x360"));
	assert_int_equal(easels_started(), 2);
	/* Without it, there is nothing to keep. */
	assert_true(desk_reload(&d, PLAIN));
	fake_run(5 * NS_PER_S);
	assert_null(easels_find("board"));
	desk_end(&d);
}

/* ---- what is told ------------------------------------------------------- */

/* The next `video` event, within two seconds; ends the test without one. */
static const json_t *
next_event(struct desk *d)
{
	const json_t *e = client_event_of(d->client, "video", 0);
	int i;

	for (i = 0; i < 20 && e == NULL; i++) {
		fake_run(100 * NS_PER_MS);
		e = client_event_of(d->client, "video", 0);
	}
	if (e == NULL)
		fail_msg("no event tells of the video");
	assert_string_equal(json_text(e, "name"), "board");
	assert_string_equal(json_text(e, "channel"), "main");
	assert_true(json_number(e, "time") > 0);
	return e;
}

static const json_t *
expect_process(struct desk *d, const char *from, const char *to)
{
	const json_t *e = next_event(d);

	assert_string_equal(json_text(e, "from"), from);
	assert_string_equal(json_text(e, "to"), to);
	return e;
}

static void
expect_serving(struct desk *d, bool serving)
{
	const json_t *e = expect_process(d, "running", "running");

	assert_int_equal(json_is_true(json_object_get(e, "serving")), serving);
}

static void
expect_source(struct desk *d, const char *source, const char *trouble)
{
	const json_t *e = expect_process(d, "running", "running");

	assert_string_equal(json_text(e, "source"), source);
	assert_string_equal(json_text(e, "trouble"), trouble);
}

/* Nobody was told when a picture stood still, its camera failed or its layout
 * was broken, but for who asked again and again. */
static void
test_events(void **state)
{
	const json_t *e;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	assert_true(reply_ok(
	    client_ask(d.client, "{'op':'subscribe','events':['video']}")));
	assert_true(desk_reload(&d, BOARD("") LIVE));
	expect_process(&d, "stopped", "starting");
	expect_process(&d, "starting", "running");
	/* Nothing has changed. */
	fake_run(10 * NS_PER_S);
	assert_null(client_event_of(d.client, "video", 0));

	easels_serve(false);
	expect_serving(&d, false);
	easels_serve(true);
	expect_serving(&d, true);

	easels_add("'source':'running','source_restarts':0");
	expect_source(&d, "running", "");
	easels_add("'source':'backoff','source_restarts':0");
	expect_source(&d, "backoff", "");
	easels_add("'source':'running','source_restarts':1,"
		   "'trouble':'board.svg: it is no SVG'");
	expect_source(&d, "running", "board.svg: it is no SVG");
	/* One that came and went between two looks. */
	easels_add("'source':'running','source_restarts':2");
	e = expect_process(&d, "running", "running");
	assert_int_equal(json_number(e, "source_restarts"), 2);
	assert_string_equal(json_text(e, "trouble"), "");

	easels_crash(easels_find("board"));
	e = expect_process(&d, "running", "backoff");
	assert_string_equal(json_text(e, "reason"), "killed by SIGSEGV");
	assert_true(json_number(e, "backoff_ms") > 0);
	assert_true(json_is_false(json_object_get(e, "serving")));
	assert_string_equal(json_text(e, "source"), "");
	expect_process(&d, "backoff", "starting");
	desk_end(&d);
}

/* ---- anything, at random ------------------------------------------------ */

#define STEPS 20000
#define WALKS 20

static const char *const confs[] = { BOARD("") LIVE FILES G PLAIN,
	BOARD("size = 640x360\n") LIVE G PLAIN, PLAIN,
	BOARD("fps = 5\n") FILES G };

static void
step(struct desk *d, struct rng *r)
{
	static const char *const names[] = { "live", "file", "g1", "g2", "g3" };
	static const char *const ops[] = { "start", "stop", "restart",
		"start" };
	struct process *p = easels_find("board");

	switch (rng_below(r, 13)) {
	case 0:
		desk_reload(d, confs[rng_below(r, COUNT_OF(confs))]);
		break;
	case 1:
	case 2:
		desk_ask(d, ops[rng_below(r, COUNT_OF(ops))],
		    names[rng_below(r, COUNT_OF(names))]);
		break;
	case 3:
		desk_ttsd(d, rng_one_in(r, 2) || d->link == NULL);
		break;
	case 4:
	case 5:
		easels_fate(rng_one_in(r, 2)
				? EASEL_WELL
				: (enum easel_fate)rng_below(r, EASEL_FATES));
		break;
	case 6:
		if (p)
			easels_crash(p);
		break;
	case 7:
		desk_upgrade(d);
		break;
	default:
		fake_run((int64_t)rng_below(r, 1500) * NS_PER_MS);
		break;
	}
	fake_settle();
	desk_check(d);
}

static void
walk(uint64_t seed)
{
	struct rng r = { .state = seed };
	struct desk d;
	int i;

	desk_begin(&d, seed, confs[0]);
	fake_shuffle(true);
	encoders_chance(seed, 20);
	for (i = 0; i < STEPS / WALKS; i++)
		step(&d, &r);
	/* All is well again: so are sound and picture. */
	encoders_chance(seed, 0);
	easels_fate(EASEL_WELL);
	if (easels_find("board"))
		easels_crash(easels_find("board"));
	desk_ttsd(&d, true);
	assert_true(desk_reload(&d, confs[0]));
	desk_ask(&d, "start", "live");
	desk_ask(&d, "start", "g1");
	/* A picture that broke off too often has to last first. */
	fake_run(PICTURE_TRUST_MAX_NS + 60 * NS_PER_S);
	until_shown(&d, "live", "rtmp://a");
	desk_until(&d, "g1", CHILD_RUNNING, 60 * NS_PER_S);
	desk_until(&d, "plain", CHILD_RUNNING, 60 * NS_PER_S);
	desk_end(&d);
}

static void
test_anything_at_random(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= WALKS; seed++)
		walk(seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_outputs_share_a_picture),
		cmocka_unit_test(test_a_picture_that_crashes),
		cmocka_unit_test(test_a_file_in_a_group),
		cmocka_unit_test(test_a_picture_that_fails),
		cmocka_unit_test(test_a_picture_that_freezes),
		cmocka_unit_test(test_a_picture_that_does_not_last),
		cmocka_unit_test(test_an_ffmpeg_that_is_too_slow),
		cmocka_unit_test(test_a_picture_that_is_changed),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_anything_at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
