/*
 * The mark under a channel's sound: how loud it is and where, that nothing but
 * the channel's name and the sample's number make it, and that the ear finds it
 * and takes nothing else for it. What codecs leave of it the end-to-end tests
 * try.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "streamer-supervisor/ear/compare/compare.h"
#include "ttsd/air/mark.h"

#define RATE 24000
#define SECONDS 10
#define COUNT (SECONDS * RATE)
#define MS INT64_C(1000000)

static int16_t *
mark_of(const char *name, uint32_t rate_hz, size_t count, uint64_t position)
{
	int16_t *x = calloc(count, sizeof(*x));
	struct mark m;

	assert_non_null(x);
	assert_int_equal(mark_init(&m, name, rate_hz), 0);
	mark_add(&m, x, count, 1, position);
	mark_done(&m);
	return x;
}

static double
mean_square(const int16_t *x, size_t count)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += (double)x[i] * x[i];
	return sum / (double)count;
}

/* The power at a frequency, on average over tenths of a second (Goertzel). */
static double
power_at(const int16_t *x, size_t count, double rate_hz, double hz)
{
	double c = 2 * cos(2 * M_PI * hz / rate_hz), sum = 0;
	size_t part = (size_t)rate_hz / 10, at, i;

	for (at = 0; at + part <= count; at += part) {
		double s1 = 0, s2 = 0;

		for (i = 0; i < part; i++) {
			double s = x[at + i] + c * s1 - s2;

			s2 = s1;
			s1 = s;
		}
		sum += s1 * s1 + s2 * s2 - c * s1 * s2;
	}
	return sum;
}

static void
check_sound(uint32_t rate_hz)
{
	size_t count = (size_t)rate_hz * SECONDS;
	int16_t *x = mark_of("main", rate_hz, count, 0);
	double db = 10 * log10(mean_square(x, count) / 32768 / 32768);
	double middle = power_at(x, count, rate_hz, 900);

	assert_true(fabs(db - MARK_DBFS) < 0.5);
	assert_true(power_at(x, count, rate_hz, 500) > middle / 4);
	assert_true(power_at(x, count, rate_hz, 1300) > middle / 4);
	assert_true(power_at(x, count, rate_hz, 2200) < middle / 100);
	assert_true(power_at(x, count, rate_hz, 3500) < middle / 100);
	free(x);
}

static void
test_how_loud_it_is_and_where(void **state)
{
	(void)state;
	check_sound(8000);
	check_sound(24000);
	check_sound(48000);
}

/* A successor of ttsd goes on with it at the very sample. */
static void
test_it_is_the_same_however_it_is_cut(void **state)
{
	int16_t *whole = mark_of("main", RATE, COUNT, 12345);
	int16_t *parts = calloc(COUNT, sizeof(*parts));
	struct rng r = { 7 };
	size_t at, n;

	(void)state;
	for (at = 0; at < COUNT; at += n) {
		struct mark m;

		n = 1 + rng_below(&r, 5000);
		n = n < COUNT - at ? n : COUNT - at;
		assert_int_equal(mark_init(&m, "main", RATE), 0);
		mark_add(&m, parts + at, n, 1, 12345 + at);
		mark_done(&m);
	}
	assert_memory_equal(whole, parts, COUNT * sizeof(*parts));
	free(whole);
	free(parts);
}

static void
test_it_is_added_to_every_channel(void **state)
{
	int16_t *mono = mark_of("main", RATE, 1000, 0);
	int16_t stereo[2000];
	struct mark m;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		stereo[2 * i] = 1000;
		stereo[2 * i + 1] = INT16_MAX;
	}
	assert_int_equal(mark_init(&m, "main", RATE), 0);
	mark_add(&m, stereo, 1000, 2, 0);
	mark_done(&m);
	for (i = 0; i < 1000; i++) {
		int right = INT16_MAX + mono[i];

		assert_int_equal(stereo[2 * i], 1000 + mono[i]);
		assert_int_equal(
		    stereo[2 * i + 1], right > INT16_MAX ? INT16_MAX : right);
	}
	free(mono);
}

static void
test_without_one_not_a_bit_changes(void **state)
{
	int16_t x[1000] = { 0 };
	struct mark none = { 0 };

	(void)state;
	mark_add(&none, x, 500, 2, 0);
	assert_true(mean_square(x, 1000) == 0);
	mark_done(&none);
}

/* ---- the ear ------------------------------------------------------------ */

#define EAR_SECONDS 60
#define EAR_COUNT (EAR_SECONDS * TRACK_HZ)
#define STEP (TRACK_HZ / 50)

/* Sends the mark of "main", and has that come; returns how many judgements of
 * all say that it is heard. */
static unsigned
hear(const int16_t *sent, const int16_t *comes, unsigned *judged)
{
	struct compare *c = malloc(sizeof(*c));
	unsigned heard = 0;
	size_t i;

	*judged = 0;
	assert_non_null(c);
	assert_int_equal(
	    compare_init(c, 15000 * MS, COMPARE_SILENCE_MARKED_RMS), 0);
	for (i = 0; i < EAR_COUNT; i += STEP) {
		int64_t now = (int64_t)(i / STEP + 1) * 20 * MS;

		compare_sent(c, sent + i, STEP, now);
		compare_heard(c, comes + i, STEP, now);
		if (i / STEP % 12 > 0)
			continue;
		compare_judge(c, now);
		heard += compare_state(c) == HEARD_WELL;
		++*judged;
	}
	compare_done(c);
	free(c);
	return heard;
}

/* Late by 400 ms and a little. */
static void
test_silence_is_heard_by_it(void **state)
{
	int16_t *sent = mark_of("main", TRACK_HZ, EAR_COUNT, 50000);
	int16_t *comes = mark_of("main", TRACK_HZ, EAR_COUNT, 46777);
	unsigned judged, heard = hear(sent, comes, &judged);

	(void)state;
	/* After five seconds it is found. */
	assert_true(heard > judged * (EAR_SECONDS - 5) / EAR_SECONDS);
	free(sent);
	free(comes);
}

static void
test_nothing_else_is_taken_for_it(void **state)
{
	int16_t *sent = mark_of("main", TRACK_HZ, EAR_COUNT, 400000);
	int16_t *other = mark_of("side", TRACK_HZ, EAR_COUNT, 400000);
	/* What a frozen server plays again, from before. */
	int16_t *old = mark_of("main", TRACK_HZ, EAR_COUNT, 0);
	int16_t *noise = calloc(EAR_COUNT, sizeof(*noise));
	int16_t *silence = calloc(EAR_COUNT, sizeof(*silence));
	struct rng r = { 9 };
	unsigned judged;
	size_t i;

	(void)state;
	for (i = 0; i < EAR_COUNT; i++)
		noise[i] = (int16_t)(rng_below(&r, 29) - 14);
	assert_int_equal(hear(sent, other, &judged), 0);
	assert_int_equal(hear(sent, old, &judged), 0);
	assert_int_equal(hear(sent, noise, &judged), 0);
	assert_int_equal(hear(sent, silence, &judged), 0);
	free(sent);
	free(other);
	free(old);
	free(noise);
	free(silence);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_how_loud_it_is_and_where),
		cmocka_unit_test(test_it_is_the_same_however_it_is_cut),
		cmocka_unit_test(test_it_is_added_to_every_channel),
		cmocka_unit_test(test_without_one_not_a_bit_changes),
		cmocka_unit_test(test_silence_is_heard_by_it),
		cmocka_unit_test(test_nothing_else_is_taken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
