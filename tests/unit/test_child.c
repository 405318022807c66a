/*
 * Guards the state machine of a child process: the answer to every event in
 * every state (written out here by hand, from child.h), and what must hold on
 * any walk through the table. test_child_health.c and test_child_life.c have
 * the stories.
 */
#include "tests/unit/test.h"

#include "common/child/child.h"

#define S INT64_C(1000000000)
#define KILL_AGAIN (1 * S)
#define T0 (1000 * S)

/* The limits are all different, so that a wrong one shows. */
static const struct child_limits limits = {
	.start_ns = 15 * S,
	.stall_ns = 10 * S,
	.grace_ns = 3 * S,
	.healthy_ns = 60 * S,
	.reject_ns = 300 * S,
};
#define INITIAL (2 * S)
#define MAX (32 * S)

static void
check(const struct child *c, enum child_state state, int64_t deadline_ns)
{
	assert_string_equal(
	    child_state_name(c->state), child_state_name(state));
	assert_int_equal(c->deadline_ns, deadline_ns);
}

/* Brings a child into a state, entered at T0. */
static void
arrive(struct child *c, enum child_state state, bool watched)
{
	child_init(c, &limits, INITIAL, MAX, watched);
	if (state == CHILD_STOPPED)
		return;
	child_feed(c, CHILD_START, T0, 0);
	if (state == CHILD_RUNNING)
		child_feed(c, CHILD_READY, T0, 0);
	else if (state == CHILD_STOPPING)
		child_feed(c, CHILD_STOP, T0, 0);
	else if (state == CHILD_BACKOFF)
		child_feed(c, CHILD_FAILED, T0, 0);
	else if (state == CHILD_REJECTED)
		child_feed(c, CHILD_REJECT, T0, 0);
	if (state == CHILD_REJECTED)
		child_feed(c, CHILD_GONE, T0, 0);
	if (state == CHILD_STALLED) {
		child_init(c, &limits, INITIAL, MAX, watched);
		child_feed(c, CHILD_START, T0 - limits.start_ns, 0);
		child_feed(c, CHILD_DEADLINE, T0, 0);
	}
	assert_int_equal(c->state, state);
}

/* ---- the table -------------------------------------------------------- */

/* Where the deadline must be afterwards. */
enum due {
	UNSET, /* an empty cell: the test fails on it */
	KEEP,
	NEVER,
	START,
	STALL,
	GRACE,
	AGAIN,
	FIRST, /* the first back-off */
	LONGEST,
	SLOW, /* after a rejection */
};

struct cell {
	enum child_state state;
	enum child_action action;
	enum due due;
};

#define STAY(state)                                \
	{                                          \
		CHILD_##state, CHILD_NOTHING, KEEP \
	}
#define TO(state, action, due)                     \
	{                                          \
		CHILD_##state, CHILD_##action, due \
	}

static const struct cell expected[CHILD_STATE_COUNT][CHILD_EVENT_COUNT] = {
	[CHILD_STOPPED] = {
		[CHILD_START] = TO(STARTING, SPAWN, START),
		[CHILD_STOP] = STAY(STOPPED),
		[CHILD_RESTART] = TO(STARTING, SPAWN, START),
		[CHILD_HOLD] = STAY(STOPPED),
		[CHILD_WAKE] = STAY(STOPPED),
		[CHILD_FAILED] = STAY(STOPPED),
		[CHILD_READY] = STAY(STOPPED),
		[CHILD_PROGRESS] = STAY(STOPPED),
		[CHILD_REJECT] = STAY(STOPPED),
		[CHILD_STALL] = STAY(STOPPED),
		[CHILD_GONE] = STAY(STOPPED),
		[CHILD_DEADLINE] = STAY(STOPPED),
	},
	[CHILD_STARTING] = {
		[CHILD_START] = STAY(STARTING),
		[CHILD_STOP] = TO(STOPPING, INTERRUPT, GRACE),
		[CHILD_RESTART] = TO(STOPPING, INTERRUPT, GRACE),
		[CHILD_HOLD] = TO(BACKOFF, NOTHING, LONGEST),
		[CHILD_WAKE] = STAY(STARTING),
		[CHILD_FAILED] = TO(BACKOFF, NOTHING, FIRST),
		[CHILD_READY] = TO(RUNNING, NOTHING, STALL),
		[CHILD_PROGRESS] = STAY(STARTING),
		[CHILD_REJECT] = STAY(STARTING),
		[CHILD_STALL] = TO(STALLED, KILL, AGAIN),
		[CHILD_GONE] = TO(BACKOFF, NOTHING, FIRST),
		[CHILD_DEADLINE] = TO(STALLED, KILL, AGAIN),
	},
	[CHILD_RUNNING] = {
		[CHILD_START] = STAY(RUNNING),
		[CHILD_STOP] = TO(STOPPING, INTERRUPT, GRACE),
		[CHILD_RESTART] = TO(STOPPING, INTERRUPT, GRACE),
		[CHILD_HOLD] = STAY(RUNNING),
		[CHILD_WAKE] = STAY(RUNNING),
		[CHILD_FAILED] = STAY(RUNNING),
		[CHILD_READY] = STAY(RUNNING),
		[CHILD_PROGRESS] = TO(RUNNING, NOTHING, STALL),
		[CHILD_REJECT] = STAY(RUNNING),
		[CHILD_STALL] = TO(STALLED, KILL, AGAIN),
		[CHILD_GONE] = TO(BACKOFF, NOTHING, FIRST),
		[CHILD_DEADLINE] = TO(STALLED, KILL, AGAIN),
	},
	[CHILD_STALLED] = {
		[CHILD_START] = STAY(STALLED),
		[CHILD_STOP] = TO(STOPPING, KILL, AGAIN),
		[CHILD_RESTART] = TO(STOPPING, KILL, AGAIN),
		[CHILD_HOLD] = STAY(STALLED),
		[CHILD_WAKE] = STAY(STALLED),
		[CHILD_FAILED] = STAY(STALLED),
		[CHILD_READY] = STAY(STALLED),
		[CHILD_PROGRESS] = STAY(STALLED),
		[CHILD_REJECT] = STAY(STALLED),
		[CHILD_STALL] = STAY(STALLED),
		[CHILD_GONE] = TO(BACKOFF, NOTHING, FIRST),
		[CHILD_DEADLINE] = TO(STALLED, KILL, AGAIN),
	},
	[CHILD_STOPPING] = {
		[CHILD_START] = STAY(STOPPING),
		[CHILD_STOP] = STAY(STOPPING),
		[CHILD_RESTART] = STAY(STOPPING),
		[CHILD_HOLD] = STAY(STOPPING),
		[CHILD_WAKE] = STAY(STOPPING),
		[CHILD_FAILED] = STAY(STOPPING),
		[CHILD_READY] = STAY(STOPPING),
		[CHILD_PROGRESS] = STAY(STOPPING),
		[CHILD_REJECT] = STAY(STOPPING),
		[CHILD_STALL] = STAY(STOPPING),
		[CHILD_GONE] = TO(STOPPED, NOTHING, NEVER),
		[CHILD_DEADLINE] = TO(STOPPING, KILL, AGAIN),
	},
	[CHILD_BACKOFF] = {
		[CHILD_START] = TO(STARTING, SPAWN, START),
		[CHILD_STOP] = TO(STOPPED, NOTHING, NEVER),
		[CHILD_RESTART] = TO(STARTING, SPAWN, START),
		[CHILD_HOLD] = TO(BACKOFF, NOTHING, LONGEST),
		[CHILD_WAKE] = TO(STARTING, SPAWN, START),
		[CHILD_FAILED] = STAY(BACKOFF),
		[CHILD_READY] = STAY(BACKOFF),
		[CHILD_PROGRESS] = STAY(BACKOFF),
		[CHILD_REJECT] = STAY(BACKOFF),
		[CHILD_STALL] = STAY(BACKOFF),
		[CHILD_GONE] = STAY(BACKOFF),
		[CHILD_DEADLINE] = TO(STARTING, SPAWN, START),
	},
	[CHILD_REJECTED] = {
		[CHILD_START] = TO(STARTING, SPAWN, START),
		[CHILD_STOP] = TO(STOPPED, NOTHING, NEVER),
		[CHILD_RESTART] = TO(STARTING, SPAWN, START),
		[CHILD_HOLD] = STAY(REJECTED),
		[CHILD_WAKE] = STAY(REJECTED),
		[CHILD_FAILED] = STAY(REJECTED),
		[CHILD_READY] = STAY(REJECTED),
		[CHILD_PROGRESS] = STAY(REJECTED),
		[CHILD_REJECT] = STAY(REJECTED),
		[CHILD_STALL] = STAY(REJECTED),
		[CHILD_GONE] = STAY(REJECTED),
		[CHILD_DEADLINE] = TO(STARTING, SPAWN, START),
	},
};

static int64_t
due_ns(enum due due, int64_t now_ns, int64_t before_ns)
{
	switch (due) {
	case KEEP:
		return before_ns;
	case NEVER:
		return CHILD_NEVER;
	case START:
		return now_ns + limits.start_ns;
	case STALL:
		return now_ns + limits.stall_ns;
	case GRACE:
		return now_ns + limits.grace_ns;
	case AGAIN:
		return now_ns + KILL_AGAIN;
	case FIRST: /* fed with random = 0: the lower half */
		return now_ns + INITIAL / 2;
	case LONGEST:
		return now_ns + MAX;
	case SLOW:
		return now_ns + limits.reject_ns;
	case UNSET:
		break;
	}
	fail_msg("an empty cell");
	return 0;
}

static void
check_cell(enum child_state from, enum child_event event, bool watched)
{
	const struct cell *want = &expected[from][event];
	struct child c;
	enum child_action action;
	int64_t now_ns, before_ns, want_ns;
	bool waits;

	arrive(&c, from, watched);
	before_ns = c.deadline_ns;
	waits = before_ns != CHILD_NEVER;
	now_ns = event == CHILD_DEADLINE && waits ? before_ns : T0 + 7;
	want_ns = due_ns(want->due, now_ns, before_ns);
	if (want->due == STALL && !watched)
		want_ns = CHILD_NEVER;
	action = child_feed(&c, event, now_ns, 0);
	if (event == CHILD_DEADLINE && !waits) {
		check(&c, from, CHILD_NEVER);
		assert_int_equal(action, CHILD_NOTHING);
		return;
	}
	if (c.state != want->state || action != want->action ||
	    c.deadline_ns != want_ns)
		fail_msg("%s x %s%s: got %s, action %d, deadline %+lld; "
			 "expected %s, %d, %+lld",
		    child_state_name(from), child_event_name(event),
		    watched ? "" : " (unwatched)", child_state_name(c.state),
		    action, (long long)(c.deadline_ns - now_ns),
		    child_state_name(want->state), want->action,
		    (long long)(want_ns - now_ns));
	assert_int_equal(
	    c.since_ns, from == want->state ? (from ? T0 : 0) : now_ns);
}

static void
test_whole_table(void **state)
{
	int from, event;

	(void)state;
	for (from = 0; from < CHILD_STATE_COUNT; from++)
		for (event = 0; event < CHILD_EVENT_COUNT; event++) {
			check_cell(from, event, true);
			check_cell(from, event, false);
		}
}

/* A timer that fires early must change nothing, in any state. */
static void
test_early_deadline_is_ignored(void **state)
{
	struct child c, before;
	int from;

	(void)state;
	for (from = 0; from < CHILD_STATE_COUNT; from++) {
		arrive(&c, from, true);
		memcpy(&before, &c, sizeof(c));
		assert_int_equal(
		    child_feed(&c, CHILD_DEADLINE, before.deadline_ns - 1, 0),
		    CHILD_NOTHING);
		assert_memory_equal(&c, &before, sizeof(c));
	}
}

static void
test_names(void **state)
{
	int i, k;

	(void)state;
	for (i = 0; i < CHILD_STATE_COUNT; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(
			    child_state_name(i), child_state_name(k));
	for (i = 0; i < CHILD_EVENT_COUNT; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(
			    child_event_name(i), child_event_name(k));
}

static void
test_alive_means_a_process(void **state)
{
	struct child c;
	int s;

	(void)state;
	for (s = 0; s < CHILD_STATE_COUNT; s++) {
		arrive(&c, s, true);
		assert_int_equal(child_alive(&c),
		    s == CHILD_STARTING || s == CHILD_RUNNING ||
			s == CHILD_STALLED || s == CHILD_STOPPING);
	}
}

/* ---- any walk --------------------------------------------------------- */

/* The world around the machine: is there a process, and was every spawn
 * answered before the next? */
struct world {
	struct child c;
	struct rng rng;
	int64_t now_ns;
	bool process;
};

static void
feed(struct world *w, enum child_event event)
{
	enum child_action action;

	action = child_feed(&w->c, event, w->now_ns, rng_next(&w->rng));
	if (action == CHILD_SPAWN) {
		assert_false(w->process);
		assert_int_equal(w->c.state, CHILD_STARTING);
		w->process = true;
		/* The owner's answer to CHILD_SPAWN. */
		if (rng_one_in(&w->rng, 5)) {
			w->process = false;
			feed(w,
			    rng_one_in(&w->rng, 2) ? CHILD_FAILED : CHILD_HOLD);
		}
	} else if (action != CHILD_NOTHING) {
		assert_true(w->process);
	}
	assert_int_equal(child_alive(&w->c), w->process);
}

/* Events that an owner may feed here: FAILED and HOLD answer a spawn (or
 * come where they say nothing), GONE needs a process. */
static bool
legal(const struct world *w, enum child_event event)
{
	if (event == CHILD_FAILED || event == CHILD_HOLD)
		return w->c.state != CHILD_STARTING;
	return true;
}

static void
check_invariants(const struct world *w)
{
	const struct child *c = &w->c;
	bool waits = c->state != CHILD_STOPPED &&
		     (c->state != CHILD_RUNNING || c->watched);

	assert_int_equal(c->deadline_ns != CHILD_NEVER, waits);
	if (waits) {
		assert_true(c->deadline_ns > c->since_ns);
		assert_true(c->deadline_ns <= w->now_ns + limits.reject_ns);
	}
	assert_true(c->since_ns <= w->now_ns);
	assert_int_equal(c->restarts, c->spawns ? c->spawns - 1 : 0);
	if (c->state == CHILD_BACKOFF)
		assert_in_range(c->wait_ns, INITIAL / 2, MAX);
}

static void
test_random_walk(void **state)
{
	struct world w = { .rng = { 4 }, .now_ns = T0 };
	unsigned visits[CHILD_STATE_COUNT] = { 0 };
	enum child_event event;
	int i, s;

	(void)state;
	child_init(&w.c, &limits, INITIAL, MAX, true);
	w.c.limits.max_restarts = 4;
	for (i = 0; i < 1000000; i++) {
		w.now_ns += (int64_t)rng_below(&w.rng, (uint64_t)S);
		event = (enum child_event)rng_below(&w.rng, CHILD_EVENT_COUNT);
		if (rng_one_in(&w.rng, 3))
			event = CHILD_DEADLINE;
		if (event == CHILD_DEADLINE && w.c.deadline_ns != CHILD_NEVER &&
		    rng_one_in(&w.rng, 2) && w.c.deadline_ns > w.now_ns)
			w.now_ns = w.c.deadline_ns;
		if (rng_one_in(&w.rng, 20))
			child_watch(&w.c, rng_one_in(&w.rng, 2), w.now_ns);
		if (!legal(&w, event))
			continue;
		if (event == CHILD_GONE)
			w.process = false;
		feed(&w, event);
		check_invariants(&w);
		visits[w.c.state]++;
	}
	for (s = 0; s < CHILD_STATE_COUNT; s++)
		assert_true(visits[s] > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_table),
		cmocka_unit_test(test_early_deadline_is_ignored),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_alive_means_a_process),
		cmocka_unit_test(test_random_walk),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
