/*
 * Guards when a child counts as failing: back-off grows and is bounded, and
 * only health (progress, or being ready where nothing more is owed) for long
 * enough clears it; max_restarts in a row.
 */
#include "tests/unit/life.h"

static void
test_backoff_grows_to_its_bound(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	fail_often(&l, 9);
	assert_int_equal(l.c.spawns, 9);
	assert_int_equal(l.c.restarts, 8);
}

static void
test_backoff_is_random_in_its_upper_half(void **state)
{
	struct child c;

	(void)state;
	child_init(&c, &limits, INITIAL, MAX, true);
	child_feed(&c, CHILD_START, 0, 0);
	child_feed(&c, CHILD_GONE, 0, (uint64_t)(INITIAL / 2));
	assert_int_equal(c.deadline_ns, INITIAL);
}

/* Being ready again and again is no health: it would restart in a tight
 * loop. */
static void
test_ready_alone_resets_nothing(void **state)
{
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	feed(&l, 0, CHILD_START);
	for (i = 0; i < 6; i++) {
		feed(&l, S, CHILD_READY);
		feed(&l, S, CHILD_PROGRESS);
		feed(&l, S, CHILD_GONE);
		expect_wait(&l, CHILD_BACKOFF, step(i));
		meet_deadline(&l);
	}
}

/* Progress for healthy_ns from ready to the last sign: one nanosecond less
 * is not enough, and time without progress does not count. */
static void
test_health_is_progress_for_long_enough(void **state)
{
	struct life l;
	int i, healthy;

	(void)state;
	for (healthy = 0; healthy <= 1; healthy++) {
		begin(&l, true);
		fail_often(&l, 4);
		meet_deadline(&l);
		feed(&l, 10 * S, CHILD_READY);
		for (i = 0; i < 10; i++)
			feed(&l, 5 * S, CHILD_PROGRESS);
		feed(&l, 10 * S - 1 + healthy, CHILD_PROGRESS);
		feed(&l, 9 * S, CHILD_GONE);
		expect_wait(&l, CHILD_BACKOFF, step(healthy ? 0 : 4));
	}
}

static void
test_health_counts_also_when_it_ends_in_a_stall(void **state)
{
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	fail_often(&l, 3);
	meet_deadline(&l);
	feed(&l, S, CHILD_READY);
	for (i = 0; i < 12; i++)
		feed(&l, 5 * S, CHILD_PROGRESS);
	assert_int_equal(meet_deadline(&l), CHILD_KILL);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(0));
}

static void
test_unwatched_health_is_being_ready(void **state)
{
	struct life l;
	int healthy;

	(void)state;
	for (healthy = 0; healthy <= 1; healthy++) {
		begin(&l, false);
		fail_often(&l, 4);
		meet_deadline(&l);
		feed(&l, S, CHILD_READY);
		assert_int_equal(l.c.deadline_ns, CHILD_NEVER);
		feed(&l, 60 * S - 1 + healthy, CHILD_GONE);
		expect_wait(&l, CHILD_BACKOFF, step(healthy ? 0 : 4));
	}
}

/* Story: workers are unwatched until they get a job, so one that never became
 * ready counted its own start-up time-out as a healthy life. With
 * start_timeout near healthy_after its back-off never grew. */
static void
test_never_ready_is_never_healthy(void **state)
{
	struct life l;
	int i, watched;

	(void)state;
	for (watched = 0; watched <= 1; watched++) {
		begin(&l, watched);
		feed(&l, 0, CHILD_START);
		for (i = 0; i < 6; i++) {
			assert_int_equal(meet_deadline(&l), CHILD_KILL);
			feed(&l, 2 * limits.healthy_ns, CHILD_GONE);
			expect_wait(&l, CHILD_BACKOFF, step(i));
			assert_int_equal(meet_deadline(&l), CHILD_SPAWN);
		}
	}
}

/* The same with healthy_after = 0, which the configuration allows. */
static void
test_never_ready_with_no_time_to_health(void **state)
{
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	l.c.limits.healthy_ns = 0;
	/* The run before was healthy: that says nothing of the next ones. */
	feed(&l, 0, CHILD_START);
	feed(&l, S, CHILD_READY);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(0));
	meet_deadline(&l);
	for (i = 1; i < 6; i++) {
		assert_int_equal(meet_deadline(&l), CHILD_KILL);
		feed(&l, S, CHILD_GONE);
		expect_wait(&l, CHILD_BACKOFF, step(i));
		meet_deadline(&l);
	}
}

/* Story: a worker that waited healthily for an hour and died of its first job
 * was counted as failing "in a row" with the crash of the day before, since
 * the hour had no progress in it. */
static void
test_idle_hour_before_a_job_is_health(void **state)
{
	struct life l;

	(void)state;
	begin(&l, false);
	fail_often(&l, 3);
	meet_deadline(&l);
	feed(&l, S, CHILD_READY);
	l.now_ns += 3600 * S;
	child_watch(&l.c, true, l.now_ns);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(0));
}

/* A stalled worker loses its job, and with it the watch: the time it hung
 * must not count as health. */
static void
test_hanging_is_not_health(void **state)
{
	struct life l;

	(void)state;
	begin(&l, false);
	fail_often(&l, 3);
	meet_deadline(&l);
	feed(&l, S, CHILD_READY);
	child_watch(&l.c, true, l.now_ns);
	assert_int_equal(meet_deadline(&l), CHILD_KILL);
	child_watch(&l.c, false, l.now_ns);
	feed(&l, 100 * S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(3));
}

static void
test_max_restarts_in_a_row(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	l.c.limits.max_restarts = 3;
	fail_often(&l, 3);
	assert_int_equal(meet_deadline(&l), CHILD_SPAWN);
	assert_int_equal(l.c.restarts, 3);
	assert_int_equal(feed(&l, S, CHILD_GONE), CHILD_NOTHING);
	assert_int_equal(l.c.state, CHILD_STOPPED);
	assert_int_equal(l.c.deadline_ns, CHILD_NEVER);
	/* Whoever starts it again gives it a whole new count. */
	fail_often(&l, 3);
}

static void
test_health_clears_the_count_of_restarts(void **state)
{
	struct life l;
	int i, k;

	(void)state;
	begin(&l, true);
	l.c.limits.max_restarts = 1;
	feed(&l, 0, CHILD_START);
	for (i = 0; i < 5; i++) {
		feed(&l, S, CHILD_READY);
		for (k = 0; k < 10; k++)
			feed(&l, 7 * S, CHILD_PROGRESS);
		feed(&l, S, CHILD_GONE);
		assert_int_equal(l.c.state, CHILD_BACKOFF);
		assert_int_equal(meet_deadline(&l), CHILD_SPAWN);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_backoff_grows_to_its_bound),
		cmocka_unit_test(test_backoff_is_random_in_its_upper_half),
		cmocka_unit_test(test_ready_alone_resets_nothing),
		cmocka_unit_test(test_health_is_progress_for_long_enough),
		cmocka_unit_test(
		    test_health_counts_also_when_it_ends_in_a_stall),
		cmocka_unit_test(test_unwatched_health_is_being_ready),
		cmocka_unit_test(test_never_ready_is_never_healthy),
		cmocka_unit_test(test_never_ready_with_no_time_to_health),
		cmocka_unit_test(test_idle_hour_before_a_job_is_health),
		cmocka_unit_test(test_hanging_is_not_health),
		cmocka_unit_test(test_max_restarts_in_a_row),
		cmocka_unit_test(test_health_clears_the_count_of_restarts),
	};

	return cmocka_run_group_tests_name("child health", tests, NULL, NULL);
}
