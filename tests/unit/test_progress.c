/* Guards the reading of how far ffmpeg has got, whatever it says. */
#include "tests/unit/test.h"

#include "common/lines.h"
#include "streamer-supervisor/ffmpeg/progress.h"

struct feeding {
	struct progress *progress;
	int64_t now_ns;
	int advanced;
};

static void
take_line(void *arg, char *line)
{
	struct feeding *f = arg;

	f->advanced += progress_take(f->progress, line, f->now_ns);
}

/* The number of lines that said "further". */
static int
feed_progress_at(struct progress *p, const char *text, int64_t now_ns)
{
	struct feeding f = { p, now_ns, 0 };
	struct lines lines = { .len = 0 };

	lines_feed(&lines, text, strlen(text), take_line, &f);
	lines_end(&lines, take_line, &f);
	return f.advanced;
}

static int
feed_progress(struct progress *p, const char *text)
{
	return feed_progress_at(p, text, 1);
}

static void
test_progress_of_a_real_run(void **state)
{
	struct progress p = { .out_time_us = 0 };

	(void)state;
	/* The header is out: nothing flows yet. */
	assert_int_equal(
	    feed_progress(&p, "bitrate=N/A\ntotal_size=243\nout_time_us=0\n"
			      "out_time_ms=0\nout_time=00:00:00.000000\n"
			      "dup_frames=0\ndrop_frames=0\nspeed=N/A\n"
			      "progress=continue\n"),
	    0);
	assert_int_equal(
	    feed_progress(&p, "bitrate=  12.2kbits/s\ntotal_size=386\n"
			      "out_time_us=254000\nout_time_ms=254000\n"
			      "speed=0.908x\nprogress=continue\n"),
	    1);
	assert_int_equal(p.out_time_us, 254000);
	assert_true(p.bitrate_kbps > 12.1 && p.bitrate_kbps < 12.3);
	assert_true(p.speed > 0.90 && p.speed < 0.91);
	/* Alive, but not getting on. */
	assert_int_equal(feed_progress(&p, "out_time_us=254000\nspeed=0.5x\n"
					   "progress=continue\n"),
	    0);
	/* RTSP tells no sizes. */
	assert_int_equal(feed_progress(&p, "bitrate=N/A\ntotal_size=N/A\n"
					   "out_time_us=300000\nspeed=   1x\n"
					   "progress=continue\n"),
	    1);
	assert_true(p.bitrate_kbps == 0);
	/* A server that dropped the connection: ffmpeg counts what it could
	 * not write as well, and once made such an output `running`. */
	assert_int_equal(
	    feed_progress(&p, "out_time_us=426000\nprogress=end\n"), 0);
	assert_int_equal(p.out_time_us, 426000);
}

static void
test_progress_that_makes_no_sense(void **state)
{
	struct progress p = { .out_time_us = 0 };

	(void)state;
	assert_int_equal(feed_progress(&p, "progress=continue\n"), 0);
	assert_int_equal(
	    feed_progress(&p, "out_time_us=N/A\nprogress=continue\n"), 0);
	assert_int_equal(
	    feed_progress(&p, "out_time_us=-21333\nprogress=continue\n"), 0);
	assert_int_equal(feed_progress(&p, "out_time_us\nprogress\n=\n\n"), 0);
	assert_int_equal(feed_progress(&p, "speed=infx\nbitrate=1e400\n"), 0);
	assert_true(p.speed == 0 && p.bitrate_kbps == 0);
	assert_int_equal(feed_progress(&p, "speed=nanx\nbitrate=-4\n"), 0);
	assert_true(p.speed == 0 && p.bitrate_kbps == 0);
	/* A block without its time is not the last block's time again. */
	assert_int_equal(feed_progress(&p, "out_time_us=5\nprogress=continue\n"
					   "progress=continue\n"),
	    1);
	assert_int_equal(
	    feed_progress(&p, "out_time_us=99999999999999999999999\n"
			      "progress=continue\n"),
	    1);
	assert_int_equal(p.out_time_us, INT64_MAX);
}

static void
hear_progress(void *arg, char *line)
{
	progress_take(arg, line, 1);
}

static void
test_mutated_progress(void **state)
{
	static const char valid[] =
	    "bitrate=  12.2kbits/s\ntotal_size=386\nout_time_us=254000\n"
	    "out_time=00:00:00.254000\nspeed=0.908x\nprogress=continue\n";
	struct progress p = { .out_time_us = 0 };
	struct lines l = { .len = 0 };
	struct rng rng = { 5 };
	uint8_t text[512], *copy;
	int64_t before;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text));
		copy = exact_copy(text, len);
		before = p.out_time_us;
		lines_feed(&l, copy, len, hear_progress, &p);
		assert_true(p.out_time_us >= before);
		assert_true(p.speed >= 0 && p.speed < 1e12);
		assert_true(p.bitrate_kbps >= 0 && p.bitrate_kbps < 1e12);
		free(copy);
	}
}

/* A picture that stood still was not noticed, for the sound went on. */
static void
test_progress_of_a_picture(void **state)
{
	struct progress p = { .pictured = true };

	(void)state;
	assert_int_equal(
	    feed_progress(&p, "out_time_us=200000\nprogress=continue\n"), 0);
	assert_true(progress_lacks_frames(&p));
	/* One frame a second: it gets on with every fifth block. */
	assert_int_equal(
	    feed_progress(&p, "frame=1\nout_time_us=400000\ndup_frames=3\n"
			      "drop_frames=2\nprogress=continue\n"),
	    1);
	assert_false(progress_lacks_frames(&p));
	assert_int_equal(p.frames, 1);
	assert_int_equal(p.duplicated, 3);
	assert_int_equal(p.dropped, 2);
	assert_int_equal(feed_progress(&p, "frame=1\nout_time_us=600000\n"
					   "progress=continue\n"
					   "frame=2\nout_time_us=600000\n"
					   "progress=continue\n"),
	    1);
	/* And no sound. */
	assert_int_equal(feed_progress(&p, "frame=3\nout_time_us=600000\n"
					   "progress=continue\n"),
	    0);
	assert_false(progress_lacks_frames(&p));
}

/* Which of the two had last got on, and when, nobody could tell. */
static void
test_when_each_moved(void **state)
{
	struct progress p = { .pictured = true };

	(void)state;
	feed_progress_at(&p, "frame=0\nout_time_us=0\nprogress=continue\n", 5);
	assert_int_equal(p.time_ns, 0);
	assert_int_equal(p.frames_ns, 0);
	feed_progress_at(&p, "frame=1\nout_time_us=9\nprogress=continue\n", 6);
	feed_progress_at(&p, "frame=1\nout_time_us=12\nprogress=continue\n", 7);
	assert_int_equal(p.time_ns, 7);
	assert_int_equal(p.frames_ns, 6);
	feed_progress_at(&p, "frame=2\nout_time_us=12\nprogress=continue\n", 8);
	assert_int_equal(p.time_ns, 7);
	assert_int_equal(p.frames_ns, 8);
}

/* One program reads the first half of a line, its successor the other. */
static void
test_a_block_that_two_programs_read(void **state)
{
	static const char text[] = "frame=2\nout_time_us=30\nspeed=1.5x\n"
				   "bitrate=9.5kbits/s\nprogress=continue\n";
	struct progress whole, first, second;
	size_t at;
	json_t *o;
	char half[sizeof(text)];

	(void)state;
	for (at = 0; at < sizeof(text); at++) {
		if (at > 0 && text[at - 1] != '\n')
			continue;
		whole = first = second = (struct progress){ .pictured = true };
		feed_progress(&whole, text);
		snprintf(half, sizeof(half), "%.*s", (int)at, text);
		feed_progress(&first, half);
		o = record_save(progress_fields, &first);
		assert_int_equal(record_load(progress_fields, o, &second), 0);
		json_decref(o);
		feed_progress(&second, text + at);
		assert_memory_equal(&whole, &second, sizeof(whole));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_progress_of_a_real_run),
		cmocka_unit_test(test_progress_of_a_picture),
		cmocka_unit_test(test_when_each_moved),
		cmocka_unit_test(test_progress_that_makes_no_sense),
		cmocka_unit_test(test_mutated_progress),
		cmocka_unit_test(test_a_block_that_two_programs_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
