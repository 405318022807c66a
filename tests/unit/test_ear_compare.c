/*
 * What the ear makes of what comes back, over minutes of made speech: syllables
 * of a few harmonics each, with pauses. What a codec does to it is made of
 * noise as loud as a part of the sound, at each moment; the real ones are
 * heard in the end-to-end tests.
 */
#include "tests/unit/test.h"

#include <math.h>

#include "streamer-supervisor/ear/compare/compare.h"

#define MS INT64_C(1000000)
#define STEP_MS 20
#define STEP_SAMPLES (TRACK_HZ * STEP_MS / 1000)
#define DELAY_MAX_MS 15000
#define SAYINGS_MAX 64

/* One who speaks, now and then, in words that never repeat. */
struct speaker {
	struct rng rng;
	float pitch;            /* of a syllable, in radians a sample */
	float strength[4];      /* of its harmonics */
	unsigned left, pause;   /* samples of the syllable, and of the pause */
	unsigned length, words; /* of the syllable; syllables that follow */
	bool rings;             /* single tones instead of syllables, … */
	float turn; /* … and where the one of now is in its turn */
};

static void
speaker_breathe(struct speaker *s)
{
	s->words = 8 + (unsigned)rng_below(&s->rng, 16);
	s->pause = TRACK_HZ + (unsigned)rng_below(&s->rng, 4 * TRACK_HZ);
}

static void
speaker_syllable(struct speaker *s)
{
	size_t i;

	s->length = s->left = 800 + (unsigned)rng_below(&s->rng, 1200);
	s->pitch = 0.08f + (float)rng_below(&s->rng, 1000) * 8e-5f;
	for (i = 0; i < COUNT_OF(s->strength); i++)
		s->strength[i] = (float)(400 + rng_below(&s->rng, 2000));
	s->words--;
}

/* A tone is as loud from its first sample to its last. */
static int16_t
speaker_ring(struct speaker *s)
{
	s->turn += 3 * s->pitch;
	if (--s->left == 0 && s->words == 0)
		speaker_breathe(s);
	return (int16_t)(6000 * sinf(s->turn));
}

static int16_t
speaker_sample(struct speaker *s)
{
	float sum = 0, swell, phase;
	size_t i;

	if (s->pause > 0) {
		s->pause--;
		return 0;
	}
	if (s->left == 0)
		speaker_syllable(s);
	if (s->rings)
		return speaker_ring(s);
	swell = sinf((float)M_PI * (float)s->left / (float)s->length);
	/* The pitch glides, as in speech. */
	phase = s->pitch * (float)s->left * (1 + (float)s->left / 4000);
	for (i = 0; i < COUNT_OF(s->strength); i++)
		sum += s->strength[i] * sinf((float)(i + 1) * phase);
	if (--s->left == 0 && s->words == 0)
		speaker_breathe(s);
	return (int16_t)(swell * sum);
}

static struct speaker
speaker_new(uint64_t seed)
{
	struct speaker s = { .rng.state = seed };

	speaker_breathe(&s);
	return s;
}

/* ---- the way there and back -------------------------------------------- */

/* Pauses are up to 5 s; then comes what takes a second or more. */
#define SAYING_MS 10000

struct way;

/* What comes back at `at_ms` instead of what was sent; NULL: nothing is
 * different. Returns false where nothing comes. */
typedef bool fault_fn(struct way *w, int64_t at_ms, int16_t *samples);

struct way {
	struct compare compare;
	struct speaker ours, other;
	struct rng rng;
	int16_t sent[10 * 60 * TRACK_HZ];
	size_t made, fed, heard; /* samples */
	size_t begun;            /* sample 0 of what is compared */
	size_t into;             /* what comes begins with this sample */
	int64_t now_ms, delay_ms, lump_ms;
	int64_t held_ms;        /* so late it is known what was sent */
	int64_t from_ms, to_ms; /* of the fault, on the clock of what is sent */
	fault_fn *fault;
	struct {
		uint64_t from, to;
	} sayings[SAYINGS_MAX];
	size_t count;
	bool silent; /* nothing is said */
	/* When each state was first seen in the fault; 0: never. */
	int64_t seen_ms[HEARD_FOREIGN + 1];
	unsigned faults; /* judgements outside the fault that say one */
};

static struct way *
way_new(int64_t delay_ms)
{
	struct way *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(
	    compare_init(&w->compare, DELAY_MAX_MS * MS, COMPARE_SILENCE_RMS),
	    0);
	w->ours = speaker_new(11);
	w->other = speaker_new(12);
	w->rng.state = 13;
	w->delay_ms = delay_ms;
	w->lump_ms = STEP_MS;
	return w;
}

static void
way_free(struct way *w)
{
	compare_done(&w->compare);
	free(w);
}

/* Sends one step, and writes down where sayings begin and end. */
static void
way_send(struct way *w)
{
	int16_t *x = w->sent + w->made;
	size_t i;

	for (i = 0; i < STEP_SAMPLES; i++) {
		bool spoke = w->ours.pause == 0;

		x[i] = w->silent ? 0 : speaker_sample(&w->ours);
		if (w->silent || spoke == (w->ours.pause == 0))
			continue;
		if (spoke)
			w->sayings[w->count++].to = w->made + i;
		else
			w->sayings[w->count].from = w->made + i;
		assert_true(w->count < SAYINGS_MAX);
	}
	w->made += STEP_SAMPLES;
	if ((int64_t)(w->made - w->fed) <= w->held_ms * TRACK_HZ / 1000)
		return;
	compare_sent(&w->compare, w->sent + w->fed, STEP_SAMPLES,
	    (w->now_ms - w->held_ms) * MS);
	w->fed += STEP_SAMPLES;
}

/* What a codec leaves of it. */
static void
way_code(struct way *w, int16_t *x)
{
	size_t i;

	for (i = 0; i < STEP_SAMPLES; i++)
		x[i] =
		    (int16_t)(x[i] * 0.9f +
			      x[i] * ((float)rng_below(&w->rng, 1000) - 500) /
				  1000);
}

/* Of steady tones a codec makes some that sway. */
static void
way_sway(struct way *w, int16_t *x)
{
	float gain = 0.9f + (float)rng_below(&w->rng, 100) / 1000;
	size_t i;

	for (i = 0; i < STEP_SAMPLES; i++)
		x[i] = (int16_t)(x[i] * gain);
}

static void
way_return(struct way *w)
{
	int16_t x[STEP_SAMPLES];
	int64_t at_ms = (int64_t)w->heard * 1000 / TRACK_HZ;

	memcpy(x, w->sent + w->into + w->heard, sizeof(x));
	w->heard += STEP_SAMPLES;
	way_code(w, x);
	if (w->ours.rings)
		way_sway(w, x);
	if (w->fault && at_ms >= w->from_ms && at_ms < w->to_ms &&
	    !w->fault(w, at_ms, x))
		return;
	compare_heard(&w->compare, x, STEP_SAMPLES, w->now_ms * MS);
}

static void
way_judge(struct way *w)
{
	int64_t at_ms = w->now_ms - w->delay_ms;
	enum heard_state state;

	compare_judge(&w->compare, w->now_ms * MS);
	state = compare_state(&w->compare);
	if (w->fault && at_ms >= w->from_ms && at_ms < w->to_ms) {
		if (w->seen_ms[state] == 0)
			w->seen_ms[state] = w->now_ms;
	} else if (w->fault == NULL || at_ms < w->from_ms) {
		w->faults += state == HEARD_NOT || state == HEARD_FOREIGN;
	}
}

static void
way_run(struct way *w, int64_t until_ms)
{
	for (; w->now_ms < until_ms; w->now_ms += STEP_MS) {
		int64_t due = w->now_ms - w->delay_ms;

		way_send(w);
		if (due >= 0 && due % w->lump_ms == 0)
			while ((int64_t)w->heard * 1000 / TRACK_HZ <= due)
				way_return(w);
		if (w->now_ms % 240 == 0)
			way_judge(w);
	}
}

/* Counts the sayings of a time that ended so. */
static unsigned
way_count(
    const struct way *w, enum span_state state, int64_t from_ms, int64_t to_ms)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < w->count; i++) {
		int64_t from = (int64_t)w->sayings[i].from * 1000 / TRACK_HZ;
		int64_t to = (int64_t)w->sayings[i].to * 1000 / TRACK_HZ;

		if (from >= from_ms && to <= to_ms)
			n += compare_span(&w->compare,
				 w->sayings[i].from - w->begun,
				 w->sayings[i].to - w->begun, w->now_ms * MS)
				 .state == state;
	}
	return n;
}

/* ---- all is well ------------------------------------------------------- */

static void
check_well(int64_t delay_ms, int64_t lump_ms)
{
	struct way *w = way_new(delay_ms);
	unsigned heard;

	w->lump_ms = lump_ms;
	way_run(w, 120000);
	heard = way_count(w, SPAN_HEARD, 0, 100000);
	assert_true(heard > 12);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, 120000), 0);
	assert_int_equal(way_count(w, SPAN_OPEN, 0, 100000), 0);
	assert_int_equal(w->faults, 0);
	assert_int_equal(compare_drop_outs(&w->compare), 0);
	/* A player waits for the whole lump; it is seen to a block. */
	delay_ms += lump_ms - STEP_MS;
	assert_true(compare_delay_ms(&w->compare) >=
		    delay_ms - (lump_ms > STEP_MS ? BLOCK_MS : 20));
	assert_true(compare_delay_ms(&w->compare) <= delay_ms + 20);
	way_free(w);
}

static void
test_what_comes_is_heard_whatever_the_delay(void **state)
{
	(void)state;
	check_well(0, STEP_MS);
	check_well(400, STEP_MS);
	check_well(3000, STEP_MS);
	check_well(12000, STEP_MS);
}

/* Chimes and bells fit a cycle later nearly as well, and how loud they are
 * tells nothing. */
static void
test_tones_are_heard(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 20; seed < 30; seed++) {
		struct way *w = way_new(700);

		w->ours = speaker_new(seed);
		w->ours.rings = true;
		w->ours.pause = 0;
		w->ours.words = 100;
		w->into = 5 * seed;
		way_run(w, 60000);
		assert_true(way_count(w, SPAN_HEARD, 0, 55000) > 2);
		assert_int_equal(way_count(w, SPAN_MISSED, 0, 60000), 0);
		assert_int_equal(w->faults, 0);
		way_free(w);
	}
}

/* Over RTP it was there before the ear had what was sent, which a resampler
 * held back: it was looked for where it could not be yet. */
static void
test_what_comes_first_is_heard(void **state)
{
	struct way *w = way_new(20);

	(void)state;
	w->held_ms = 60;
	way_run(w, 120000);
	assert_true(way_count(w, SPAN_HEARD, 0, 115000) > 12);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, 120000), 0);
	assert_int_equal(way_count(w, SPAN_OPEN, 0, 115000), 0);
	assert_int_equal(w->faults, 0);
	way_free(w);
}

/* HLS hands a whole segment over at once. */
static void
test_what_comes_in_lumps_is_heard(void **state)
{
	(void)state;
	check_well(4000, 2000);
	check_well(4000, 6000);
}

/* Ten minutes without a word are healthy. */
static void
test_silence_is_no_fault(void **state)
{
	struct way *w = way_new(400);

	(void)state;
	w->silent = true;
	way_run(w, 600000);
	assert_int_equal(w->faults, 0);
	assert_int_equal(compare_state(&w->compare), HEARD_SILENT);
	assert_int_equal(
	    compare_span(&w->compare, 8000, 16000, w->now_ms * MS).state,
	    SPAN_SILENT);
	assert_int_equal(compare_delay_ms(&w->compare), -1);
	way_free(w);
}

/* ---- faults ------------------------------------------------------------ */

static bool
mute(struct way *w, int64_t at_ms, int16_t *samples)
{
	(void)w;
	(void)at_ms;
	memset(samples, 0, STEP_SAMPLES * sizeof(*samples));
	return true;
}

static bool
lose(struct way *w, int64_t at_ms, int16_t *samples)
{
	(void)w;
	(void)at_ms;
	(void)samples;
	return false;
}

static bool
speak_other(struct way *w, int64_t at_ms, int16_t *samples)
{
	size_t i;

	(void)at_ms;
	for (i = 0; i < STEP_SAMPLES; i++)
		samples[i] = speaker_sample(&w->other);
	return true;
}

/* The last ten seconds before the fault, again and again. */
static bool
speak_slate(struct way *w, int64_t at_ms, int16_t *samples)
{
	int64_t then_ms = w->from_ms - 10000 + (at_ms - w->from_ms) % 10000;

	memcpy(samples, w->sent + then_ms * TRACK_HZ / 1000,
	    STEP_SAMPLES * sizeof(*samples));
	return true;
}

static bool
make_noise(struct way *w, int64_t at_ms, int16_t *samples)
{
	size_t i;

	(void)at_ms;
	for (i = 0; i < STEP_SAMPLES; i++)
		samples[i] = (int16_t)(rng_below(&w->rng, 8000) - 4000);
	return true;
}

static bool
make_music(struct way *w, int64_t at_ms, int16_t *samples)
{
	size_t i;

	(void)w;
	for (i = 0; i < STEP_SAMPLES; i++) {
		float t = (float)(at_ms * TRACK_HZ / 1000 + (int64_t)i);

		samples[i] =
		    (int16_t)(2000 * sinf(t * 0.17f) + 2000 * sinf(t * 0.22f) +
			      2000 * sinf(t * 0.26f) * sinf(t * 0.0002f));
	}
	return true;
}

/* A fault is noticed in time, nothing in it counts as heard, and all is well
 * again after it. */
static void
check_fault(fault_fn *fault, enum heard_state state, int64_t within_ms)
{
	struct way *w = way_new(400);

	w->fault = fault;
	w->from_ms = 20000;
	w->to_ms = 70000;
	way_run(w, 120000);
	assert_int_equal(w->faults, 0);
	assert_in_range(w->seen_ms[state], w->from_ms, w->from_ms + within_ms);
	assert_int_equal(way_count(w, SPAN_HEARD, w->from_ms, w->to_ms), 0);
	assert_true(way_count(w, SPAN_MISSED, w->from_ms, w->to_ms) > 6);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, w->from_ms), 0);
	assert_int_equal(way_count(w, SPAN_MISSED, w->to_ms, 120000), 0);
	assert_true(way_count(w, SPAN_HEARD, w->to_ms, 115000) > 4);
	assert_true(compare_state(&w->compare) == HEARD_WELL ||
		    compare_state(&w->compare) == HEARD_SILENT);
	way_free(w);
}

static void
test_silence_for_sound_is_unheard(void **state)
{
	(void)state;
	check_fault(mute, HEARD_NOT, SAYING_MS);
}

static void
test_nothing_for_sound_is_unheard(void **state)
{
	(void)state;
	check_fault(lose, HEARD_NOT, SAYING_MS);
}

static void
test_other_sound_is_foreign(void **state)
{
	(void)state;
	check_fault(speak_other, HEARD_FOREIGN, SAYING_MS);
	check_fault(make_noise, HEARD_FOREIGN, SAYING_MS);
	check_fault(make_music, HEARD_FOREIGN, SAYING_MS);
}

/* A server that plays its own "we are offline" passes every check that looks at
 * time stamps; one that repeats what it had passes every ear that knows voices.
 */
static void
test_a_slate_is_foreign(void **state)
{
	(void)state;
	/* At first it could be ours, come late. */
	check_fault(speak_slate, HEARD_FOREIGN, DELAY_MAX_MS + SAYING_MS);
}

/* After a fault nothing is said: that it was last seen broken stays known. */
static void
test_a_fault_lasts_until_sound_comes(void **state)
{
	struct way *w = way_new(400);

	(void)state;
	w->fault = mute;
	w->from_ms = 60000;
	w->to_ms = 80000;
	way_run(w, 80000);
	w->silent = true;
	way_run(w, 120000);
	assert_int_equal(compare_state(&w->compare), HEARD_NOT);
	w->silent = false;
	way_run(w, 130000);
	assert_int_equal(compare_state(&w->compare), HEARD_WELL);
	way_free(w);
}

/* The server holds the stream back for three seconds, with silence. */
static void
test_a_new_delay_is_found(void **state)
{
	struct way *w = way_new(400);
	int16_t silence[3 * TRACK_HZ] = { 0 };

	(void)state;
	way_run(w, 60000);
	compare_heard(&w->compare, silence, COUNT_OF(silence), w->now_ms * MS);
	w->delay_ms += 3000;
	way_run(w, 120000);
	assert_in_range(compare_delay_ms(&w->compare), 3380, 3420);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, 120000), 0);
	way_free(w);
}

/* A server that stood still hands over seconds at once, behind a gap. Only the
 * last two seconds of such a lump were looked at: what was said before them was
 * missed, though all of it came. */
static void
test_a_lump_from_elsewhere_is_heard(void **state)
{
	struct way *w = way_new(400);
	int16_t gap[3 * TRACK_HZ / 10] = { 0 };
	unsigned i;

	(void)state;
	w->lump_ms = 6000;
	for (i = 0; i < 18; i++) {
		way_run(w, w->now_ms + w->lump_ms);
		compare_heard(&w->compare, gap, COUNT_OF(gap), w->now_ms * MS);
		w->delay_ms += 300;
	}
	way_run(w, w->now_ms + 20000);
	assert_true(way_count(w, SPAN_HEARD, 0, 100000) > 12);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, 100000), 0);
	way_free(w);
}

/* A block is lost in one saying, a second in another. */
static void
test_a_cut_counts_by_its_length(void **state)
{
	struct way *w = way_new(400);
	int64_t middle;

	(void)state;
	w->fault = lose;
	w->from_ms = w->to_ms = INT64_MAX;
	while (w->ours.words < 12 || w->now_ms < 60000 || w->ours.pause > 0)
		way_run(w, w->now_ms + STEP_MS);
	middle = (w->now_ms / BLOCK_MS + 5) * BLOCK_MS;
	w->from_ms = middle;
	w->to_ms = middle + BLOCK_MS;
	way_run(w, middle + 20000);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, middle + 20000), 0);
	assert_int_equal(compare_drop_outs(&w->compare), 1);
	while (w->ours.words < 14 || w->ours.pause > 0)
		way_run(w, w->now_ms + STEP_MS);
	w->from_ms = w->now_ms + 100;
	w->to_ms = w->from_ms + 1000;
	way_run(w, w->to_ms + 20000);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, w->now_ms), 1);
	assert_int_equal(compare_drop_outs(&w->compare), 2);
	way_free(w);
}

/* ---- either side begins anew ------------------------------------------- */

static void
test_a_reader_that_comes_back_hears_again(void **state)
{
	struct way *w = way_new(400);

	(void)state;
	way_run(w, 60000);
	compare_deaf(&w->compare);
	assert_int_equal(compare_delay_ms(&w->compare), 400);
	w->heard += TRACK_HZ / 2; /* it lost this */
	way_run(w, 120000);
	assert_int_equal(way_count(w, SPAN_MISSED, 62000, 120000), 0);
	assert_int_equal(compare_delay_ms(&w->compare), 400);
	way_free(w);
}

static int64_t
middle_ms(const struct way *w, size_t saying)
{
	uint64_t at = (w->sayings[saying].from + w->sayings[saying].to) / 2;

	return (int64_t)(at / STEP_SAMPLES) * STEP_MS;
}

/* What was said right after an output had come up was "missed": the reader had
 * come in the midst of it, or just after it, and other listeners had it all. */
static void
test_what_began_before_is_not_missed(void **state)
{
	struct way *w = way_new(400);
	int64_t first_ms, later_ms;

	(void)state;
	way_run(w, 90000);
	first_ms = middle_ms(w, 1);
	later_ms = middle_ms(w, 8);
	way_free(w);
	w = way_new(400);
	w->fault = lose;
	w->to_ms = first_ms;
	way_run(w, 40000);
	assert_int_equal(way_count(w, SPAN_BEFORE, 0, 40000), 2);
	assert_int_equal(way_count(w, SPAN_MISSED, 0, 40000), 0);
	/* While one is away that comes again, nobody may have heard. */
	w->from_ms = 39000;
	w->to_ms = later_ms;
	compare_deaf(&w->compare);
	way_run(w, 120000);
	assert_int_equal(
	    way_count(w, SPAN_BEFORE, later_ms - 5000, later_ms + 5000), 1);
	assert_true(way_count(w, SPAN_MISSED, 39000, later_ms) > 0);
	assert_int_equal(way_count(w, SPAN_MISSED, later_ms, 120000), 0);
	assert_true(way_count(w, SPAN_HEARD, later_ms, 115000) > 4);
	way_free(w);
}

/* ttsd was started again: samples are counted from 0, and what comes for a
 * while is from before. */
static void
test_a_channel_that_begins_anew_is_heard(void **state)
{
	struct way *w = way_new(400);

	(void)state;
	way_run(w, 60000);
	compare_restart(&w->compare);
	assert_int_equal(
	    compare_span(&w->compare, 0, 8000, 60000 * MS).state, SPAN_OPEN);
	w->fault = speak_other; /* what nobody knows any more */
	w->from_ms = 59600;
	w->to_ms = 60000;
	w->begun = w->made;
	way_run(w, 120000);
	assert_int_equal(way_count(w, SPAN_MISSED, 60000, 120000), 0);
	assert_true(way_count(w, SPAN_HEARD, 60000, 115000) > 5);
	way_free(w);
}

static void
test_states_have_names(void **state)
{
	(void)state;
	assert_string_equal(heard_state_name(HEARD_LISTENING), "listening");
	assert_string_equal(heard_state_name(HEARD_SILENT), "silent-as-sent");
	assert_string_equal(heard_state_name(HEARD_WELL), "heard");
	assert_string_equal(heard_state_name(HEARD_NOT), "unheard");
	assert_string_equal(heard_state_name(HEARD_FOREIGN), "foreign");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_is_heard_whatever_the_delay),
		cmocka_unit_test(test_tones_are_heard),
		cmocka_unit_test(test_what_comes_first_is_heard),
		cmocka_unit_test(test_what_comes_in_lumps_is_heard),
		cmocka_unit_test(test_silence_is_no_fault),
		cmocka_unit_test(test_silence_for_sound_is_unheard),
		cmocka_unit_test(test_nothing_for_sound_is_unheard),
		cmocka_unit_test(test_other_sound_is_foreign),
		cmocka_unit_test(test_a_slate_is_foreign),
		cmocka_unit_test(test_a_fault_lasts_until_sound_comes),
		cmocka_unit_test(test_a_new_delay_is_found),
		cmocka_unit_test(test_a_lump_from_elsewhere_is_heard),
		cmocka_unit_test(test_a_cut_counts_by_its_length),
		cmocka_unit_test(test_a_reader_that_comes_back_hears_again),
		cmocka_unit_test(test_what_began_before_is_not_missed),
		cmocka_unit_test(test_a_channel_that_begins_anew_is_heard),
		cmocka_unit_test(test_states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
