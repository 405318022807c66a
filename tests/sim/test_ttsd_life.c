/* A whole ttsd in a simulated world: start, stop, and what it says. */
#include "common/err.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static void
test_says_and_stops(void **state)
{
	struct station s;
	const json_t *end;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	id = station_say(&s, "hello world", NULL);
	end = station_wait(&s, id);
	assert_string_equal(json_text(end, "outcome"), "spoken");
	assert_int_equal(
	    json_number(end, "last_sample") - json_number(end, "first_sample"),
	    speaker_samples("hello world", 24000) - 1);
	station_end(&s);
}

/* SIGTERM right behind SIGHUP, as a script that changes clips and shuts down
 * does it: workers that were to begin afresh did so while ttsd stopped, and it
 * crashed on the process that they did not have yet. Found by the walks. */
static void
test_stops_while_it_reloads(void **state)
{
	static const char *const parts[] = { "", "{'clip':'ding'}",
		"{'clip':'music'},{'text':'and more'}" };
	struct station s;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(parts); i++) {
		station_begin(&s, i + 1, "[ttsd]\nclips_dir = /clips\n");
		client_ask(s.client, "{'op':'voices','engine':'clip'}");
		fake_run(NS_PER_S);
		client_send(s.client, "{'op':'say','parts':[%s]}", parts[i]);
		fake_settle();
		fake_signal(s.ttsd.loop, LOOP_RELOAD);
		station_end(&s);
	}
}

static bool
is_stopped(void *loop)
{
	return fake_stopped(loop);
}

/* Story: the server was freed with a client that broke off at that moment and
 * was to be reaped afterwards: the reaper ran over memory that was free. Found
 * by the torture, under ASan. */
static void
test_a_client_breaks_off_at_the_end(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	assert_true(fake_run_until(is_stopped, s.ttsd.loop, 60 * NS_PER_S));
	fake_enter();
	event_publish(s.ttsd.server, EVENT_CLOCK, "main", SERVER_ANY_LEAD, 0,
	    json_pack("{s:i}", "skipped", 1));
	fake_leave();
	peer_break(client_peer(s.events), ERR_CLOSED);
	station_cut(&s);
	fake_end();
}

/* A worker that hangs in the kernel held a stop up until a second SIGTERM, or
 * until the service manager lost its patience. */
static void
test_stops_without_a_worker_that_hangs(void **state)
{
	struct process *p;
	struct station s;

	(void)state;
	station_begin(&s, 1, "");
	speakers_fault(NULL, FAULT_STUCK, 1);
	station_say(&s, "for ever", NULL);
	fake_run(NS_PER_S);
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	assert_true(fake_run_until(is_stopped, s.ttsd.loop, 9 * NS_PER_S));
	assert_true(fake_logged("is left behind"));
	for (p = proc_next(NULL); p; p = proc_next(p))
		proc_set_stuck(p, false);
	station_cut(&s);
	assert_int_equal(proc_living(), 0);
	fake_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_and_stops),
		cmocka_unit_test(test_stops_while_it_reloads),
		cmocka_unit_test(test_a_client_breaks_off_at_the_end),
		cmocka_unit_test(test_stops_without_a_worker_that_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
