/* When an output goes to its backup address, and when it comes back. */
#include "tests/unit/test.h"

#include "streamer-supervisor/outputs/failover.h"

#define S INT64_C(1000000000)
#define T0 (5 * S)

static struct failover
make(void)
{
	static const struct conf_failover conf = {
		.failures = 3, .down_ns = 15 * S, .back_ns = S
	};
	struct failover f = { .conf = &conf };

	failover_reset(&f);
	return f;
}

/* On the backup since `at`, the primary down. */
static struct failover
on_backup(int64_t at)
{
	struct failover f = make();

	failover_sending(&f, false, at);
	f.failed = 3;
	assert_true(failover_decide(&f, false, at));
	assert_true(f.on_backup);
	return f;
}

static void
test_fails_over_after_failures_in_a_row(void **state)
{
	struct failover f = make();
	int i;

	(void)state;
	failover_sending(&f, false, T0);
	for (i = 0; i < 3; i++) {
		assert_false(failover_decide(&f, false, T0));
		failover_failed(&f);
	}
	assert_true(failover_decide(&f, false, T0));
	assert_true(f.on_backup);
	assert_false(failover_decide(&f, true, T0 + 100 * S));
}

/* Time counts too, for one attempt may hang for long. */
static void
test_fails_over_after_a_time(void **state)
{
	struct failover f = make();

	(void)state;
	failover_sending(&f, false, T0);
	assert_false(failover_decide(&f, false, T0));
	assert_int_equal(f.deadline_ns, T0 + 15 * S);
	assert_false(failover_decide(&f, false, T0 + 15 * S - 1));
	assert_true(failover_decide(&f, false, T0 + 15 * S));
}

static void
test_healthy_primary_stays(void **state)
{
	struct failover f = make();

	(void)state;
	failover_sending(&f, true, T0);
	assert_false(failover_decide(&f, false, T0 + 1000000 * S));
	assert_int_equal(f.deadline_ns, FAILOVER_NEVER);
}

/* ttsd is not on air: nobody's fault. */
static void
test_an_excused_primary_stays(void **state)
{
	struct failover f = make();

	(void)state;
	failover_sending(&f, false, T0);
	failover_failed(&f);
	failover_failed(&f);
	failover_excused(&f);
	failover_failed(&f);
	assert_false(failover_decide(&f, false, T0 + 1000 * S));
}

/* Failures count even when the primary comes up for a moment between them. */
static void
test_a_flapping_primary_is_left(void **state)
{
	struct failover f = make();
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		failover_sending(&f, true, T0 + i * S);
		assert_false(failover_decide(&f, false, T0 + i * S + S / 2));
		failover_sending(&f, false, T0 + i * S + S / 2);
		failover_failed(&f);
	}
	assert_true(failover_decide(&f, false, T0 + 3 * S));
}

static void
test_failures_are_forgotten_by_a_healthy_one(void **state)
{
	struct failover f = make();

	(void)state;
	failover_failed(&f);
	failover_failed(&f);
	failover_sending(&f, true, T0);
	assert_false(failover_decide(&f, false, T0));
	assert_int_equal(f.deadline_ns, T0 + S);
	assert_false(failover_decide(&f, false, T0 + S));
	failover_sending(&f, false, T0 + 2 * S);
	failover_failed(&f);
	assert_false(failover_decide(&f, false, T0 + 2 * S));
}

static void
test_fails_back_once_it_holds(void **state)
{
	struct failover f = on_backup(T0);

	(void)state;
	failover_sending(&f, true, T0 + S);
	assert_false(failover_decide(&f, true, T0 + S));
	assert_int_equal(f.deadline_ns, T0 + 2 * S);
	failover_sending(&f, false, T0 + S + 1); /* it does not hold */
	assert_false(failover_decide(&f, true, T0 + 2 * S));
	failover_sending(&f, true, T0 + 3 * S);
	assert_false(failover_decide(&f, true, T0 + 4 * S - 1));
	assert_true(failover_decide(&f, true, T0 + 4 * S));
	assert_false(f.on_backup);
}

static void
test_fails_back_at_once_where_the_backup_is_dead(void **state)
{
	struct failover f = on_backup(T0);

	(void)state;
	assert_false(failover_decide(&f, false, T0));
	failover_sending(&f, true, T0 + S);
	assert_true(failover_decide(&f, false, T0 + S));
}

/* Returns how long the primary had to hold. */
static int64_t
fall_back_and_relapse(struct failover *f, int64_t *now)
{
	int64_t held;

	failover_sending(f, true, *now);
	assert_false(failover_decide(f, true, *now));
	held = f->deadline_ns - *now;
	*now += held;
	assert_true(failover_decide(f, true, *now));
	*now += S / 2;
	failover_sending(f, false, *now);
	f->failed = 3;
	assert_true(failover_decide(f, true, *now));
	return held;
}

static void
test_each_relapse_doubles_the_wait(void **state)
{
	struct failover f = on_backup(T0);
	int64_t now = T0, want = S;
	int i;

	(void)state;
	for (i = 0; i < 9; i++) {
		assert_int_equal(fall_back_and_relapse(&f, &now), want);
		if (i < FAILOVER_RELAPSES_MAX)
			want *= 2;
	}
	/* A relapse that comes late is the first of a new row. */
	failover_sending(&f, true, now);
	now += want;
	assert_true(failover_decide(&f, true, now));
	now += FAILOVER_SOON * S;
	failover_sending(&f, false, now);
	f.failed = 3;
	assert_true(failover_decide(&f, true, now));
	assert_int_equal(fall_back_and_relapse(&f, &now), S);
}

static void
test_the_next_program_decides_alike(void **state)
{
	struct failover f = on_backup(T0), next = make();
	json_t *o;

	(void)state;
	failover_sending(&f, true, T0 + S);
	o = record_save(failover_fields, &f);
	assert_int_equal(record_load(failover_fields, o, &next), 0);
	assert_false(failover_decide(&next, true, T0 + S + S / 2));
	assert_int_equal(next.deadline_ns, T0 + 2 * S);
	assert_true(failover_decide(&next, true, T0 + 2 * S));
	assert_false(next.on_backup);
	json_object_set_new(
	    o, "relapses", json_integer(FAILOVER_RELAPSES_MAX + 1));
	assert_true(record_load(failover_fields, o, &next) < 0);
	json_decref(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fails_over_after_failures_in_a_row),
		cmocka_unit_test(test_fails_over_after_a_time),
		cmocka_unit_test(test_healthy_primary_stays),
		cmocka_unit_test(test_an_excused_primary_stays),
		cmocka_unit_test(test_a_flapping_primary_is_left),
		cmocka_unit_test(test_failures_are_forgotten_by_a_healthy_one),
		cmocka_unit_test(test_fails_back_once_it_holds),
		cmocka_unit_test(
		    test_fails_back_at_once_where_the_backup_is_dead),
		cmocka_unit_test(test_each_relapse_doubles_the_wait),
		cmocka_unit_test(test_the_next_program_decides_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
