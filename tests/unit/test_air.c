/*
 * Guards what `ttsctl top` and the progress of `say --wait` know of what is on
 * air: its text, the word that is being said, and how long it goes on.
 */
#include "tests/unit/test.h"

#include "ttsctl/air.h"

static struct air air;
static struct utterance now;

static int
setup(void **state)
{
	json_t *channels =
	    json_loads("[{\"name\": \"main\", \"rate\": 1000}]", 0, NULL);

	(void)state;
	air_init(&air);
	air_take_channels(&air, channels);
	json_decref(channels);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	air_done(&air);
	return 0;
}

static void
told(const char *text)
{
	json_error_t e;
	json_t *event = json_loads(text, 0, &e);

	if (event == NULL)
		fail_msg("%s: %s", text, e.text);
	json_object_set_new(event, "channel", json_string("main"));
	air_take_event(&air, event);
	json_decref(event);
}

static void
queue(const char *items)
{
	json_t *list = json_loads(items, 0, NULL);

	assert_non_null(list);
	air_take_queue(&air, "main", list);
	json_decref(list);
}

static bool
find(int64_t now_ms)
{
	return air_find(&air, "main", now_ms, false, &now);
}

#define PLANNED                                                          \
	"{\"event\": \"started\", \"id\": 7, \"time\": 10000, "          \
	"\"sample\": 500, \"text\": \"One two\", \"duration_ms\": 900, " \
	"\"words\": ["                                                   \
	"{\"sample\": 500, \"offset\": 0, \"length\": 3},"               \
	"{\"sample\": 900, \"offset\": 4, \"length\": 3}]}"

static void
test_words_by_their_places(void **state)
{
	(void)state;
	assert_false(find(0));
	told(PLANNED);
	assert_true(find(10100));
	assert_string_equal(now.text, "One two");
	assert_int_equal(now.id, 7);
	assert_int_equal(now.for_ms, 100);
	assert_int_equal(now.left_ms, 800);
	told("{\"event\": \"word\", \"id\": 7, \"time\": 10400, "
	     "\"sample\": 900, \"offset\": 4, \"length\": 3}");
	find(10450);
	assert_int_equal(now.at, 4);
	assert_int_equal(now.length, 3);
	assert_int_equal(now.left_ms, 450);
	told("{\"event\": \"finished\", \"id\": 7, \"outcome\": \"spoken\"}");
	assert_false(find(10950));
}

/* Who comes in mid-sentence is told no word that was said before. */
static void
test_the_plan_knows_the_word(void **state)
{
	(void)state;
	told(PLANNED);
	find(10399);
	assert_int_equal(now.at, 0);
	find(10401);
	assert_int_equal(now.at, 4);
	air_find(&air, "main", 10401, true, &now);
	assert_int_equal(now.length, 0);
}

/* A pause moves what is behind it, and stands still itself. */
static void
test_a_pause_is_no_time(void **state)
{
	(void)state;
	told(PLANNED);
	told("{\"event\": \"word\", \"id\": 7, \"time\": 20400, "
	     "\"sample\": 10900, \"offset\": 4, \"length\": 3}");
	find(20500);
	assert_int_equal(now.for_ms, 500);
	assert_int_equal(now.left_ms, 400);
	air_find(&air, "main", 30000, true, &now);
	assert_int_equal(now.for_ms, 400);
	assert_int_equal(now.left_ms, 500);
	find(99999);
	assert_int_equal(now.left_ms, 0);
}

/* Parts are one text, and their words count from its beginning; of SSML that
 * is read which is spoken. */
static void
test_several_texts(void **state)
{
	(void)state;
	told("{\"event\": \"started\", \"id\": 8, \"time\": 0, \"sample\": 0, "
	     "\"text\": \"请等\", \"texts\": [{\"text\": \"请等\"}, "
	     "{\"text\": \"<p>WWW</p>\", \"ssml\": true, "
	     "\"spoken\": \"World Wide Web\"}]}");
	find(5);
	assert_string_equal(now.text, "请等 World Wide Web");
	assert_int_equal(now.characters, 17);
	assert_int_equal(now.length, 0);
	told("{\"event\": \"word\", \"id\": 8, \"part\": 1, \"offset\": 3, "
	     "\"length\": 3, \"spoken_offset\": 6, \"spoken_length\": 4}");
	find(5);
	assert_int_equal(now.at, 9);
	assert_int_equal(now.length, 4);
	assert_int_equal(now.left_ms, -1);
}

/* What was taken off the air comes back without a word, if it goes on where it
 * was. */
static void
test_resumed(void **state)
{
	(void)state;
	told(PLANNED);
	told("{\"event\": \"preempted\", \"id\": 7, \"by\": 9}");
	assert_false(find(10100));
	told("{\"event\": \"started\", \"id\": 9, \"text\": \"Fire\"}");
	find(10200);
	assert_int_equal(now.id, 9);
	told("{\"event\": \"finished\", \"id\": 9, \"outcome\": \"spoken\"}");
	queue("[{\"id\": 7, \"state\": \"on-air\", \"text\": \"One two\"}]");
	find(10300);
	assert_int_equal(now.id, 7);
	assert_string_equal(now.text, "One two");
}

/* The queue tells the beginning of a text alone. */
static void
test_only_the_queue_is_known(void **state)
{
	(void)state;
	queue("[{\"id\": 3, \"state\": \"on-air\", \"text\": \"One\", "
	      "\"characters\": 200}, "
	      "{\"id\": 4, \"state\": \"waiting\", \"text\": \"Two\"}]");
	assert_true(find(1000));
	assert_true(now.cut);
	assert_int_equal(now.for_ms, -1);
	assert_int_equal(now.left_ms, -1);
	told("{\"event\": \"word\", \"id\": 3, \"offset\": 150, "
	     "\"length\": 4}");
	find(1000);
	assert_int_equal(now.length, 0);
	queue("[]");
	assert_false(find(1000));
}

/* A word that lies outside of its text is none: other lines of the screen are
 * not painted for it. */
static void
test_nonsense(void **state)
{
	(void)state;
	told("{\"event\": \"started\", \"id\": 1, \"text\": \"One\"}");
	told("{\"event\": \"word\", \"id\": 1, \"offset\": -5, "
	     "\"length\": 900}");
	find(0);
	assert_int_equal(now.length, 0);
	told("{\"event\": \"word\", \"id\": 1, \"offset\": -1, "
	     "\"length\": 2}");
	find(0);
	assert_int_equal(now.length, 0);
	told("{\"event\": \"started\", \"id\": 1, \"texts\": 7}");
	told("{\"event\": \"word\", \"id\": 1, \"part\": 7}");
	find(0);
	told("{\"event\": \"started\"}");
	told("{}");
}

static void
test_how_fast_it_is_spoken(void **state)
{
	(void)state;
	assert_int_equal(air_estimate_ms(&air, "main", 10), -1);
	told("{\"event\": \"started\", \"id\": 1, \"text\": \"Ten of them\"}");
	told("{\"event\": \"finished\", \"id\": 1, \"outcome\": \"cancelled\", "
	     "\"first_sample\": 0, \"last_sample\": 1}");
	assert_int_equal(air_estimate_ms(&air, "main", 10), -1);
	told("{\"event\": \"started\", \"id\": 2, \"text\": \"Ten of it.\"}");
	told("{\"event\": \"finished\", \"id\": 2, \"outcome\": \"spoken\", "
	     "\"first_sample\": 5000, \"last_sample\": 6000}");
	assert_int_equal(air_estimate_ms(&air, "main", 10), 1000);
	told("{\"event\": \"started\", \"id\": 3, \"text\": \"One two\"}");
	told("{\"event\": \"word\", \"id\": 3, \"offset\": 4, \"length\": 3}");
	find(0);
	assert_int_equal(now.left_ms, 300);
}

#define AIR(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AIR(test_words_by_their_places),
		AIR(test_the_plan_knows_the_word),
		AIR(test_a_pause_is_no_time),
		AIR(test_several_texts),
		AIR(test_resumed),
		AIR(test_only_the_queue_is_known),
		AIR(test_nonsense),
		AIR(test_how_fast_it_is_spoken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
