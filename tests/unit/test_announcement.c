/* Sound and marks of one announcement: what goes in comes out, a mark with
 * the sample it lies on, and the last ones at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/err.h"
#include "tests/unit/test.h"
#include "ttsd/queue/announcement.h"

static struct announcement *
make(size_t sample_bytes)
{
	struct announcement *a = announcement_new(sample_bytes);
	struct part part = { .pause_ms = 1 };

	assert_int_equal(saying_add_part(a->asked.saying, &part), 0);
	assert_non_null(announcement_next_step(a));
	return a;
}

static void
add_mark(struct announcement *a, json_int_t sample)
{
	json_t *mark =
	    json_pack("{s:s, s:I}", "mark", "word", "sample", sample);

	announcement_add_mark(a, mark);
	json_decref(mark);
}

static void
test_sound_comes_out_as_it_went_in(void **state)
{
	static uint8_t in[40000], out[40000];
	struct announcement *a = make(4);
	struct rng r = { 21 };
	size_t put = 0, got = 0, i, n;

	(void)state;
	for (i = 0; i < sizeof(in); i++)
		in[i] = (uint8_t)rng_next(&r);
	while (got < sizeof(in)) {
		n = 4 * rng_below(&r, 750);
		if (n > sizeof(in) - put)
			n = sizeof(in) - put;
		assert_int_equal(recording_add_pcm(a->made, in + put, n), 0);
		put += n;
		assert_int_equal(announcement_available(a), (put - got) / 4);
		got += 4 * announcement_take(
			       a, (int16_t *)(out + got), rng_below(&r, 400));
	}
	assert_memory_equal(in, out, sizeof(in));
	assert_false(announcement_over(a));
	announcement_set_making(a, MAKING_UNDER_WAY);
	announcement_set_making(a, MAKING_DONE);
	assert_true(announcement_over(a));
	announcement_free(a);
}

/* Marks of a part are counted from where the part begins. */
static void
test_marks_lie_in_their_part(void **state)
{
	struct announcement *a = make(2);
	struct part second = { .pause_ms = 2 };

	(void)state;
	saying_add_part(a->asked.saying, &second);
	add_mark(a, 7);
	assert_int_equal(recording_add_silence(a->made, 100000), 0);
	announcement_next_step(a);
	add_mark(a, 7);
	assert_int_equal(a->made->marks[0].sample, 7);
	assert_int_equal(a->made->marks[1].sample, 100007);
	assert_int_equal(a->made->marks[1].part, 1);
	announcement_free(a);
}

static void
test_steps_of_a_repeated_announcement(void **state)
{
	static const uint64_t expected[] = { 1, 2, 9, 1, 2, 9, 1, 2 };
	struct announcement *a = announcement_new(2);
	struct part one = { .pause_ms = 1 }, two = { .pause_ms = 2 };
	const struct part *step;
	size_t i, round;

	(void)state;
	saying_add_part(a->asked.saying, &one);
	saying_add_part(a->asked.saying, &two);
	a->asked.repeat = 3;
	a->asked.gap.pause_ms = 9;
	for (round = 0; round < 2; round++) {
		for (i = 0; i < 8; i++) {
			step = announcement_next_step(a);
			assert_int_equal(step->pause_ms, expected[i]);
		}
		assert_null(announcement_next_step(a));
		assert_null(announcement_next_step(a));
		announcement_set_making(a, MAKING_UNDER_WAY);
		announcement_set_making(a, MAKING_FAILED);
		announcement_rewind(a);
		assert_int_equal(a->made->making, MAKING_NOT_BEGUN);
	}
	announcement_free(a);
}

/* Of what is said round after round one round is made, whatever the pause. */
static void
test_rounds_are_made_once(void **state)
{
	struct announcement *a = announcement_new(2), *b = announcement_new(2);
	struct part one = { .pause_ms = 1 };

	(void)state;
	a->asked.endless = true;
	a->asked.gap.pause_ms = 9;
	saying_add_part(a->asked.saying, &one);
	saying_add_part(b->asked.saying, &one);
	assert_non_null(announcement_next_step(a));
	assert_null(announcement_next_step(a));
	assert_true(announcement_says_same(a, b));
	b->asked.repeat = 2;
	assert_false(announcement_says_same(a, b));
	announcement_free(a);
	announcement_free(b);
}

/* What is kept whole is played again as it is; of what is not, all is made
 * anew. */
static void
test_what_is_whole_is_played_again(void **state)
{
	static const uint64_t behind[] = { 0, 99, 100 };
	int16_t out[100];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(behind); i++) {
		struct announcement *a = make(2);
		bool whole = behind[i] == 100;

		a->made->behind = behind[i];
		announcement_set_making(a, MAKING_UNDER_WAY);
		recording_add_silence(a->made, 100);
		add_mark(a, 7);
		assert_false(recording_is_whole(a->made));
		announcement_set_making(a, MAKING_DONE);
		assert_int_equal(announcement_take(a, out, 100), 100);
		assert_int_equal(recording_is_whole(a->made), whole);
		announcement_rewind(a);
		assert_int_equal(announcement_available(a), whole ? 100 : 0);
		assert_int_equal(a->made->mark_count, whole);
		assert_int_equal(
		    a->made->making, whole ? MAKING_DONE : MAKING_NOT_BEGUN);
		announcement_free(a);
	}
}

static void
test_parts_are_bounded(void **state)
{
	struct announcement *a = announcement_new(2);
	struct part part = { 0 };
	int i;

	(void)state;
	for (i = 0; i < PARTS_MAX; i++)
		assert_int_equal(saying_add_part(a->asked.saying, &part), 0);
	part.speech.text = strdup("given back to nobody");
	assert_int_equal(saying_add_part(a->asked.saying, &part), ERR_FULL);
	announcement_free(a);
}

static void
test_marks_are_bounded_and_checked(void **state)
{
	struct announcement *a = make(2);
	int i;

	(void)state;
	add_mark(a, -1);
	assert_int_equal(a->made->mark_count, 0);
	for (i = 0; i < RECORDING_MARKS_MAX + 10; i++)
		add_mark(a, i);
	assert_in_range(
	    a->made->mark_count, RECORDING_MARKS_MAX / 2, RECORDING_MARKS_MAX);
	announcement_free(a);
	announcement_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound_comes_out_as_it_went_in),
		cmocka_unit_test(test_marks_lie_in_their_part),
		cmocka_unit_test(test_steps_of_a_repeated_announcement),
		cmocka_unit_test(test_rounds_are_made_once),
		cmocka_unit_test(test_what_is_whole_is_played_again),
		cmocka_unit_test(test_parts_are_bounded),
		cmocka_unit_test(test_marks_are_bounded_and_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
