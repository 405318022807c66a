/*
 * Outputs that ask for a picture, while the test says whether it is there: it
 * is sent when it is served; a moment is waited for one that comes; and what
 * cannot be had is done without, told once, and sent again when it is back.
 */
#include "streamer-supervisor/sender/sender_internal.h"
#include "tests/sim/desk.h"
#include "tests/sim/scribes.h"
#include "tests/unit/test.h"

#define KEYS "backoff_initial = 200ms\nbackoff_max = 5s\n"
#define BOARD "[video board]\nsource = colour\n"
#define LIVE \
	BOARD "[output live]\nurl = rtmp://a/live/key\nvideo = board\n" KEYS
#define GROUP                                                     \
	BOARD "[output one]\nurl = rtmp://a/live/k1\ngroup = g\n" \
	      "video = board\n" KEYS                              \
	      "[output two]\nurl = rtmp://b/live/k2\ngroup = g\n" \
	      "video = board\n" KEYS

#define SOCKET "/fake/board.mkv.sock"
#define ALONE "sends sound alone: the picture of [video board] is not served\n"
#define AGAIN "sends its picture again\n"

/* Who is asked for the picture, in place of the supervisor's own. */
struct gallery {
	struct desk desk;
	struct pictures pictures;
	enum picture_state state;
	bool read; /* whoever asked has begun to read it */
	const char *held;
};

static enum picture_state
gallery_find(
    void *arg, const char *channel, const char *video, const char **socket)
{
	const struct gallery *g = arg;

	assert_string_equal(channel, "main");
	assert_string_equal(video, "board");
	if (g->state == PICTURE_SERVED)
		*socket = SOCKET;
	return g->state;
}

static void
gallery_explain(void *arg, const char *video, char *out, size_t size)
{
	const struct gallery *g = arg;

	assert_string_equal(video, "board");
	snprintf(out, size, "%s", g->held);
}

static bool
gallery_reader(void *arg, const char *video, int64_t pid, uint64_t *first)
{
	const struct gallery *g = arg;

	assert_string_equal(video, "board");
	assert_true(pid > 0);
	*first = 42000;
	return g->read;
}

static void
gallery_set(struct gallery *g, enum picture_state state)
{
	g->state = state;
	fake_enter();
	senders_look(&g->desk.sv.env);
	fake_leave();
	fake_settle();
	desk_check(&g->desk);
}

static void
gallery_begin(struct gallery *g, enum picture_state state, const char *conf)
{
	desk_begin(&g->desk, 1, "");
	g->state = state;
	g->read = false;
	g->held = "";
	g->pictures = (struct pictures){ .find = gallery_find,
		.explain = gallery_explain,
		.reader = gallery_reader,
		.arg = g };
	g->desk.sv.env.pictures = &g->pictures;
	assert_true(desk_reload(&g->desk, conf));
}

static void
expect_picture(const char *url, bool sent)
{
	const struct process *p = encoders_find(url);

	assert_non_null(p);
	assert_int_equal(proc_is_told(p, "unix:" SOCKET), sent);
	assert_int_equal(proc_is_told(p, "libx264"), sent);
	assert_int_equal(proc_is_told(p, "matroska"), sent);
}

static void
expect_cause(struct gallery *g, const char *cause)
{
	const json_t *history =
	    json_object_get(desk_status(&g->desk, "live"), "history");

	assert_string_equal(
	    json_text(json_array_get(history, 0), "cause"), cause);
}

static const json_t *
picture_of(struct gallery *g)
{
	return json_object_get(desk_status(&g->desk, "live"), "picture");
}

static void
expect_status(
    struct gallery *g, bool sent, const char *encoder, const char *why)
{
	const json_t *o = picture_of(g);

	assert_string_equal(json_text(o, "video"), "board");
	assert_int_equal(json_is_true(json_object_get(o, "sent")), sent);
	assert_string_equal(json_text(o, "encoder"), encoder);
	assert_string_equal(json_text(o, "why"), why);
}

static void
test_a_picture_that_is_there(void **state)
{
	const json_t *o;
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, LIVE);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", true);
	expect_status(&g, true, "libx264", "");
	fake_run(NS_PER_S);
	o = picture_of(&g);
	assert_true(json_integer_value(json_object_get(o, "frames")) > 20);
	assert_int_equal(
	    json_integer_value(json_object_get(o, "duplicated")), 1);
	assert_int_equal(json_integer_value(json_object_get(o, "dropped")), 2);
	gallery_set(&g, PICTURE_SERVED);
	assert_int_equal(encoders_started(), 1);
	assert_false(fake_logged("sound alone"));
	desk_end(&g.desk);
}

/* A picture takes a moment to be there when the supervisor starts: sound that
 * went out before it would be cut off at once. */
static void
test_a_picture_that_comes(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_COMING, LIVE);
	fake_run(NS_PER_S);
	assert_int_equal(desk_state(&g.desk, "live"), CHILD_BACKOFF);
	assert_int_equal(encoders_started(), 0);
	assert_string_equal(
	    json_text(desk_status(&g.desk, "live"), "last_error"),
	    "the picture of [video board] is not served yet");
	gallery_set(&g, PICTURE_COMING);
	assert_int_equal(encoders_started(), 0);
	gallery_set(&g, PICTURE_SERVED);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", true);
	assert_false(fake_logged("sound alone"));
	/* It was awaited, and that is no failure: its status named it as the
	 * last error for as long as it ran. */
	assert_string_equal(
	    json_text(desk_status(&g.desk, "live"), "last_error"), "");
	desk_end(&g.desk);
}

/* A picture that was said to come, and neither came nor was given up, would
 * have kept the sound off air for ever. */
static void
test_a_picture_that_is_promised(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_COMING, LIVE);
	fake_run(VIEW_PATIENCE_NS - NS_PER_S);
	assert_int_equal(encoders_started(), 0);
	desk_until(&g.desk, "live", CHILD_RUNNING, 10 * NS_PER_S);
	expect_picture("rtmp:", false);
	assert_true(fake_logged("output=live " ALONE));
	gallery_set(&g, PICTURE_SERVED);
	fake_run(NS_PER_S);
	expect_picture("rtmp:", true);
	/* Without ttsd nothing is to be had, which is not the picture's fault.
	 */
	gallery_set(&g, PICTURE_COMING);
	desk_ttsd(&g.desk, false);
	proc_exit(encoders_find("rtmp:"), 0);
	fake_run(60 * NS_PER_S);
	desk_ttsd(&g.desk, true);
	fake_run(NS_PER_S);
	assert_int_equal(encoders_living(), 0);
	gallery_set(&g, PICTURE_SERVED);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", true);
	desk_end(&g.desk);
}

static void
test_a_picture_that_does_not_come(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_COMING, LIVE);
	gallery_set(&g, PICTURE_ABSENT);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", false);
	expect_status(
	    &g, false, "", "the picture of [video board] is not served");
	assert_true(fake_logged("output=live " ALONE));
	desk_end(&g.desk);
}

/* The picture's program dies, and its ffmpeg's input ends with it. What comes
 * in a moment is waited for, however long the retry would have taken. */
static void
test_a_picture_that_breaks_off(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, BOARD);
	encoders_mishap("rtmp", MISHAP_ENDS, 1, 10);
	assert_true(desk_reload(&g.desk, LIVE));
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	gallery_set(&g, PICTURE_COMING);
	desk_until(&g.desk, "live", CHILD_BACKOFF, 5 * NS_PER_S);
	fake_run(NS_PER_S);
	assert_int_equal(encoders_living(), 0);
	gallery_set(&g, PICTURE_SERVED);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", true);
	assert_int_equal(encoders_started(), 2);
	desk_end(&g.desk);
}

static int64_t
stream_number(struct gallery *g, const char *stream, const char *field)
{
	const json_t *streams =
	    json_object_get(desk_status(&g->desk, "live"), "streams");

	return json_number(json_object_get(streams, stream), field);
}

/* A picture that stood still was not noticed, for the sound went on. */
static void
test_a_picture_that_stands_still(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, BOARD);
	encoders_mishap("rtmp", MISHAP_FREEZES, 1, 10);
	assert_true(desk_reload(&g.desk, LIVE "stall_timeout = 4s\n"));
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	fake_run(5 * NS_PER_S);
	assert_int_equal(stream_number(&g, "picture", "frames"), 50);
	assert_true(stream_number(&g, "picture", "age_ms") > 3000);
	assert_true(stream_number(&g, "sound", "age_ms") < 300);
	assert_true(stream_number(&g, "sound", "out_time_ms") > 5000);
	desk_until(&g.desk, "live", CHILD_BACKOFF, 10 * NS_PER_S);
	expect_cause(&g, "no-progress");
	assert_string_equal(
	    json_text(desk_status(&g.desk, "live"), "last_error"),
	    "the sound goes on, but no picture for 4000 ms");
	desk_until(&g.desk, "live", CHILD_RUNNING, 2 * NS_PER_S);
	/* And one that never comes. */
	encoders_mishap("rtmp", MISHAP_FREEZES, 1, 0);
	assert_true(desk_ask(&g.desk, "restart", "live"));
	desk_until(&g.desk, "live", CHILD_BACKOFF, 60 * NS_PER_S);
	expect_cause(&g, "start-timeout");
	desk_end(&g.desk);
}

/* Sound alone goes out while the picture cannot be had, for as long as that
 * takes and over restarts; one line tells of it, and one that it is back. */
static void
test_a_picture_that_is_away(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_ABSENT, LIVE);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	assert_true(fake_logged("output=live " ALONE));
	fake_log_forget();
	assert_true(desk_ask(&g.desk, "restart", "live"));
	fake_run(NS_PER_S);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(encoders_started(), 2);
	gallery_set(&g, PICTURE_COMING);
	fake_run(NS_PER_S);
	assert_int_equal(encoders_started(), 2);
	expect_picture("rtmp:", false);
	assert_false(fake_logged("sound alone"));

	gallery_set(&g, PICTURE_SERVED);
	fake_run(NS_PER_S);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", true);
	expect_cause(&g, "picture");
	assert_true(fake_logged("output=live " AGAIN));
	desk_end(&g.desk);
}

/* An ffmpeg that cannot encode pictures still sends the sound, and is not
 * started over and over for a picture that it can do nothing with. */
static void
test_an_ffmpeg_without_the_encoder(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, BOARD);
	encoders_lack("libx264");
	fake_enter();
	probe_again(g.desk.sv.env.probe);
	fake_leave();
	fake_settle();
	assert_true(desk_reload(&g.desk, LIVE));
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", false);
	assert_true(fake_logged("sends sound alone: ffmpeg 5.1.9-0+deb12u1 was "
				"built without the encoder 'libx264'"));
	gallery_set(&g, PICTURE_SERVED);
	assert_int_equal(encoders_started(), 1);
	desk_end(&g.desk);
}

/* A server passed on the sound and no picture, and the probe was content. */
static void
test_a_picture_that_does_not_arrive(void **state)
{
	const json_t *probe;
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED,
	    LIVE "probe_url = rtmp://a/live/out\nprobe_interval = 2s\n");
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	fake_run(60 * NS_PER_S);
	assert_int_equal(desk_state(&g.desk, "live"), CHILD_RUNNING);
	probe = json_object_get(desk_status(&g.desk, "live"), "probe");
	assert_true(json_is_true(json_object_get(probe, "good")));
	assert_true(json_integer_value(json_object_get(probe, "frames")) > 0);
	encoders_dark(true);
	desk_until(&g.desk, "live", CHILD_BACKOFF, 60 * NS_PER_S);
	expect_cause(&g, "probe");
	assert_string_equal(
	    json_text(desk_status(&g.desk, "live"), "last_error"),
	    "probe_url: its sound came, but no picture");
	/* Nor is one asked for where none is sent. */
	gallery_set(&g, PICTURE_ABSENT);
	desk_until(&g.desk, "live", CHILD_RUNNING, 6 * NS_PER_S);
	fake_run(60 * NS_PER_S);
	assert_int_equal(desk_state(&g.desk, "live"), CHILD_RUNNING);
	desk_end(&g.desk);
}

static const json_t *
probe_of(struct gallery *g)
{
	return json_object_get(desk_status(&g->desk, "live"), "probe");
}

/* Sound and picture that had come apart on their way were as good as any, for
 * both got on. */
static void
test_how_far_apart_they_arrive(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED,
	    LIVE "probe_url = rtmp://a/live/out\nprobe_interval = 2s\n");
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	assert_true(
	    json_is_null(json_object_get(probe_of(&g), "picture_ahead_ms")));
	encoders_apart(2000);
	fake_run(20 * NS_PER_S);
	/* The picture is told of before the sound. */
	assert_in_range(
	    json_number(probe_of(&g), "picture_ahead_ms"), 2000, 2200);
	encoders_apart(0);
	fake_run(20 * NS_PER_S);
	assert_in_range(json_number(probe_of(&g), "picture_ahead_ms"), 0, 200);
	/* And no sound at all. */
	encoders_dumb(true);
	desk_until(&g.desk, "live", CHILD_BACKOFF, 60 * NS_PER_S);
	assert_string_equal(
	    json_text(desk_status(&g.desk, "live"), "last_error"),
	    "probe_url: its picture came, but no sound");
	desk_end(&g.desk);
}

/* What has no picture is left alone by all of this. */
static void
test_an_output_of_sound_alone(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_COMING,
	    "[output live]\nurl = rtmp://a/live/key\n" KEYS);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", false);
	assert_true(json_is_null(picture_of(&g)));
	assert_true(json_is_null(json_object_get(
	    json_object_get(desk_status(&g.desk, "live"), "streams"),
	    "picture")));
	assert_true(stream_number(&g, "sound", "age_ms") >= 0);
	gallery_set(&g, PICTURE_SERVED);
	assert_int_equal(encoders_started(), 1);
	assert_false(fake_logged("sound alone"));
	desk_end(&g.desk);
}

static void
expect_group(struct gallery *g)
{
	desk_until(&g->desk, "one", CHILD_RUNNING, NS_PER_S);
	desk_until(&g->desk, "two", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(encoders_living(), 1);
}

/* The members of a group share the picture as they share the encoder. */
static void
test_a_group(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_COMING, GROUP);
	fake_run(NS_PER_S);
	assert_int_equal(encoders_started(), 0);
	gallery_set(&g, PICTURE_ABSENT);
	expect_group(&g);
	expect_picture("rtmp:", false);
	assert_true(fake_logged("output=group g " ALONE));
	gallery_set(&g, PICTURE_SERVED);
	fake_run(NS_PER_S);
	expect_group(&g);
	expect_picture("rtmp:", true);
	assert_true(fake_logged("output=group g " AGAIN));
	assert_int_equal(encoders_started(), 2);
	desk_end(&g.desk);
}

/* Captions cannot be placed until it is known from where on their ffmpeg reads,
 * which of one with a picture only the picture knows. */
static void
test_captions_wait_for_the_reader(void **state)
{
	static const char *const confs[] = {
		BOARD "[output live]\nurl = /web/live.m3u8\nvideo = board\n"
		      "captions = yes\n" KEYS,
		BOARD "[output live]\nurl = /web/live.m3u8\nvideo = board\n"
		      "captions = yes\ngroup = g\n" KEYS
		      "[output two]\nurl = rtmp://b/live/k2\ngroup = g\n"
		      "video = board\n" KEYS,
	};
	struct gallery g;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(confs); i++) {
		gallery_begin(&g, PICTURE_SERVED, confs[i]);
		desk_until(&g.desk, "live", CHILD_RUNNING, 3 * NS_PER_S);
		assert_null(scribes_find());
		g.read = true;
		gallery_set(&g, PICTURE_SERVED);
		assert_true(proc_is_told(scribes_find(), "42000"));
		gallery_set(&g, PICTURE_SERVED);
		assert_int_equal(scribes_started(), 1);
		g.read = false;
		assert_true(desk_ask(&g.desk, "restart", "live"));
		fake_run(3 * NS_PER_S);
		assert_int_equal(desk_state(&g.desk, "live"), CHILD_RUNNING);
		assert_null(scribes_find());
		desk_end(&g.desk);
	}
}

/* ---- encoder = auto ----------------------------------------------------- */

#define TAKES "is what `encoder = auto` takes\n"

/* `auto` was libx264, whatever hardware there was. */
static void
test_hardware_that_works(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, BOARD);
	encoders_hardware("h264_qsv");
	assert_int_equal(encoders_tried(), 0);
	assert_true(desk_reload(&g.desk, GROUP));
	expect_group(&g);
	assert_true(proc_is_told(encoders_find("rtmp:"), "h264_qsv"));
	assert_true(fake_logged("encoder=h264_vaapi does not "
				"work here: \"[enc @ 0x1] No such device\"\n"));
	assert_true(fake_logged("encoder=h264_qsv " TAKES));
	/* All four; and never again. */
	assert_int_equal(encoders_tried(), 4);
	assert_true(desk_ask(&g.desk, "restart", "one"));
	fake_run(NS_PER_S);
	expect_group(&g);
	assert_int_equal(encoders_tried(), 4);
	desk_end(&g.desk);
}

/* A driver that hangs cannot even be killed. It is left behind. */
static void
test_hardware_that_hangs(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, BOARD);
	encoders_hang("h264_vaapi");
	assert_true(desk_reload(&g.desk, LIVE));
	assert_string_equal(
	    json_text(desk_status(&g.desk, "live"), "last_error"),
	    "the encoders of pictures are being tried");
	fake_run(4 * NS_PER_S);
	assert_int_equal(encoders_started(), 0);
	desk_until(&g.desk, "live", CHILD_RUNNING, 2 * NS_PER_S);
	expect_picture("rtmp:", true);
	assert_true(fake_logged("encoder=h264_vaapi does not work here: \"it "
				"took too long to encode one frame\"\n"));
	assert_true(fake_logged("encoder=libx264 " TAKES));
	assert_int_equal(encoders_tried(), 4);
	desk_end(&g.desk);
}

/* They were tried one after the other, and only when the picture was there:
 * every start with `auto` was a second late, and seconds on a busy machine. */
static void
test_hardware_is_tried_while_the_picture_comes(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_COMING, BOARD);
	encoders_hardware("h264_nvenc");
	encoders_hang("h264_qsv");
	assert_true(desk_reload(&g.desk, LIVE));
	assert_int_equal(encoders_tried(), 4);
	assert_true(fake_logged("encoder=h264_nvenc " TAKES));
	gallery_set(&g, PICTURE_SERVED);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	assert_true(proc_is_told(encoders_find("rtmp:"), "h264_nvenc"));
	fake_run(10 * NS_PER_S);
	assert_false(fake_logged("encoder=h264_qsv does not work"));
	desk_end(&g.desk);
}

/* Hardware encodes so many pictures at once, and then no more: an output that
 * came too late would have failed for good. */
static void
test_hardware_that_has_had_enough(void **state)
{
	struct gallery g;

	(void)state;
	gallery_begin(&g, PICTURE_SERVED, BOARD);
	encoders_hardware("h264_nvenc");
	encoders_mishap("h264_nvenc", MISHAP_FAILS, 1, 0);
	assert_true(desk_reload(&g.desk, LIVE));
	desk_until(&g.desk, "live", CHILD_BACKOFF, NS_PER_S);
	encoders_hardware(NULL);
	desk_until(&g.desk, "live", CHILD_RUNNING, NS_PER_S);
	expect_picture("rtmp:", true);
	assert_int_equal(encoders_tried(), 8);
	desk_end(&g.desk);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_picture_that_is_there),
		cmocka_unit_test(test_a_picture_that_comes),
		cmocka_unit_test(test_a_picture_that_is_promised),
		cmocka_unit_test(test_a_picture_that_does_not_come),
		cmocka_unit_test(test_a_picture_that_breaks_off),
		cmocka_unit_test(test_a_picture_that_stands_still),
		cmocka_unit_test(test_a_picture_that_is_away),
		cmocka_unit_test(test_an_ffmpeg_without_the_encoder),
		cmocka_unit_test(test_a_picture_that_does_not_arrive),
		cmocka_unit_test(test_how_far_apart_they_arrive),
		cmocka_unit_test(test_an_output_of_sound_alone),
		cmocka_unit_test(test_a_group),
		cmocka_unit_test(test_captions_wait_for_the_reader),
		cmocka_unit_test(test_hardware_that_works),
		cmocka_unit_test(test_hardware_that_hangs),
		cmocka_unit_test(
		    test_hardware_is_tried_while_the_picture_comes),
		cmocka_unit_test(test_hardware_that_has_had_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
