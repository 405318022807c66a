/*
 * Short losses in the midst of what comes. On a busy machine the ear counted
 * one over Opus in one test of eight: nothing was lost. A tenth of a second
 * that holds but a fricative, 20 dB under the vowels around it, comes from Opus
 * as another noise of the same loudness, and where the tenths are cut depends
 * on the moment at which the ear begins.
 */
#include "tests/unit/test.h"

#include "streamer-supervisor/ear/compare/drop_outs.h"

#define LOUD 1e10f
#define FAINT_DB_20 1e8f

struct taker {
	struct drop_outs drops;
	uint64_t number;
};

/* A block that was sent with that energy, and came with that part of it; as the
 * same sound or as another. */
static void
take(struct taker *t, float sent, float part, bool same)
{
	float heard = sent * part;
	const struct block b = { .number = t->number++,
		.sent = sent,
		.heard = heard,
		.both = same ? sent * part : 0,
		.is_sent = true,
		.sent_sounds = true,
		.is_judged = true };

	drop_outs_take(&t->drops, &b);
}

static void
take_well(struct taker *t, unsigned n)
{
	for (; n > 0; n--)
		take(t, LOUD, 1, true);
}

static void
test_a_faint_noise_for_a_faint_noise_is_none(void **state)
{
	struct taker t = { .number = 0 };

	(void)state;
	take_well(&t, 5);
	take(&t, FAINT_DB_20, 0.7f, false);
	take_well(&t, 5);
	assert_int_equal(t.drops.count, 0);
}

static void
test_what_is_lost_counts_once(void **state)
{
	struct taker t = { .number = 0 };

	(void)state;
	take_well(&t, 5);
	take(&t, LOUD, 0, false);
	take(&t, LOUD, 0, false);
	take_well(&t, 5);
	assert_int_equal(t.drops.count, 1);
	take(&t, LOUD, 1, false); /* another sound, as loud */
	take_well(&t, 1);
	assert_int_equal(t.drops.count, 2);
	take(&t, FAINT_DB_20, 0, false); /* silence for what is faint */
	take_well(&t, 1);
	assert_int_equal(t.drops.count, 3);
}

/* A sound that is faint all the time is judged by its waveform. */
static void
test_the_loudest_is_forgotten(void **state)
{
	struct taker t = { .number = 0 };
	unsigned i;

	(void)state;
	take_well(&t, 5);
	for (i = 0; i < 64 * 4; i++)
		take(&t, FAINT_DB_20, 1, true);
	take(&t, FAINT_DB_20, 0.7f, false);
	take(&t, FAINT_DB_20, 1, true);
	assert_int_equal(t.drops.count, 1);
}

static void
test_what_never_came_or_lacks_for_long_is_none(void **state)
{
	struct taker t = { .number = 0 };
	unsigned i;

	(void)state;
	take(&t, LOUD, 0, false);
	take_well(&t, 5);
	for (i = 0; i < 21; i++)
		take(&t, LOUD, 0, false);
	take_well(&t, 5);
	assert_int_equal(t.drops.count, 0);
	drop_outs_break(&t.drops);
	take(&t, LOUD, 0, false);
	take_well(&t, 5);
	assert_int_equal(t.drops.count, 0);
}

static void
test_what_is_judged_again_counts_once(void **state)
{
	struct taker t = { .number = 0 };
	unsigned round;

	(void)state;
	for (round = 0; round < 2; round++) {
		t.number = 0;
		drop_outs_begin(&t.drops);
		take_well(&t, 5);
		take(&t, LOUD, 0, false);
		take_well(&t, 5);
	}
	assert_int_equal(t.drops.count, 1);
	drop_outs_restart(&t.drops);
	t.number = 0;
	take_well(&t, 5);
	take(&t, LOUD, 0, false);
	take_well(&t, 5);
	assert_int_equal(t.drops.count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_faint_noise_for_a_faint_noise_is_none),
		cmocka_unit_test(test_what_is_lost_counts_once),
		cmocka_unit_test(test_the_loudest_is_forgotten),
		cmocka_unit_test(
		    test_what_never_came_or_lacks_for_long_is_none),
		cmocka_unit_test(test_what_is_judged_again_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
