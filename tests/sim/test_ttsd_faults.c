/*
 * What workers do wrong, at every step of a job, and what becomes of the
 * announcement: a job that one worker loses is done by another, which goes on
 * where the first one stopped; what two lose has failed; and the next one is
 * spoken, whatever happened.
 */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "one two three four five"

static const char conf[] = "[engine espeak]\n"
			   "type = espeak\n"
			   "timeout = 5s\n";

/* Says something: it is spoken, and heard whole. */
static void
expect_spoken(struct station *s, struct ear *e, uint64_t id, const char *text)
{
	const json_t *end = station_wait(s, id);
	uint64_t first = (uint64_t)json_number(end, "first_sample");

	assert_string_equal(json_text(end, "outcome"), "spoken");
	assert_true(ear_heard(e, text, first));
}

static void
say_next(struct station *s, struct ear *e)
{
	expect_spoken(
	    s, e, station_say(s, "and the next", NULL), "and the next");
}

/* In the midst of the sound the stream starves until another worker is warm
 * and has made again what was heard already: what was heard before and after,
 * without the silence between, is the text. */
static bool
is_whole_but_for_a_gap(const struct ear *e, const json_t *end)
{
	uint64_t at = (uint64_t)json_number(end, "first_sample");
	uint64_t last = (uint64_t)json_number(end, "last_sample");
	uint64_t n = 0, whole = speaker_samples(TEXT, 24000);

	for (; at <= last; at++) {
		if (ear_sample(e, at) == 0)
			continue;
		if (n >= whole || ear_sample(e, at) != speaker_sample(TEXT, n))
			return false;
		n++;
	}
	return n == whole;
}

static void
fail_with(enum fault fault, const char *what)
{
	fail_msg("%s: %s", fault_text(fault), what);
}

/* A station with an ear at its channel, whose next `times` jobs have that
 * fault. */
static struct ear *
begin_with(struct station *s, enum fault fault, unsigned times)
{
	struct ear *e;

	station_begin(s, fault, conf);
	station_listen(s);
	e = ear_open(s->ttsd.channels[0], true);
	speakers_fault(NULL, fault, times);
	return e;
}

/* ---- lost once -------------------------------------------------------- */

static void
check_lost_once(enum fault fault)
{
	struct station s;
	struct ear *e = begin_with(&s, fault, 1);
	const json_t *end;
	uint64_t id;

	id = station_say(&s, TEXT, NULL);
	end = station_wait(&s, id);
	if (strcmp(json_text(end, "outcome"), "spoken") != 0)
		fail_with(fault, json_text(end, "reason"));
	if (!is_whole_but_for_a_gap(e, end))
		fail_with(fault, "the sound is not whole");
	assert_null(client_event_of(s.events, "finished", id));
	say_next(&s, e);
	ear_close(e);
	station_end(&s);
}

static void
test_lost_once_is_spoken(void **state)
{
	enum fault fault;

	(void)state;
	for (fault = FAULT_DIES_AT_JOB; fault < FAULT_STUCK; fault++)
		check_lost_once(fault);
	check_lost_once(FAULT_END_TWICE);
}

/* A worker ended its job twice in one breath; by the second time it had the
 * next one, which was then reported as spoken without a sample of it. */
static void
test_ended_twice_is_not_the_next(void **state)
{
	struct station s;
	struct ear *e;
	uint64_t first, second;

	(void)state;
	station_begin(
	    &s, 1, "[ttsd]\nworkers = 1\nworkers_max = 1\n[channel main]\n");
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	speakers_fault(NULL, FAULT_END_TWICE, 1);
	first = station_say(&s, TEXT, NULL);
	second = station_say(&s, "and the next", ",'priority':'urgent'");
	expect_spoken(&s, e, second, "and the next");
	assert_string_equal(
	    json_text(station_wait(&s, first), "outcome"), "spoken");
	say_next(&s, e);
	ear_close(e);
	station_end(&s);
}

/* ---- lost twice ------------------------------------------------------- */

static void
check_lost_twice(enum fault fault)
{
	struct station s;
	struct ear *e = begin_with(&s, fault, 2);
	const json_t *end;
	uint64_t id;

	id = station_say(&s, TEXT, NULL);
	end = station_wait(&s, id);
	if (strcmp(json_text(end, "outcome"), "failed") != 0)
		fail_with(fault, json_text(end, "outcome"));
	assert_non_null(strstr(json_text(end, "reason"), "workers"));
	assert_null(client_event_of(s.events, "finished", id));
	assert_int_equal(speakers_jobs(), 2);
	say_next(&s, e);
	ear_close(e);
	station_end(&s);
}

static void
test_lost_twice_has_failed(void **state)
{
	enum fault fault;

	(void)state;
	for (fault = FAULT_DIES_AT_JOB; fault < FAULT_STUCK; fault++)
		check_lost_twice(fault);
}

/* ---- before they are ready -------------------------------------------- */

/* However often none becomes ready, what was said waits for the first that
 * does. */
static void
check_late_start(enum fault fault)
{
	struct station s;
	struct ear *e;

	fake_begin(fault);
	speakers_begin();
	speakers_fault(NULL, fault, 4);
	station_start(&s, conf);
	s.client = client_open(STATION_CONTROL);
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	expect_spoken(&s, e, station_say(&s, TEXT, NULL), TEXT);
	ear_close(e);
	station_end(&s);
}

static void
test_late_to_be_ready(void **state)
{
	enum fault fault;

	(void)state;
	for (fault = FAULT_NO_SPAWN; fault <= FAULT_EARLY_SOUND; fault++)
		check_late_start(fault);
}

/* With nothing that ever works, the announcement fails and says why; the
 * stream goes on. */
static void
check_never_ready(enum fault fault)
{
	struct station s;
	struct ear *e;
	const json_t *end;

	station_begin(&s, fault, conf);
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], false);
	speakers_fault(NULL, fault, UINT32_MAX);
	engine_reload(s.ttsd.engines[0]);
	end = station_wait(&s, station_say(&s, TEXT, NULL));
	if (strcmp(json_text(end, "outcome"), "failed") != 0)
		fail_with(fault, json_text(end, "outcome"));
	assert_non_null(strstr(json_text(end, "reason"), "no worker"));
	assert_int_equal(
	    ear_count(e), s.ttsd.channels[0]->pacer.position - ear_first(e));
	speakers_fault(NULL, FAULT_NONE, 0);
	fake_run(30 * NS_PER_S);
	end = station_wait(&s, station_say(&s, TEXT, NULL));
	assert_string_equal(json_text(end, "outcome"), "spoken");
	ear_close(e);
	station_end(&s);
}

static void
test_never_ready_fails(void **state)
{
	enum fault fault;

	(void)state;
	for (fault = FAULT_NO_SPAWN; fault <= FAULT_EARLY_SOUND; fault++)
		check_never_ready(fault);
}

/* ---- gone after a good start ------------------------------------------ */

/* Kills the workers that run, and lets none be started from now on. */
static void
lose_all_workers(enum fault fault)
{
	struct process *p, *next;

	speakers_fault(NULL, fault, UINT32_MAX);
	for (p = proc_next(NULL); p; p = next) {
		next = proc_next(p);
		if (!proc_has_ended(p))
			proc_die(p, 9);
	}
	fake_settle();
}

static void
expect_failed(const json_t *end, enum fault fault)
{
	if (strcmp(json_text(end, "outcome"), "failed") != 0)
		fail_with(fault, json_text(end, "outcome"));
	assert_non_null(strstr(json_text(end, "reason"), "no worker"));
}

static void
check_gone(enum fault fault)
{
	struct station s;
	uint64_t id, others[20];
	size_t i;

	station_begin(&s, fault, conf);
	station_listen(&s);
	assert_string_equal(
	    json_text(
		station_wait(&s, station_say(&s, "warm", NULL)), "outcome"),
	    "spoken");
	fake_run(5 * NS_PER_S);
	lose_all_workers(fault);
	id = station_say(&s, TEXT, NULL);
	/* More announcements meanwhile do not put the end of the first off. */
	for (i = 0; i < 20; i++) {
		fake_run(NS_PER_S / 2);
		others[i] = station_say(&s, TEXT, NULL);
	}
	expect_failed(station_wait(&s, id), fault);
	for (i = 0; i < 20; i++)
		expect_failed(station_wait(&s, others[i]), fault);
	speakers_fault(NULL, FAULT_NONE, 0);
	fake_run(10 * NS_PER_S);
	id = station_say(&s, TEXT, NULL);
	assert_string_equal(
	    json_text(station_wait(&s, id), "outcome"), "spoken");
	station_end(&s);
}

/* The engine's program was removed, or the descriptors had run out, while its
 * warm workers were lost: what was accepted then had no end for ever and
 * blocked all of its rank, because nobody looked after the line of a pool that
 * had once been well. */
static void
test_gone_after_a_good_start(void **state)
{
	enum fault fault;

	(void)state;
	for (fault = FAULT_NO_SPAWN; fault <= FAULT_EARLY_SOUND; fault++)
		check_gone(fault);
}

/* ---- what is no fault of the worker ----------------------------------- */

static void
test_error_is_no_crash(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	speakers_fault(NULL, FAULT_ERROR, 1);
	end = station_wait(&s, station_say(&s, TEXT, NULL));
	assert_string_equal(json_text(end, "outcome"), "failed");
	assert_string_equal(
	    json_text(end, "reason"), "failed: the voice is hoarse");
	assert_null(json_object_get(end, "first_sample"));
	say_next(&s, e);
	assert_int_equal(proc_living(), 2);
	ear_close(e);
	station_end(&s);
}

/* What came before the error is played. */
static void
test_error_in_the_midst(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end;
	uint64_t first, last;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	speakers_fault(NULL, FAULT_ERROR_MID_SOUND, 1);
	end = station_wait(&s, station_say(&s, TEXT, NULL));
	assert_string_equal(json_text(end, "outcome"), "failed");
	first = (uint64_t)json_number(end, "first_sample");
	last = (uint64_t)json_number(end, "last_sample");
	assert_true(last - first + 1 >= speaker_samples(TEXT, 24000) / 2);
	assert_true(ear_heard_part(e, TEXT, 0, last + 1 - first, first));
	say_next(&s, e);
	ear_close(e);
	station_end(&s);
}

/* ---- slow ------------------------------------------------------------- */

/* An engine at half of real time: the stream starves and says so, and the
 * text is whole all the same. */
static void
test_slow_engine_underruns(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	speakers_speed(50);
	e = ear_open(s.ttsd.channels[0], true);
	end = station_wait(&s, station_say(&s, TEXT, NULL));
	assert_string_equal(json_text(end, "outcome"), "spoken");
	assert_true(is_whole_but_for_a_gap(e, end));
	assert_true(s.ttsd.channels[0]->playout.counters.underruns > 0);
	assert_true(s.ttsd.channels[0]->playout.counters.starved_samples > 0);
	ear_close(e);
	station_end(&s);
}

/* A worker in a call that never returns is not ended by SIGKILL. Its job is
 * somebody else's all the same, and so is what comes after. */
static void
test_stuck_worker_costs_a_retry(void **state)
{
	struct station s;
	struct ear *e;
	struct process *p, *next;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	speakers_fault(NULL, FAULT_STUCK, 1);
	expect_spoken(&s, e, station_say(&s, TEXT, NULL), TEXT);
	say_next(&s, e);
	for (p = proc_next(NULL); p; p = next) {
		next = proc_next(p);
		proc_set_stuck(p, false);
	}
	ear_close(e);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost_once_is_spoken),
		cmocka_unit_test(test_ended_twice_is_not_the_next),
		cmocka_unit_test(test_lost_twice_has_failed),
		cmocka_unit_test(test_late_to_be_ready),
		cmocka_unit_test(test_never_ready_fails),
		cmocka_unit_test(test_gone_after_a_good_start),
		cmocka_unit_test(test_error_is_no_crash),
		cmocka_unit_test(test_error_in_the_midst),
		cmocka_unit_test(test_slow_engine_underruns),
		cmocka_unit_test(test_stuck_worker_costs_a_retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
