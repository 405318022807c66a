/* Several channels of a whole ttsd that begin an announcement on the same
 * instant. */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "the exhibition closes in ten minutes"
#define LONG "a text that takes quite a while to be said by anybody at all"
#define CHANNELS 3

/* No two have the same samples, nor the same chunks. */
static const char conf[] = "[engine slow]\n"
			   "type = espeak\n"
			   "prebuffer = 1s\n"
			   "[channel hall]\n"
			   "[channel cafe]\n"
			   "rate = 44100\n"
			   "frame_ms = 20\n"
			   "[channel ward]\n"
			   "rate = 11025\n"
			   "frame_ms = 80\n"
			   "[zone all]\n"
			   "channels = hall cafe ward\n";

enum { HALL, CAFE, WARD };

struct hall {
	struct station s;
	struct ear *ears[CHANNELS];
	uint64_t ids[CHANNELS];
	uint64_t samples[CHANNELS]; /* on which they began; 0: not yet */
};

static void
hall_begin(struct hall *h)
{
	size_t i;

	*h = (struct hall){ .ids = { 0 } };
	station_begin(&h->s, 1, conf);
	station_listen(&h->s);
	for (i = 0; i < CHANNELS; i++)
		h->ears[i] = ear_open(h->s.ttsd.channels[i], true);
	fake_run(123 * NS_PER_MS);
}

static void
hall_end(struct hall *h)
{
	size_t i;

	for (i = 0; i < CHANNELS; i++)
		ear_close(h->ears[i]);
	station_end(&h->s);
}

static void
say_together(struct hall *h, const char *more)
{
	static const char *const names[] = { "hall", "cafe", "ward" };
	const json_t *r = client_ask(h->s.client,
	    "{'op':'say','text':'%s','channel':'all','together':true%s}", TEXT,
	    more);
	size_t i;

	if (!reply_ok(r))
		fail_msg("say: %s", json_text(r, "message"));
	for (i = 0; i < CHANNELS; i++)
		h->ids[i] =
		    (uint64_t)json_number(json_object_get(r, "ids"), names[i]);
}

/* Takes note of those that have begun; returns how many have. */
static size_t
count_begun(struct hall *h)
{
	const json_t *e;
	size_t i, n = 0;

	while ((e = client_event_of(h->s.events, "started", 0)))
		for (i = 0; i < CHANNELS; i++)
			if ((uint64_t)json_number(e, "id") == h->ids[i])
				h->samples[i] =
				    (uint64_t)json_number(e, "sample");
	for (i = 0; i < CHANNELS; i++)
		n += h->samples[i] > 0;
	return n;
}

static int64_t
rate_of(const struct hall *h, size_t channel)
{
	return h->s.ttsd.channels[channel]->conf->rate_hz;
}

/* Those two began on the same instant. */
static void
expect_same_instant(const struct hall *h, size_t a, size_t b)
{
	assert_true(h->samples[a] > 0 && h->samples[b] > 0);
	assert_int_equal(h->samples[a] * (uint64_t)rate_of(h, b),
	    h->samples[b] * (uint64_t)rate_of(h, a));
}

/* All samples lie where the event says. */
static void
expect_heard(const struct hall *h, size_t channel)
{
	uint64_t n = speaker_samples(TEXT, (uint32_t)rate_of(h, channel));

	assert_true(
	    ear_heard_part(h->ears[channel], TEXT, 0, n, h->samples[channel]));
}

static void
expect_all_together(struct hall *h)
{
	assert_int_equal(count_begun(h), CHANNELS);
	expect_same_instant(h, HALL, CAFE);
	expect_same_instant(h, HALL, WARD);
}

static int64_t
begun_ms(const struct hall *h, size_t channel)
{
	return (int64_t)h->samples[channel] * 1000 / rate_of(h, channel);
}

/* Three rooms with doors between them heard the same sentence up to a chunk
 * apart: an echo. */
static void
test_idle_channels(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	say_together(&h, "");
	fake_run(5 * NS_PER_S);
	expect_all_together(&h);
	expect_heard(&h, HALL);
	expect_heard(&h, CAFE);
	expect_heard(&h, WARD);
	/* It took no longer than to agree. */
	assert_in_range(begun_ms(&h, HALL), 123, 123 + 250);
	hall_end(&h);
}

static void
test_one_has_something_on_air(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	station_say(&h.s, LONG, ",'channel':'cafe'");
	fake_run(100 * NS_PER_MS);
	say_together(&h, "");
	/* A letter lasts 40 ms. */
	fake_run(2 * NS_PER_S);
	assert_int_equal(count_begun(&h), 0);
	fake_run(8 * NS_PER_S);
	expect_all_together(&h);
	expect_heard(&h, HALL);
	expect_heard(&h, CAFE);
	expect_heard(&h, WARD);
	hall_end(&h);
}

/* Nobody is called before the slowest engine can. */
static void
test_one_has_a_slower_engine(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	speakers_speed(150);
	h.s.ttsd.channels[WARD]->defaults.engine =
	    ttsd_engine(&h.s.ttsd, "slow");
	say_together(&h, "");
	fake_run(8 * NS_PER_S);
	expect_all_together(&h);
	expect_heard(&h, HALL);
	expect_heard(&h, CAFE);
	expect_heard(&h, WARD);
	assert_true(begun_ms(&h, HALL) > 600);
	hall_end(&h);
}

/* A room that is closed for the day must not silence the house. */
static void
test_paused_holds_nobody_up(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	assert_true(reply_ok(
	    client_ask(h.s.client, "{'op':'pause','channel':'cafe'}")));
	say_together(&h, "");
	fake_run(5 * NS_PER_S);
	assert_int_equal(count_begun(&h), 2);
	expect_same_instant(&h, HALL, WARD);
	assert_true(reply_ok(
	    client_ask(h.s.client, "{'op':'resume','channel':'cafe'}")));
	fake_run(5 * NS_PER_S);
	assert_int_equal(count_begun(&h), 3);
	expect_heard(&h, CAFE);
	hall_end(&h);
}

static void
test_one_is_cancelled(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	station_say(&h.s, LONG, ",'channel':'cafe','repeat':20");
	fake_run(100 * NS_PER_MS);
	say_together(&h, "");
	fake_run(NS_PER_S);
	assert_int_equal(count_begun(&h), 0);
	assert_true(reply_ok(client_ask(
	    h.s.client, "{'op':'cancel','id':%d}", (int)h.ids[CAFE])));
	fake_run(5 * NS_PER_S);
	assert_int_equal(count_begun(&h), 2);
	expect_same_instant(&h, HALL, WARD);
	hall_end(&h);
}

/* Something endless on one channel holds the others for half a minute, and no
 * longer. */
static void
test_waits_for_half_a_minute(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	station_say(&h.s, LONG, ",'channel':'cafe','repeat':20");
	fake_run(100 * NS_PER_MS);
	say_together(&h, "");
	fake_run(29 * NS_PER_S);
	assert_int_equal(count_begun(&h), 0);
	fake_run(5 * NS_PER_S);
	assert_int_equal(count_begun(&h), 2);
	expect_same_instant(&h, HALL, WARD);
	assert_in_range(begun_ms(&h, HALL), 30000, 30700);
	fake_run(60 * NS_PER_S);
	assert_int_equal(count_begun(&h), 3);
	hall_end(&h);
}

/* What is urgent takes the air from whatever has it, on the very sample. */
static void
test_urgent(void **state)
{
	struct hall h;

	(void)state;
	hall_begin(&h);
	station_say(&h.s, LONG, ",'channel':'cafe'");
	fake_run(300 * NS_PER_MS);
	say_together(&h, ",'priority':'urgent'");
	fake_run(5 * NS_PER_S);
	expect_all_together(&h);
	expect_heard(&h, HALL);
	expect_heard(&h, WARD);
	assert_in_range(begun_ms(&h, HALL), 400, 700);
	hall_end(&h);
}

/* The machine slept just when they had agreed: that instant is over. */
static void
test_sleep_before_they_begin(void **state)
{
	struct hall h;
	int ms;

	(void)state;
	for (ms = 0; ms < 200; ms += 10) {
		hall_begin(&h);
		say_together(&h, "");
		fake_run(ms * NS_PER_MS);
		if (count_begun(&h) == 0) {
			fake_stand_still(5 * NS_PER_S);
			fake_run(5 * NS_PER_S);
			expect_all_together(&h);
		}
		hall_end(&h);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_channels),
		cmocka_unit_test(test_one_has_something_on_air),
		cmocka_unit_test(test_one_has_a_slower_engine),
		cmocka_unit_test(test_paused_holds_nobody_up),
		cmocka_unit_test(test_one_is_cancelled),
		cmocka_unit_test(test_waits_for_half_a_minute),
		cmocka_unit_test(test_urgent),
		cmocka_unit_test(test_sleep_before_they_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
