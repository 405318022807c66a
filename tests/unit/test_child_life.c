/*
 * Guards the rules of a child's life that span several events: back-off
 * grows and resets only after health, max_restarts, rejection, waiting for
 * something that is missing, and how a stop ends. test_child.c has the table.
 */
#include "tests/unit/test.h"

#include "common/child.h"

#define S INT64_C(1000000000)
#define INITIAL (2 * S)
#define MAX (32 * S)

static const struct child_limits limits = {
	.start_ns = 15 * S,
	.stall_ns = 10 * S,
	.grace_ns = 3 * S,
	.healthy_ns = 60 * S,
	.reject_ns = 300 * S,
};

/* One child and its clock. */
struct life {
	struct child c;
	int64_t now_ns;
};

static void
begin(struct life *l, bool watched)
{
	l->now_ns = 1000 * S;
	child_init(&l->c, &limits, INITIAL, MAX, watched);
}

/* Feeds an event, `later` nanoseconds after the one before. */
static enum child_action
feed(struct life *l, int64_t later, enum child_event event)
{
	l->now_ns += later;
	return child_feed(&l->c, event, l->now_ns, 0);
}

/* Feeds the deadline exactly when it is due. */
static enum child_action
meet_deadline(struct life *l)
{
	assert_int_not_equal(l->c.deadline_ns, CHILD_NEVER);
	l->now_ns = l->c.deadline_ns;
	return child_feed(&l->c, CHILD_DEADLINE, l->now_ns, 0);
}

static void
expect_wait(const struct life *l, enum child_state state, int64_t wait_ns)
{
	assert_string_equal(
	    child_state_name(l->c.state), child_state_name(state));
	assert_int_equal(l->c.deadline_ns, l->now_ns + wait_ns);
	assert_int_equal(l->c.wait_ns, wait_ns);
}

/* With random = 0 a wait is half its step. */
static int64_t
step(int failures)
{
	int64_t ns = INITIAL << failures;

	return (ns < MAX ? ns : MAX) / 2;
}

/* From stopped: fails `n` times in a row, ends in back-off. */
static void
fail_often(struct life *l, int n)
{
	int i;

	assert_int_equal(feed(l, S, CHILD_START), CHILD_SPAWN);
	for (i = 0; i < n; i++) {
		if (i > 0)
			assert_int_equal(meet_deadline(l), CHILD_SPAWN);
		assert_int_equal(feed(l, S, CHILD_GONE), CHILD_NOTHING);
		expect_wait(l, CHILD_BACKOFF, step(i));
	}
}

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
test_watch_arms_and_disarms(void **state)
{
	struct life l;

	(void)state;
	begin(&l, false);
	feed(&l, 0, CHILD_START);
	child_watch(&l.c, true, l.now_ns);
	assert_int_equal(l.c.deadline_ns, l.now_ns + limits.start_ns);
	child_watch(&l.c, false, l.now_ns);
	assert_int_equal(l.c.deadline_ns, l.now_ns + limits.start_ns);
	feed(&l, S, CHILD_READY);
	assert_int_equal(l.c.deadline_ns, CHILD_NEVER);
	feed(&l, S, CHILD_PROGRESS);
	assert_int_equal(l.c.deadline_ns, CHILD_NEVER);
	l.now_ns += 1000 * S;
	child_watch(&l.c, true, l.now_ns);
	assert_int_equal(l.c.deadline_ns, l.now_ns + limits.stall_ns);
	child_watch(&l.c, false, l.now_ns);
	assert_int_equal(l.c.deadline_ns, CHILD_NEVER);
	feed(&l, S, CHILD_STOP);
	child_watch(&l.c, true, l.now_ns);
	assert_int_equal(l.c.deadline_ns, l.now_ns + limits.grace_ns);
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

static void
test_rejection_waits_long(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	feed(&l, 0, CHILD_START);
	feed(&l, S, CHILD_REJECT);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_REJECTED, limits.reject_ns);
	assert_int_equal(meet_deadline(&l), CHILD_SPAWN);
	/* The next run starts without the mark of the last. */
	feed(&l, S, CHILD_GONE);
	assert_int_equal(l.c.state, CHILD_BACKOFF);
}

static void
test_rejected_while_running_or_stalled(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	feed(&l, 0, CHILD_START);
	feed(&l, S, CHILD_READY);
	feed(&l, S, CHILD_REJECT);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_REJECTED, limits.reject_ns);
	meet_deadline(&l);
	assert_int_equal(meet_deadline(&l), CHILD_KILL);
	feed(&l, 0, CHILD_REJECT);
	feed(&l, 0, CHILD_GONE);
	expect_wait(&l, CHILD_REJECTED, limits.reject_ns);
}

/* Story: restarts after a rejection were not counted, so an output with
 * max_restarts = 3 and a wrong stream key knocked for ever. */
static void
test_rejections_count_as_restarts(void **state)
{
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	l.c.limits.max_restarts = 3;
	feed(&l, 0, CHILD_START);
	for (i = 0; i <= 3; i++) {
		feed(&l, S, CHILD_REJECT);
		feed(&l, S, CHILD_GONE);
		if (i < 3)
			assert_int_equal(meet_deadline(&l), CHILD_SPAWN);
	}
	assert_int_equal(l.c.restarts, 3);
	assert_int_equal(l.c.state, CHILD_STOPPED);
}

static void
test_stop_forgets_a_rejection(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	feed(&l, 0, CHILD_START);
	feed(&l, 0, CHILD_REJECT);
	feed(&l, 0, CHILD_RESTART);
	assert_int_equal(feed(&l, S, CHILD_GONE), CHILD_SPAWN);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(0));
}

/* What it needs is missing: that is no failure of the child's and no spawn,
 * however long it takes. */
static void
test_hold_is_no_failure(void **state)
{
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	l.c.limits.max_restarts = 1;
	feed(&l, 0, CHILD_START);
	for (i = 0; i < 10; i++) {
		assert_int_equal(feed(&l, 0, CHILD_HOLD), CHILD_NOTHING);
		expect_wait(&l, CHILD_BACKOFF, MAX);
		assert_int_equal(l.c.spawns, 0);
		assert_int_equal(l.c.restarts, 0);
		assert_false(child_alive(&l.c));
		assert_int_equal(meet_deadline(&l), CHILD_SPAWN);
	}
	feed(&l, 0, CHILD_HOLD);
	/* It is back: at once, and with a clean sheet. */
	assert_int_equal(feed(&l, S, CHILD_WAKE), CHILD_SPAWN);
	assert_int_equal(l.c.spawns, 1);
	assert_int_equal(l.c.restarts, 0);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(0));
}

static void
test_hold_after_failures_keeps_the_counts(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	fail_often(&l, 2);
	meet_deadline(&l);
	assert_int_equal(l.c.restarts, 2);
	feed(&l, 0, CHILD_HOLD);
	assert_int_equal(l.c.restarts, 1);
	assert_int_equal(l.c.spawns, 2);
	meet_deadline(&l);
	feed(&l, S, CHILD_FAILED);
	expect_wait(&l, CHILD_BACKOFF, step(2));
}

static void
test_stop_escalates_to_kill(void **state)
{
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	feed(&l, 0, CHILD_START);
	feed(&l, S, CHILD_READY);
	assert_int_equal(feed(&l, S, CHILD_STOP), CHILD_INTERRUPT);
	assert_int_equal(l.c.deadline_ns, l.now_ns + limits.grace_ns);
	/* Asking again neither starts over nor gives more time. */
	assert_int_equal(feed(&l, S, CHILD_STOP), CHILD_NOTHING);
	assert_int_equal(l.c.deadline_ns, l.now_ns + limits.grace_ns - S);
	for (i = 0; i < 5; i++)
		assert_int_equal(meet_deadline(&l), CHILD_KILL);
	assert_int_equal(feed(&l, 0, CHILD_GONE), CHILD_NOTHING);
	assert_int_equal(l.c.state, CHILD_STOPPED);
}

static void
test_stop_during_backoff(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	fail_often(&l, 3);
	assert_int_equal(feed(&l, 0, CHILD_STOP), CHILD_NOTHING);
	assert_int_equal(l.c.state, CHILD_STOPPED);
	assert_int_equal(l.c.deadline_ns, CHILD_NEVER);
	assert_int_equal(feed(&l, 100 * S, CHILD_DEADLINE), CHILD_NOTHING);
	assert_int_equal(feed(&l, 0, CHILD_WAKE), CHILD_NOTHING);
	assert_int_equal(l.c.state, CHILD_STOPPED);
}

/* The last wish before it is gone counts. */
static void
test_the_last_wish_counts(void **state)
{
	static const struct {
		enum child_event wishes[3]; /* the first is never START */
		enum child_state then;
	} cases[] = {
		{ { CHILD_STOP, CHILD_STOP, CHILD_START }, CHILD_STARTING },
		{ { CHILD_STOP, CHILD_START, CHILD_STOP }, CHILD_STOPPED },
		{ { CHILD_STOP, CHILD_STOP, CHILD_RESTART }, CHILD_STARTING },
		{ { CHILD_RESTART, CHILD_RESTART, CHILD_STOP }, CHILD_STOPPED },
		{ { CHILD_RESTART, CHILD_RESTART, CHILD_RESTART },
		    CHILD_STARTING },
		{ { CHILD_RESTART, CHILD_STOP, CHILD_START }, CHILD_STARTING },
		/* PROGRESS is no wish. */
		{ { CHILD_STOP, CHILD_PROGRESS, CHILD_PROGRESS },
		    CHILD_STOPPED },
		{ { CHILD_RESTART, CHILD_PROGRESS, CHILD_PROGRESS },
		    CHILD_STARTING },
	};
	struct life l;
	size_t i;
	int k, stalled;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		for (stalled = 0; stalled <= 1; stalled++) {
			begin(&l, true);
			feed(&l, 0, CHILD_START);
			feed(&l, S, CHILD_READY);
			if (stalled)
				meet_deadline(&l);
			for (k = 0; k < 3; k++)
				feed(&l, 0, cases[i].wishes[k]);
			assert_int_equal(l.c.state, CHILD_STOPPING);
			feed(&l, S, CHILD_GONE);
			assert_int_equal(l.c.state, cases[i].then);
		}
}

/* A restart was asked for: what failed before says nothing now. */
static void
test_restart_begins_afresh(void **state)
{
	struct life l;

	(void)state;
	begin(&l, true);
	fail_often(&l, 5);
	assert_int_equal(feed(&l, 0, CHILD_RESTART), CHILD_SPAWN);
	feed(&l, S, CHILD_GONE);
	expect_wait(&l, CHILD_BACKOFF, step(0));
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
		cmocka_unit_test(test_watch_arms_and_disarms),
		cmocka_unit_test(test_max_restarts_in_a_row),
		cmocka_unit_test(test_health_clears_the_count_of_restarts),
		cmocka_unit_test(test_rejection_waits_long),
		cmocka_unit_test(test_rejected_while_running_or_stalled),
		cmocka_unit_test(test_rejections_count_as_restarts),
		cmocka_unit_test(test_stop_forgets_a_rejection),
		cmocka_unit_test(test_hold_is_no_failure),
		cmocka_unit_test(test_hold_after_failures_keeps_the_counts),
		cmocka_unit_test(test_stop_escalates_to_kill),
		cmocka_unit_test(test_stop_during_backoff),
		cmocka_unit_test(test_the_last_wish_counts),
		cmocka_unit_test(test_restart_begins_afresh),
	};

	return cmocka_run_group_tests_name("child life", tests, NULL, NULL);
}
