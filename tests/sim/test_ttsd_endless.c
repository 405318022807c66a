/* What is said until it is cancelled. A call to leave the building was to be
 * repeated for as long as it took, and twenty times was all there was. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "leave the building"
#define URGENT "fire"
#define RATE 24000
#define GAP_MS 1500
#define GAP ((uint64_t)GAP_MS * RATE / 1000)
#define ENDLESS ",'repeat':'until-cancelled'"
#define SPACED ENDLESS ",'gap_ms':1500"

struct drill {
	struct station s;
	struct ear *ear;
	uint64_t id, first, round; /* from a round's start to the next one's */
};

static struct channel *
main_channel(struct station *s)
{
	return s->ttsd.channels[0];
}

static uint64_t
started(struct station *s, uint64_t id)
{
	const json_t *e = client_event_of(s->events, "started", id);

	if (e == NULL)
		fail_msg("%" PRIu64 " has not begun", id);
	return (uint64_t)json_number(e, "sample");
}

/* One is on air since a tenth of a second. */
static void
drill_begin(struct drill *d, const char *conf, const char *more)
{
	*d = (struct drill){ .round = speaker_samples(TEXT, RATE) + GAP };
	station_begin(&d->s, 1, conf);
	station_listen(&d->s);
	d->ear = ear_open(main_channel(&d->s), true);
	d->id = station_say(&d->s, TEXT, more);
	fake_run(100 * NS_PER_MS);
	d->first = started(&d->s, d->id);
}

/* Lets time pass for a client that reads its events. */
static void
listen_for(struct drill *d, int seconds)
{
	for (; seconds > 0; seconds--) {
		fake_run(NS_PER_S);
		assert_null(client_event_of(d->s.events, "finished", d->id));
	}
}

static void
drill_end(struct drill *d)
{
	ear_close(d->ear);
	speakers_fault(NULL, FAULT_NONE, 0);
	station_end(&d->s);
}

static void
expect_round(struct drill *d, uint64_t n)
{
	uint64_t at = d->first + n * d->round;

	if (!ear_heard(d->ear, TEXT, at))
		fail_msg("round %" PRIu64 " was not heard", n);
	if (n > 0)
		assert_true(ear_heard_nothing(d->ear, at - GAP, at));
}

/* So many rounds ended, and how. */
static const json_t *
expect_end(struct drill *d, const char *outcome, const char *reason, int rounds)
{
	const json_t *e = station_wait(&d->s, d->id);

	assert_string_equal(json_text(e, "outcome"), outcome);
	assert_string_equal(json_text(e, "reason"), reason);
	assert_int_equal(json_number(e, "rounds"), rounds);
	return e;
}

static void
cancel(struct drill *d)
{
	assert_true(reply_ok(
	    client_ask(d->s.client, "{'op':'cancel','id':%d}", (int)d->id)));
}

static void
kill_engines(void)
{
	struct process *p;

	speakers_fault(NULL, FAULT_NO_PROGRAM, UINT32_MAX);
	for (p = proc_next(NULL); p; p = proc_next(p))
		if (!proc_has_ended(p))
			proc_die(p, 9);
	fake_settle();
}

/* ---- rounds ------------------------------------------------------------- */

/* They are a round apart to the sample, for ten minutes, whatever becomes of
 * the engine, which is needed once. */
static void
test_goes_on_without_its_engine(void **state)
{
	struct drill d;
	const json_t *e;
	uint64_t n, k;

	(void)state;
	drill_begin(&d, "", SPACED);
	fake_run(2 * NS_PER_S);
	kill_engines();
	listen_for(&d, 600);
	n = (ear_first(d.ear) + ear_count(d.ear) - d.first) / d.round;
	assert_in_range(n, 250, 300);
	for (k = 0; k < n; k++)
		expect_round(&d, k);
	cancel(&d);
	e = expect_end(&d, "cancelled", "cancelled", (int)n);
	assert_int_equal(json_number(e, "first_sample"), d.first);
	drill_end(&d);
}

/* Each round has its words, on its samples, and one beginning. */
static void
test_words_of_each_round(void **state)
{
	static const uint64_t letters[] = { 0, 6, 10 };
	struct drill d;
	const json_t *e;
	uint64_t n, i, at;

	(void)state;
	drill_begin(&d, "", SPACED);
	fake_run(12 * NS_PER_S);
	for (n = 0; n < 4; n++)
		for (i = 0; i < 3; i++) {
			e = client_event_of(d.s.events, "word", d.id);
			at = letters[i] * SPEAKER_LETTER_MS * RATE / 1000;
			assert_int_equal(json_number(e, "sample"),
			    d.first + n * d.round + at);
		}
	assert_null(client_event_of(d.s.events, "started", d.id));
	cancel(&d);
	drill_end(&d);
}

/* Who wants words ahead has them that long before their samples, behind a pause
 * too. */
static void
test_words_ahead(void **state)
{
	struct drill d;
	const json_t *e;
	struct client *c;

	(void)state;
	drill_begin(&d, "", SPACED);
	c = client_open(STATION_CONTROL);
	assert_true(
	    reply_ok(client_ask(c, "{'op':'subscribe','lead_ms':1000}")));
	/* To half a second before the second round. */
	fake_run((int64_t)(d.round * 1000 / RATE - 100 - 1100) * NS_PER_MS);
	while (client_event_of(c, "word", d.id))
		;
	fake_run(200 * NS_PER_MS);
	e = client_event_of(c, "word", d.id);
	assert_non_null(e);
	assert_int_equal(json_number(e, "sample"), d.first + d.round);
	client_close(c);
	cancel(&d);
	drill_end(&d);
}

static void
test_the_queue_tells(void **state)
{
	struct drill d;
	const json_t *items;

	(void)state;
	drill_begin(&d, "", SPACED);
	fake_run(5 * NS_PER_S);
	items =
	    json_object_get(client_ask(d.s.client, "{'op':'queue'}"), "items");
	assert_string_equal(
	    json_text(json_array_get(items, 0), "repeat"), "until-cancelled");
	assert_int_equal(json_number(json_array_get(items, 0), "rounds"), 2);
	cancel(&d);
	drill_end(&d);
}

/* A sound of 40 ms, without a pause, was an event storm. */
static void
test_short_rounds_are_held_back(void **state)
{
	struct drill d;
	uint64_t at;

	(void)state;
	drill_begin(&d, "", SPACED);
	cancel(&d);
	fake_run(NS_PER_S);
	d.id = station_say(&d.s, "a", ENDLESS);
	fake_run(NS_PER_S);
	at = started(&d.s, d.id);
	assert_true(ear_heard(d.ear, "a", at));
	assert_true(ear_heard(d.ear, "a", at + RATE / 10));
	assert_true(ear_heard(d.ear, "a", at + 5 * RATE / 10));
	assert_true(ear_heard_nothing(
	    d.ear, at + speaker_samples("a", RATE), at + RATE / 10));
	cancel(&d);
	drill_end(&d);
}

static void
test_without_a_sound(void **state)
{
	struct station s;
	const json_t *e;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = client_ask(
	    s.client, "{'op':'say','parts':[{'pause_ms':0}]" ENDLESS "}");
	assert_true(reply_ok(e));
	e = station_wait(&s, (uint64_t)json_number(e, "id"));
	assert_string_equal(json_text(e, "outcome"), "failed");
	assert_string_equal(
	    json_text(e, "reason"), "it has no sound that could be said again");
	station_end(&s);
}

/* A round of more than a minute is not kept: it is made in the pause. */
static void
test_long_rounds(void **state)
{
	struct drill d;
	const json_t *r;
	uint64_t at;

	(void)state;
	drill_begin(&d, "", SPACED);
	cancel(&d);
	fake_run(NS_PER_S);
	r = client_ask(d.s.client, "{'op':'say','parts':[{'text':'" TEXT
				   "'},{'pause_ms':70000}]" SPACED "}");
	d.id = (uint64_t)json_number(r, "id");
	fake_run(NS_PER_S);
	at = started(&d.s, d.id);
	listen_for(&d, 150);
	assert_true(ear_heard(d.ear, TEXT, at));
	assert_true(ear_heard(d.ear, TEXT, at + d.round + 70 * RATE));
	assert_true(ear_heard(d.ear, TEXT, at + 2 * (d.round + 70 * RATE)));
	assert_int_equal(speakers_jobs(), 4);
	assert_int_equal(main_channel(&d.s)->playout.counters.underruns, 0);
	cancel(&d);
	drill_end(&d);
}

/* ---- its end ------------------------------------------------------------ */

static void
test_cancelled_in_its_sound(void **state)
{
	struct drill d;
	const json_t *e;
	uint64_t last;

	(void)state;
	drill_begin(&d, "", SPACED);
	fake_run((int64_t)(d.round * 1000 / RATE) * NS_PER_MS);
	cancel(&d);
	e = expect_end(&d, "cancelled", "cancelled", 1);
	last = (uint64_t)json_number(e, "last_sample");
	assert_in_range(
	    last, d.first + d.round + RATE / 20, d.first + d.round + RATE / 5);
	fake_run(NS_PER_S);
	assert_true(ear_heard_nothing(d.ear, last + 1, last + RATE / 2));
	drill_end(&d);
}

/* Its last sample is that of the round before the pause. */
static void
test_cancelled_between_rounds(void **state)
{
	static const char *const ways[] = { "'op':'cancel','id':1",
		"'op':'skip'", "'op':'stop-all'" };
	static const char *const reasons[] = { "cancelled", "skipped",
		"stopped" };
	struct drill d;
	const json_t *e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(ways); i++) {
		drill_begin(&d, "", SPACED);
		fake_run((int64_t)(d.round * 1000 / RATE - 500) * NS_PER_MS);
		assert_true(reply_ok(client_ask(d.s.client, "{%s}", ways[i])));
		e = expect_end(&d, "cancelled", reasons[i], 1);
		assert_int_equal(
		    json_number(e, "last_sample"), d.first + d.round - GAP - 1);
		fake_run(2 * NS_PER_S);
		assert_true(ear_heard_nothing(
		    d.ear, d.first + d.round - GAP, d.first + d.round + GAP));
		drill_end(&d);
	}
}

/* A round that has begun is said to its end, and none begins any more. */
static void
test_its_time_is_over(void **state)
{
	static const struct {
		const char *ttl;
		int rounds;
	} cases[] = {
		/* In the midst of the first, of the second; in the pause. */
		{ ",'ttl_ms':300", 0 },
		{ ",'ttl_ms':2500", 1 },
		{ ",'ttl_ms':1000", 1 },
	};
	struct drill d;
	const json_t *e;
	uint64_t at, told;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		char more[100];

		snprintf(more, sizeof(more), "%s%s", SPACED, cases[i].ttl);
		drill_begin(&d, "", more);
		e = expect_end(&d, "spoken", "its time to live is over",
		    cases[i].rounds + (i < 2));
		at = d.first + (uint64_t)(i == 1) * d.round;
		assert_int_equal(
		    json_number(e, "last_sample"), at + d.round - GAP - 1);
		told = main_channel(&d.s)->pacer.position;
		assert_true(told < at + d.round);
		fake_run(5 * NS_PER_S);
		assert_true(ear_heard(d.ear, TEXT, at));
		assert_true(ear_heard_nothing(
		    d.ear, at + d.round - GAP, at + 2 * d.round));
		drill_end(&d);
	}
}

static void
test_never_begun_in_its_time(void **state)
{
	struct drill d;
	uint64_t id;
	const json_t *e;

	(void)state;
	drill_begin(&d, "", SPACED);
	id = station_say(&d.s, "too late", ENDLESS ",'ttl_ms':2000");
	e = station_wait(&d.s, id);
	assert_string_equal(json_text(e, "outcome"), "expired");
	cancel(&d);
	drill_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on_without_its_engine),
		cmocka_unit_test(test_words_of_each_round),
		cmocka_unit_test(test_words_ahead),
		cmocka_unit_test(test_the_queue_tells),
		cmocka_unit_test(test_short_rounds_are_held_back),
		cmocka_unit_test(test_without_a_sound),
		cmocka_unit_test(test_long_rounds),
		cmocka_unit_test(test_cancelled_in_its_sound),
		cmocka_unit_test(test_cancelled_between_rounds),
		cmocka_unit_test(test_its_time_is_over),
		cmocka_unit_test(test_never_begun_in_its_time),
	};

	return cmocka_run_group_tests_name("ttsd_endless", tests, NULL, NULL);
}
