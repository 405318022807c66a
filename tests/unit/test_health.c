/*
 * Is a stream really taken? And what is told of the ends of those before.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "streamer-supervisor/sender/health.h"
#include "streamer-supervisor/sender/history.h"

#define S INT64_C(1000000000)
#define LIMIT (10 * S)

/* Looks at one sign at a time, as the monitor does. */
static bool
look(struct health *h, bool good, int64_t t)
{
	if (good)
		health_good(h, SIGN_TAKEN, t);
	return health_missed(h, SIGN_TAKEN, t, LIMIT);
}

static void
test_a_peer_that_takes_nothing(void **state)
{
	struct health h;
	int64_t t;

	(void)state;
	health_start(&h, 0);
	for (t = S; t < 20 * S; t += S)
		assert_false(look(&h, true, t));
	/* It was last seen well at 19 s. */
	for (t = 20 * S; t < 29 * S; t += S)
		assert_false(look(&h, false, t));
	assert_true(look(&h, false, 29 * S));
}

static void
test_one_good_look_is_enough(void **state)
{
	struct health h;
	int64_t t;

	(void)state;
	health_start(&h, 0);
	for (t = S; t < 1000 * S; t += S)
		assert_false(look(&h, t % (9 * S) == 0, t));
}

/* A year of silence: nothing is stuck, nothing lags. */
static void
test_silence_is_healthy(void **state)
{
	struct health h;
	int64_t t;

	(void)state;
	health_start(&h, 0);
	for (t = 0; t < INT64_C(365) * 86400 * S; t += 60 * S)
		assert_false(look(&h, true, t));
}

/* That one sign is well says nothing of another. */
static void
test_signs_are_judged_apart(void **state)
{
	struct health h;

	(void)state;
	health_start(&h, 0);
	health_good(&h, SIGN_QUIET, 9 * S);
	assert_true(health_missed(&h, SIGN_SOCKET, 10 * S, LIMIT));
	assert_false(health_missed(&h, SIGN_QUIET, 18 * S, LIMIT));
	assert_true(health_missed(&h, SIGN_QUIET, 19 * S, LIMIT));
}

static void
test_lags_again_and_again(void **state)
{
	struct health h;

	(void)state;
	health_start(&h, 0);
	assert_false(health_lag(&h, 0, LIMIT));
	assert_false(health_lag(&h, 5 * S, LIMIT));
	assert_true(health_lag(&h, 10 * S, LIMIT));
	/* Now and then is not all the time. */
	health_start(&h, 0);
	assert_false(health_lag(&h, 0, LIMIT));
	assert_false(health_lag(&h, 9 * S, LIMIT));
	assert_false(health_lag(&h, 19 * S, LIMIT));
	assert_false(health_lag(&h, 23 * S, LIMIT));
	assert_true(health_lag(&h, 29 * S, LIMIT));
	/* A burst is no episode. */
	health_start(&h, 0);
	assert_false(health_lag(&h, S, LIMIT));
	assert_false(health_lag(&h, S, LIMIT));
	assert_false(health_lag(&h, S, LIMIT));
}

static void
test_history_keeps_the_newest(void **state)
{
	struct history h = { 0 };
	json_t *list;
	char reason[20];
	int i;

	(void)state;
	list = history_json(&h);
	assert_int_equal(json_array_size(list), 0);
	json_decref(list);
	for (i = 1; i <= HISTORY_MAX + 5; i++) {
		snprintf(reason, sizeof(reason), "reason %d", i);
		history_add(&h, CAUSE_EXIT, reason, i, 10 * i);
	}
	history_add(&h, CAUSE_LAG, "lag", 99, 0);
	list = history_json(&h);
	assert_int_equal(json_array_size(list), HISTORY_MAX);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(list, 0), "cause")),
	    "lag");
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(list, 1), "reason")),
	    "reason 15");
	json_decref(list);
	assert_int_equal(h.count, HISTORY_MAX + 6);
	assert_int_equal(h.by_cause[CAUSE_EXIT], HISTORY_MAX + 5);
	assert_int_equal(h.by_cause[CAUSE_LAG], 1);
}

static void
test_history_goes_to_the_next_program(void **state)
{
	struct history h = { 0 }, next = { 0 };
	json_t *o, *was, *is;
	int i;

	(void)state;
	for (i = 0; i < HISTORY_MAX + 3; i++)
		history_add(&h, i % CAUSE_COUNT, "\"caf\xc3\xa9\"", i, 10 * i);
	o = history_save(&h);
	assert_int_equal(history_load(&next, o), 0);
	history_add(&h, CAUSE_LAG, "lag", 99, 0);
	history_add(&next, CAUSE_LAG, "lag", 99, 0);
	was = history_json(&h);
	is = history_json(&next);
	assert_true(json_equal(was, is));
	assert_memory_equal(h.by_cause, next.by_cause, sizeof(h.by_cause));
	json_object_del(o, "entries");
	assert_int_equal(history_load(&next, o), ERR_INVALID);
	assert_true(next.count == h.count);
	json_decref(o);
	json_decref(was);
	json_decref(is);
}

static void
test_every_cause_has_a_name(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < CAUSE_COUNT; i++)
		assert_non_null(cause_name((enum cause)i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_peer_that_takes_nothing),
		cmocka_unit_test(test_one_good_look_is_enough),
		cmocka_unit_test(test_silence_is_healthy),
		cmocka_unit_test(test_signs_are_judged_apart),
		cmocka_unit_test(test_lags_again_and_again),
		cmocka_unit_test(test_history_keeps_the_newest),
		cmocka_unit_test(test_history_goes_to_the_next_program),
		cmocka_unit_test(test_every_cause_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
