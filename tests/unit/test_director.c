/* Guards who says what a picture shows: every rule of director.h. The scenes
 * are read by the painter's own reader, so that none is one it refuses. */
#include "tests/unit/test.h"

#include <stdarg.h>

#include "common/picture/frame_clock.h"
#include "streamer-supervisor/painter/layout/scene.h"
#include "streamer-supervisor/painter/layout/uses.h"
#include "streamer-supervisor/picture/director/agenda.h"
#include "streamer-supervisor/picture/director/director.h"

#define RATE 24000
#define FPS 25
#define FRAME 960 /* samples */
#define MS (RATE / 1000)
#define BEGIN (RATE * 60)

struct show {
	struct director *director;
	struct scene scene; /* as the painter has it */
	uint64_t sample;    /* of the last scene */
	size_t count;       /* of scenes */
	uint64_t from;      /* frames before are over */
	char line[SCENE_LINE_MAX + 1];
};

static void
open_with(struct show *s, const char *const *fields, unsigned uses)
{
	const struct director_plan plan = {
		.video = "board", .fields = fields, .fps = FPS, .seed = 7
	};

	memset(s, 0, sizeof(*s));
	s->director = director_new(&plan);
	assert_non_null(s->director);
	director_use(s->director, uses);
	assert_int_equal(scene_init(&s->scene), 0);
}

static void
open_show(struct show *s)
{
	open_with(s, NULL, USES_ALL & ~USE_FACE);
	director_begin(s->director, RATE, BEGIN);
}

static void
close_show(struct show *s)
{
	director_free(s->director);
	scene_done(&s->scene);
}

static void
paint(struct show *s, const char *line)
{
	char why[SCENE_WHY_MAX] = "";
	json_int_t before = s->scene.id;

	assert_true(strlen(line) < SCENE_LINE_MAX);
	if (scene_take(&s->scene, line, strlen(line), why) < 0)
		fail_msg("the painter refuses %s: %s", line, why);
	assert_int_equal(s->scene.id, before + 1);
	strcpy(s->line, line);
	s->count++;
}

/* Takes one scene, before `horizon`; false: there is none. */
static bool
step(struct show *s, uint64_t horizon)
{
	struct director_scene scene;

	if (!director_next(s->director, s->from, horizon, &scene))
		return false;
	assert_true(s->count == 0 || scene.sample > s->sample);
	assert_true(scene.sample <= horizon);
	s->sample = scene.sample;
	paint(s, scene.line);
	assert_int_equal(scene.id, s->scene.id);
	return true;
}

static size_t
run_to(struct show *s, uint64_t horizon)
{
	size_t before = s->count;

	while (step(s, horizon))
		;
	return s->count - before;
}

/* As the picture is at a sample of that many milliseconds after the begin,
 * which is in the middle of no frame. */
static size_t
run_to_ms(struct show *s, uint64_t ms)
{
	return run_to(s, BEGIN + ms * MS);
}

static void
tell_text(struct show *s, const char *text)
{
	json_t *event = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(event);
	director_event(s->director, event);
	json_decref(event);
}

/* Tells an event at so many milliseconds; `more` begins with a comma. */
static void
tell(struct show *s, const char *event, uint64_t ms, const char *more, ...)
{
	char text[4096];
	va_list args;
	int n;

	n = snprintf(text, sizeof(text),
	    "{\"channel\":\"main\",\"event\":\"%s\",\"sample\":%llu", event,
	    (unsigned long long)(BEGIN + ms * MS));
	va_start(args, more);
	n += vsnprintf(text + n, sizeof(text) - (size_t)n, more, args);
	va_end(args);
	snprintf(text + n, sizeof(text) - (size_t)n, "}");
	tell_text(s, text);
}

static const char *
caption(const struct show *s)
{
	return scene_value(&s->scene, "caption");
}

static void
assert_value(const struct show *s, const char *name, const char *expected)
{
	const char *value = scene_value(&s->scene, name);

	assert_string_equal(value ? value : "(none)", expected);
}

/* The mouth is in that shape. */
static void
assert_mouth(const struct show *s, const char *shape)
{
	assert_true(scene_shows(&s->scene, shape));
}

/* ---- fields ----------------------------------------------------------- */

static void
test_a_picture_begins_with_its_fields(void **state)
{
	static const char *const fields[] = { "ticket=A=1",
		"counter=", "nonsense", NULL };
	struct show s;

	(void)state;
	open_with(&s, fields, USES_ALL);
	assert_false(step(&s, BEGIN)); /* there is no sound yet */
	director_begin(s.director, RATE, BEGIN);
	assert_int_equal(run_to_ms(&s, 100), 1);
	assert_int_equal(s.sample, BEGIN);
	assert_value(&s, "ticket", "A=1");
	assert_value(&s, "counter", "");
	assert_value(&s, "nonsense", "(none)");
	assert_string_equal(caption(&s), "");
	assert_mouth(&s, "mouth-sil");
	assert_int_equal(run_to_ms(&s, 5000), 0);
	close_show(&s);
}

/* The next frame, and not the nearest, was taken once: up to a frame late. */
static void
test_fields_change_on_the_frame_nearest_to_the_start(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	run_to_ms(&s, 100);
	tell(&s, "started", 419, ",\"id\":1,\"show\":{\"ticket\":\"A1\"}");
	tell(&s, "started", 461, ",\"id\":2,\"show\":{\"ticket\":\"A2\"}");
	run_to_ms(&s, 419);
	assert_value(&s, "ticket", "(none)");
	assert_true(step(&s, BEGIN + 500 * MS));
	assert_int_equal(s.sample, BEGIN + 10 * FRAME);
	assert_value(&s, "ticket", "A1");
	assert_false(step(&s, BEGIN + 499 * MS));
	assert_true(step(&s, BEGIN + 500 * MS));
	assert_int_equal(s.sample, BEGIN + 12 * FRAME);
	assert_value(&s, "ticket", "A2");
	close_show(&s);
}

static void
test_show_changes_the_fields_of_its_video_alone(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "show", 200,
	    ",\"video\":\"other\",\"show\":{\"ticket\":\"A1\"}");
	run_to_ms(&s, 400);
	assert_value(&s, "ticket", "(none)");
	tell(&s, "show", 400,
	    ",\"video\":\"board\",\"show\":{\"ticket\":\"A2\"}");
	run_to_ms(&s, 600);
	assert_value(&s, "ticket", "A2");
	assert_value(&s, "call.1.ticket", "(none)");
	close_show(&s);
}

static void
test_a_scene_tells_only_what_is_other_than_before(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "show", 200,
	    ",\"video\":\"board\",\"show\":{\"a\":\"1\",\"b\":\"1\"}");
	run_to_ms(&s, 400);
	tell(&s, "show", 400,
	    ",\"video\":\"board\",\"show\":{\"a\":\"1\",\"b\":\"2\"}");
	assert_int_equal(run_to_ms(&s, 600), 1);
	assert_string_equal(s.line, "{\"id\":3,\"fields\":{\"b\":\"2\"}}");
	tell(&s, "show", 600, ",\"video\":\"board\",\"show\":{\"a\":\"1\"}");
	assert_int_equal(run_to_ms(&s, 800), 0);
	close_show(&s);
}

/* ---- calls ------------------------------------------------------------ */

static void
test_the_newest_call_is_first(void **state)
{
	struct show s;
	int i;

	(void)state;
	open_show(&s);
	for (i = 1; i <= BOARD_CALLS_MAX + 2; i++)
		tell(&s, "started", 100 * (uint64_t)i,
		    ",\"id\":%d,\"show\":{\"ticket\":\"A%d\"}", i, i);
	tell(&s, "started", 2000, ",\"id\":90,\"text\":\"no call\"");
	run_to_ms(&s, 2500);
	assert_value(&s, "call.1.ticket", "A12");
	assert_value(&s, "call.10.ticket", "A3");
	assert_int_equal(json_array_size(s.scene.calls), BOARD_CALLS_MAX);
	close_show(&s);
}

static void
test_one_that_is_said_again_is_no_new_call(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "started", 100, ",\"id\":1,\"show\":{\"ticket\":\"A1\"}");
	tell(&s, "started", 200, ",\"id\":2,\"show\":{\"ticket\":\"A2\"}");
	tell(&s, "started", 300, ",\"id\":1,\"show\":{\"ticket\":\"A1\"}");
	run_to_ms(&s, 400);
	assert_value(&s, "ticket", "A1");
	assert_value(&s, "call.1.ticket", "A2");
	assert_value(&s, "call.2.ticket", "A1");
	/* The same call of another announcement takes its place anew. */
	tell(&s, "started", 500, ",\"id\":3,\"show\":{\"ticket\":\"A1\"}");
	run_to_ms(&s, 600);
	assert_value(&s, "call.1.ticket", "A1");
	assert_value(&s, "call.2.ticket", "A2");
	assert_value(&s, "call.3.ticket", "(none)");
	close_show(&s);
}

static void
test_what_never_began_is_not_shown(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "queued", 100, ",\"id\":1,\"show\":{\"ticket\":\"A1\"}");
	tell(&s, "finished", 200,
	    ",\"id\":1,\"outcome\":\"cancelled\",\"show\":{\"ticket\":\"A1\"}");
	run_to_ms(&s, 400);
	assert_value(&s, "ticket", "(none)");
	assert_value(&s, "call.1.ticket", "(none)");
	close_show(&s);
}

/* ---- the caption ------------------------------------------------------ */

static void
begin_speech(struct show *s)
{
	tell(s, "started", 1000, ",\"id\":1,\"text\":\"one two\"");
	tell(s, "word", 1000, ",\"id\":1,\"offset\":0,\"length\":3");
	tell(s, "word", 1400, ",\"id\":1,\"offset\":4,\"length\":3");
	tell(s, "viseme", 1000, ",\"id\":1,\"name\":\"ou\"");
	tell(s, "viseme", 1400, ",\"id\":1,\"name\":\"DD\"");
}

static void
assert_caption(const struct show *s, const char *text, size_t from, size_t to)
{
	assert_string_equal(caption(s), text);
	assert_int_equal(s->scene.from, from);
	assert_int_equal(s->scene.to, to);
}

static void
test_the_caption_marks_the_spoken_word(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	begin_speech(&s);
	run_to_ms(&s, 1100);
	assert_caption(&s, "one two", 0, 3);
	run_to_ms(&s, 1500);
	assert_caption(&s, "one two", 4, 7);
	assert_int_equal(s.sample, BEGIN + 1400 * MS);
	tell(&s, "finished", 1600, ",\"id\":1,\"outcome\":\"spoken\"");
	run_to_ms(&s, 1600 + DIRECTOR_CAPTION_MS - 50);
	assert_caption(&s, "one two", 4, 4); /* no word any more */
	run_to_ms(&s, 1600 + DIRECTOR_CAPTION_MS + 50);
	assert_caption(&s, "", 0, 0);
	close_show(&s);
}

static void
test_the_next_caption_ends_the_one_before(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	begin_speech(&s);
	tell(&s, "finished", 1600, ",\"id\":1,\"outcome\":\"spoken\"");
	tell(&s, "started", 2000, ",\"id\":2,\"text\":\"three\"");
	run_to_ms(&s, 6000);
	assert_caption(&s, "three", 0, 0);
	close_show(&s);
}

/* Words are told ahead; those behind the cut were never heard. */
static void
test_what_is_cut_off_goes_at_once(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	begin_speech(&s);
	run_to_ms(&s, 1200);
	tell(&s, "finished", 1300, ",\"id\":1,\"outcome\":\"cancelled\"");
	run_to_ms(&s, 1390);
	assert_caption(&s, "", 0, 0);
	assert_int_equal(run_to_ms(&s, 3000), 0);
	close_show(&s);
}

static void
test_what_was_interrupted_goes_on(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	begin_speech(&s);
	tell(&s, "preempted", 1200, ",\"id\":1,\"by\":2");
	run_to_ms(&s, 1300);
	assert_caption(&s, "", 0, 0);
	tell(&s, "started", 1300, ",\"id\":2,\"text\":\"fire\"");
	tell(&s, "finished", 1800, ",\"id\":2,\"outcome\":\"spoken\"");
	run_to_ms(&s, 1900);
	assert_caption(&s, "fire", 0, 0);
	/* Nothing but its next word tells that it is on air again. */
	tell(&s, "word", 2000, ",\"id\":1,\"offset\":4,\"length\":3");
	run_to_ms(&s, 2100);
	assert_caption(&s, "one two", 4, 7);
	close_show(&s);
}

static void
test_a_part_of_an_announcement_has_its_own_text(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "started", 1000,
	    ",\"id\":1,\"text\":\"one\",\"texts\":[{\"text\":\"one\"},"
	    "{\"text\":\"two\"},7]");
	tell(
	    &s, "word", 1000, ",\"id\":1,\"offset\":0,\"length\":3,\"part\":0");
	tell(
	    &s, "word", 2000, ",\"id\":1,\"offset\":0,\"length\":3,\"part\":1");
	run_to_ms(&s, 1500);
	assert_caption(&s, "one", 0, 3);
	run_to_ms(&s, 2500);
	assert_caption(&s, "two", 0, 3);
	/* A part that is not there changes nothing. */
	tell(
	    &s, "word", 2500, ",\"id\":1,\"offset\":0,\"length\":3,\"part\":9");
	tell(&s, "word", 2500, ",\"id\":1,\"offset\":-4,\"length\":3");
	run_to_ms(&s, 3000);
	assert_caption(&s, "two", 0, 3);
	close_show(&s);
}

/* The tags stood in the caption. */
static void
test_of_ssml_what_is_spoken_is_shown(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "started", 1000,
	    ",\"id\":1,\"text\":\"<p>2</p>\",\"texts\":[{\"text\":\"<p>2</p>\","
	    "\"ssml\":true,\"spoken\":\"the second\"}]");
	run_to_ms(&s, 1200);
	assert_caption(&s, "the second", 0, 0);
	tell(&s, "word", 1500,
	    ",\"id\":1,\"offset\":3,\"length\":1,\"spoken_offset\":4,"
	    "\"spoken_length\":6");
	run_to_ms(&s, 2000);
	assert_caption(&s, "the second", 4, 10);
	close_show(&s);
}

/* A line of the painter's has an end, and 10 kB may be one word. */
static void
test_of_a_long_caption_the_part_around_the_word_is_told(void **state)
{
	char text[3100];
	struct show s;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + 2500, "here", 4);
	text[sizeof(text) - 1] = '\0';
	open_show(&s);
	tell(&s, "started", 1000, ",\"id\":1,\"text\":\"%s\"", text);
	tell(&s, "word", 1000, ",\"id\":1,\"offset\":2500,\"length\":4");
	run_to_ms(&s, 1500);
	assert_memory_equal(caption(&s) + s.scene.from, "here", 4);
	assert_int_equal(s.scene.to - s.scene.from, 4);
	assert_true(strlen(caption(&s)) <= 1000);
	close_show(&s);
}

/* ---- the face --------------------------------------------------------- */

static void
open_face(struct show *s)
{
	open_with(s, NULL, USES_ALL);
	director_begin(s->director, RATE, BEGIN);
}

static void
test_the_mouth_follows_and_closes(void **state)
{
	struct show s;

	(void)state;
	open_face(&s);
	begin_speech(&s);
	run_to_ms(&s, 1100);
	assert_mouth(&s, "mouth-ou");
	run_to_ms(&s, 1500);
	assert_mouth(&s, "mouth-DD");
	tell(&s, "finished", 1600, ",\"id\":1,\"outcome\":\"spoken\"");
	/* A shape that was told too late opens it no more. */
	tell(&s, "viseme", 1601, ",\"id\":1,\"name\":\"aa\"");
	run_to_ms(&s, 1700);
	assert_mouth(&s, "mouth-sil");
	close_show(&s);
}

static void
test_the_mouth_closes_when_interrupted(void **state)
{
	struct show s;

	(void)state;
	open_face(&s);
	begin_speech(&s);
	tell(&s, "preempted", 1200, ",\"id\":1");
	run_to_ms(&s, 1300);
	assert_mouth(&s, "mouth-sil");
	tell(&s, "viseme", 2000, ",\"id\":1,\"name\":\"E\"");
	run_to_ms(&s, 2100);
	assert_mouth(&s, "mouth-E");
	close_show(&s);
}

/* An engine that starves leaves nobody with an open mouth. */
static void
test_the_mouth_closes_when_no_shape_comes(void **state)
{
	struct show s;

	(void)state;
	open_face(&s);
	begin_speech(&s);
	run_to_ms(&s, 1400 + DIRECTOR_MOUTH_MS - 50);
	assert_mouth(&s, "mouth-DD");
	run_to_ms(&s, 1400 + DIRECTOR_MOUTH_MS + 50);
	assert_mouth(&s, "mouth-sil");
	close_show(&s);
}

/* A board was drawn afresh for each sound that its speaker made. */
static void
test_nothing_is_told_of_what_the_layout_does_not_use(void **state)
{
	struct show s;

	(void)state;
	open_with(&s, NULL, 0);
	director_begin(s.director, RATE, BEGIN);
	begin_speech(&s);
	director_tell_time(s.director, BEGIN, 3600000);
	director_tell_level(s.director, BEGIN, -20);
	assert_int_equal(run_to_ms(&s, 1500), 1);
	assert_string_equal(s.line, "{\"id\":1,\"calls\":[]}");
	/* The next layout does. */
	director_use(s.director, USES_ALL);
	assert_true(step(&s, BEGIN + 1600 * MS));
	assert_caption(&s, "one two", 4, 7);
	assert_mouth(&s, "mouth-DD");
	assert_value(&s, "clock", "01:00:01");
	assert_value(&s, "level", "-20");
	close_show(&s);
}

/* Notes when the eyes close, in a minute; their opening is checked. */
static size_t
watch_eyes(struct show *s, uint64_t *when, size_t max)
{
	bool blink = false;
	size_t n = 0;
	uint64_t ms;

	for (ms = 0; ms < 60000; ms += 10) {
		run_to_ms(s, ms);
		if (s->scene.blink == blink)
			continue;
		blink = s->scene.blink;
		if (blink && n < max)
			when[n++] = s->sample;
		else if (!blink && n > 0)
			assert_in_range(s->sample - when[n - 1],
			    DIRECTOR_BLINK_MS * MS - FRAME,
			    DIRECTOR_BLINK_MS * MS + FRAME);
	}
	return n;
}

static void
test_the_eyes_blink_the_same_with_the_same_seed(void **state)
{
	uint64_t when[2][60];
	size_t n[2], i;
	struct show s;

	(void)state;
	for (i = 0; i < 2; i++) {
		open_face(&s);
		n[i] = watch_eyes(&s, when[i], 60);
		close_show(&s);
	}
	assert_in_range(n[0], 12, 18);
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(when[0], when[1], n[0] * sizeof(when[0][0]));
}

/* ---- clock and level -------------------------------------------------- */

static void
test_the_clock_shows_each_second_once(void **state)
{
	const int64_t midnight = INT64_C(86400000);
	struct show s;
	uint64_t ms;
	size_t scenes = 0;

	(void)state;
	open_show(&s);
	run_to_ms(&s, 100);
	assert_value(&s, "clock", "");
	/* Told ten times a second, by somebody who is late at times. */
	for (ms = 0; ms < 4000; ms += 100) {
		director_tell_time(s.director, BEGIN + ms * MS,
		    (midnight - 2000 + (int64_t)ms + (ms % 300 ? 0 : 90)) %
			midnight);
		scenes += run_to_ms(&s, ms);
	}
	assert_value(&s, "clock", "00:00:01");
	assert_in_range(scenes, 4, 5);
	/* It was set. */
	director_tell_time(s.director, BEGIN + 4000 * MS, 45296000);
	run_to_ms(&s, 4100);
	assert_value(&s, "clock", "12:34:56");
	close_show(&s);
}

static void
test_the_level_is_shown_in_whole_decibels(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	director_tell_level(s.director, BEGIN + 200 * MS, -20.4);
	run_to_ms(&s, 300);
	assert_value(&s, "level", "-20");
	director_tell_level(s.director, BEGIN + 400 * MS, -20.1);
	assert_int_equal(run_to_ms(&s, 500), 0);
	director_tell_level(s.director, BEGIN + 600 * MS, -1.0 / 0.0);
	run_to_ms(&s, 700);
	assert_value(&s, "level", "-99");
	close_show(&s);
}

/* ---- frames ----------------------------------------------------------- */

static void
test_all_of_a_frame_is_one_scene(void **state)
{
	struct show s;

	(void)state;
	open_face(&s);
	run_to_ms(&s, 100);
	tell(&s, "started", 403, ",\"id\":1,\"text\":\"one\"");
	tell(&s, "word", 401, ",\"id\":9,\"offset\":0,\"length\":1");
	tell(&s, "viseme", 385, ",\"id\":1,\"name\":\"aa\"");
	tell(&s, "viseme", 405, ",\"id\":1,\"name\":\"ou\"");
	tell(&s, "show", 410, ",\"video\":\"board\",\"show\":{\"a\":\"1\"}");
	assert_int_equal(run_to_ms(&s, 440), 1);
	assert_int_equal(s.sample, BEGIN + 400 * MS);
	assert_mouth(&s, "mouth-ou");
	assert_value(&s, "a", "1");
	close_show(&s);
}

/* What was told when its frame's scene had been taken is seen all the same. */
static void
test_what_is_told_late_is_in_the_next_frame(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "show", 400, ",\"video\":\"board\",\"show\":{\"a\":\"1\"}");
	run_to_ms(&s, 440);
	tell(&s, "show", 402, ",\"video\":\"board\",\"show\":{\"a\":\"2\"}");
	assert_false(step(&s, BEGIN + 459 * MS));
	assert_true(step(&s, BEGIN + 461 * MS));
	assert_int_equal(s.sample, BEGIN + 440 * MS);
	assert_value(&s, "a", "2");
	close_show(&s);
}

static void
test_nothing_is_taken_beyond_the_horizon(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	run_to_ms(&s, 100);
	tell(&s, "started", 1000, ",\"id\":1,\"text\":\"one\"");
	assert_false(step(&s, BEGIN + 1019 * MS));
	assert_true(step(&s, BEGIN + 1021 * MS));
	close_show(&s);
}

/* A painter that is slower than what happens gets what is, not what was. */
static void
test_what_is_over_is_one_scene(void **state)
{
	struct show s;
	uint64_t ms;

	(void)state;
	open_face(&s);
	director_tell_time(s.director, BEGIN, 0);
	for (ms = 0; ms < 4000; ms += 10)
		tell(&s, "show", ms,
		    ",\"video\":\"board\",\"show\":{\"a\":\"%d\"}", (int)ms);
	s.from = BEGIN + 3600000 * MS;
	assert_int_equal(run_to(&s, s.from + FRAME), 1);
	assert_int_equal(s.sample, s.from);
	assert_value(&s, "a", "3990");
	assert_value(&s, "clock", "01:00:00");
	close_show(&s);
}

static void
test_when_the_sound_goes_on_elsewhere_so_do_the_scenes(void **state)
{
	struct show s;

	(void)state;
	open_show(&s);
	tell(&s, "show", 100, ",\"video\":\"board\",\"show\":{\"a\":\"1\"}");
	run_to_ms(&s, 1000);
	director_lost(s.director);
	director_begin(s.director, 48000, 0);
	tell_text(&s, "{\"event\":\"show\",\"sample\":48000,"
		      "\"video\":\"board\",\"show\":{\"a\":\"2\"}}");
	s.count = 0; /* samples begin anew */
	run_to(&s, 96000);
	assert_int_equal(s.sample, 48000);
	assert_value(&s, "a", "2");
	close_show(&s);
}

/* ---- who is lost ------------------------------------------------------ */

static void
test_when_ttsd_is_lost_nobody_speaks_and_the_board_stays(void **state)
{
	struct show s;

	(void)state;
	open_face(&s);
	begin_speech(&s);
	tell(&s, "started", 1000,
	    ",\"id\":1,\"text\":\"one\",\"show\":{\"a\":\"1\"}");
	run_to_ms(&s, 1200);
	director_lost(s.director);
	run_to_ms(&s, 1800);
	assert_mouth(&s, "mouth-sil");
	assert_caption(&s, "", 0, 0);
	assert_value(&s, "a", "1");
	assert_value(&s, "call.1.a", "1");
	/* Ids count from 1 again. */
	tell(&s, "started", 2000,
	    ",\"id\":1,\"text\":\"one\",\"show\":{\"a\":\"2\"}");
	run_to_ms(&s, 2100);
	assert_value(&s, "call.1.a", "2");
	assert_value(&s, "call.2.a", "1");
	close_show(&s);
}

static void
test_another_painter_is_told_everything(void **state)
{
	static const char *const fields[] = { "b=9", NULL };
	struct show s;
	json_int_t id;

	(void)state;
	open_with(&s, fields, USES_ALL);
	director_begin(s.director, RATE, BEGIN);
	begin_speech(&s);
	tell(&s, "started", 1000,
	    ",\"id\":1,\"text\":\"one\",\"show\":{\"a\":\"1\"}");
	director_tell_time(s.director, BEGIN, 0);
	run_to_ms(&s, 1500);
	id = s.scene.id;
	scene_done(&s.scene);
	assert_int_equal(scene_init(&s.scene), 0);
	s.scene.id = id;
	director_repaint(s.director);
	assert_true(step(&s, BEGIN + 1600 * MS));
	assert_value(&s, "a", "1");
	assert_value(&s, "b", "9");
	assert_value(&s, "call.1.a", "1");
	assert_value(&s, "clock", "00:00:01");
	assert_mouth(&s, "mouth-DD");
	assert_string_equal(caption(&s), "one");
	close_show(&s);
}

/* ---- bounds and rubbish ----------------------------------------------- */

static void
test_fields_and_calls_are_bounded(void **state)
{
	char value[300 * 6 + 1];
	struct show s;
	int i, k;

	(void)state;
	/* Each is six bytes in JSON, of one. */
	for (i = 0; i < 300; i++)
		memcpy(value + 6 * i, "\\u0001", 7);
	open_show(&s);
	for (k = 0; k < 20; k++)
		for (i = 0; i < 5; i++)
			tell(&s, "started", (uint64_t)(100 + 10 * k),
			    ",\"id\":%d,\"show\":{\"f%d\":\"%s\"}",
			    k * 5 + i + 1, k * 5 + i, value);
	run_to_ms(&s, 5000);
	assert_int_equal(json_object_size(s.scene.fields), BOARD_KEPT_MAX);
	assert_true(json_array_size(s.scene.calls) > 1);
	close_show(&s);
}

/* What was told last was left out, while there was no painter: the board showed
 * an old number until the next call. */
static void
test_more_events_than_there_is_room_for(void **state)
{
	struct show s;
	uint64_t i;

	(void)state;
	open_show(&s);
	tell(&s, "show", 100, ",\"video\":\"board\",\"show\":{\"b\":\"1\"}");
	for (i = 0; i < 5 * AGENDA_MAX; i++)
		tell(&s, "word", 10000 - i % 977, ",\"id\":1,\"offset\":0");
	tell(&s, "show", 10001, ",\"video\":\"board\",\"show\":{\"a\":\"1\"}");
	tell(&s, "started", 10002, ",\"id\":2,\"text\":\"one\"");
	run_to_ms(&s, 10500);
	assert_value(&s, "a", "1");
	assert_value(&s, "b", "1");
	assert_caption(&s, "one", 0, 0);
	tell(&s, "show", 20100, ",\"video\":\"board\",\"show\":{\"a\":\"2\"}");
	run_to_ms(&s, 20200);
	assert_value(&s, "a", "2");
	close_show(&s);
}

/* A thousand of them were a hundred megabytes. */
static void
test_large_events_are_fewer(void **state)
{
	static struct agenda a;
	char value[10000 + 1];
	json_t *event;
	size_t n = 0;

	(void)state;
	memset(value, 'x', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (; !agenda_is_full(&a); n++) {
		event = json_pack("{s:s}", "text", value);
		agenda_add(&a, n, event);
		json_decref(event);
	}
	assert_in_range(n * sizeof(value), AGENDA_BYTES_MAX / 2,
	    AGENDA_BYTES_MAX + sizeof(value));
	json_decref(agenda_take(&a));
	assert_false(agenda_is_full(&a));
	agenda_clear(&a);
	assert_int_equal(a.bytes, 0);
}

static const char *const odd[] = {
	"[]",
	"7",
	"null",
	"{}",
	"{\"event\":7,\"sample\":1}",
	"{\"event\":\"started\"}",
	"{\"event\":\"started\",\"sample\":\"1\"}",
	"{\"event\":\"started\",\"sample\":-1,\"show\":[1]}",
	"{\"event\":\"started\",\"sample\":9223372036854775807,\"id\":1}",
	"{\"event\":\"started\",\"sample\":1440000,\"text\":7,\"texts\":{}}",
	"{\"event\":\"started\",\"sample\":1440000,\"text\":null,\"show\":"
	"{\"a\":7,\"b\":null,\"c\":{\"d\":\"e\"},\"\":\"x\"}}",
	"{\"event\":\"word\",\"sample\":1440000,\"offset\":9e9,\"length\":[]}",
	"{\"event\":\"word\",\"sample\":1440000,\"offset\":9223372036854775807,"
	"\"length\":9223372036854775807,\"id\":1}",
	"{\"event\":\"viseme\",\"sample\":1440000,\"name\":\"a name too "
	"long\"}",
	"{\"event\":\"viseme\",\"sample\":1440000,\"name\":\"\\\"}{\"}",
	"{\"event\":\"finished\",\"sample\":1440000,\"outcome\":{}}",
	"{\"event\":\"preempted\",\"sample\":1440000,\"id\":\"x\"}",
	"{\"event\":\"show\",\"sample\":1440000,\"video\":\"board\"}",
	"{\"event\":\"show\",\"sample\":1440000,\"video\":[],\"show\":{}}",
};

static void
test_odd_events_hurt_nothing(void **state)
{
	struct show s;
	size_t i;

	(void)state;
	open_face(&s);
	for (i = 0; i < COUNT_OF(odd); i++) {
		tell_text(&s, odd[i]);
		run_to_ms(&s, 100 * i);
	}
	tell(&s, "show", 5000,
	    ",\"video\":\"board\",\"show\":{\"a\":\"</text>{\\\"%%{x}\"}");
	run_to_ms(&s, 6000);
	assert_value(&s, "a", "</text>{\"%{x}");
	close_show(&s);
}

static const char *const good[] = {
	"{\"event\":\"started\",\"sample\":%llu,\"id\":1,\"text\":\"on\\u00e9"
	" two\",\"show\":{\"a\":\"1\",\"b\":\"2\"}}",
	"{\"event\":\"word\",\"sample\":%llu,\"id\":1,\"offset\":4,"
	"\"length\":3}",
	"{\"event\":\"viseme\",\"sample\":%llu,\"id\":1,\"name\":\"aa\"}",
	"{\"event\":\"preempted\",\"sample\":%llu,\"id\":1,\"by\":2}",
	"{\"event\":\"finished\",\"sample\":%llu,\"id\":1,"
	"\"outcome\":\"spoken\"}",
	"{\"event\":\"show\",\"sample\":%llu,\"video\":\"board\","
	"\"show\":{\"a\":\"3\"}}",
};

/* Whatever an event says, the painter can read what becomes of it. */
static void
test_mutated_events_hurt_nothing(void **state)
{
	struct rng rng = { 20261129 };
	char text[512];
	struct show s;
	json_t *event;
	size_t i, len;

	(void)state;
	open_face(&s);
	for (i = 0; i < 20000; i++) {
		len = (size_t)snprintf(text, sizeof(text),
		    good[rng_below(&rng, COUNT_OF(good))],
		    (unsigned long long)BEGIN + i * 10 * MS +
			rng_below(&rng, 500 * MS));
		if (rng_one_in(&rng, 2))
			len = mutate(
			    &rng, (uint8_t *)text, len, sizeof(text) - 1);
		event = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
		director_event(s.director, event);
		json_decref(event);
		if (rng_one_in(&rng, 1000))
			director_lost(s.director);
		run_to_ms(&s, 10 * i);
	}
	assert_true(s.count > 1000);
	close_show(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_picture_begins_with_its_fields),
		cmocka_unit_test(
		    test_fields_change_on_the_frame_nearest_to_the_start),
		cmocka_unit_test(
		    test_show_changes_the_fields_of_its_video_alone),
		cmocka_unit_test(
		    test_a_scene_tells_only_what_is_other_than_before),
		cmocka_unit_test(test_the_newest_call_is_first),
		cmocka_unit_test(test_one_that_is_said_again_is_no_new_call),
		cmocka_unit_test(test_what_never_began_is_not_shown),
		cmocka_unit_test(test_the_caption_marks_the_spoken_word),
		cmocka_unit_test(test_the_next_caption_ends_the_one_before),
		cmocka_unit_test(test_what_is_cut_off_goes_at_once),
		cmocka_unit_test(test_what_was_interrupted_goes_on),
		cmocka_unit_test(
		    test_a_part_of_an_announcement_has_its_own_text),
		cmocka_unit_test(test_of_ssml_what_is_spoken_is_shown),
		cmocka_unit_test(
		    test_of_a_long_caption_the_part_around_the_word_is_told),
		cmocka_unit_test(test_the_mouth_follows_and_closes),
		cmocka_unit_test(test_the_mouth_closes_when_interrupted),
		cmocka_unit_test(test_the_mouth_closes_when_no_shape_comes),
		cmocka_unit_test(
		    test_nothing_is_told_of_what_the_layout_does_not_use),
		cmocka_unit_test(
		    test_the_eyes_blink_the_same_with_the_same_seed),
		cmocka_unit_test(test_the_clock_shows_each_second_once),
		cmocka_unit_test(test_the_level_is_shown_in_whole_decibels),
		cmocka_unit_test(test_all_of_a_frame_is_one_scene),
		cmocka_unit_test(test_what_is_told_late_is_in_the_next_frame),
		cmocka_unit_test(test_nothing_is_taken_beyond_the_horizon),
		cmocka_unit_test(test_what_is_over_is_one_scene),
		cmocka_unit_test(
		    test_when_the_sound_goes_on_elsewhere_so_do_the_scenes),
		cmocka_unit_test(
		    test_when_ttsd_is_lost_nobody_speaks_and_the_board_stays),
		cmocka_unit_test(test_another_painter_is_told_everything),
		cmocka_unit_test(test_fields_and_calls_are_bounded),
		cmocka_unit_test(test_more_events_than_there_is_room_for),
		cmocka_unit_test(test_large_events_are_fewer),
		cmocka_unit_test(test_odd_events_hurt_nothing),
		cmocka_unit_test(test_mutated_events_hurt_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
