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
#include "ttsd/air/mixer.h"

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

static void
test_sums_clip(void **state)
{
	int16_t a[4] = { 32000, -32000, 5, 32767 };
	const int16_t b[4] = { 32000, -32000, -7, 0 };
	const int16_t sum[4] = { 32767, -32768, -2, 32767 };

	(void)state;
	mix_add(a, b, 4);
	assert_memory_equal(a, sum, sizeof(sum));
	mix_scale(a, 4, 65536);
	assert_memory_equal(a, sum, sizeof(sum));
	mix_scale(a, 4, 32768);
	assert_int_equal(a[0], 16383);
	assert_int_equal(a[1], -16384);
}

/* What was cut off fades under what follows, whatever the chunks. */
static void
test_a_tail(void **state)
{
	int16_t full[LENGTH], out[LENGTH + 100], expected;
	struct tail t;
	struct fade f;
	size_t i, at, n;

	(void)state;
	fade_init(&f, 24000);
	assert_int_equal(tail_init(&t, 24000, 1), 0);
	assert_int_equal(t.length, LENGTH);
	for (i = 0; i < LENGTH; i++)
		full[i] = 10000;
	tail_add(&t, full, LENGTH, &f);
	for (i = 0; i < LENGTH + 100; i++)
		out[i] = 7;
	for (at = 0; at < LENGTH + 100; at += n) {
		n = LENGTH + 100 - at < 37 ? LENGTH + 100 - at : 37;
		tail_mix(&t, out + at, n);
	}
	for (i = 0; i < LENGTH + 100; i++) {
		expected =
		    i < LENGTH
			? (int16_t)(7 + 10000 * (LENGTH - 1 - (int)i) / LENGTH)
			: 7;
		assert_int_equal(out[i], expected);
	}
	assert_int_equal(t.left, 0);
	/* Two tails at once add up; each is silent at its end, however short.
	 */
	tail_add(&t, full, 10, &f);
	tail_add(&t, full, 20, &f);
	assert_int_equal(t.left, 20);
	memset(out, 0, sizeof(out));
	tail_mix(&t, out, 20);
	assert_int_equal(out[0], 10000 * 9 / 10 + 10000 * 19 / 20);
	assert_int_equal(out[9], 0 + 10000 * 10 / 20);
	assert_int_equal(out[19], 0);
	tail_done(&t);
}

static void
test_ducking(void **state)
{
	int16_t s[2000];
	struct duck d;
	size_t i;

	(void)state;
	duck_init(&d, 16384, 100, 400);
	for (i = 0; i < 1000; i++)
		s[2 * i] = s[2 * i + 1] = 10000;
	duck_apply(&d, false, s, 10, 2);
	assert_int_equal(s[19], 10000);
	duck_apply(&d, true, s + 20, 150, 2);
	assert_true(s[20] < 10000 && s[20] > 9900);
	assert_int_equal(s[20], s[21]);
	assert_in_range(s[20 + 2 * 50], 6150, 6300);
	assert_int_equal(s[20 + 2 * 110], 2500);
	duck_apply(&d, false, s + 320, 500, 2);
	assert_in_range(s[320 + 2 * 200], 6150, 6300);
	assert_int_equal(s[320 + 2 * 410], 10000);
}

/* Constant full scale moves in even steps, whatever the chunks; at its level
 * it is scaled exactly. */
static void
test_a_level(void **state)
{
	static const uint32_t gains[] = { 65536, 0, 32768, 65536 };
	int16_t s[LENGTH + 20];
	struct level l;
	size_t turn, i;

	(void)state;
	level_init(&l, 24000, 65536);
	for (turn = 1; turn < COUNT_OF(gains); turn++) {
		level_set(&l, gains[turn]);
		for (i = 0; i < LENGTH + 20; i++)
			s[i] = 32000;
		level_apply(&l, s, 7, 1);
		level_apply(&l, s + 7, LENGTH + 13, 1);
		for (i = 1; i < LENGTH + 20; i++)
			assert_in_range(s[i] - s[i - 1] + 70, 0, 140);
		assert_int_equal(
		    s[LENGTH], (int64_t)32000 * gains[turn] / 65536);
		assert_int_equal(s[LENGTH + 19], s[LENGTH]);
	}
}

static void
test_noise_has_its_level(void **state)
{
	static int16_t s[48000];
	struct noise n;
	double sum = 0;
	size_t i;

	(void)state;
	noise_init(&n, 0);
	noise_add(&n, s, 1000);
	for (i = 0; i < 1000; i++)
		assert_int_equal(s[i], 0);
	noise_init(&n, -60);
	noise_add(&n, s, 48000);
	for (i = 0; i < 48000; i++)
		sum += (double)s[i] * s[i];
	/* -60 dBFS is an RMS of 32.8. */
	assert_in_range((int)(sum / 48000), 1000, 1150);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_level_is_untouched),
		cmocka_unit_test(test_every_sample_of_a_fade),
		cmocka_unit_test(test_fade_in_mirrors_fade_out),
		cmocka_unit_test(test_turning_round_does_not_jump),
		cmocka_unit_test(test_sums_clip),
		cmocka_unit_test(test_a_tail),
		cmocka_unit_test(test_ducking),
		cmocka_unit_test(test_a_level),
		cmocka_unit_test(test_noise_has_its_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
