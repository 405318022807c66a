/*
 * Guards the rules of a child's life that span several events: the watch,
 * rejection, waiting for something that is missing, and how a stop ends.
 * test_child.c has the table, test_child_health.c the back-off.
 */
#include "tests/unit/life.h"

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

/* While what it needs is missing, a child neither fails nor is spawned, however
 * long that takes. */
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
	/* What it needs is back: it is spawned at once, with no failures
	 * counted. */
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
		cmocka_unit_test(test_watch_arms_and_disarms),
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
