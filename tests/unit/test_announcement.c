/* Sound and marks of one announcement: what goes in comes out, a mark with
 * the sample it lies on, and the last ones at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/unit/test.h"
#include "ttsd/announcement.h"

static struct announcement *
make(size_t sample_bytes)
{
	struct speech speech = { .text = strdup("text") };

	return announcement_new(&speech, sample_bytes);
}

static void
add_mark(struct announcement *a, json_int_t sample)
{
	json_t *mark =
	    json_pack("{s:s, s:I}", "mark", "word", "sample", sample);

	announcement_add_mark(a, mark);
	json_decref(mark);
}

/* Takes all marks that are due; returns how many, the last one's sample. */
static size_t
take_marks(struct announcement *a, uint64_t *last)
{
	struct announcement_mark mark;
	size_t n = 0;

	while (announcement_take_mark(a, &mark)) {
		*last = mark.sample;
		json_decref(mark.body);
		n++;
	}
	return n;
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
		n = rng_below(&r, 3000);
		if (n > sizeof(in) - put)
			n = sizeof(in) - put;
		assert_int_equal(announcement_add_pcm(a, in + put, n), 0);
		put += n;
		assert_int_equal(announcement_available(a), (put - got) / 4);
		got += 4 * announcement_take(
			       a, (int16_t *)(out + got), rng_below(&r, 400));
	}
	assert_memory_equal(in, out, sizeof(in));
	assert_false(announcement_over(a));
	a->complete = true;
	assert_true(announcement_over(a));
	announcement_free(a);
}

static void
test_marks_come_with_their_samples(void **state)
{
	struct announcement *a = make(2);
	int16_t out[100];
	uint8_t in[200] = { 0 };
	uint64_t last = 0;

	(void)state;
	announcement_add_pcm(a, in, sizeof(in));
	add_mark(a, 0);
	add_mark(a, 10);
	add_mark(a, 99);
	add_mark(a, 100); /* at the very end: of no sample */
	assert_int_equal(take_marks(a, &last), 0);
	announcement_take(a, out, 1);
	assert_int_equal(take_marks(a, &last), 1);
	announcement_take(a, out, 9); /* samples 1 to 9 */
	assert_int_equal(take_marks(a, &last), 0);
	announcement_take(a, out, 1);
	assert_int_equal(take_marks(a, &last), 1);
	assert_int_equal(last, 10);
	announcement_take(a, out, 100);
	assert_int_equal(take_marks(a, &last), 1);
	assert_int_equal(last, 99);
	a->complete = true;
	assert_int_equal(take_marks(a, &last), 1);
	assert_int_equal(last, 100);
	announcement_free(a);
}

static void
test_marks_are_bounded_and_checked(void **state)
{
	struct announcement *a = make(2);
	int i;

	(void)state;
	add_mark(a, -1);
	assert_int_equal(a->mark_count, 0);
	for (i = 0; i < ANNOUNCEMENT_MARKS_MAX + 10; i++)
		add_mark(a, i);
	assert_in_range(
	    a->mark_count, ANNOUNCEMENT_MARKS_MAX / 2, ANNOUNCEMENT_MARKS_MAX);
	announcement_free(a);
	announcement_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound_comes_out_as_it_went_in),
		cmocka_unit_test(test_marks_come_with_their_samples),
		cmocka_unit_test(test_marks_are_bounded_and_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
