/*
 * Words become cues: each is shown while it is heard, whatever ttsd left out
 * for the encoder, and in every segment that it is heard in.
 */
#include "tests/unit/test.h"

#include "common/utf8.h"
#include "streamer-supervisor/captions/cues.h"

#define RATE 24000
#define FIRST 1000000 /* sample of the channel that ffmpeg got first */
#define TICKS(s) ((int64_t)((s)*PTS_HZ))
#define SAMPLE(s) (FIRST + (uint64_t)((s)*RATE))

static struct cues cues;
static struct timeline timeline;
static const char *said; /* the text of the words; NULL: it is not known */

static int
begin(void **state)
{
	(void)state;
	cues = (struct cues){ .count = 0 };
	said = NULL;
	timeline_begin(&timeline, RATE, FIRST);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	cues_done(&cues);
	return 0;
}

static void
say(uint64_t id, double at_s, size_t offset, const char *word)
{
	const struct cues_word w = { .id = id,
		.sample = SAMPLE(at_s),
		.word = word,
		.text = said,
		.from = offset,
		.to = offset + utf8_length(word, strlen(word)) };

	assert_int_equal(cues_word(&cues, &w), 0);
}

static void
expect(double from_s, double to_s, const char *expected)
{
	struct buf out;

	buf_init(&out, 65536);
	assert_int_equal(
	    cues_write(&cues, &timeline, TICKS(from_s), TICKS(to_s), &out), 0);
	assert_int_equal(buf_put(&out, "", 1), 0);
	assert_string_equal((const char *)buf_data(&out), expected);
	buf_done(&out);
}

static void
test_words_are_shown_while_they_are_heard(void **state)
{
	(void)state;
	said = "Ticket A023, please.";
	say(7, 0.5, 0, "Ticket");
	say(7, 0.9, 7, "A023");
	say(7, 1.6, 13, "please");
	cues_end(&cues, 7, SAMPLE(1.95));
	expect(0, 2,
	    "\n00:00:00.500 --> 00:00:00.900\n<b>Ticket</b> A023, please.\n"
	    "\n00:00:00.900 --> 00:00:01.600\nTicket <b>A023</b>, please.\n"
	    "\n00:00:01.600 --> 00:00:01.950\nTicket A023, <b>please</b>.\n");
	expect(2, 4, "");
}

/* A word that goes on in the next segment was shown in the first one only. */
static void
test_a_word_over_three_segments(void **state)
{
	(void)state;
	said = "Aaaah";
	say(7, 1, 0, "Aaaah");
	expect(0, 2, "\n00:00:01.000 --> 00:00:02.000\n<b>Aaaah</b>\n");
	expect(2, 4, "\n00:00:02.000 --> 00:00:04.000\n<b>Aaaah</b>\n");
	cues_end(&cues, 7, SAMPLE(4.5));
	expect(4, 6, "\n00:00:04.000 --> 00:00:04.500\n<b>Aaaah</b>\n");
}

/* Nobody tells the end of a word when ttsd dies: it would have been shown for
 * ever. */
static void
test_a_word_without_an_end_ends(void **state)
{
	(void)state;
	say(7, 0, 0, "lost");
	expect(8, 10, "\n00:00:08.000 --> 00:00:10.000\n<b>lost</b>\n");
	expect(10, 12, "");
}

static void
test_a_cancel_in_the_middle(void **state)
{
	(void)state;
	said = "one two";
	say(7, 0.5, 0, "one");
	cues_end(&cues, 7, SAMPLE(0.7));
	/* The end of another that never began changes nothing. */
	cues_end(&cues, 8, SAMPLE(0.1));
	expect(0, 2, "\n00:00:00.500 --> 00:00:00.700\n<b>one</b> two\n");
}

/* Of a text that nobody knows. */
static void
test_lines_of_words(void **state)
{
	(void)state;
	say(7, 0.5, 7, "one");
	say(7, 1, 14, "two");
	say(8, 1.5, 0, "二");
	say(8, 1.8, 0, "三");
	cues_end(&cues, 8, SAMPLE(2));
	expect(0, 2,
	    "\n00:00:00.500 --> 00:00:01.000\n<b>one</b>\n"
	    "\n00:00:01.000 --> 00:00:01.500\none <b>two</b>\n"
	    "\n00:00:01.500 --> 00:00:01.800\n<b>二</b>\n"
	    "\n00:00:01.800 --> 00:00:02.000\n二<b>三</b>\n");
}

/* What is marked is not always what the word is: of SSML it is the text that is
 * spoken for it. */
static void
test_a_word_that_reads_otherwise(void **state)
{
	const struct cues_word w = { .id = 7,
		.sample = SAMPLE(0.5),
		.word = "WWW",
		.text = "Das World Wide Web",
		.from = 4,
		.to = 18 };

	(void)state;
	assert_int_equal(cues_word(&cues, &w), 0);
	cues_end(&cues, 7, SAMPLE(1));
	expect(0, 2,
	    "\n00:00:00.500 --> 00:00:01.000\nDas <b>World Wide Web</b>\n");
}

/* A place that does not lie in the text marks nothing. */
static void
test_a_wrong_place(void **state)
{
	(void)state;
	said = "one two";
	say(7, 0.5, 900, "two");
	say(7, 1, 4, "");
	expect(0, 2, "\n00:00:00.500 --> 00:00:01.000\none two\n");
}

static void
test_a_long_word(void **state)
{
	static char word[10001];
	struct buf out;

	(void)state;
	memset(word, '&', sizeof(word) - 1);
	said = word;
	say(7, 0, 0, word);
	buf_init(&out, 65536);
	assert_int_equal(cues_write(&cues, &timeline, 0, TICKS(2), &out), 0);
	assert_true(buf_len(&out) < 300);
	buf_done(&out);
}

static void
test_old_words_are_forgotten(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CUES_MAX + 50; i++)
		say(7, i * 0.01, 0, "word");
	assert_int_equal(cues.count, CUES_MAX);
	assert_int_equal(cues.items[0].sample, SAMPLE(0.5));
}

/* ---- what was left out -------------------------------------------------- */

static void
test_time_is_exact(void **state)
{
	(void)state;
	assert_int_equal(timeline_ticks(&timeline, FIRST), 0);
	assert_int_equal(timeline_ticks(&timeline, FIRST - 5), 0);
	/* A year of samples. */
	assert_int_equal(
	    timeline_ticks(&timeline, FIRST + UINT64_C(31536000) * RATE),
	    INT64_C(31536000) * PTS_HZ);
}

/* An encoder that stood still for three seconds was moved to the present, and
 * every caption came three seconds late from then on. */
static void
test_a_gap_moves_all_that_follows(void **state)
{
	(void)state;
	say(7, 1, 0, "heard");
	say(7, 2.5, 0, "never");
	say(7, 5, 0, "again");
	cues_end(&cues, 7, SAMPLE(5.5));
	timeline_gap(&timeline, 3 * RATE, SAMPLE(5));
	timeline_gap(&timeline, 3 * RATE, SAMPLE(5)); /* told again */
	expect(0, 4,
	    "\n00:00:01.000 --> 00:00:02.000\n<b>heard</b>\n"
	    "\n00:00:02.000 --> 00:00:02.500\nheard never <b>again</b>\n");
	timeline_gap(&timeline, 4 * RATE, SAMPLE(9));
	assert_int_equal(timeline_ticks(&timeline, SAMPLE(10)), TICKS(6));
	assert_int_equal(timeline_ticks(&timeline, SAMPLE(6)), TICKS(3));
}

static void
test_old_gaps_are_forgotten(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i <= TIMELINE_GAPS + 10; i++)
		timeline_gap(&timeline, i * 100, FIRST + i * 1000);
	assert_int_equal(timeline.gap_count, TIMELINE_GAPS);
	assert_int_equal(timeline_ticks(&timeline, FIRST + i * 1000),
	    (int64_t)((i * 1000 - (i - 1) * 100) * PTS_HZ / RATE));
}

#define CUE_TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CUE_TEST(test_words_are_shown_while_they_are_heard),
		CUE_TEST(test_a_word_over_three_segments),
		CUE_TEST(test_a_word_without_an_end_ends),
		CUE_TEST(test_a_cancel_in_the_middle),
		CUE_TEST(test_lines_of_words),
		CUE_TEST(test_a_word_that_reads_otherwise),
		CUE_TEST(test_a_wrong_place),
		CUE_TEST(test_a_long_word),
		CUE_TEST(test_old_words_are_forgotten),
		CUE_TEST(test_time_is_exact),
		CUE_TEST(test_a_gap_moves_all_that_follows),
		CUE_TEST(test_old_gaps_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
