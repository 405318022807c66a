/*
 * Receipts: for each announcement and output what was seen of its way, told to
 * ttsd. What was spoken while an output had no ffmpeg was listed as spoken, and
 * nobody had heard it.
 */
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define RATE UINT64_C(24000)

static const char conf[] = "[output live]\n"
			   "url = rtmp://h/live/a\n";

/* Begins with an output that has been on air for ten seconds. */
static void
begin(struct desk *d, const char *text)
{
	desk_begin(d, 1, text);
	desk_until(d, "live", CHILD_RUNNING, 10 * NS_PER_S);
	fake_run(10 * NS_PER_S);
}

/* An announcement of two seconds has ended just now. */
static void
speak(struct desk *d, uint64_t id)
{
	uint64_t now = 10 * RATE;

	d->sample = now + RATE;
	desk_speak(d, id, now - 2 * RATE, now);
}

static void
expect(struct desk *d, uint64_t id, const char *expected)
{
	assert_string_equal(desk_receipts(d, id, "live"), expected);
}

static void
test_sent_and_delivered(void **state)
{
	struct connection c = { .acknowledged = 900, .unacknowledged = 100 };
	struct desk d;

	(void)state;
	begin(&d, conf);
	proc_set_connections(encoders_find("aac"), &c, 1);
	speak(&d, 7);
	expect(&d, 7, "");
	fake_run(2 * NS_PER_S);
	expect(&d, 7, "sent");
	c = (struct connection){ .acknowledged = 1000, .unacknowledged = 50 };
	proc_set_connections(encoders_find("aac"), &c, 1);
	fake_run(NS_PER_S);
	expect(&d, 7, "sent delivered");
	assert_int_equal(
	    json_number(json_object_get(desk_status(&d, "live"), "receipts"),
		"delivered"),
	    1);
	desk_end(&d);
}

/* A datagram is confirmed by nobody. */
static void
test_datagrams_are_not_delivered(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, "[output live]\nurl = udp://h:1234\n");
	speak(&d, 7);
	fake_run(60 * NS_PER_S);
	expect(&d, 7, "sent");
	desk_end(&d);
}

static void
test_subscribers_are_told(void **state)
{
	struct client *c;
	const json_t *e;
	struct desk d;

	(void)state;
	begin(&d, conf);
	c = client_open(DESK_STREAMER);
	client_ask(c, "{'op':'subscribe','events':['receipt']}");
	speak(&d, 7);
	fake_run(2 * NS_PER_S);
	e = client_event_of(c, "receipt", 7);
	assert_string_equal(json_text(e, "state"), "sent");
	assert_string_equal(json_text(e, "output"), "live");
	assert_string_equal(json_text(e, "channel"), "main");
	assert_true(json_number(e, "time") > 0);
	client_close(c);
	desk_end(&d);
}

/* ---- it did not get there ----------------------------------------------- */

static void
test_no_ffmpeg(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, conf);
	encoders_mishap(NULL, MISHAP_FAILS, 1000, 0);
	proc_die(encoders_find("aac"), 11);
	desk_until(&d, "live", CHILD_BACKOFF, NS_PER_S);
	speak(&d, 7);
	fake_run(NS_PER_S);
	expect(&d, 7, "missed: the output was not sent: killed by SIGSEGV");
	desk_end(&d);
}

static void
test_ffmpeg_came_late(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, conf);
	d.edge = 9 * RATE;
	speak(&d, 7);
	fake_run(2 * NS_PER_S);
	expect(&d, 7,
	    "missed: its ffmpeg was too slow, and some of it was left out");
	desk_end(&d);
}

/* An ffmpeg that had been there for longer than the supervisor has run counted
 * as one that came late. */
static void
test_the_supervisor_stood_still(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, conf);
	fake_stand_still(60 * NS_PER_S);
	d.sample = 31 * RATE;
	desk_speak(&d, 7, 0, 30 * RATE);
	fake_run(25 * NS_PER_S);
	expect(&d, 7, "sent");
	desk_end(&d);
}

/* What was stopped on purpose owes nothing. */
static void
test_stopped(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, conf);
	assert_true(desk_ask(&d, "stop", "live"));
	fake_run(NS_PER_S);
	speak(&d, 7);
	fake_run(60 * NS_PER_S);
	expect(&d, 7, "");
	desk_end(&d);
}

/* ---- daemons come and go ------------------------------------------------ */

/* What ttsd had no answer for is told again; what is not sent by then is not
 * known. */
static void
test_ttsd_is_lost(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, conf);
	d.hoards = true;
	speak(&d, 7);
	fake_run(2 * NS_PER_S);
	expect(&d, 7, "");
	speak(&d, 8);
	desk_ttsd(&d, false);
	fake_run(60 * NS_PER_S);
	d.hoards = false;
	desk_ttsd(&d, true);
	fake_run(2 * NS_PER_S);
	expect(&d, 7, "sent");
	expect(&d, 8, "unknown: ttsd was lost before it was known");
	desk_end(&d);
}

static void
test_the_supervisor_ends(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, conf);
	d.sample = 0;
	desk_speak(&d, 7, 8 * RATE, 10 * RATE);
	desk_stop(&d);
	expect(&d, 7, "unknown: streamer-supervisor ended before it was known");
	desk_leave(&d);
}

/* What the old program owed the new one tells. */
static void
test_an_upgrade(void **state)
{
	struct connection c = { .acknowledged = 900, .unacknowledged = 100 };
	struct desk d;

	(void)state;
	begin(&d, conf);
	proc_set_connections(encoders_find("aac"), &c, 1);
	d.hoards = true;
	speak(&d, 7);
	fake_run(2 * NS_PER_S);
	speak(&d, 8);
	d.hoards = false;
	assert_true(desk_upgrade(&d));
	fake_run(2 * NS_PER_S);
	expect(&d, 7, "sent");
	expect(&d, 8, "sent");
	c = (struct connection){ .acknowledged = 1000, .unacknowledged = 50 };
	proc_set_connections(encoders_find("aac"), &c, 1);
	fake_run(NS_PER_S);
	expect(&d, 7, "sent delivered");
	expect(&d, 8, "sent delivered");
	assert_int_equal(
	    json_number(
		json_object_get(desk_status(&d, "live"), "receipts"), "sent"),
	    2);
	desk_end(&d);
}

static void
speak_8(struct desk *d)
{
	d->ended = json_loads(
	    "[{\"id\":8,\"channel\":\"main\",\"last_sample\":9,\"receipts\":[]}"
	    ",{\"id\":7,\"channel\":\"main\",\"last_sample\":8,\"receipts\":["
	    "{\"output\":\"live\",\"state\":\"sent\"}]}]",
	    0, NULL);
	speak(d, 8);
}

/* An announcement that ended while the programs changed was unknown: nobody had
 * told the new one that it ended. */
static void
test_an_end_amid_an_upgrade(void **state)
{
	struct desk d;
	int upgrades;

	(void)state;
	for (upgrades = 1; upgrades <= 2; upgrades++) {
		begin(&d, conf);
		speak(&d, 7);
		if (upgrades == 2)
			assert_true(desk_upgrade(&d));
		d.meanwhile = speak_8;
		assert_true(desk_upgrade(&d));
		fake_run(2 * NS_PER_S);
		expect(&d, 7, "sent");
		expect(&d, 8, "sent");
		desk_end(&d);
	}
}

/* Of what an earlier supervisor had to tell nobody knows any more, but that of
 * an output which it had; and what it told stays. */
static void
test_another_supervisor(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1,
	    "[output live]\n"
	    "url = rtmp://h/live/a\n"
	    "[output new]\n"
	    "url = rtmp://h/live/b\n");
	d.ended = json_loads(
	    "[{\"id\":3,\"channel\":\"main\",\"last_sample\":9,\"receipts\":[]}"
	    ","
	    "{\"id\":2,\"channel\":\"main\",\"last_sample\":8,\"receipts\":["
	    "{\"output\":\"live\",\"state\":\"sent\"}]},"
	    "{\"id\":1,\"channel\":\"main\",\"receipts\":[]}]",
	    0, NULL);
	desk_ttsd(&d, false);
	desk_ttsd(&d, true);
	fake_run(NS_PER_S);
	expect(&d, 3, "unknown: streamer-supervisor was not there to see");
	expect(&d, 2, "");
	expect(&d, 1, "");
	assert_string_equal(desk_receipts(&d, 3, "new"), "");
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent_and_delivered),
		cmocka_unit_test(test_datagrams_are_not_delivered),
		cmocka_unit_test(test_subscribers_are_told),
		cmocka_unit_test(test_no_ffmpeg),
		cmocka_unit_test(test_ffmpeg_came_late),
		cmocka_unit_test(test_the_supervisor_stood_still),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_ttsd_is_lost),
		cmocka_unit_test(test_the_supervisor_ends),
		cmocka_unit_test(test_another_supervisor),
		cmocka_unit_test(test_an_upgrade),
		cmocka_unit_test(test_an_end_amid_an_upgrade),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
