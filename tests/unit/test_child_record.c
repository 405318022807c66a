/*
 * Guards that a child goes on as it was when its program is replaced: after
 * any life, one that was handed over answers every event as the one that
 * stayed.
 */
#include "tests/unit/life.h"

#include "common/child/child_record.h"
#include "common/err.h"

static void
assert_same(const struct child *a, const struct child *b)
{
	assert_int_equal(a->state, b->state);
	assert_true(a->deadline_ns == b->deadline_ns);
	assert_true(a->since_ns == b->since_ns && a->wait_ns == b->wait_ns);
	assert_true(a->restarts == b->restarts && a->spawns == b->spawns);
}

static void
hand_over(const struct child *from, struct child *to)
{
	json_t *o = child_save(from, true, 0);

	child_init(to, &limits, INITIAL, MAX, false);
	assert_int_equal(child_load(to, o), 0);
	json_decref(o);
}

static void
test_it_lives_on_as_it_would_have(void **state)
{
	struct rng r = { 12 };
	enum child_action action;
	struct child next;
	struct life l;
	int i;

	(void)state;
	begin(&l, true);
	for (i = 0; i < 20000; i++) {
		enum child_event event = rng_below(&r, CHILD_EVENT_COUNT);
		int64_t later = (int64_t)rng_below(&r, 20 * S);

		hand_over(&l.c, &next);
		action = child_feed(&next, event, l.now_ns + later, 0);
		assert_int_equal(feed(&l, later, event), action);
		assert_same(&next, &l.c);
	}
}

/* What to spawn was still being found out: nothing of that is handed over. */
static void
test_a_try_that_had_no_process_begins_again(void **state)
{
	struct child next;
	struct life l;
	json_t *o;

	(void)state;
	begin(&l, true);
	fail_often(&l, 3);
	meet_deadline(&l);
	o = child_save(&l.c, false, l.now_ns);
	child_init(&next, &limits, INITIAL, MAX, true);
	assert_int_equal(child_load(&next, o), 0);
	json_decref(o);
	assert_int_equal(next.state, CHILD_BACKOFF);
	assert_int_equal(
	    child_feed(&next, CHILD_DEADLINE, l.now_ns, 0), CHILD_SPAWN);
	assert_true(next.spawns == l.c.spawns);
	assert_true(next.restarts == l.c.restarts);
	assert_int_equal(next.backoff.failures, l.c.backoff.failures);
}

static void
test_a_wrong_record_changes_nothing(void **state)
{
	struct life l;
	struct child before;
	json_t *o;

	(void)state;
	begin(&l, true);
	fail_often(&l, 2);
	before = l.c;
	o = json_pack("{s:s, s:i}", "state", "running", "spawns", -1);
	assert_int_equal(child_load(&l.c, o), ERR_INVALID);
	json_object_set_new(o, "spawns", json_integer(1));
	json_object_set_new(o, "state", json_string("asleep"));
	assert_int_equal(child_load(&l.c, o), ERR_INVALID);
	json_decref(o);
	assert_int_equal(child_load(&l.c, NULL), ERR_INVALID);
	assert_same(&before, &l.c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_lives_on_as_it_would_have),
		cmocka_unit_test(test_a_try_that_had_no_process_begins_again),
		cmocka_unit_test(test_a_wrong_record_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
