/*
 * The stream's clock, over long times: a sample more or less in a day is a
 * fault that no short test sees.
 */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define DAY_NS (24 * 3600 * NS_PER_S)

static struct channel *
main_channel(struct station *s)
{
	return s->ttsd.channels[0];
}

/* How many samples are due after so much time, in whole chunks, the first of
 * which is due at once. */
static uint64_t
due_after(int64_t ns, uint64_t rate_hz, uint64_t chunk)
{
	uint64_t exact = (uint64_t)ns / 1000 * rate_hz / 1000000;

	return exact / chunk * chunk;
}

/* A subscriber of a silent channel gets a day's samples in a day: none more,
 * none less, and all of them silence. */
static void
test_a_day_has_its_samples(void **state)
{
	struct station s;
	struct ear *e;
	uint64_t due = due_after(DAY_NS, 8000, 160);

	(void)state;
	station_begin(&s, 1, "[channel main]\nrate = 8000\nframe_ms = 20\n");
	e = ear_open(main_channel(&s), false);
	fake_run(DAY_NS);
	assert_true(ear_has_header(e));
	assert_true(ear_heard_silence(e));
	assert_true(ear_count(e) >= due && ear_count(e) <= due + 160);
	assert_int_equal(ear_count(e), main_channel(&s)->pacer.position);
	assert_int_equal(main_channel(&s)->counters.clock_skips, 0);
	assert_int_equal(main_channel(&s)->counters.skips, 0);
	ear_close(e);
	station_end(&s);
}

/* A sleeping channel costs no turn of the loop, and its clock goes on: who
 * comes after a year is told the place of a year. */
static void
test_a_year_asleep(void **state)
{
	struct station s;
	struct ear *e;
	uint64_t year = UINT64_C(365) * 24 * 3600 * 24000;

	(void)state;
	station_begin(&s, 1, "");
	fake_stand_still(365 * DAY_NS);
	e = ear_open(main_channel(&s), false);
	assert_in_range(ear_first(e), year, year + 240);
	fake_run(NS_PER_S);
	assert_in_range(ear_count(e), 24000 - 240, 24000 + 240);
	ear_close(e);
	station_end(&s);
}

/* The machine slept for an hour while somebody listened: what nobody could
 * hear is left out and told; the clock stands where it would have. */
static void
test_machine_sleeps(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *event;
	int64_t skipped;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = ear_open(main_channel(&s), false);
	fake_run(10 * NS_PER_S);
	fake_stand_still(3600 * NS_PER_S);
	fake_run(10 * NS_PER_S);
	event = client_event_of(s.events, "clock", 0);
	skipped = json_number(event, "skipped");
	assert_in_range(skipped, 3590 * 24000, 3600 * 24000);
	assert_int_equal(ear_first(e) + ear_count(e) + (uint64_t)skipped,
	    main_channel(&s)->pacer.position);
	assert_int_equal(main_channel(&s)->subscribers->left_out, skipped);
	assert_int_equal(
	    main_channel(&s)->subscribers->edge, json_number(event, "sample"));
	assert_in_range(main_channel(&s)->pacer.position,
	    (uint64_t)3620 * 24000 - 240, (uint64_t)3620 * 24000 + 240);
	assert_null(client_event_of(s.events, "clock", 0));
	assert_true(fake_logged("ms of the stream are left out"));
	ear_close(e);
	station_end(&s);
}

/* Held up for less than what counts as sleep, all that is due is made at
 * once: nothing is left out. */
static void
test_late_is_caught_up(void **state)
{
	struct station s;
	struct ear *e;
	int i;

	(void)state;
	station_begin(&s, 1, "");
	e = ear_open(main_channel(&s), false);
	for (i = 0; i < 100; i++) {
		fake_stand_still(7 * NS_PER_MS + i * 3 * NS_PER_MS);
		fake_run(3 * NS_PER_MS);
	}
	assert_int_equal(ear_count(e), main_channel(&s)->pacer.position);
	assert_in_range(ear_count(e),
	    due_after(clock_now_ns() - FAKE_START_NS, 24000, 240),
	    due_after(clock_now_ns() - FAKE_START_NS, 24000, 240) + 240);
	assert_int_equal(main_channel(&s)->counters.clock_skips, 0);
	ear_close(e);
	station_end(&s);
}

/* An announcement is exact to the sample in the midst of silence, wherever it
 * falls. */
static void
test_sound_and_silence(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end;
	uint64_t first, last, at = 0;
	int i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = ear_open(main_channel(&s), true);
	for (i = 0; i < 20; i++) {
		fake_run(777 * NS_PER_MS);
		end = station_wait(&s, station_say(&s, "good morning", NULL));
		first = (uint64_t)json_number(end, "first_sample");
		last = (uint64_t)json_number(end, "last_sample");
		assert_int_equal(
		    last - first + 1, speaker_samples("good morning", 24000));
		assert_true(ear_heard(e, "good morning", first));
		assert_true(ear_heard_nothing(e, at, first));
		at = last + 1;
	}
	ear_close(e);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_day_has_its_samples),
		cmocka_unit_test(test_a_year_asleep),
		cmocka_unit_test(test_machine_sleeps),
		cmocka_unit_test(test_late_is_caught_up),
		cmocka_unit_test(test_sound_and_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
