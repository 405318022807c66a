/*
 * Guards the reading of what ffmpeg says: however its pipes cut it up,
 * whatever it says, and however long.
 */
#include "tests/unit/test.h"

#include "common/lines.h"
#include "streamer-supervisor/ffmpeg/report.h"

/* ---- progress --------------------------------------------------------- */

/* The number of lines that said "further". */
static int
feed_progress(struct report_progress *p, const char *text)
{
	char line[128];
	size_t n;
	int advanced = 0;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		advanced += report_progress_line(p, line);
	}
	return advanced;
}

static void
test_progress_of_a_real_run(void **state)
{
	struct report_progress p = { .out_time_us = 0 };

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
	struct report_progress p = { .out_time_us = 0 };

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
	report_progress_line(arg, line);
}

static void
test_mutated_progress(void **state)
{
	static const char valid[] =
	    "bitrate=  12.2kbits/s\ntotal_size=386\nout_time_us=254000\n"
	    "out_time=00:00:00.254000\nspeed=0.908x\nprogress=continue\n";
	struct report_progress p = { .out_time_us = 0 };
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

/* ---- complaints ------------------------------------------------------- */

static void
test_every_complaint_seen(void **state)
{
	static const struct {
		const char *line;
		enum report_kind kind;
		const char *message;
	} cases[] = {
		{ "[warning] Guessed Channel Layout for Input Stream #0.0",
		    REPORT_NOTE,
		    "Guessed Channel Layout for Input Stream #0.0" },
		{ "[tcp @ 0x55ac] [error] Connection to tcp://h:1 failed: no",
		    REPORT_CAUSE, "Connection to tcp://h:1 failed: no" },
		{ "[error] rtmp://h/live/x: Connection refused", REPORT_ERROR,
		    "rtmp://h/live/x: Connection refused" },
		{ "[rtmp @ 0x55ac] [error] Server error: Already publishing",
		    REPORT_CAUSE, "Server error: Already publishing" },
		{ "[error] av_interleaved_write_frame(): Broken pipe",
		    REPORT_ERROR, "av_interleaved_write_frame(): Broken pipe" },
		{ "[error] Error writing trailer of rtmp://h/a/b: Broken pipe",
		    REPORT_NOISE,
		    "Error writing trailer of rtmp://h/a/b: Broken pipe" },
		{ "[fatal] Unknown encoder 'libfoo'", REPORT_REFUSAL,
		    "Unknown encoder 'libfoo'" },
		{ "[error] Unrecognized option 'bogus'.", REPORT_REFUSAL,
		    "Unrecognized option 'bogus'." },
		{ "[aac @ 0x5618] [error] Error setting option b to value x.",
		    REPORT_REFUSAL, "Error setting option b to value x." },
		{ "[fatal] Expected number for ar but found: abc",
		    REPORT_REFUSAL, "Expected number for ar but found: abc" },
		{ "[AVFilterGraph @ 0x1] [error] No such filter: 'nope'",
		    REPORT_REFUSAL, "No such filter: 'nope'" },
		{ "[fatal] Error parsing options for output file x.flv.",
		    REPORT_REFUSAL,
		    "Error parsing options for output file x.flv." },
		{ "[error] foo://a/b: Protocol not found", REPORT_REFUSAL,
		    "foo://a/b: Protocol not found" },
		{ "[rtsp @ 0x1] [error] method ANNOUNCE failed: 401 "
		  "Unauthorized",
		    REPORT_REFUSAL,
		    "method ANNOUNCE failed: 401 Unauthorized" },
		{ "[rtsp @ 0x1] [error] method ANNOUNCE failed: 500 no",
		    REPORT_CAUSE, "method ANNOUNCE failed: 500 no" },
		{ "[error] Error opening output file rtmp://h/live/x.",
		    REPORT_NOISE,
		    "Error opening output file rtmp://h/live/x." },
		{ "Conversion failed!", REPORT_NOISE, "Conversion failed!" },
		{ "[info] Stream mapping: 401 Unauthorized", REPORT_NOISE,
		    "Stream mapping: 401 Unauthorized" },
		/* No ffmpeg of ours: a wrapper script that complains. */
		{ "sh: 1: exec: no such thing", REPORT_ERROR,
		    "sh: 1: exec: no such thing" },
		{ "[", REPORT_ERROR, "[" },
		{ "[] ", REPORT_ERROR, "" },
		{ "", REPORT_ERROR, "" },
	};
	const char *message;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_int_equal(
		    report_classify(cases[i].line, &message), cases[i].kind);
		assert_string_equal(message, cases[i].message);
	}
}

static void
test_mutated_complaints(void **state)
{
	static const char valid[] =
	    "[rtmp @ 0x55ac] [error] Server error: Already publishing";
	struct rng rng = { 7 };
	uint8_t text[256];
	const char *message;
	char *copy;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text) - 1);
		text[len] = '\0';
		copy = exact_copy(text, len + 1);
		report_classify(copy, &message);
		assert_true(message >= copy && message <= copy + len);
		free(copy);
	}
}

/* ---- what it can do --------------------------------------------------- */

static bool
lists(const char *text, const char *name)
{
	size_t len = strlen(text);
	char *copy = exact_copy(text, len);
	bool found = report_lists(copy, len, name);

	free(copy);
	return found;
}

static void
test_lists(void **state)
{
	static const char protocols[] =
	    "Supported file protocols:\nInput:\n  async\n  rtmpt\nOutput:\n"
	    "  rtmps\r\n  unix";
	static const char muxers[] =
	    "File formats:\n D. = Demuxing supported\n --\n"
	    "  E flv             FLV (Flash Video) with rtsp\n"
	    "  E hls,applehttp   Apple HTTP Live Streaming\n"
	    " D  d               no\n";
	static const char encoders[] =
	    "Encoders:\n V..... = Video\n ------\n"
	    " A....D libopus              libopus Opus (codec opus)\n";

	(void)state;
	assert_true(lists(protocols, "async"));
	assert_true(lists(protocols, "rtmps"));
	assert_true(lists(protocols, "unix"));
	assert_false(lists(protocols, "rtmp"));
	assert_true(lists(muxers, "flv"));
	assert_true(lists(muxers, "hls"));
	assert_true(lists(muxers, "applehttp"));
	assert_false(lists(muxers, "rtsp"));
	assert_false(lists(muxers, "apple"));
	assert_true(lists(encoders, "libopus"));
	assert_false(lists(encoders, "opus"));
	assert_false(lists("", "flv"));
	assert_false(lists("\n\n ", "flv"));
}

static void
test_mutated_lists(void **state)
{
	static const char valid[] =
	    "  E hls,applehttp   Apple\n  E flv  FLV\n  rtmp\n";
	struct rng rng = { 9 };
	uint8_t text[256], *copy;
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		memcpy(text, valid, sizeof(valid));
		len = mutate(&rng, text, sizeof(valid) - 1, sizeof(text));
		copy = exact_copy(text, len);
		report_lists((const char *)copy, len, "rtmp");
		free(copy);
	}
}

static void
test_versions(void **state)
{
	char version[16];

	(void)state;
	report_version("ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000",
	    version, sizeof(version));
	assert_string_equal(version, "5.1.9-0+deb12u1");
	report_version("ffmpeg version N-108000-gabcdef-tessus-2023 x", version,
	    sizeof(version));
	assert_string_equal(version, "N-108000-gabcde");
	report_version("  built with gcc 12", version, sizeof(version));
	assert_string_equal(version, "");
	assert_true(report_at_least("4.4", 4, 4));
	assert_true(report_at_least("10.0", 4, 4));
	assert_true(report_at_least("n7.1.1", 4, 4));
	assert_true(report_at_least("N-108000-gabcdef", 4, 4));
	/* Of December 2018: does not know -stats_period. */
	assert_false(report_at_least("N-92722-gf22fcd4483", 4, 4));
	assert_false(report_at_least("4.3.6-0+deb11u1", 4, 4));
	assert_false(report_at_least("3.9", 4, 4));
	assert_false(report_at_least("", 4, 4));
	assert_false(report_at_least("unknown", 4, 4));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_progress_of_a_real_run),
		cmocka_unit_test(test_progress_that_makes_no_sense),
		cmocka_unit_test(test_mutated_progress),
		cmocka_unit_test(test_every_complaint_seen),
		cmocka_unit_test(test_mutated_complaints),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_mutated_lists),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
