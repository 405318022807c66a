/*
 * Captions as text: which line of a text is shown for a word, and what WebVTT
 * makes of it. A text with "-->" or an empty line would have ended its cue and
 * begun another; one of 10 kB in one word would have been the whole screen.
 */
#include "tests/unit/test.h"

#include "common/utf8.h"
#include "streamer-supervisor/captions/line.h"
#include "streamer-supervisor/captions/webvtt.h"

/* ---- lines ------------------------------------------------------------- */

static void
expect_line(const char *text, const char *at, const char *expected)
{
	const char *place = strstr(text, at);
	struct line line;

	assert_non_null(place);
	line = line_at(text, strlen(text), (size_t)(place - text));
	assert_int_equal(line.to - line.from, strlen(expected));
	assert_memory_equal(text + line.from, expected, strlen(expected));
}

static void
test_a_short_text_is_one_line(void **state)
{
	(void)state;
	expect_line("Ticket A023, please.", "please", "Ticket A023, please.");
	expect_line("  Ticket A023\n", "A023", "Ticket A023");
}

static void
test_lines_end_at_blanks_and_line_ends(void **state)
{
	static const char text[] =
	    "The train to the harbour leaves from track nine in five minutes. "
	    "Mind\nthe gap.";

	(void)state;
	expect_line(
	    text, "leaves", "The train to the harbour leaves from track");
	expect_line(text, "minutes", "nine in five minutes. Mind");
	expect_line(text, "gap", "the gap.");
}

static void
test_han_is_two_cells_wide_and_ends_anywhere(void **state)
{
	static const char text[] =
	    "请注意列车即将进站请站在黄线以内等候，谢谢您的合作";

	(void)state;
	expect_line(text, "列车", "请注意列车即将进站请站在黄线以内等候，谢谢");
	expect_line(text, "您", "您的合作");
}

static void
test_a_comma_of_the_east_begins_no_line(void **state)
{
	static const char text[] =
	    "请注意列车即将进站请站在黄线以内等候在这里，谢谢";

	(void)state;
	expect_line(text, "谢", "里，谢谢");
}

static void
test_a_word_without_an_end_is_cut(void **state)
{
	char text[10001];
	struct line line;

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	line = line_at(text, sizeof(text) - 1, 0);
	assert_int_equal(line.from, 0);
	assert_int_equal(line.to, LINE_CELLS);
	line = line_at(text, sizeof(text) - 1, 9999);
	assert_true(line.from <= 9999 && line.to == 10000);
}

/* Accents without an end would have been one line of 10 kB. */
static void
test_accents_stay_with_their_letter_but_not_for_ever(void **state)
{
	char text[10001] = "e";
	struct line line;
	size_t i;

	(void)state;
	for (i = 1; i + 1 < sizeof(text) - 1; i += 2)
		memcpy(text + i, "\xCC\x81", 3);
	line = line_at(text, strlen(text), 0);
	assert_true(line.to > LINE_CELLS && line.to <= LINE_BYTES);
}

static void
test_an_emoji_is_not_cut(void **state)
{
	/* Twenty wide letters, then a family: joined, it may not be parted. */
	static const char text[] = "請請請請請請請請請請請請請請請請請請請請"
				   "\U0001F468\u200D\U0001F469";

	(void)state;
	expect_line(text, "\U0001F469", "\U0001F468\u200D\U0001F469");
}

/* Lines of any text: they are valid, bounded, in order, and together all of
 * it. */
static void
test_lines_of_any_text(void **state)
{
	static const char *const pieces[] = { "a", "word ", "请", "，",
		"\u0301", "\u200D", "\n", " ", "\U0001F468", "שלום" };
	struct rng r = { 7 };
	char text[512];
	size_t at, n, len;
	struct line line;
	int round;

	(void)state;
	for (round = 0; round < 2000; round++) {
		text[0] = '\0';
		for (n = rng_below(&r, 80); n > 0; n--)
			strcat(text, pieces[rng_below(&r, COUNT_OF(pieces))]);
		len = strlen(text);
		for (at = 0; at < len;
		     at += utf8_decode(text + at, len - at, NULL)) {
			line = line_at(text, len, at);
			assert_true(line.from <= line.to && line.to <= len);
			assert_true(line.to - line.from <= LINE_BYTES);
			assert_true(
			    utf8_valid(text + line.from, line.to - line.from));
		}
	}
}

/* ---- WebVTT ------------------------------------------------------------ */

static void
expect_text(const char *line, size_t from, size_t to, const char *expected)
{
	struct buf out;

	buf_init(&out, 4096);
	assert_int_equal(webvtt_text(&out, line, strlen(line), from, to), 0);
	assert_int_equal(buf_put(&out, "", 1), 0);
	assert_string_equal((const char *)buf_data(&out), expected);
	buf_done(&out);
}

static void
test_the_word_is_marked(void **state)
{
	(void)state;
	expect_text("Ticket A023", 7, 11, "Ticket <b>A023</b>");
	expect_text("Ticket A023", 0, 6, "<b>Ticket</b> A023");
	expect_text("Ticket", 0, 0, "Ticket");
	expect_text("שלום עולם", 0, 8, "<b>שלום</b> עולם");
}

static void
test_a_text_is_no_markup(void **state)
{
	(void)state;
	expect_text(
	    "a --> b & <i>c", 2, 5, "a <b>--&gt;</b> b &amp; &lt;i&gt;c");
	expect_text("one\n\ntwo\ttab\u2028end", 0, 0, "one  two tab end");
}

static void
test_a_segment(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(webvtt_begin(&out, 129840, 0), 0);
	assert_int_equal(webvtt_cue(&out, 320, 3661004, "one"), 0);
	assert_int_equal(webvtt_cue(&out, 3661004, 360000000, "two"), 0);
	assert_int_equal(buf_put(&out, "", 1), 0);
	assert_string_equal((const char *)buf_data(&out),
	    "WEBVTT\n"
	    "X-TIMESTAMP-MAP=MPEGTS:129840,LOCAL:00:00:00.000\n"
	    "\n00:00:00.320 --> 01:01:01.004\none\n"
	    "\n01:01:01.004 --> 100:00:00.000\ntwo\n");
	buf_done(&out);
}

/* A PTS has 33 bits: after 26.5 hours it begins again. */
static void
test_the_map_wraps_with_the_time_stamps(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	assert_int_equal(webvtt_begin(&out, PTS_SPAN + 5, 95443000), 0);
	assert_int_equal(buf_put(&out, "", 1), 0);
	assert_string_equal((const char *)buf_data(&out),
	    "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:5,LOCAL:26:30:43.000\n");
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_short_text_is_one_line),
		cmocka_unit_test(test_lines_end_at_blanks_and_line_ends),
		cmocka_unit_test(test_han_is_two_cells_wide_and_ends_anywhere),
		cmocka_unit_test(test_a_comma_of_the_east_begins_no_line),
		cmocka_unit_test(test_a_word_without_an_end_is_cut),
		cmocka_unit_test(
		    test_accents_stay_with_their_letter_but_not_for_ever),
		cmocka_unit_test(test_an_emoji_is_not_cut),
		cmocka_unit_test(test_lines_of_any_text),
		cmocka_unit_test(test_the_word_is_marked),
		cmocka_unit_test(test_a_text_is_no_markup),
		cmocka_unit_test(test_a_segment),
		cmocka_unit_test(test_the_map_wraps_with_the_time_stamps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
