/*
 * Fades: at full level not a bit changes; on the way to silence and back every
 * sample is predictable, in whatever pieces it is asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tests/unit/test.h"
#include "ttsd/mixer.h"

#define LENGTH 480 /* 20 ms at 24 kHz */

static void
test_full_level_is_untouched(void **state)
{
	int16_t before[1000], after[1000];
	struct rng r = { 3 };
	struct fade f;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		before[i] = (int16_t)rng_next(&r);
	memcpy(after, before, sizeof(after));
	fade_init(&f, 24000);
	fade_apply(&f, after, 500, 2);
	assert_memory_equal(after, before, sizeof(after));
	assert_false(fade_silent(&f));
	assert_true(fade_audible(&f) == UINT64_MAX);
}

/* Sample k of a fade over constant full scale is 32767 * (L - 1 - k) / L. */
static void
test_every_sample_of_a_fade(void **state)
{
	int16_t s[2 * LENGTH];
	struct fade f;
	size_t i, at, n;
	struct rng r = { 9 };
	unsigned c;

	(void)state;
	fade_init(&f, 24000);
	for (i = 0; i < 2 * LENGTH; i++)
		s[i] = 32767;
	fade_out(&f);
	assert_int_equal(fade_audible(&f), LENGTH);
	for (at = 0; at < LENGTH; at += n) {
		n = rng_below(&r, 50) + 1;
		if (n > LENGTH - at)
			n = LENGTH - at;
		fade_apply(&f, s + 2 * at, n, 2);
		assert_int_equal(fade_audible(&f), LENGTH - at - n);
	}
	for (i = 0; i < LENGTH; i++)
		for (c = 0; c < 2; c++)
			assert_int_equal(s[2 * i + c],
			    (int64_t)32767 * (int64_t)(LENGTH - 1 - i) /
				LENGTH);
	assert_true(fade_silent(&f));
}

static void
test_fade_in_mirrors_fade_out(void **state)
{
	int16_t s[LENGTH + 10];
	struct fade f;
	size_t i;

	(void)state;
	fade_init(&f, 24000);
	fade_out(&f);
	memset(s, 0, sizeof(s));
	fade_apply(&f, s, LENGTH, 1);
	assert_true(fade_silent(&f));
	fade_in(&f);
	for (i = 0; i < LENGTH + 10; i++)
		s[i] = -32768;
	fade_apply(&f, s, LENGTH + 10, 1);
	for (i = 0; i < LENGTH; i++)
		assert_int_equal(
		    s[i], (int64_t)-32768 * (int64_t)(i + 1) / LENGTH);
	for (; i < LENGTH + 10; i++)
		assert_int_equal(s[i], -32768);
}

/* Cancelled while it comes back from a pause: no jump either way. */
static void
test_turning_round_does_not_jump(void **state)
{
	int16_t s[300], last = 32767;
	struct fade f;
	int turn, i;

	(void)state;
	fade_init(&f, 24000);
	for (turn = 0; turn < 6; turn++) {
		if (turn % 2)
			fade_in(&f);
		else
			fade_out(&f);
		for (i = 0; i < 300; i++)
			s[i] = 32767;
		fade_apply(&f, s, 300, 1);
		for (i = 0; i < 300; i++) {
			assert_in_range(s[i] - last + 70, 0, 140);
			last = s[i];
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_level_is_untouched),
		cmocka_unit_test(test_every_sample_of_a_fade),
		cmocka_unit_test(test_fade_in_mirrors_fade_out),
		cmocka_unit_test(test_turning_round_does_not_jump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
