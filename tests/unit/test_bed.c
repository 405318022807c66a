/*
 * Music under a channel clicked: `set bed` dropped what was held between two
 * samples, `bed_volume` took its new value at once, an engine that died left
 * off in the midst of a sound, and duck_attack = 0ms was a step. Steps of
 * 9,000 to 15,000 of 32,767 were heard. Whatever is done to a sine here, it
 * makes no larger step than the sine itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"
#include "ttsd/air/bed.h"

#define RATE 24000
#define CHANNELS 2
#define CHUNK 240
#define HZ 440
#define PI 3.14159265358979323846
#define AMPLITUDE 15000

struct desk {
	struct bed bed;
	uint64_t made; /* samples of the sine */
	int16_t last[CHANNELS];
	int largest;      /* step since desk_step() */
	bool engine_dead; /* makes no more */
};

static const struct bed_format format = { RATE, CHANNELS };
static const struct bed_ducking at_once = { .db = -20 };

/* The step of a sine between two of its samples, rounding included. */
static int
own_step(double level)
{
	return (int)(AMPLITUDE * level * 2 * PI * HZ / RATE) + 4;
}

static int16_t
sine(uint64_t n)
{
	/* Begins at its crest, where a click is loudest. */
	return (int16_t)lrint(AMPLITUDE * cos(2 * PI * HZ * n / RATE));
}

/* As the engine does it: ahead, in pieces of its own. */
static void
desk_make(struct desk *d)
{
	int16_t both[CHANNELS];

	if (d->engine_dead || d->bed.clip == NULL)
		return;
	while (buf_len(&d->bed.pcm) < RATE / 4 * sizeof(both)) {
		both[0] = both[1] = sine(d->made++);
		assert_int_equal(buf_put(&d->bed.pcm, both, sizeof(both)), 0);
	}
}

static void
desk_note(struct desk *d, const int16_t *out)
{
	int step;
	size_t i;

	for (i = 0; i < CHUNK * CHANNELS; i++) {
		step = abs(out[i] - d->last[i % CHANNELS]);
		d->last[i % CHANNELS] = out[i];
		if (step > d->largest)
			d->largest = step;
	}
}

/* Lets it play, `speaking` or not; returns the loudest sample. */
static int
desk_play(struct desk *d, unsigned chunks, bool speaking)
{
	int16_t out[CHUNK * CHANNELS];
	int loudest = 0;
	size_t i;

	while (chunks-- > 0) {
		desk_make(d);
		memset(out, 0, sizeof(out));
		bed_mix(&d->bed, out, CHUNK, speaking);
		desk_note(d, out);
		for (i = 0; i < CHUNK * CHANNELS; i++)
			if (abs(out[i]) > loudest)
				loudest = abs(out[i]);
	}
	return loudest;
}

static void
desk_begin(struct desk *d, const char *clip)
{
	memset(d, 0, sizeof(*d));
	assert_int_equal(bed_init(&d->bed, "main", NULL, &format, &at_once), 0);
	assert_int_equal(bed_set(&d->bed, clip), 0);
}

static void
expect_no_click(struct desk *d, double level)
{
	assert_in_range(d->largest, 0, own_step(level));
	d->largest = 0;
}

static void
test_another_clip(void **state)
{
	static const char *const clips[] = { "b", NULL, "c", "c", "d" };
	struct desk d;
	size_t i, j;

	(void)state;
	desk_begin(&d, "a");
	assert_in_range(desk_play(&d, 20, false), AMPLITUDE - 2, AMPLITUDE);
	expect_no_click(&d, 1);
	for (i = 0; i < COUNT_OF(clips); i++) {
		/* At any point of the sine. */
		for (j = 0; j < 30; j++) {
			assert_int_equal(bed_set(&d.bed, clips[i]), 0);
			d.made += 7 * j;
			desk_play(&d, 1 + j % 5, false);
		}
		assert_int_equal(
		    desk_play(&d, 10, false) > 0, clips[i] != NULL);
		expect_no_click(&d, 1);
	}
	bed_done(&d.bed);
}

static void
test_another_volume(void **state)
{
	static const uint32_t volumes[] = { 0, 100, 30, 200, 100, 0, 200 };
	struct desk d;
	size_t i;

	(void)state;
	desk_begin(&d, "a");
	bed_set_volume(&d.bed, 50);
	assert_in_range(
	    desk_play(&d, 20, false), AMPLITUDE / 2 - 2, AMPLITUDE / 2);
	expect_no_click(&d, 0.5);
	for (i = 0; i < COUNT_OF(volumes); i++) {
		bed_set_volume(&d.bed, volumes[i]);
		desk_play(&d, 20, false);
		assert_in_range(abs(desk_play(&d, 20, false) -
				    (int)(AMPLITUDE * volumes[i] / 100)),
		    0, 2);
		expect_no_click(&d, 2);
	}
	/* While it moves. */
	for (i = 0; i < 100; i++) {
		bed_set_volume(&d.bed, volumes[i % COUNT_OF(volumes)]);
		desk_play(&d, 1, false);
	}
	expect_no_click(&d, 2);
	bed_done(&d.bed);
}

static void
test_the_engine_dies_and_comes_back(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, "a");
	desk_play(&d, 20, false);
	d.engine_dead = true;
	desk_play(&d, 100, false);
	assert_int_equal(desk_play(&d, 10, false), 0);
	d.engine_dead = false;
	/* The next one begins afresh. */
	bed_rest(&d.bed);
	d.made = 0;
	assert_in_range(desk_play(&d, 30, false), AMPLITUDE - 2, AMPLITUDE);
	expect_no_click(&d, 1);
	bed_done(&d.bed);
}

static void
test_ducking_at_once(void **state)
{
	struct desk d;
	int i;

	(void)state;
	desk_begin(&d, "a");
	for (i = 0; i < 50; i++)
		desk_play(&d, 1 + (unsigned)i % 4, i % 2);
	desk_play(&d, 10, true);
	assert_in_range(
	    desk_play(&d, 10, true), AMPLITUDE / 10 - 2, AMPLITUDE / 10);
	desk_play(&d, 10, false);
	/* Changed while it is low. */
	desk_play(&d, 10, true);
	bed_set(&d.bed, "b");
	desk_play(&d, 10, false);
	expect_no_click(&d, 1);
	bed_done(&d.bed);
}

/* With nothing to change, it is the engine's, bit for bit. */
static void
test_untouched(void **state)
{
	int16_t out[CHUNK * CHANNELS];
	struct desk d;
	uint64_t at;
	size_t i;

	(void)state;
	desk_begin(&d, "a");
	desk_play(&d, 20, false);
	at = 20 * CHUNK;
	desk_make(&d);
	memset(out, 0, sizeof(out));
	bed_mix(&d.bed, out, CHUNK, false);
	for (i = 0; i < CHUNK; i++)
		assert_int_equal(out[i * CHANNELS], sine(at + i));
	bed_done(&d.bed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_another_clip),
		cmocka_unit_test(test_another_volume),
		cmocka_unit_test(test_the_engine_dies_and_comes_back),
		cmocka_unit_test(test_ducking_at_once),
		cmocka_unit_test(test_untouched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
