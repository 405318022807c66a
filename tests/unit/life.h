/*
 * One child (common/child/child.h) and its clock, for the tests of its life:
 * feeds events and meets deadlines. Included by one test each.
 */
#ifndef TESTS_UNIT_LIFE_H
#define TESTS_UNIT_LIFE_H

#include "tests/unit/test.h"

#include "common/child/child.h"

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

struct life {
	struct child c;
	int64_t now_ns;
};

static inline void
begin(struct life *l, bool watched)
{
	l->now_ns = 1000 * S;
	child_init(&l->c, &limits, INITIAL, MAX, watched);
}

/* Feeds an event, `later` nanoseconds after the one before. */
static inline enum child_action
feed(struct life *l, int64_t later, enum child_event event)
{
	l->now_ns += later;
	return child_feed(&l->c, event, l->now_ns, 0);
}

/* Feeds the deadline exactly when it is due. */
static inline enum child_action
meet_deadline(struct life *l)
{
	assert_int_not_equal(l->c.deadline_ns, CHILD_NEVER);
	l->now_ns = l->c.deadline_ns;
	return child_feed(&l->c, CHILD_DEADLINE, l->now_ns, 0);
}

static inline void
expect_wait(const struct life *l, enum child_state state, int64_t wait_ns)
{
	assert_string_equal(
	    child_state_name(l->c.state), child_state_name(state));
	assert_int_equal(l->c.deadline_ns, l->now_ns + wait_ns);
	assert_int_equal(l->c.wait_ns, wait_ns);
}

/* With random = 0 a wait is half its step. */
static inline int64_t
step(int failures)
{
	int64_t ns = INITIAL << failures;

	return (ns < MAX ? ns : MAX) / 2;
}

/* Starts a stopped child, fails it `n` times in a row, and leaves it in
 * back-off. */
static inline void
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

#endif
