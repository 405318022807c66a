/*
 * The lists of HLS, and the time stamps of segments. Captions that are out of
 * step with their list by one segment are out by two seconds: the list of the
 * captions is the list of the sound, line by line.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "streamer-supervisor/captions/playlist.h"
#include "streamer-supervisor/captions/pts.h"
#include "streamer-supervisor/captions/webvtt.h"

/* As ffmpeg 5.1 writes it. */
static const char list[] = "#EXTM3U\n"
			   "#EXT-X-VERSION:3\n"
			   "#EXT-X-TARGETDURATION:2\n"
			   "#EXT-X-MEDIA-SEQUENCE:11\n"
			   "#EXT-X-DISCONTINUITY-SEQUENCE:2\n"
			   "#EXTINF:2.005333,\n"
			   "live11.ts\n"
			   "#EXT-X-DISCONTINUITY\n"
			   "#EXTINF:1.032000,\n"
			   "live12.ts\n";

static void
expect_out(struct buf *out, const char *expected)
{
	assert_int_equal(buf_put(out, "", 1), 0);
	assert_string_equal((const char *)buf_data(out), expected);
	buf_done(out);
}

static void
test_a_list_is_read(void **state)
{
	static struct playlist p;

	(void)state;
	assert_int_equal(playlist_read(&p, list, strlen(list)), 0);
	assert_int_equal(p.target_s, 2);
	assert_int_equal(p.sequence, 11);
	assert_int_equal(p.discontinuity_sequence, 2);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.segments[0].name, "live11.ts");
	assert_int_equal(p.segments[0].length_us, 2005333);
	assert_false(p.segments[0].discontinuity);
	assert_string_equal(p.segments[1].name, "live12.ts");
	assert_int_equal(p.segments[1].length_us, 1032000);
	assert_true(p.segments[1].discontinuity);
}

static void
test_the_captions_list_is_the_same(void **state)
{
	static struct playlist p;
	struct buf out;

	(void)state;
	assert_int_equal(playlist_read(&p, list, strlen(list)), 0);
	buf_init(&out, 4096);
	assert_int_equal(playlist_write_vtt(&p, 2, &out), 0);
	expect_out(&out, "#EXTM3U\n"
			 "#EXT-X-VERSION:3\n"
			 "#EXT-X-TARGETDURATION:2\n"
			 "#EXT-X-MEDIA-SEQUENCE:11\n"
			 "#EXT-X-DISCONTINUITY-SEQUENCE:2\n"
			 "#EXTINF:2.005333,\n"
			 "live11.vtt\n"
			 "#EXT-X-DISCONTINUITY\n"
			 "#EXTINF:1.032000,\n"
			 "live12.vtt\n");
	/* What is not captioned yet is not listed. */
	buf_init(&out, 4096);
	assert_int_equal(playlist_write_vtt(&p, 0, &out), 0);
	expect_out(&out, "#EXTM3U\n"
			 "#EXT-X-VERSION:3\n"
			 "#EXT-X-TARGETDURATION:2\n"
			 "#EXT-X-MEDIA-SEQUENCE:11\n"
			 "#EXT-X-DISCONTINUITY-SEQUENCE:2\n");
}

static void
test_the_list_of_both(void **state)
{
	const struct playlist_stream streams[] = {
		{ "live_128k.m3u8", 160000 },
		{ "live_32k.m3u8", 40000 },
	};
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(playlist_write_master(
			     streams, 2, "mp4a.40.2", "live_vtt.m3u8", &out),
	    0);
	expect_out(&out,
	    "#EXTM3U\n"
	    "#EXT-X-VERSION:3\n"
	    "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"captions\",NAME=\"Captions"
	    "\",DEFAULT=YES,AUTOSELECT=YES,FORCED=NO,URI=\"live_vtt.m3u8\"\n"
	    "#EXT-X-STREAM-INF:BANDWIDTH=160000,CODECS=\"mp4a.40.2\","
	    "SUBTITLES=\"captions\"\n"
	    "live_128k.m3u8\n"
	    "#EXT-X-STREAM-INF:BANDWIDTH=40000,CODECS=\"mp4a.40.2\","
	    "SUBTITLES=\"captions\"\n"
	    "live_32k.m3u8\n");
}

/* Captions are written beside segments: a name in a list must not lead out of
 * the folder. */
static void
test_names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = { "/etc/live1.ts", "../live1.ts",
		"a/../../live1.ts", "http://host/live1.ts", "live1.m4s",
		"c:\\live1.ts", ".ts" };
	static struct playlist p;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(names); i++)
		assert_int_equal(
		    playlist_read(&p, names[i], strlen(names[i])), ERR_INVALID);
	assert_int_equal(playlist_read(&p, "sub/live1.ts", 12), 0);
}

/* Of a list without an end only the newest segments are followed. */
static void
test_a_long_list_is_read_from_its_end(void **state)
{
	static struct playlist p;
	struct buf text;
	int i;

	(void)state;
	buf_init(&text, 65536);
	buf_puts(&text, "#EXT-X-MEDIA-SEQUENCE:5\n");
	for (i = 0; i < PLAYLIST_MAX + 10; i++)
		buf_putf(&text, "%s#EXTINF:2.0,\nl%d.ts\n",
		    i == 3 ? "#EXT-X-DISCONTINUITY\n" : "", i);
	assert_int_equal(
	    playlist_read(&p, (const char *)buf_data(&text), buf_len(&text)),
	    0);
	assert_int_equal(p.count, PLAYLIST_MAX);
	assert_int_equal(p.sequence, 15);
	assert_int_equal(p.discontinuity_sequence, 1);
	assert_string_equal(p.segments[0].name, "l10.ts");
	buf_done(&text);
}

static void
test_any_list_is_survived(void **state)
{
	static struct playlist p;
	struct rng r = { 3 };
	char text[sizeof(list)];
	struct buf out;
	int round;

	(void)state;
	for (round = 0; round < 5000; round++) {
		memcpy(text, list, sizeof(list));
		text[rng_below(&r, sizeof(list))] = (char)rng_next(&r);
		text[rng_below(&r, sizeof(list))] = (char)rng_next(&r);
		if (playlist_read(&p, text, rng_below(&r, sizeof(list))) < 0)
			continue;
		buf_init(&out, 65536);
		assert_int_equal(playlist_write_vtt(&p, p.count, &out), 0);
		buf_done(&out);
	}
}

/* ---- time stamps ------------------------------------------------------- */

/* Packets of MPEG-TS: a table, then the beginning of sound, as ffmpeg's first
 * segment has them: 1.4 s. */
static void
make_segment(uint8_t *data)
{
	static const uint8_t table[] = { 0x47, 0x40, 0x11, 0x10, 0, 0x42 };
	static const uint8_t sound[] = { 0x47, 0x41, 0x00, 0x30, 7, 0x50, 0, 0,
		0, 0, 0, 0, 0, 0, 1, 0xC0, 0, 0x20, 0x80, 0x80, 5, 0x21, 0,
		0x07, 0xD8, 0x61 };

	memset(data, 0xFF, 3 * 188);
	memcpy(data, table, sizeof(table));
	memcpy(data + 188, sound, sizeof(sound));
	data[376] = 0x47;
}

static void
test_the_first_time_stamp_is_found(void **state)
{
	uint8_t data[3 * 188];
	int64_t pts;

	(void)state;
	make_segment(data);
	assert_int_equal(pts_find(data, sizeof(data), &pts), 0);
	assert_int_equal(pts, 126000);
	data[188 + 21] = 0x2F; /* the topmost bits of 33 */
	assert_int_equal(pts_find(data, sizeof(data), &pts), 0);
	assert_true(pts > INT64_C(7) << 30);
}

static void
test_no_time_stamp(void **state)
{
	uint8_t data[3 * 188];
	int64_t pts;

	(void)state;
	make_segment(data);
	assert_int_equal(pts_find(data, 0, &pts), ERR_NOT_FOUND);
	assert_int_equal(pts_find(data, 2 * 188 - 1, &pts), ERR_NOT_FOUND);
	data[0] = 0;
	assert_int_equal(pts_find(data, sizeof(data), &pts), ERR_NOT_FOUND);
}

static void
test_any_bytes_are_survived(void **state)
{
	uint8_t data[3 * 188];
	struct rng r = { 5 };
	int64_t pts;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		make_segment(data);
		data[188 + rng_below(&r, 24)] = (uint8_t)rng_next(&r);
		data[188 + rng_below(&r, 24)] = (uint8_t)rng_next(&r);
		pts_find(data, rng_below(&r, sizeof(data) + 1), &pts);
	}
}

/* A PTS wraps after 26.5 hours; the clock of the run goes on. */
static void
test_time_stamps_on_the_clock_of_a_run(void **state)
{
	static const struct pts_run run = { PTS_FIRST, 3840 };
	int64_t day = INT64_C(86400) * PTS_HZ, ticks;

	(void)state;
	assert_int_equal(pts_ticks(&run, 129840, 0), 0);
	assert_int_equal(pts_ticks(&run, 126000, PTS_HZ), -3840);
	for (ticks = 0; ticks < 40 * day; ticks += day / 7) {
		assert_int_equal(pts_ticks(&run, pts_at(&run, ticks) % PTS_SPAN,
				     ticks + 10 * PTS_HZ),
		    ticks);
		assert_int_equal(pts_ticks(&run, pts_at(&run, ticks) % PTS_SPAN,
				     ticks - 10 * PTS_HZ),
		    ticks);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_list_is_read),
		cmocka_unit_test(test_the_captions_list_is_the_same),
		cmocka_unit_test(test_the_list_of_both),
		cmocka_unit_test(test_names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(test_a_long_list_is_read_from_its_end),
		cmocka_unit_test(test_any_list_is_survived),
		cmocka_unit_test(test_the_first_time_stamp_is_found),
		cmocka_unit_test(test_no_time_stamp),
		cmocka_unit_test(test_any_bytes_are_survived),
		cmocka_unit_test(test_time_stamps_on_the_clock_of_a_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
