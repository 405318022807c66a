/* Messages that are made ahead. A hospital's fire alarm was said by an engine
 * that had hung an hour before, which is to say by nobody. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "leave the building by the stairs"
#define ALARM "[message alarm]\ntext = " TEXT "\nprepare = yes\n"
#define URGENT ALARM "priority = urgent\n"
#define RATE 24000
/* What the issue asks for. */
#define AT_ONCE (RATE / 20)

struct ward {
	struct station s;
	struct ear *ear;
	size_t jobs; /* before */
};

static void
ward_begin(struct ward *w, const char *conf)
{
	*w = (struct ward){ .jobs = 0 };
	station_begin(&w->s, 1, conf);
	station_listen(&w->s);
	w->ear = ear_open(w->s.ttsd.channels[0], true);
	fake_run(5 * NS_PER_S);
	w->jobs = speakers_jobs();
}

static void
ward_end(struct ward *w)
{
	ear_close(w->ear);
	speakers_fault(NULL, FAULT_NONE, 0);
	station_end(&w->s);
}

static size_t
jobs_since(struct ward *w)
{
	size_t jobs = speakers_jobs() - w->jobs;

	w->jobs += jobs;
	return jobs;
}

/* What is known of the alarm, of channels that have it in common. */
static const json_t *
prepared(struct ward *w, size_t i)
{
	const json_t *r = client_ask(w->s.client, "{'op':'messages'}");
	const json_t *one = json_array_get(json_object_get(r, "messages"), 0);

	return json_array_get(json_object_get(one, "prepared"), i);
}

static bool
is_ready(struct ward *w, size_t i)
{
	return json_is_true(json_object_get(prepared(w, i), "ready"));
}

/* Ends all engines, and lets none start again. */
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

static uint64_t
position(const struct ward *w)
{
	return w->s.ttsd.channels[0]->pacer.position;
}

/* Calls it; returns where it has begun, which is at once. */
static uint64_t
call(struct ward *w, const char *request)
{
	uint64_t asked = position(w), first;
	const json_t *r = client_ask(w->s.client, "%s", request), *e;
	uint64_t id;

	if (!reply_ok(r))
		fail_msg("%s: %s", request, json_text(r, "message"));
	id = (uint64_t)json_number(r, "id");
	fake_run(60 * NS_PER_MS);
	e = client_event_of(w->s.events, "started", id);
	if (e == NULL)
		fail_msg("%s: it has not begun", request);
	first = (uint64_t)json_number(e, "sample");
	assert_true(first - asked <= AT_ONCE);
	return first;
}

static const char say_alarm[] = "{'op':'say','message':'alarm'}";

static void
expect_spoken(struct ward *w)
{
	const json_t *e = client_event_of(w->s.events, "finished", 0);

	assert_non_null(e);
	assert_string_equal(json_text(e, "outcome"), "spoken");
}

/* ---- without engines ---------------------------------------------------- */

static void
test_engine_is_dead(void **state)
{
	struct ward w;
	uint64_t first;
	size_t words = 0;

	(void)state;
	ward_begin(&w, URGENT);
	assert_true(is_ready(&w, 0));
	assert_int_equal(json_number(prepared(&w, 0), "duration_ms"),
	    strlen(TEXT) * SPEAKER_LETTER_MS);
	assert_int_equal(jobs_since(&w), 0);
	kill_engines();
	first = call(&w, say_alarm);
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, TEXT, first));
	while (client_event_of(w.s.events, "word", 0))
		words++;
	assert_int_equal(words, 6);
	ward_end(&w);
}

/* A say of the same is the same: the console's, a broker's, a schedule's. */
static void
test_said_without_its_name(void **state)
{
	struct ward w;
	uint64_t first;

	(void)state;
	ward_begin(&w, URGENT);
	kill_engines();
	first = call(&w, "{'op':'say','text':'" TEXT "'}");
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, TEXT, first));
	expect_spoken(&w);
	/* As often as one likes. */
	first = call(&w, say_alarm);
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, TEXT, first));
	expect_spoken(&w);
	ward_end(&w);
}

/* The pool hangs over long texts, one of which is on air. */
static void
test_engine_hangs(void **state)
{
	struct ward w;
	uint64_t first;
	int i;

	(void)state;
	ward_begin(&w, "[ttsd]\nworkers_max = 2\n" URGENT);
	speakers_fault(NULL, FAULT_SILENT_MID_SOUND, UINT32_MAX);
	for (i = 0; i < 10; i++)
		station_say(
		    &w.s, "a long text that never comes to its end", NULL);
	fake_run(2 * NS_PER_S);
	assert_non_null(w.s.ttsd.channels[0]->playout.current);
	first = call(&w, say_alarm);
	assert_int_equal(w.s.ttsd.channels[0]->playout.counters.preempted, 1);
	fake_run(NS_PER_S + NS_PER_S / 2);
	/* Behind the end of what it took off the air. */
	assert_true(ear_heard_part(
	    w.ear, TEXT, 2400, speaker_samples(TEXT, RATE), first + 2400));
	ward_end(&w);
}

static void
test_with_all_that_belongs_to_it(void **state)
{
	struct ward w;
	uint64_t first, n = speaker_samples(TEXT, RATE);
	uint64_t ding = speaker_samples("ding", RATE);

	(void)state;
	ward_begin(&w, URGENT "chime = ding\nrepeat = 2\ngap = 200ms\n");
	kill_engines();
	first = call(&w, say_alarm);
	fake_run(5 * NS_PER_S);
	assert_true(ear_heard(w.ear, "ding", first));
	assert_true(ear_heard(w.ear, TEXT, first + ding));
	assert_true(ear_heard(w.ear, "ding", first + ding + n + RATE / 5));
	assert_true(ear_heard(w.ear, TEXT, first + 2 * ding + n + RATE / 5));
	expect_spoken(&w);
	ward_end(&w);
}

/* It is itself taken off the air, and said again from its start. */
static void
test_preempted_and_replayed(void **state)
{
	struct ward w;
	const json_t *e;

	(void)state;
	ward_begin(&w, ALARM "[message fire]\ntext = fire\nprepare = yes\n"
			     "priority = urgent\n");
	kill_engines();
	call(&w, say_alarm);
	fake_run(500 * NS_PER_MS);
	call(&w, "{'op':'say','message':'fire'}");
	fake_run(5 * NS_PER_S);
	expect_spoken(&w);
	e = client_event_of(w.s.events, "finished", 0);
	assert_string_equal(json_text(e, "outcome"), "spoken");
	assert_true(
	    ear_heard(w.ear, TEXT, (uint64_t)json_number(e, "first_sample")));
	ward_end(&w);
}

/* ---- on several channels ------------------------------------------------ */

/* It is made once for those that have the same sound of it. */
static void
test_channels(void **state)
{
	struct ward w;
	const json_t *r;

	(void)state;
	ward_begin(&w, "[channel a]\n[channel b]\n[channel c]\nvoice = de\n"
		       "[channel d]\nrate = 48000\n"
		       "[zone all]\nchannels = a b c d\n" URGENT);
	assert_int_equal(w.jobs, 3);
	assert_true(is_ready(&w, 0) && is_ready(&w, 1) && is_ready(&w, 2));
	r = json_object_get(prepared(&w, 0), "channels");
	assert_int_equal(json_array_size(r), 2);
	assert_null(prepared(&w, 3));
	kill_engines();
	r = client_ask(
	    w.s.client, "{'op':'say','message':'alarm','channel':'all'}");
	assert_true(reply_ok(r));
	fake_run(3 * NS_PER_S);
	expect_spoken(&w);
	expect_spoken(&w);
	expect_spoken(&w);
	expect_spoken(&w);
	ward_end(&w);
}

/* Where it names channels it is made for those. */
static void
test_some_channels(void **state)
{
	struct ward w;

	(void)state;
	ward_begin(&w, "[channel a]\n[channel b]\nvoice = de\n[channel c]\n"
		       "rate = 48000\n[zone some]\nchannels = b\n" URGENT
		       "channel = some a\n");
	assert_int_equal(w.jobs, 2);
	assert_true(is_ready(&w, 0) && is_ready(&w, 1));
	assert_null(prepared(&w, 2));
	ward_end(&w);
}

/* ---- what fails --------------------------------------------------------- */

static void
test_tried_again(void **state)
{
	struct ward w;
	const json_t *e;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_fault("espeak", FAULT_ERROR, 3);
	w = (struct ward){ .jobs = 0 };
	station_start_again(&w.s, URGENT);
	station_listen(&w.s);
	w.ear = ear_open(w.s.ttsd.channels[0], true);
	fake_run(500 * NS_PER_MS);
	assert_false(is_ready(&w, 0));
	assert_non_null(strstr(json_text(prepared(&w, 0), "why"), "hoarse"));
	e = client_event_of(w.s.events, "prepared", 0);
	assert_string_equal(json_text(e, "message"), "alarm");
	assert_false(json_is_true(json_object_get(e, "ready")));
	assert_true(fake_logged("message=alarm channel=main is not prepared"));
	fake_run(30 * NS_PER_S);
	assert_true(is_ready(&w, 0));
	e = client_event_of(w.s.events, "prepared", 0);
	assert_true(json_is_true(json_object_get(e, "ready")));
	assert_true(fake_logged("message=alarm channel=main is prepared"));
	/* What fails in the same way is not told again and again. */
	assert_int_equal(fake_log_count(LOG_WARNING), 1);
	kill_engines();
	call(&w, say_alarm);
	ward_end(&w);
}

/* An engine that is down from the start holds up nobody else's. */
static void
test_one_engine_is_down(void **state)
{
	struct ward w;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_fault("tone", FAULT_NEVER_READY, UINT32_MAX);
	w = (struct ward){ .jobs = 0 };
	station_start_again(&w.s,
	    "[engine espeak]\ntype = espeak\n[engine tone]\ntype = tone\n"
	    "[channel a]\nengine = tone\n[channel b]\n" URGENT);
	fake_run(5 * NS_PER_S);
	assert_false(is_ready(&w, 0));
	assert_true(is_ready(&w, 1));
	speakers_fault(NULL, FAULT_NONE, 0);
	fake_run(600 * NS_PER_S);
	assert_true(is_ready(&w, 0));
	station_end(&w.s);
}

/* The fallback's voice is better than none, and not for ever. */
static void
test_fallback(void **state)
{
	struct ward w;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_fault("espeak", FAULT_ERROR, 1);
	w = (struct ward){ .jobs = 0 };
	station_start_again(&w.s,
	    "[engine espeak]\ntype = espeak\nfallback = tone\n"
	    "[engine tone]\ntype = tone\n" URGENT);
	station_listen(&w.s);
	fake_run(NS_PER_S / 2);
	assert_true(is_ready(&w, 0));
	assert_non_null(strstr(json_text(prepared(&w, 0), "why"), "fallback"));
	fake_run(10 * NS_PER_S);
	assert_true(is_ready(&w, 0));
	assert_string_equal(json_text(prepared(&w, 0), "why"), "");
	station_end(&w.s);
}

/* ---- bounds ------------------------------------------------------------- */

/* So many words, of some 1.4 s each. */
static void
put_words(char *conf, size_t words)
{
	conf += strlen(conf);
	while (words-- > 0)
		conf += sprintf(conf, "the exhibition closes in a little ");
	sprintf(conf, "\n");
}

/* Messages of a minute each, 2.8 MiB: the first fits, not the other. */
static void
put_long_messages(char *conf, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		sprintf(conf + strlen(conf),
		    "[message m%d]\nprepare = yes\ntext = %d ", (int)i, (int)i);
		put_words(conf, 43);
	}
}

static void
check_too_long(const char *conf)
{
	struct ward w;
	const json_t *e;

	ward_begin(&w, conf);
	fake_run(60 * NS_PER_S);
	assert_false(is_ready(&w, 0));
	assert_non_null(
	    strstr(json_text(prepared(&w, 0), "why"), "longer than a minute"));
	assert_true(fake_logged("shorten its text"));
	/* Once more would be too long again. */
	jobs_since(&w);
	fake_run(3600 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 0);
	/* It can be said all the same. */
	assert_true(reply_ok(client_ask(w.s.client, "%s", say_alarm)));
	fake_run(NS_PER_S);
	e = client_event_of(w.s.events, "started", 0);
	assert_non_null(e);
	ward_end(&w);
}

static void
test_too_long(void **state)
{
	char conf[4096] = "[message alarm]\nprepare = yes\ntext = ";

	(void)state;
	put_words(conf, 50);
	check_too_long(conf);
	check_too_long(URGENT "repeat = 2\ngap = 1h\n");
	check_too_long(URGENT "repeat = 20\ngap = 2s\n");
}

/* Ten of them have room, and what is taken away makes room. */
static void
test_too_many(void **state)
{
	char conf[32768] = "";
	const json_t *list, *one;
	struct station s;
	size_t i, ready = 0;

	(void)state;
	put_long_messages(conf, 12);
	station_begin(&s, 1, conf);
	fake_run(600 * NS_PER_S);
	list = json_object_get(
	    client_ask(s.client, "{'op':'messages'}"), "messages");
	for (i = 0; i < 12; i++) {
		one = json_array_get(
		    json_object_get(json_array_get(list, i), "prepared"), 0);
		ready += json_is_true(json_object_get(one, "ready"));
		if (i >= 10)
			assert_non_null(
			    strstr(json_text(one, "why"), "ten minutes"));
	}
	assert_int_equal(ready, 10);
	station_end(&s);
}

/* ---- what changes ------------------------------------------------------- */

/* Another word of the dictionary is another sound, and another voice too. */
static void
test_another_sound(void **state)
{
	struct ward w;
	uint64_t first;

	(void)state;
	fake_begin(1);
	speakers_begin();
	fake_file("/fake/words", "stairs = steps\n", false);
	w = (struct ward){ .jobs = 0 };
	station_start_again(&w.s, "[ttsd]\ndictionary = /fake/words\n" URGENT);
	station_listen(&w.s);
	w.ear = ear_open(w.s.ttsd.channels[0], true);
	fake_run(2 * NS_PER_S);
	fake_file("/fake/words", "stairs = ladder\n", false);
	fake_signal(w.s.ttsd.loop, LOOP_RELOAD);
	fake_run(2 * NS_PER_S);
	assert_true(is_ready(&w, 0));
	assert_true(
	    reply_ok(client_ask(w.s.client, "{'op':'set','voice':'de'}")));
	fake_run(2 * NS_PER_S);
	assert_true(is_ready(&w, 0));
	kill_engines();
	first = call(&w, say_alarm);
	fake_run(3 * NS_PER_S);
	assert_true(
	    ear_heard(w.ear, "leave the building by the ladder", first));
	expect_spoken(&w);
	ward_end(&w);
}

/* Other clips may have come: it is made again, and serves meanwhile, also where
 * the new ones are never told. */
static void
test_other_clips(void **state)
{
	struct ward w;
	uint64_t first;

	(void)state;
	ward_begin(&w, URGENT "chime = ding\n");
	fake_signal(w.s.ttsd.loop, LOOP_RELOAD);
	fake_run(5 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 2);
	speakers_fault("clip", FAULT_NEVER_READY, UINT32_MAX);
	fake_signal(w.s.ttsd.loop, LOOP_RELOAD);
	fake_run(100 * NS_PER_MS);
	assert_true(is_ready(&w, 0));
	first = call(&w, say_alarm);
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, "ding", first));
	fake_run(60 * NS_PER_S);
	assert_true(is_ready(&w, 0));
	assert_non_null(strstr(json_text(prepared(&w, 0), "why"), "no worker"));
	call(&w, say_alarm);
	ward_end(&w);
}

/* Goes on as a successor. */
static void
upgrade(struct ward *w, const char *conf)
{
	ear_close(w->ear);
	w->ear = NULL;
	assert_true(station_upgrade(&w->s, conf));
	w->ear = ear_open(w->s.ttsd.channels[0], true);
}

/* It has what was made; what is on air goes on. */
static void
test_upgrade(void **state)
{
	struct ward w;
	uint64_t first;
	const json_t *e;

	(void)state;
	ward_begin(&w, URGENT);
	first = call(&w, say_alarm);
	upgrade(&w, URGENT);
	fake_run(3 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 0);
	e = client_event_of(w.s.events, "finished", 0);
	assert_string_equal(json_text(e, "outcome"), "spoken");
	assert_int_equal(json_number(e, "last_sample") + 1,
	    first + speaker_samples(TEXT, RATE));
	assert_true(is_ready(&w, 0));
	kill_engines();
	first = call(&w, say_alarm);
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, TEXT, first));
	ward_end(&w);
}

/* An engine was dead, or hung, when the program was changed: until it had come
 * back nobody could say the alarm. */
static void
test_upgrade_without_engines(void **state)
{
	static const enum fault faults[] = { FAULT_NO_PROGRAM,
		FAULT_NEVER_READY };
	struct ward w;
	uint64_t first;
	size_t i;
	int ms;

	(void)state;
	for (i = 0; i < COUNT_OF(faults); i++) {
		ward_begin(&w, URGENT "chime = ding\nvoice = en\n");
		kill_engines();
		speakers_fault(NULL, faults[i], UINT32_MAX);
		for (ms = 0; ms < 60; ms += 7) {
			upgrade(&w, URGENT "chime = ding\nvoice = en\n");
			fake_run(ms * NS_PER_MS);
			assert_true(is_ready(&w, 0));
			first = call(&w, say_alarm);
			fake_run(3 * NS_PER_S);
			assert_true(ear_heard(w.ear, "ding", first));
			expect_spoken(&w);
		}
		ward_end(&w);
	}
}

static size_t
ready_messages(struct ward *w)
{
	const json_t *r = client_ask(w->s.client, "{'op':'messages'}");
	const json_t *list = json_object_get(r, "messages"), *one, *places;
	size_t i, ready = 0;

	json_array_foreach(list, i, one)
	{
		places = json_object_get(one, "prepared");
		ready += json_is_true(
		    json_object_get(json_array_get(places, 0), "ready"));
	}
	return ready;
}

/* Readers wait as long as a hand-over takes, so that there is a bound. What is
 * over it was made anew without a word: nobody knew why an alarm was not ready.
 */
static void
test_upgrade_with_more_than_is_handed_over(void **state)
{
	char conf[16384] = ALARM;
	struct ward w;

	(void)state;
	put_long_messages(conf, 3);
	ward_begin(&w, conf);
	fake_run(300 * NS_PER_S);
	assert_int_equal(ready_messages(&w), 4);
	jobs_since(&w);
	upgrade(&w, conf);
	assert_true(is_ready(&w, 0));
	assert_int_equal(ready_messages(&w), 2);
	assert_true(fake_logged("2 of 4 sounds that were prepared are made "
				"anew"));
	fake_run(300 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 2);
	assert_int_equal(ready_messages(&w), 4);
	kill_engines();
	call(&w, "{'op':'say','message':'m2','priority':'urgent'}");
	ward_end(&w);
}

#define FIRE "[message fire]\nprepare = yes\ntext = "

/* What another configuration changes is made anew, and the rest is kept. */
static void
test_upgrade_to_other_words(void **state)
{
	struct ward w;
	uint64_t first;

	(void)state;
	ward_begin(&w, URGENT FIRE "fire in the hall\n");
	upgrade(&w, URGENT FIRE "fire in the yard\n");
	fake_run(3 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 1);
	kill_engines();
	first = call(&w, "{'op':'say','message':'fire'}");
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, "fire in the yard", first));
	first = call(&w, say_alarm);
	fake_run(3 * NS_PER_S);
	assert_true(ear_heard(w.ear, TEXT, first));
	upgrade(&w, FIRE "fire in the yard\n");
	fake_run(NS_PER_S);
	assert_int_equal(
	    json_array_size(json_object_get(
		client_ask(w.s.client, "{'op':'messages'}"), "messages")),
	    1);
	first = call(&w, "{'op':'say','message':'fire'}");
	assert_true(first > 0);
	ward_end(&w);
}

/* An engine that is another one by now makes it again, which serves until then;
 * and so it is tried again where a fallback had made it. */
static void
test_upgrade_to_another_engine(void **state)
{
	static const char said[] = "[engine voice]\ntype = command\n"
				   "command = say %s\n"
				   "[channel main]\nengine = voice\n" URGENT;
	char before[512], now[512];
	struct ward w;

	(void)state;
	snprintf(before, sizeof(before), said, "one");
	snprintf(now, sizeof(now), said, "other");
	ward_begin(&w, before);
	upgrade(&w, before);
	fake_run(3 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 0);
	upgrade(&w, now);
	assert_true(is_ready(&w, 0));
	fake_run(3 * NS_PER_S);
	assert_int_equal(jobs_since(&w), 1);
	ward_end(&w);
}

/* A stop in the midst of the making waits for nobody. */
static void
test_stopped_meanwhile(void **state)
{
	struct station s;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_fault("espeak", FAULT_SILENT, UINT32_MAX);
	station_start_again(&s, URGENT);
	fake_run(NS_PER_S);
	assert_true(speakers_jobs() > 0);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_engine_is_dead),
		cmocka_unit_test(test_said_without_its_name),
		cmocka_unit_test(test_engine_hangs),
		cmocka_unit_test(test_with_all_that_belongs_to_it),
		cmocka_unit_test(test_preempted_and_replayed),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_some_channels),
		cmocka_unit_test(test_tried_again),
		cmocka_unit_test(test_one_engine_is_down),
		cmocka_unit_test(test_fallback),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_another_sound),
		cmocka_unit_test(test_other_clips),
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_upgrade_without_engines),
		cmocka_unit_test(test_upgrade_with_more_than_is_handed_over),
		cmocka_unit_test(test_upgrade_to_other_words),
		cmocka_unit_test(test_upgrade_to_another_engine),
		cmocka_unit_test(test_stopped_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
