/*
 * A ttsd that is upgraded while thousands wait. Story: each of them made the
 * change some 20 us longer, and sound waited for it. Now the first few of each
 * channel go over with it, and the others arrive while sound goes on.
 */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char conf[] = "[ttsd]\n"
			   "durable = no\n"
			   "[channel main]\n"
			   "queue_max = 10000\n"
			   "[channel ward]\n"
			   "queue_max = 10000\n"
			   "[zone all]\n"
			   "channels = main ward\n";

#define MANY 5000
#define LONG "a text that takes quite a while to be said by anybody at all"

/* Of the queues what must not change: all but how far they are made. */
static json_t *
queue_of(struct station *s)
{
	json_t *all = json_array(), *items, *item;
	size_t i, k;

	for (i = 0; i < s->ttsd.channel_count; i++) {
		items = playout_list(&s->ttsd.channels[i]->playout, SIZE_MAX);
		json_array_foreach(items, k, item)
		{
			json_object_del(item, "state");
			json_object_del(item, "due_ms");
			json_object_del(item, "expires_ms");
		}
		json_array_append_new(all, items);
	}
	return all;
}

static void
expect_queue(struct station *s, json_t *expected)
{
	json_t *now = queue_of(s);

	if (!json_equal(now, expected))
		fail_msg("the queues were\n%.3000s\nand are\n%.3000s",
		    json_dumps(expected, 0), json_dumps(now, 0));
	json_decref(now);
	json_decref(expected);
}

/* Many of all kinds, behind one that is on air. */
static void
fill(struct station *s)
{
	static const char *const kinds[] = { "", ",'priority':'background'",
		",'delay_ms':60000", ",'priority':'high'", ",'channel':'all'",
		",'channel':'all','together':true", ",'repeat':2,'gap_ms':30",
		",'show':{'ticket':'A1'}", ",'ttl_ms':3600000",
		",'channel':'ward'" };
	char more[120];
	size_t i;

	station_say(s, LONG, ",'repeat':9");
	station_say(s, LONG, ",'repeat':9,'channel':'ward'");
	fake_run(50 * NS_PER_MS);
	for (i = 0; i < MANY; i++) {
		snprintf(more, sizeof(more), "%s,'key':'k%zu'",
		    kinds[i * 7 % COUNT_OF(kinds)], i);
		client_ask(
		    s->client, "{'op':'say','text':'number %zu'%s}", i, more);
	}
}

static void
many_begin(struct station *s)
{
	station_begin(s, 1, conf);
	fake_run(NS_PER_S);
	fill(s);
}

static uint64_t
waiting(struct station *s)
{
	size_t i;
	uint64_t n = 0;

	for (i = 0; i < s->ttsd.channel_count; i++)
		n += playout_waiting(&s->ttsd.channels[i]->playout);
	return n;
}

static void
test_all_arrive_in_their_order(void **state)
{
	struct station s;
	json_t *before;
	uint64_t n;
	int i;

	(void)state;
	many_begin(&s);
	n = waiting(&s);
	assert_true(n > MANY);
	before = queue_of(&s);
	for (i = 0; i < 3; i++) {
		assert_true(station_upgrade(&s, conf));
		assert_int_equal(waiting(&s), n);
	}
	fake_run(10 * NS_PER_MS);
	expect_queue(&s, before);
	station_end(&s);
}

/* Sound goes on while they are on their way; who asks for what needs them
 * waits. */
static void
test_who_asks_waits(void **state)
{
	struct station s;
	const json_t *r;
	uint64_t n;

	(void)state;
	many_begin(&s);
	n = waiting(&s);
	fake_copies(300 * NS_PER_MS, SIZE_MAX);
	assert_true(station_upgrade(&s, conf));
	assert_true(s.ttsd.channels[0]->playout.queue.count < 10);
	assert_int_equal(
	    json_number(json_array_get(json_object_get(client_ask(s.client,
							   "{'op':'status'}"),
					   "channels"),
			    0),
		"queue"),
	    playout_waiting(&s.ttsd.channels[0]->playout));
	assert_false(station_upgrade(&s, conf));
	assert_null(
	    client_ask(s.client, "{'op':'say','text':'again','key':'k4993'}"));
	fake_run(200 * NS_PER_MS);
	assert_null(client_reply(s.client));
	assert_int_equal(
	    playout_state(&s.ttsd.channels[0]->playout), PLAYOUT_SPEAKING);
	fake_run(150 * NS_PER_MS);
	r = client_reply(s.client);
	assert_true(reply_ok(r));
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	assert_int_equal(waiting(&s), n);
	station_say(&s, "instead", ",'replaces':'k4999'");
	assert_int_equal(waiting(&s), n);
	station_end(&s);
}

/* What ends before its key has come is known to have ended. */
static void
test_an_end_before_its_key(void **state)
{
	static const char *const requests[] = {
		"{'op':'say','text':'spoken','key':'a'}",
		"{'op':'say','text':'late','key':'b','ttl_ms':20}"
	};
	struct station s;
	const json_t *r;
	size_t i;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	for (i = 0; i < COUNT_OF(requests); i++)
		client_ask(s.client, "%s", requests[i]);
	fill(&s);
	fake_copies(500 * NS_PER_MS, SIZE_MAX);
	assert_true(station_upgrade(&s, conf));
	fake_run(NS_PER_S);
	r = client_ask(s.client, "%s", requests[0]);
	assert_string_equal(json_text(r, "outcome"), "spoken");
	r = client_ask(s.client, "%s", requests[1]);
	assert_true(reply_ok(r) && !json_object_get(r, "duplicate"));
	station_end(&s);
}

/* Counts the ends that are told from now on, by their outcomes. */
static void
count_ends(struct station *s, const char *outcome, size_t *of_that, size_t *all)
{
	const json_t *e;

	*of_that = *all = 0;
	while ((e = client_event_of(s->events, "finished", 0)) != NULL) {
		*of_that += strcmp(json_text(e, "outcome"), outcome) == 0;
		(*all)++;
	}
}

/* A stop ends all of them, each once, though some are still on their way. */
static void
test_a_stop_meanwhile(void **state)
{
	struct station s;
	size_t cancelled, all;
	uint64_t n;

	(void)state;
	many_begin(&s);
	n = waiting(&s) + 2;
	fake_copies(300 * NS_PER_MS, SIZE_MAX);
	assert_true(station_upgrade(&s, conf));
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	fake_run(200 * NS_PER_MS);
	assert_false(fake_stopped(s.ttsd.loop));
	fake_run(NS_PER_S);
	assert_true(fake_stopped(s.ttsd.loop));
	count_ends(&s, "cancelled", &cancelled, &all);
	assert_int_equal(all, n);
	assert_int_equal(cancelled, n);
	station_end(&s);
}

/* A copy that is killed, or says half of it: those that it did not tell have
 * failed, and the rest goes on. */
static void
test_a_copy_that_fails(void **state)
{
	static const size_t bytes[] = { 0, 1000, 100000 };
	struct station s;
	size_t i, failed, all;
	uint64_t n;

	(void)state;
	for (i = 0; i < COUNT_OF(bytes); i++) {
		many_begin(&s);
		n = waiting(&s);
		fake_copies(100 * NS_PER_MS, bytes[i]);
		assert_true(station_upgrade(&s, conf));
		fake_run(200 * NS_PER_MS);
		count_ends(&s, "failed", &failed, &all);
		assert_int_equal(failed, all);
		assert_true(failed > 0 && failed < n);
		assert_int_equal(waiting(&s), n - failed);
		assert_true(fake_logged("are lost"));
		assert_true(reply_ok(client_ask(s.client, "{'op':'queue'}")));
		station_wait(&s, 1);
		station_end(&s);
	}
}

/* One that hangs is given up. */
static void
test_a_copy_that_hangs(void **state)
{
	struct station s;

	(void)state;
	many_begin(&s);
	fake_copies(3600 * NS_PER_S, SIZE_MAX);
	assert_true(station_upgrade(&s, conf));
	fake_run(9 * NS_PER_S);
	assert_null(client_ask(s.client, "{'op':'queue'}"));
	fake_run(2 * NS_PER_S);
	assert_true(reply_ok(client_reply(s.client)));
	station_end(&s);
}

/* Those of one request begin on one instant, though one of them is on its way
 * when the other could begin. */
static void
test_together(void **state)
{
	struct station s;
	int64_t sample;
	int i;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	for (i = 0; i < 30; i++)
		station_say(&s, "x", ",'channel':'ward'");
	client_ask(s.client,
	    "{'op':'say','text':'%s','channel':'all',"
	    "'together':true}",
	    LONG);
	fake_copies(700 * NS_PER_MS, SIZE_MAX);
	assert_true(station_upgrade(&s, conf));
	fake_run(650 * NS_PER_MS);
	assert_null(client_event_of(s.events, "started", 31));
	fake_run(10 * NS_PER_S);
	client_close(s.events);
	s.events = client_open(STATION_CONTROL);
	client_ask(s.events, "{'op':'subscribe','since':0}");
	sample =
	    json_number(client_event_of(s.events, "started", 31), "sample");
	assert_true(sample > 0);
	assert_int_equal(
	    json_number(client_event_of(s.events, "started", 32), "sample"),
	    sample);
	station_end(&s);
}

/* Events of before come before those that were told meanwhile. */
static void
test_events_in_their_order(void **state)
{
	struct station s;
	const json_t *e;
	int64_t last = 0, n = 0;

	(void)state;
	many_begin(&s);
	fake_copies(300 * NS_PER_MS, SIZE_MAX);
	assert_true(station_upgrade(&s, conf));
	fake_run(4 * NS_PER_S);
	client_close(s.events);
	s.events = client_open(STATION_CONTROL);
	client_ask(s.events, "{'op':'subscribe','since':1}");
	while ((e = client_event(s.events)) != NULL) {
		assert_true(json_number(e, "seq") > last);
		last = json_number(e, "seq");
		n++;
	}
	assert_true(n > 1000);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_arrive_in_their_order),
		cmocka_unit_test(test_who_asks_waits),
		cmocka_unit_test(test_an_end_before_its_key),
		cmocka_unit_test(test_a_stop_meanwhile),
		cmocka_unit_test(test_a_copy_that_fails),
		cmocka_unit_test(test_a_copy_that_hangs),
		cmocka_unit_test(test_together),
		cmocka_unit_test(test_events_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
