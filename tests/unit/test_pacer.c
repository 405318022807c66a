/*
 * Guards the sample clock: position is an exact integer function of time,
 * however late the wake-ups come, with no drift after a year; the next
 * chunk's time is exact to the nanosecond; a machine that slept is skipped
 * ahead exactly; and nothing overflows at the end of the clock's range.
 */
#include "tests/unit/test.h"

#include "common/sound/pacer.h"

#define NS_PER_S INT64_C(1000000000)
#define YEAR_NS (INT64_C(31557600) * NS_PER_S)

/* The oracle: one formula in integers too wide to overflow. */
__extension__ typedef __int128 wide;

static uint64_t
exact_position(int64_t epoch_ns, uint32_t rate_hz, int64_t now_ns)
{
	wide elapsed = (wide)now_ns - epoch_ns;

	return elapsed <= 0 ? 0 : (uint64_t)(elapsed * rate_hz / NS_PER_S);
}

static uint64_t
whole_chunks(uint64_t samples, uint32_t chunk)
{
	return samples / chunk * chunk;
}

static const uint32_t rates[] = { 8000, 11025, 22050, 24000, 44100, 48000,
	192000 };

static void
check_tick(struct pacer *p, int64_t now_ns)
{
	uint64_t due = pacer_due(p, now_ns), exact;

	p->position += due;
	exact = exact_position(p->epoch_ns, p->rate_hz, now_ns);
	assert_int_equal(due % p->chunk, 0);
	assert_int_equal(p->position, whole_chunks(exact, p->chunk));
	assert_true(exact - p->position < p->chunk);
	assert_int_equal(pacer_due(p, now_ns), 0);
}

static int64_t
random_lateness(struct rng *r)
{
	switch (rng_below(r, 8)) {
	case 0:
		return 0;
	case 1: /* a busy machine */
		return (int64_t)rng_below(r, (uint64_t)(2 * NS_PER_S));
	case 2: /* a very busy one */
		return (int64_t)rng_below(r, (uint64_t)(20 * NS_PER_S));
	default:
		return (int64_t)rng_below(r, 3000000);
	}
}

/* Stretches of ticks as they come, and long gaps between, for a year. */
static void
live_a_year(uint32_t rate_hz, uint32_t chunk, struct rng *r)
{
	int64_t epoch_ns = (int64_t)rng_below(r, (uint64_t)YEAR_NS);
	int64_t end_ns = epoch_ns + YEAR_NS, now_ns = epoch_ns;
	struct pacer p;
	int i;

	pacer_init(&p, epoch_ns, rate_hz, chunk);
	while (now_ns < end_ns) {
		for (i = 0; i < 8; i++) {
			now_ns = pacer_next_ns(&p) + random_lateness(r);
			check_tick(&p, now_ns);
		}
		now_ns += (int64_t)rng_below(r, 3600 * (uint64_t)NS_PER_S);
		check_tick(&p, now_ns);
	}
	check_tick(&p, end_ns + 30 * 86400 * NS_PER_S);
}

static void
test_year_of_late_wakeups(void **state)
{
	struct rng r = { 1 };
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT_OF(rates); i++) {
		uint32_t chunks[] = { 1, rates[i] / 1000, rates[i] / 100, 479,
			1024, rates[i] / 10, 3 * rates[i] };

		for (k = 0; k < COUNT_OF(chunks); k++)
			live_a_year(rates[i], chunks[k], &r);
	}
}

/* Tick by tick through the whole year: each wake-up at next_ns brings one
 * chunk, and at the end not one sample is missing or too many. */
static void
test_year_tick_by_tick(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rates); i++) {
		uint32_t chunk = rates[i] * 120 + 7;
		int64_t epoch_ns = 123456789, now_ns;
		uint64_t total;
		struct pacer p;

		pacer_init(&p, epoch_ns, rates[i], chunk);
		while ((now_ns = pacer_next_ns(&p)) <= epoch_ns + YEAR_NS) {
			assert_int_equal(pacer_due(&p, now_ns), chunk);
			p.position += chunk;
		}
		total = (uint64_t)rates[i] * 31557600;
		assert_int_equal(p.position, whole_chunks(total, chunk));
	}
}

/* One nanosecond before next_ns nothing is due; at next_ns a chunk is. */
static void
test_next_is_the_first_nanosecond(void **state)
{
	struct rng r = { 2 };
	int64_t next_ns, late_ns;
	struct pacer p;
	int i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		uint32_t rate = rng_one_in(&r, 3)
				    ? (uint32_t)rng_below(&r, 768000) + 1
				    : rates[rng_below(&r, COUNT_OF(rates))];
		uint32_t chunk = (uint32_t)rng_below(&r, 2 * rate) + 1;

		pacer_init(&p, (int64_t)rng_below(&r, YEAR_NS), rate, chunk);
		p.position =
		    rng_below(&r, UINT64_C(31557600) * rate) / chunk * chunk;
		next_ns = pacer_next_ns(&p);
		assert_int_equal(pacer_due(&p, next_ns - 1), 0);
		assert_int_equal(pacer_due(&p, next_ns), chunk);
		assert_int_equal(
		    pacer_time_ns(&p, p.position + chunk), next_ns);
		late_ns = next_ns + random_lateness(&r);
		assert_int_equal(pacer_due(&p, late_ns),
		    whole_chunks(
			exact_position(p.epoch_ns, rate, late_ns) - p.position,
			chunk));
	}
}

static void
test_time_of_a_position(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 1000, 44100, 441);
	assert_int_equal(pacer_time_ns(&p, 0), 1000);
	assert_int_equal(pacer_time_ns(&p, 1), 1000 + 22676); /* 22675.7… up */
	assert_int_equal(pacer_time_ns(&p, 441), 1000 + 10000000);
	assert_int_equal(pacer_time_ns(&p, 44100), 1000 + NS_PER_S);
	assert_int_equal(
	    pacer_time_ns(&p, UINT64_C(44100) * 31557600), 1000 + YEAR_NS);
}

static void
test_nothing_before_the_epoch(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 5 * NS_PER_S, 24000, 240);
	assert_int_equal(pacer_due(&p, 0), 0);
	assert_int_equal(pacer_due(&p, 5 * NS_PER_S), 0);
	assert_int_equal(pacer_skip(&p, 0), 0);
	/* A clock that steps back takes nothing back. */
	p.position = 24000;
	assert_int_equal(pacer_due(&p, 5 * NS_PER_S), 0);
	assert_int_equal(pacer_due(&p, 6 * NS_PER_S), 0);
	assert_int_equal(pacer_due(&p, 6 * NS_PER_S + 9999999), 0);
	assert_int_equal(pacer_due(&p, 6 * NS_PER_S + 10000000), 240);
}

static void
test_skip_is_exact(void **state)
{
	struct rng r = { 3 };
	int64_t now_ns;
	uint64_t due, left_out;
	struct pacer p, before;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		uint32_t rate = rates[rng_below(&r, COUNT_OF(rates))];
		uint32_t chunk = (uint32_t)rng_below(&r, rate) + 1;

		pacer_init(&p, (int64_t)rng_below(&r, YEAR_NS), rate, chunk);
		p.position = rng_below(&r, 1000000) * chunk;
		now_ns = pacer_next_ns(&p) + PACER_SKIP_NS;
		assert_int_equal(pacer_skip(&p, now_ns), 0);
		now_ns += 1 + (int64_t)rng_below(&r, 3600 * NS_PER_S);
		before = p;
		due = pacer_due(&p, now_ns);
		left_out = pacer_skip(&p, now_ns);
		assert_int_equal(left_out, due - chunk);
		assert_int_equal(p.position, before.position + left_out);
		assert_int_equal(pacer_due(&p, now_ns), chunk);
		assert_int_equal(p.position % chunk, 0);
		/* The clock itself did not move, and once is enough. */
		assert_int_equal(p.epoch_ns, before.epoch_ns);
		assert_int_equal(pacer_skip(&p, now_ns), 0);
	}
}

/* The first nanosecond that is more than two seconds behind, and not the
 * one before. */
static void
test_skip_starts_past_two_seconds(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 0, 24000, 240);
	assert_int_equal(pacer_skip(&p, 10000000 + PACER_SKIP_NS), 0);
	assert_int_equal(p.position, 0);
	assert_int_equal(pacer_skip(&p, 10000000 + PACER_SKIP_NS + 1), 48000);
	assert_int_equal(p.position, 48000);
}

/* With chunks of three seconds, one late chunk is no reason to skip. */
static void
test_skip_leaves_one_chunk(void **state)
{
	struct pacer p;

	(void)state;
	pacer_init(&p, 0, 8000, 24000);
	assert_int_equal(pacer_skip(&p, 5 * NS_PER_S + 500000000), 0);
	assert_int_equal(pacer_skip(&p, 6 * NS_PER_S), 24000);
	assert_int_equal(pacer_due(&p, 6 * NS_PER_S), 24000);
}

static void
test_limits_of_the_clock(void **state)
{
	static const uint32_t fast[] = { 1, 8000, 44100, 192000, 767999,
		768000 };
	static const uint32_t chunks[] = { 1, 441, 768000 };
	struct pacer p;
	uint64_t exact;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT_OF(fast); i++)
		for (k = 0; k < COUNT_OF(chunks); k++) {
			pacer_init(&p, 0, fast[i], chunks[k]);
			exact = whole_chunks(
			    exact_position(0, fast[i], INT64_MAX), chunks[k]);
			assert_int_equal(pacer_due(&p, INT64_MAX), exact);
			assert_true(pacer_time_ns(&p, exact) <= INT64_MAX);
			assert_true(pacer_time_ns(&p, exact) >
				    INT64_MAX - chunks[k] * NS_PER_S);
			assert_int_equal(
			    pacer_skip(&p, INT64_MAX), exact - chunks[k]);
			assert_int_equal(pacer_due(&p, INT64_MAX), chunks[k]);
			/* An epoch late in the clock's life. */
			pacer_init(&p, INT64_MAX - 10 * NS_PER_S, fast[i], 1);
			assert_int_equal(
			    pacer_due(&p, INT64_MAX), 10 * fast[i]);
			assert_int_equal(
			    pacer_next_ns(&p), pacer_time_ns(&p, 1));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_year_of_late_wakeups),
		cmocka_unit_test(test_year_tick_by_tick),
		cmocka_unit_test(test_next_is_the_first_nanosecond),
		cmocka_unit_test(test_time_of_a_position),
		cmocka_unit_test(test_nothing_before_the_epoch),
		cmocka_unit_test(test_skip_is_exact),
		cmocka_unit_test(test_skip_starts_past_two_seconds),
		cmocka_unit_test(test_skip_leaves_one_chunk),
		cmocka_unit_test(test_limits_of_the_clock),
	};

	return cmocka_run_group_tests_name("pacer", tests, NULL, NULL);
}
