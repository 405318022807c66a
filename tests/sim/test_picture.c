/*
 * A whole `picture` in the fake world: its stream goes on whatever ttsd, the
 * source of its frames, a renderer or a viewer does; the sound is ttsd's to the
 * sample, and a frame comes for each frame's time.
 */
#include "tests/sim/stage.h"
#include "tests/unit/test.h"

#include "common/err.h"

/* Sound flows, and the viewer looks now and then. */
static void
watch(struct stage *st, struct viewer *v, unsigned ms)
{
	for (; ms >= STAGE_STEP_MS; ms -= STAGE_STEP_MS) {
		stage_run(st, STAGE_STEP_MS);
		viewer_look(v);
	}
}

static const char *const painter[] = { "/libexec/painter", "--layout",
	"/srv/board.svg", NULL };

static void
change_painter(struct stage *st)
{
	st->settings.painter = painter;
	st->settings.video = "board";
	st->settings.fields[0] = "title=Gates";
}

/* ---- sound, and the picture that is there from the start -------------- */

static void
test_sound_and_slate(void **state)
{
	struct stage st;
	struct viewer v;

	(void)state;
	stage_begin(&st, NULL);
	assert_true(fake_logged("from sample 480000"));
	stage_run(&st, 1000);
	viewer_open(&v);
	watch(&st, &v, 2000);
	assert_true(v.is_exact && v.is_steady);
	assert_in_range(v.samples, STAGE_RATE * 2 - 480, STAGE_RATE * 2);
	assert_in_range(v.pictures, 44, 50);
	assert_int_equal(v.luma, STAGE_SLATE);
	assert_true(fake_logged("reader pid="));
	assert_true(fake_logged("\"serving\":true"));
	viewer_close(&v);
	stage_end(&st);
}

static void
change_nothing_told(struct stage *st)
{
	st->says_nothing = true;
}

/* A ttsd that tells no events of this channel has its sound shown all the
 * same. */
static void
test_ttsd_tells_nothing(void **state)
{
	struct stage st;
	struct viewer v;

	(void)state;
	stage_begin(&st, change_nothing_told);
	assert_true(fake_logged("ttsd tells no events of the channel"));
	assert_true(fake_logged("of its own count"));
	stage_run(&st, 200);
	viewer_open(&v);
	watch(&st, &v, 1000);
	assert_true(v.is_exact && v.is_steady && v.pictures > 20);
	viewer_close(&v);
	stage_end(&st);
}

static void
change_no_lead(struct stage *st)
{
	change_painter(st);
	st->refuses_leads = true;
}

/* ttsd serves four different leads: where others had them all, the board showed
 * nothing of what is said for as long as ttsd lived. */
static void
test_ttsd_has_no_lead_to_spare(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, change_no_lead);
	assert_true(fake_logged("ttsd refuses to tell events: \"no room\""));
	assert_false(fake_logged("ttsd tells no events"));
	assert_non_null(strstr(st.asked, "\"lead_ms\":0"));
	assert_true(fake_logged("from sample 480000"));
	assert_false(fake_logged("of its own count"));
	stage_end(&st);
}

static void
change_refused(struct stage *st)
{
	change_no_lead(st);
	st->refuses = 3;
}

static void
test_ttsd_is_asked_until_it_tells(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, change_refused);
	assert_true(fake_logged("ttsd tells no events of the channel"));
	assert_true(fake_logged("of its own count"));
	fake_log_forget();
	fake_run(20 * NS_PER_S);
	assert_false(fake_logged("ttsd tells no events of the channel"));
	assert_true(fake_logged("ttsd tells events of the channel again"));
	assert_true(fake_logged("from sample 480000"));
	stage_end(&st);
}

/* A picture that had not read for long was told to have been refused its lead:
 * who looked for four other leads looked in vain. */
static void
test_ttsd_cuts_off_who_is_slow(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, change_painter);
	assert_non_null(strstr(st.asked, "\"lead_ms\":500"));
	stage_tell(&st, "{'ok':false,'message':'dropped: not read in time'}");
	fake_settle();
	assert_true(fake_logged("ttsd has cut off the link for its events: "
				"\"dropped: not read in time\""));
	assert_false(fake_logged("refuses"));
	peer_close(st.told);
	st.told = NULL;
	stage_run(&st, 1000);
	assert_true(st.subscribed);
	assert_non_null(strstr(st.asked, "\"lead_ms\":500"));
	stage_end(&st);
}

/* Every phoneme and mark was parsed, and thrown away, even where there is
 * nothing to draw. */
static void
test_ttsd_is_asked_for_what_is_needed(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, NULL);
	assert_non_null(
	    strstr(st.asked, "\"events\":[\"subscriber\",\"clock\"]"));
	stage_end(&st);
	stage_begin(&st, change_painter);
	assert_non_null(
	    strstr(st.asked, "\"events\":[\"subscriber\",\"clock\",\"started\","
			     "\"word\",\"viseme\","
			     "\"finished\",\"preempted\",\"show\"]"));
	assert_non_null(strstr(st.asked, "\"lead_ms\":500"));
	stage_end(&st);
}

/* Viewers are ended when ttsd goes: an ffmpeg that waits for ever for sound is
 * one that nobody starts again. */
static void
test_ttsd_goes_and_comes_back(void **state)
{
	struct stage st;
	struct viewer v;

	(void)state;
	stage_begin(&st, NULL);
	stage_run(&st, 200);
	viewer_open(&v);
	watch(&st, &v, 500);
	stage_ttsd(&st, false);
	assert_true(peer_ended(v.peer));
	viewer_close(&v);
	assert_null(peer_connect(STAGE_SOCKET));
	assert_true(fake_logged("no sound comes any more"));
	fake_run(10 * NS_PER_S);
	stage_ttsd(&st, true);
	fake_run(NS_PER_S);
	stage_run(&st, 200);
	viewer_open(&v);
	watch(&st, &v, 500);
	assert_true(v.is_exact && v.is_steady && v.pictures > 8);
	viewer_close(&v);
	stage_end(&st);
}

/* A ttsd that was started anew was read before it told of its reader: samples
 * were counted from 0, and the times of whoever came then jumped ahead when
 * they got their true numbers. */
static void
test_sound_comes_before_its_number(void **state)
{
	struct stage st;
	struct viewer v;
	struct stream *early;

	(void)state;
	stage_begin(&st, NULL);
	stage_ttsd(&st, false);
	stage_sound_alone(&st);
	stage_run(&st, 240);
	assert_non_null(st.sound);
	early = peer_connect(STAGE_SOCKET);
	peer_close(early);
	assert_null(early);
	stage_ttsd(&st, true);
	stage_run(&st, 400);
	assert_false(fake_logged("of its own count"));
	viewer_open(&v);
	watch(&st, &v, 1000);
	assert_true(v.is_exact && v.is_steady && v.pictures > 8);
	viewer_close(&v);
	stage_end(&st);
}

/* Samples that ttsd left out for this reader would leave picture and sound
 * apart for ever: it is connected afresh, and the place is told again. */
static void
test_ttsd_left_sound_out(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, NULL);
	stage_run(&st, 500);
	fake_log_forget();
	stage_tell(&st, "{'event':'subscriber','state':'lagging','pid':1}");
	fake_run(NS_PER_S);
	assert_true(fake_logged("ttsd left sound out"));
	assert_true(fake_logged("from sample 480000"));
	/* So was ttsd's clock, which every event goes by, when its machine had
	 * stood still: boards were as much too late from then on. */
	fake_log_forget();
	stage_tell(&st, "{'event':'clock','sample':600000,'skipped':72000}");
	fake_run(NS_PER_S);
	assert_true(fake_logged("ttsd left sound out"));
	assert_true(fake_logged("from sample 480000"));
	/* What concerns another process, and what is no event, does nothing. */
	fake_log_forget();
	stage_tell(&st, "{'event':'subscriber','state':'lagging','pid':7}");
	stage_tell(&st, "{");
	fake_run(NS_PER_S);
	assert_false(fake_logged("ttsd left sound out"));
	assert_true(fake_logged("a line of ttsd could not be read"));
	stage_end(&st);
}

static void
no_sound(void *arg, struct stream *peer)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\n"
				   "Connection: close\r\n\r\n";

	(void)arg;
	peer_puts(peer, text);
}

static void
change_other_socket(struct stage *st)
{
	st->settings.audio = "/fake/other.sock";
	fake_listen("/fake/other.sock", no_sound, NULL);
}

static void
test_a_socket_that_is_no_sound(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, change_other_socket);
	assert_true(fake_logged("is it an audio socket of ttsd?"));
	assert_null(peer_connect(STAGE_SOCKET));
	stage_end(&st);
}

/* One that reads nothing is moved to the present, and nobody else notices. */
static void
test_a_viewer_that_is_slow(void **state)
{
	struct stage st;
	struct viewer slow, other;

	(void)state;
	stage_begin(&st, NULL);
	stage_run(&st, 200);
	viewer_open(&slow);
	viewer_open(&other);
	watch(&st, &other, 6000);
	assert_true(other.is_exact && other.is_steady);
	assert_in_range(other.pictures, 140, 150);
	viewer_look(&slow);
	watch(&st, &slow, 1000);
	assert_true(slow.pictures < 150 && !slow.is_exact);
	assert_true(fake_logged("\"skips\":1"));
	viewer_close(&slow);
	viewer_close(&other);
	stage_end(&st);
}

/* ---- the raw door ----------------------------------------------------- */

static void
change_raw(struct stage *st)
{
	st->settings.raw = STAGE_RAW;
}

static void
test_a_renderer(void **state)
{
	struct stage st;
	struct viewer v;
	struct stream *renderer;
	char when[64];

	(void)state;
	stage_begin(&st, change_raw);
	stage_run(&st, 200);
	viewer_open(&v);
	watch(&st, &v, 500);
	renderer = peer_connect(STAGE_RAW);
	stage_header(renderer, STAGE_SIDE);
	stage_frame(renderer, 100, "");
	watch(&st, &v, 500);
	assert_int_equal(v.luma, 100);
	/* Half a second ahead. */
	snprintf(when, sizeof(when), " Xsample=%llu",
	    (unsigned long long)(STAGE_FIRST + st.sent + STAGE_RATE / 2));
	stage_frame(renderer, 150, when);
	watch(&st, &v, 400);
	assert_int_equal(v.luma, 100);
	watch(&st, &v, 400);
	assert_int_equal(v.luma, 150);
	assert_int_equal(v.changes, 2);
	assert_true(fake_logged("\"renderer\":true"));
	peer_close(renderer);
	watch(&st, &v, 1000);
	assert_int_equal(v.luma, 150);
	assert_true(v.is_exact && v.is_steady);
	viewer_close(&v);
	stage_end(&st);
}

static void
test_renderers_that_are_not_heard(void **state)
{
	struct stage st;
	struct viewer v;
	struct stream *one, *two;

	(void)state;
	stage_begin(&st, change_raw);
	stage_run(&st, 200);
	viewer_open(&v);
	one = peer_connect(STAGE_RAW);
	stage_header(one, STAGE_SIDE);
	stage_frame(one, 100, "");
	fake_settle();
	two = peer_connect(STAGE_RAW);
	fake_settle();
	assert_true(peer_ended(one));
	stage_header(two, 2 * STAGE_SIDE);
	fake_settle();
	assert_true(peer_ended(two));
	assert_true(fake_logged("frames of the raw door are refused"));
	watch(&st, &v, 300);
	assert_int_equal(v.luma, 100);
	peer_close(one);
	peer_close(two);
	viewer_close(&v);
	stage_end(&st);
}

/* A renderer that is ahead of its time is held up, in its own pipe. */
static void
test_a_renderer_that_is_ahead(void **state)
{
	struct stage st;
	struct stream *renderer;
	char when[64];
	unsigned i;

	(void)state;
	stage_begin(&st, change_raw);
	stage_run(&st, 200);
	renderer = peer_connect(STAGE_RAW);
	stage_header(renderer, STAGE_SIDE);
	for (i = 0; i < 200; i++) {
		snprintf(when, sizeof(when), " Xsample=%llu",
		    (unsigned long long)(STAGE_FIRST + st.sent + i * 960));
		stage_frame(renderer, (uint8_t)(20 + i), when);
	}
	fake_settle();
	assert_true(peer_is_held_up(renderer));
	stage_run(&st, 10000);
	assert_false(peer_is_held_up(renderer));
	peer_close(renderer);
	stage_end(&st);
}

/* ---- a source of frames ----------------------------------------------- */

static const char *const camera[] = { "/bin/ffmpeg", "camera", NULL };

static void
change_camera(struct stage *st)
{
	st->settings.frames_from = camera;
}

static void
feed_camera(struct stage *st, struct viewer *v, uint8_t luma, unsigned ms)
{
	for (; ms >= 40; ms -= 40) {
		stage_frame(proc_out(st->source), luma, "");
		stage_run(st, 40);
		viewer_look(v);
	}
}

static void
change_hardware(struct stage *st)
{
	static const char *const argv[] = { "ffmpeg", "-hwaccel", "auto", "-i",
		"rtsp://camera", NULL };

	st->settings.frames_from = argv;
}

/* A driver that brought ffmpeg down did so for ever: `hwaccel = auto` is to do
 * without. A camera that is away is no such driver. */
static void
test_hardware_that_brings_ffmpeg_down(void **state)
{
	struct stage st;

	(void)state;
	stage_begin(&st, change_hardware);
	stage_run(&st, 16000);
	assert_true(fake_logged("it makes no pictures"));
	assert_true(proc_is_told(st.source, "-hwaccel"));
	proc_exit(st.source, 1);
	stage_run(&st, 2000);
	assert_true(proc_is_told(st.source, "-hwaccel"));
	proc_die(st.source, 11);
	stage_run(&st, 2000);
	assert_true(fake_logged("it is started without -hwaccel"));
	assert_false(proc_is_told(st.source, "auto"));
	assert_true(proc_is_told(st.source, "rtsp://camera"));
	stage_end(&st);
}

/* A camera that stands still is not shown as if it were live. */
static void
test_a_camera(void **state)
{
	struct stage st;
	struct viewer v;

	(void)state;
	stage_begin(&st, change_camera);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	feed_camera(&st, &v, 90, 1000);
	assert_int_equal(v.luma, 90);
	assert_true(fake_logged("\"source\":\"running\""));
	watch(&st, &v, 2000);
	assert_int_equal(v.luma, STAGE_SLATE);
	assert_true(fake_logged("it makes no pictures"));
	watch(&st, &v, 1000);
	assert_int_equal(st.spawned, 2);
	stage_header(proc_out(st.source), STAGE_SIDE);
	feed_camera(&st, &v, 91, 1000);
	assert_int_equal(v.luma, 91);
	peer_puts(proc_err(st.source), "the lens is dirty\n");
	proc_exit(st.source, 1);
	watch(&st, &v, 1000);
	assert_true(fake_logged("the lens is dirty"));
	assert_int_equal(st.spawned, 3);
	assert_true(v.is_exact && v.is_steady);
	viewer_close(&v);
	stage_end(&st);
}

/* A camera of one picture a second was killed after each, for a [video] of 25
 * had it waited for no more than 0.9 s: it was never shown for long. */
static void
test_a_slow_camera(void **state)
{
	struct stage st;
	struct viewer v;
	uint8_t luma;

	(void)state;
	stage_begin(&st, change_camera);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	stage_frame(proc_out(st.source), 89, "");
	watch(&st, &v, 800);
	assert_int_equal(v.luma, 89);
	watch(&st, &v, 200);
	assert_int_equal(v.luma, STAGE_SLATE);
	for (luma = 90; luma < 100; luma++) {
		stage_frame(proc_out(st.source), luma, "");
		watch(&st, &v, 1000);
		assert_int_equal(v.luma, luma);
	}
	assert_int_equal(st.spawned, 1);
	watch(&st, &v, 2500);
	assert_int_equal(v.luma, STAGE_SLATE);
	assert_true(v.is_exact && v.is_steady);
	viewer_close(&v);
	stage_end(&st);
}

static int
no_program(void *arg, struct process *p)
{
	(void)arg;
	(void)p;
	return ERR_NO_FILES;
}

static void
test_a_camera_that_cannot_be(void **state)
{
	struct stage st;
	struct viewer v;

	(void)state;
	stage_begin(&st, change_camera);
	stage_run(&st, 200);
	viewer_open(&v);
	fake_on_spawn(no_program, NULL);
	peer_puts(proc_out(st.source), "no frames at all\n");
	watch(&st, &v, 2000);
	assert_true(fake_logged("its frames are refused"));
	assert_true(fake_logged("it cannot be started"));
	assert_int_equal(v.luma, STAGE_SLATE);
	assert_true(v.is_exact && v.is_steady);
	viewer_close(&v);
	stage_end(&st);
}

static void
change_loop(struct stage *st)
{
	change_camera(st);
	st->settings.paced = true;
}

/* A film that is read from a disk comes as fast as the disk: each of its
 * frames is seen, for a frame's time. */
static void
test_a_film(void **state)
{
	struct stage st;
	struct viewer v;
	unsigned i;

	(void)state;
	stage_begin(&st, change_loop);
	stage_run(&st, 200);
	viewer_open(&v);
	watch(&st, &v, 500);
	stage_header(proc_out(st.source), STAGE_SIDE);
	for (i = 0; i < 100; i++)
		stage_frame(proc_out(st.source), (uint8_t)(50 + i), "");
	fake_settle();
	assert_true(peer_is_held_up(proc_out(st.source)));
	watch(&st, &v, 3600);
	assert_in_range(v.luma, 50 + 80, 50 + 99);
	assert_int_equal(v.changes, v.luma - 50 + 1);
	viewer_close(&v);
	stage_end(&st);
}

/* ---- a painter -------------------------------------------------------- */

/* Plays the painter: the scene that it was sent, if any, becomes a frame.
 * `more` is said of it, too. */
static bool
paint_scene(struct stage *st, uint8_t luma, const char *more)
{
	struct stream *in = st->source ? proc_in(st->source) : NULL;
	const char *scene = in && peer_len(in) > 0
				? strstr((const char *)peer_data(in), "\"id\":")
				: NULL;
	char done[64];

	if (scene == NULL)
		return false;
	snprintf(done, sizeof(done), " Xscene=%d%s",
	    atoi(scene + strlen("\"id\":")), more);
	peer_take(in, peer_len(in));
	stage_frame(proc_out(st->source), luma, done);
	return true;
}

/* Does so for a while; each frame is brighter than the one before. */
static void
paint(struct stage *st, struct viewer *v, uint8_t *luma, unsigned ms)
{
	for (; ms >= STAGE_STEP_MS; ms -= STAGE_STEP_MS) {
		*luma += paint_scene(st, (uint8_t)(*luma + 1), "");
		stage_run(st, STAGE_STEP_MS);
		viewer_look(v);
	}
}

/* The next status says so, of the trouble. */
static void
assert_trouble(struct stage *st, const char *text)
{
	fake_log_forget();
	stage_run(st, 1100);
	assert_true(fake_logged("status "));
	if (text)
		assert_true(fake_logged(text));
	else
		assert_false(fake_logged("\"trouble\""));
}

static void
say_something(struct stage *st, int gate)
{
	char event[256];

	snprintf(event, sizeof(event),
	    "{'event':'started','channel':'main','id':7,'sample':%llu,"
	    "'text':'Gate','show':{'gate':'%d'}}",
	    (unsigned long long)(STAGE_FIRST + st->sent), gate);
	stage_tell(st, event);
}

static void
test_a_painter(void **state)
{
	struct stage st;
	struct viewer v;
	uint8_t luma = 60, before;

	(void)state;
	stage_begin(&st, change_painter);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	peer_puts(proc_err(st.source), "{\"uses\":[\"clock\",\"level\"]}\n");
	paint(&st, &v, &luma, 2000);
	assert_true(v.luma > 60 && v.changes > 8);
	peer_puts(proc_err(st.source), "{\"uses\":[]}\n");
	paint(&st, &v, &luma, 500);
	before = luma;
	say_something(&st, 4);
	paint(&st, &v, &luma, 1000);
	assert_true(luma > before);
	assert_int_equal(v.luma, luma);
	peer_puts(proc_err(st.source),
	    "{\"trouble\":\"layout\",\"text\":\"no such file\"}\n");
	paint(&st, &v, &luma, 1000);
	assert_true(fake_logged("the layout cannot be shown"));
	assert_true(fake_logged("\"trouble\":\"the layout cannot"));
	peer_puts(proc_err(st.source), "{\"mended\":\"layout\"}\n");
	paint(&st, &v, &luma, 200);
	assert_true(fake_logged("the layout is shown again"));
	assert_true(v.is_exact && v.is_steady);
	viewer_close(&v);
	stage_end(&st);
}

static void
painter_says(struct stage *st, const char *line)
{
	peer_puts(proc_err(st->source), line);
	peer_puts(proc_err(st->source), "\n");
}

/* What was told of last took the place of the other, and mending that one of
 * both; the end of a painter mended everything. */
static void
test_each_trouble_lasts_until_it_is_mended(void **state)
{
	struct stage st;
	struct viewer v;
	uint8_t luma = 60;

	(void)state;
	stage_begin(&st, change_painter);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	painter_says(&st, "{\"mended\":\"layout\"}");
	paint(&st, &v, &luma, 500);
	assert_false(fake_logged("is shown again"));
	painter_says(&st, "{\"trouble\":\"layout\",\"text\":\"a.svg:1\"}");
	painter_says(&st, "{\"trouble\":\"logo\",\"text\":\"b.png\"}");
	assert_trouble(&st, "\"trouble\":\"the layout cannot");
	painter_says(&st, "{\"mended\":\"logo\"}");
	assert_trouble(&st, "\"trouble\":\"the layout cannot");
	proc_exit(st.source, 0);
	stage_run(&st, 1000);
	stage_header(proc_out(st.source), STAGE_SIDE);
	painter_says(&st, "{\"trouble\":\"layout\",\"text\":\"a.svg:1\"}");
	paint(&st, &v, &luma, 1000);
	assert_trouble(&st, "\"trouble\":\"the layout cannot");
	painter_says(&st, "{\"mended\":\"layout\"}");
	assert_trouble(&st, NULL);
	viewer_close(&v);
	stage_end(&st);
}

/* The background was shown in the place of the last good picture, when the
 * painter had to be started again while its file was broken. */
static void
test_a_bare_frame_takes_no_good_ones_place(void **state)
{
	struct stage st;
	struct viewer v;

	(void)state;
	stage_begin(&st, change_painter);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	/* Where there is none yet it is seen: there may be a clock over it. */
	stage_run(&st, 100);
	assert_true(paint_scene(&st, 50, " Xbare=1"));
	watch(&st, &v, 500);
	assert_int_equal(v.luma, 50);
	stage_frame(proc_out(st.source), 100, " Xscene=1");
	watch(&st, &v, 500);
	assert_int_equal(v.luma, 100);
	proc_exit(st.source, 0);
	watch(&st, &v, 1000);
	stage_header(proc_out(st.source), STAGE_SIDE);
	watch(&st, &v, 100);
	assert_true(paint_scene(&st, 50, " Xbare=1"));
	watch(&st, &v, 500);
	assert_int_equal(v.luma, 100);
	/* It was an answer all the same. */
	say_something(&st, 4);
	watch(&st, &v, 200);
	assert_true(paint_scene(&st, 50, " Xbare=1"));
	stage_frame(proc_out(st.source), 110, " Xscene=3");
	watch(&st, &v, 500);
	assert_int_equal(v.luma, 110);
	viewer_close(&v);
	stage_end(&st);
}

/* Each save of the layout, and each frame while ttsd was away, was told of as a
 * picture that had come too late. */
static void
test_what_nobody_waits_for_is_not_late(void **state)
{
	struct stage st;
	struct viewer v;
	uint8_t luma = 60;

	(void)state;
	stage_begin(&st, change_painter);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	paint(&st, &v, &luma, 1000);
	stage_frame(proc_out(st.source), 200, " Xscene=1");
	watch(&st, &v, 1000);
	assert_int_equal(v.luma, 200);
	fake_log_forget();
	stage_ttsd(&st, false);
	stage_frame(proc_out(st.source), 210, " Xscene=1");
	fake_run(2 * NS_PER_S);
	assert_true(fake_logged("\"late\":0"));
	viewer_close(&v);
	stage_end(&st);
}

/* Has a change drawn, by a painter that takes so long; returns whether it came
 * in time. */
static bool
is_in_time(struct stage *st, struct viewer *v, uint8_t luma, unsigned ms)
{
	say_something(st, luma);
	while (peer_len(proc_in(st->source)) == 0)
		watch(st, v, STAGE_STEP_MS);
	watch(st, v, ms);
	assert_true(paint_scene(st, luma, ""));
	fake_log_forget();
	watch(st, v, 1100);
	assert_int_equal(v->luma, luma);
	return fake_logged("\"late\":0");
}

static void
test_a_drawing_has_a_tenth_of_a_second(void **state)
{
	struct stage st;
	struct viewer v;
	uint8_t luma = 60;

	(void)state;
	stage_begin(&st, change_painter);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	paint(&st, &v, &luma, 1000);
	assert_true(is_in_time(&st, &v, 100, 100));
	assert_false(is_in_time(&st, &v, 110, 140));
	viewer_close(&v);
	stage_end(&st);
}

/* The last picture stays while a painter that draws for ever is ended, and the
 * next one is told everything. */
static void
test_a_painter_that_hangs(void **state)
{
	struct stage st;
	struct viewer v;
	uint8_t luma = 60, last;

	(void)state;
	stage_begin(&st, change_painter);
	stage_run(&st, 200);
	viewer_open(&v);
	stage_header(proc_out(st.source), STAGE_SIDE);
	paint(&st, &v, &luma, 1000);
	last = v.luma;
	say_something(&st, 4);
	watch(&st, &v, 4000);
	assert_int_equal(v.luma, last);
	assert_int_equal(st.spawned, 2);
	/* Its status told of nothing, and then of no file. */
	assert_trouble(&st,
	    "\"trouble\":\"the painter of /srv/board.svg fails, "
	    "and the picture stays as it was: a drawing takes "
	    "longer than 2 s\"");
	stage_header(proc_out(st.source), STAGE_SIDE);
	paint(&st, &v, &luma, 1000);
	assert_true(v.luma > last);
	assert_trouble(&st, NULL);
	assert_true(v.is_exact && v.is_steady);
	stage_ttsd(&st, false);
	fake_run(5 * NS_PER_S);
	assert_int_equal(st.spawned, 2);
	viewer_close(&v);
	stage_end(&st);
}

/* A layout that was mended while a painter waited to be started again, which
 * may be ten seconds after a few that it hung or burst, was not on air before:
 * who watches the file was dead. */
static void
test_what_is_mended_does_not_wait(void **state)
{
	struct stage st;
	unsigned before;

	(void)state;
	stage_begin(&st, change_painter);
	/* The waits are from 5 to 10 s then. */
	while (st.spawned < 8) {
		if (st.source)
			proc_exit(st.source, 1);
		stage_run(&st, STAGE_STEP_MS);
	}
	before = st.spawned;
	assert_null(st.lookout);
	proc_exit(st.source, 1);
	stage_run(&st, 100);
	/* One that ends otherwise has seen nothing. */
	proc_exit(st.lookout, 1);
	stage_run(&st, 4000);
	assert_int_equal(st.spawned, before);
	stage_run(&st, 6000);
	assert_int_equal(st.spawned, before + 1);
	proc_exit(st.source, 1);
	stage_run(&st, 100);
	proc_exit(st.lookout, 0);
	stage_run(&st, 100);
	assert_int_equal(st.spawned, before + 2);
	assert_null(st.lookout);
	assert_true(fake_logged("has changed; it is started at once"));
	stage_end(&st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound_and_slate),
		cmocka_unit_test(test_ttsd_tells_nothing),
		cmocka_unit_test(test_ttsd_has_no_lead_to_spare),
		cmocka_unit_test(test_ttsd_is_asked_until_it_tells),
		cmocka_unit_test(test_ttsd_cuts_off_who_is_slow),
		cmocka_unit_test(test_ttsd_is_asked_for_what_is_needed),
		cmocka_unit_test(test_ttsd_goes_and_comes_back),
		cmocka_unit_test(test_sound_comes_before_its_number),
		cmocka_unit_test(test_hardware_that_brings_ffmpeg_down),
		cmocka_unit_test(test_ttsd_left_sound_out),
		cmocka_unit_test(test_a_socket_that_is_no_sound),
		cmocka_unit_test(test_a_viewer_that_is_slow),
		cmocka_unit_test(test_a_renderer),
		cmocka_unit_test(test_renderers_that_are_not_heard),
		cmocka_unit_test(test_a_renderer_that_is_ahead),
		cmocka_unit_test(test_a_camera),
		cmocka_unit_test(test_a_slow_camera),
		cmocka_unit_test(test_a_camera_that_cannot_be),
		cmocka_unit_test(test_a_film),
		cmocka_unit_test(test_a_painter),
		cmocka_unit_test(test_each_trouble_lasts_until_it_is_mended),
		cmocka_unit_test(test_a_bare_frame_takes_no_good_ones_place),
		cmocka_unit_test(test_what_nobody_waits_for_is_not_late),
		cmocka_unit_test(test_a_drawing_has_a_tenth_of_a_second),
		cmocka_unit_test(test_a_painter_that_hangs),
		cmocka_unit_test(test_what_is_mended_does_not_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
