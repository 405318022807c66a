/* What is said until it is cancelled. A call to leave the building was to be
 * repeated for as long as it took, and twenty times was all there was. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/clerk.h"
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

/* ---- with others -------------------------------------------------------- */

/* What is urgent has the air at once; behind it comes the round that it
 * interrupted, from its start. */
static void
test_interrupted_and_replayed(void **state)
{
	struct drill d;
	const json_t *e;
	uint64_t id;

	(void)state;
	drill_begin(&d, "", SPACED);
	fake_run((int64_t)(d.round * 1000 / RATE) * NS_PER_MS);
	kill_engines();
	speakers_fault(NULL, FAULT_NONE, 0);
	id = station_say(&d.s, URGENT, ",'priority':'urgent'");
	e = station_wait(&d.s, id);
	d.first = (uint64_t)json_number(e, "last_sample") + 1;
	fake_run(6 * NS_PER_S);
	assert_int_equal(started(&d.s, d.id), d.first);
	expect_round(&d, 0);
	expect_round(&d, 1);
	/* It was kept. */
	assert_int_equal(speakers_jobs(), 2);
	cancel(&d);
	expect_end(&d, "cancelled", "cancelled", 4);
	drill_end(&d);
}

/* Between two rounds what is left of the pause comes first, and nothing is said
 * to have begun again. */
static void
test_interrupted_between_rounds(void **state)
{
	static const char *const manners[] = { SPACED,
		SPACED ",'on_preempt':'resume'" };
	struct drill d;
	uint64_t id, begun, last;
	const json_t *e;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(manners); i++) {
		drill_begin(&d, "", manners[i]);
		fake_run((int64_t)(d.round * 1000 / RATE - 500) * NS_PER_MS);
		id = station_say(&d.s, URGENT, ",'priority':'urgent'");
		e = station_wait(&d.s, id);
		begun = (uint64_t)json_number(e, "first_sample");
		last = (uint64_t)json_number(e, "last_sample");
		fake_run(6 * NS_PER_S);
		assert_null(client_event_of(d.s.events, "started", d.id));
		d.first += last + 1 - begun;
		expect_round(&d, 2);
		d.first += d.round;
		assert_true(ear_heard(d.ear, TEXT, d.first));
		cancel(&d);
		drill_end(&d);
	}
}

static void
test_interrupted_and_resumed(void **state)
{
	struct drill d;
	uint64_t id, begun, last;
	const json_t *e;

	(void)state;
	drill_begin(&d, "", SPACED ",'on_preempt':'resume'");
	fake_run((int64_t)(d.round * 1000 / RATE) * NS_PER_MS);
	id = station_say(&d.s, URGENT, ",'priority':'urgent'");
	e = station_wait(&d.s, id);
	begun = (uint64_t)json_number(e, "first_sample");
	last = (uint64_t)json_number(e, "last_sample");
	fake_run(6 * NS_PER_S);
	/* But for what faded under the urgent one. */
	d.first += last + 1 - begun - RATE / 50;
	expect_round(&d, 2);
	cancel(&d);
	drill_end(&d);
}

static void
test_dropped(void **state)
{
	struct drill d;

	(void)state;
	drill_begin(&d, "", SPACED ",'on_preempt':'drop'");
	station_say(&d.s, URGENT, ",'priority':'urgent'");
	expect_end(&d, "cancelled", "preempted", 0);
	drill_end(&d);
}

/* A pause of the channel holds a pause between rounds, too. */
static void
test_held_between_rounds(void **state)
{
	struct drill d;
	uint64_t at;

	(void)state;
	drill_begin(&d, "", SPACED);
	fake_run((int64_t)(d.round * 1000 / RATE - 500) * NS_PER_MS);
	client_ask(d.s.client, "{'op':'pause'}");
	fake_run(60 * NS_PER_S);
	client_ask(d.s.client, "{'op':'resume'}");
	fake_run(6 * NS_PER_S);
	/* 60 s later, but for the 20 ms of the fade. */
	at = d.first + d.round + 60 * RATE;
	assert_true(ear_heard(d.ear, TEXT, at - RATE / 50) ||
		    ear_heard(d.ear, TEXT, at));
	cancel(&d);
	drill_end(&d);
}

/* What is prepared is said so, too, whether or not that says how often. */
static void
test_prepared(void **state)
{
	static const char *const says[] = { "'message':'alarm'",
		"'text':'" TEXT "'" SPACED };
	static const char *const confs[] = {
		"[message alarm]\ntext = " TEXT "\nprepare = yes\n"
		"repeat = until-cancelled\ngap = 1500ms\n",
		"[message alarm]\ntext = " TEXT "\nprepare = yes\n"
	};
	struct drill d;
	const json_t *r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(says); i++) {
		drill_begin(&d, confs[i], ENDLESS);
		cancel(&d);
		fake_run(5 * NS_PER_S);
		kill_engines();
		r = client_ask(d.s.client, "{'op':'say',%s}", says[i]);
		assert_true(reply_ok(r));
		d.id = (uint64_t)json_number(r, "id");
		fake_run(9 * NS_PER_S);
		d.first = started(&d.s, d.id);
		expect_round(&d, 0);
		expect_round(&d, 1);
		expect_round(&d, 2);
		cancel(&d);
		drill_end(&d);
	}
}

/* Made once for a zone; each channel of it goes on by itself. */
static void
test_zone(void **state)
{
	struct drill d;
	const json_t *r, *ids, *e;
	int64_t ward;

	(void)state;
	drill_begin(&d,
	    "[channel main]\n[channel ward]\n[zone all]\n"
	    "channels = main ward\n",
	    SPACED);
	cancel(&d);
	r = client_ask(d.s.client,
	    "{'op':'say','text':'" TEXT
	    "','channel':'all','together':true" SPACED "}");
	ids = json_object_get(r, "ids");
	d.id = (uint64_t)json_number(ids, "main");
	ward = json_number(ids, "ward");
	fake_run(9 * NS_PER_S);
	d.first = started(&d.s, d.id);
	expect_round(&d, 0);
	expect_round(&d, 2);
	assert_int_equal(speakers_jobs(), 2);
	cancel(&d);
	fake_run(3 * NS_PER_S);
	assert_true(reply_ok(
	    client_ask(d.s.client, "{'op':'cancel','id':%d}", (int)ward)));
	e = station_wait(&d.s, (uint64_t)ward);
	assert_in_range(json_number(e, "rounds"), 5, 6);
	drill_end(&d);
}

/* ---- over restarts ------------------------------------------------------ */

/* The successor goes on with the round, or the pause, on the same samples. */
static void
test_upgraded(void **state)
{
	struct drill d;
	int at;

	(void)state;
	for (at = -500; at <= 0; at += 500) {
		drill_begin(&d, "", SPACED);
		fake_run((int64_t)(d.round * 1000 / RATE + at) * NS_PER_MS);
		ear_close(d.ear);
		assert_true(station_upgrade(&d.s, ""));
		d.ear = ear_open(main_channel(&d.s), true);
		fake_run(9 * NS_PER_S);
		expect_round(&d, 2);
		expect_round(&d, 3);
		cancel(&d);
		expect_end(&d, "cancelled", "cancelled", 5);
		drill_end(&d);
	}
}

#define KEPT "[ttsd]\ndurable = yes\nrestore_within = 60s\n"

static void
cut_for(struct drill *d, int seconds)
{
	fake_run(NS_PER_S);
	ear_close(d->ear);
	d->ear = NULL;
	station_cut(&d->s);
	fake_run(seconds * NS_PER_S);
	station_start_again(&d->s, KEPT);
	station_listen(&d->s);
	d->ear = ear_open(main_channel(&d->s), true);
}

/* What was going on goes on, however long it was away. */
static void
test_goes_on_after_a_power_cut(void **state)
{
	struct drill d;

	(void)state;
	drill_begin(&d, KEPT, SPACED);
	cut_for(&d, 600);
	fake_run(10 * NS_PER_S);
	d.first = started(&d.s, d.id);
	expect_round(&d, 0);
	expect_round(&d, 1);
	cancel(&d);
	drill_end(&d);
}

/* But not beyond its time, which goes on meanwhile. */
static void
test_its_time_goes_on_meanwhile(void **state)
{
	struct drill d;

	(void)state;
	drill_begin(&d, KEPT, SPACED ",'ttl_ms':30000");
	cut_for(&d, 20);
	expect_end(&d, "spoken", "its time to live is over", 4);
	drill_end(&d);
	clerk_end();
	clerk_begin();
	drill_begin(&d, KEPT, SPACED ",'ttl_ms':30000");
	cut_for(&d, 40);
	expect_end(&d, "expired", "waited too long", 0);
	drill_end(&d);
}

/* One that never began is as late as any other. */
static void
test_late_and_never_begun(void **state)
{
	struct drill d;
	uint64_t id;
	const json_t *e;

	(void)state;
	drill_begin(&d, KEPT, SPACED);
	id = station_say(&d.s, "never", ENDLESS);
	cut_for(&d, 600);
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
		cmocka_unit_test(test_interrupted_and_replayed),
		cmocka_unit_test(test_interrupted_between_rounds),
		cmocka_unit_test(test_interrupted_and_resumed),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_held_between_rounds),
		cmocka_unit_test(test_prepared),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_upgraded),
		ON_DISK(test_goes_on_after_a_power_cut),
		ON_DISK(test_its_time_goes_on_meanwhile),
		ON_DISK(test_late_and_never_begun),
	};

	return cmocka_run_group_tests_name("ttsd_endless", tests, NULL, NULL);
}
