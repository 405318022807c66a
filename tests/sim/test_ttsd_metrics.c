/* What ttsd tells Prometheus and who asks whether it is ready: the figures are
 * those of what happened, channel by channel and engine by engine. */
#include "common/version.h"
#include "tests/sim/ear.h"
#include "tests/sim/page.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define CONF "[ttsd]\nmetrics = 127.0.0.1:9464\n[channel main]\n"

static void
expect_lines(const char *const *lines, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		page_expect("/metrics", 200, lines[i]);
}

static void
test_what_is_measured(void **state)
{
	static const char *const lines[] = {
		"\nttsd_build_info{version=\"" TTSD_VERSION "\"} 1\n",
		"\nttsd_clients 2\n",
		"\nttsd_clients_dropped_total 0\n",
		"\nttsd_log_lines_dropped_total 0\n",
		"\nttsd_channel_state{channel=\"main\",state=\"idle\"} 1\n",
		"\nttsd_channel_state{channel=\"main\",state=\"paused\"} 0\n",
		"\nttsd_channel_drift_seconds{channel=\"main\"} ",
		"\nttsd_channel_lateness_seconds_count{channel=\"main\"} ",
		"\nttsd_channel_clock_skips_total{channel=\"main\"} 0\n",
		"\nttsd_channel_queue_announcements{channel=\"main\","
		"priority=\"normal\"} 0\n",
		"\nttsd_channel_announcements_total{channel=\"main\","
		"outcome=\"spoken\"} 2\n",
		"\nttsd_channel_announcements_total{channel=\"main\","
		"outcome=\"failed\"} 0\n",
		"\nttsd_channel_preemptions_total{channel=\"main\"} 0\n",
		"\nttsd_channel_underruns_total{channel=\"main\"} 0\n",
		"\nttsd_channel_starved_seconds_total{channel=\"main\"} 0\n",
		"\nttsd_channel_subscribers{channel=\"main\"} 1\n",
		"\nttsd_channel_subscribers_joined_total{channel=\"main\"} 1\n",
		"\nttsd_channel_subscribers_refused_total{channel=\"main\"} "
		"0\n",
		"\nttsd_channel_lag_seconds{channel=\"main\"} 0\n",
		"\nttsd_channel_skips_total{channel=\"main\"} 0\n",
		"\nttsd_channel_drops_total{channel=\"main\"} 0\n",
		"\nttsd_engine_workers{engine=\"espeak\",state=\"running\"} ",
		"\nttsd_engine_worker_restarts_total{engine=\"espeak\"} 0\n",
		"\nttsd_engine_jobs_waiting{engine=\"espeak\"} 0\n",
		"\nttsd_engine_first_sound_seconds_count{engine=\"espeak\"} "
		"2\n",
		"\nttsd_engine_synthesis_seconds_count{engine=\"espeak\"} 2\n",
	};
	struct station s;
	struct ear *ear;

	(void)state;
	station_begin(&s, 1, CONF);
	station_listen(&s);
	ear = ear_open(ttsd_channel(&s.ttsd, "main"), false);
	station_wait(&s, station_say(&s, "one", NULL));
	station_wait(&s, station_say(&s, "two", NULL));
	expect_lines(lines, COUNT_OF(lines));
	ear_close(ear);
	station_end(&s);
}

/* Counts of what goes wrong stand still for ever where nobody adds to them:
 * each is made to happen once. */
static void
test_what_goes_wrong_is_counted(void **state)
{
	static const char *const lines[] = {
		"\nttsd_engine_worker_restarts_total{engine=\"espeak\"} 2\n",
		"\nttsd_channel_announcements_total{channel=\"main\","
		"outcome=\"failed\"} 1\n",
		"\nttsd_channel_announcements_total{channel=\"main\","
		"outcome=\"cancelled\"} 1\n",
		"\nttsd_channel_preemptions_total{channel=\"main\"} 1\n",
		"\nttsd_channel_clock_skips_total{channel=\"main\"} 1\n",
		"\nttsd_channel_subscribers_refused_total{channel=\"main\"} "
		"1\n",
	};
	struct station s;
	struct ear *ear;
	struct stream *second;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, CONF "subscribers_max = 1\n");
	station_listen(&s);
	ear = ear_open(ttsd_channel(&s.ttsd, "main"), false);
	second = peer_connect(STATION_MAIN);
	fake_settle();
	peer_close(second);
	speakers_fault("espeak", FAULT_DIES_AT_JOB, 2);
	station_wait(&s, station_say(&s, "lost twice", NULL));
	id = station_say(&s, "a long announcement of many words", NULL);
	fake_run(200 * NS_PER_MS);
	station_wait(&s, station_say(&s, "fire", ",'priority':'urgent'"));
	client_ask(s.client, "{'op':'cancel','id':%d}", (int)id);
	speakers_speed(20);
	station_wait(&s, station_say(&s, "slower than it is spoken", NULL));
	fake_stand_still(10 * NS_PER_S);
	fake_run(NS_PER_S);
	expect_lines(lines, COUNT_OF(lines));
	page_lacks("/metrics", "underruns_total{channel=\"main\"} 0");
	page_lacks("/metrics", "starved_seconds_total{channel=\"main\"} 0\n");
	ear_close(ear);
	station_end(&s);
}

static void
test_is_it_ready(void **state)
{
	struct process *p;
	struct station s;

	(void)state;
	station_begin(&s, 1, CONF);
	page_expect("/healthz", 200, "\nok\n");
	page_expect("/readyz", 200, "\nok\n");
	speakers_fault("espeak", FAULT_DIES_AT_ONCE, 1000);
	for (p = proc_next(NULL); p; p = proc_next(p))
		proc_die(p, 11);
	fake_run(NS_PER_S);
	page_expect("/readyz", 503,
	    "\nchannel main: no worker of engine espeak runs: exit status 69");
	page_expect("/healthz", 200, "\nok\n");
	speakers_fault(NULL, FAULT_NONE, 0);
	fake_run(60 * NS_PER_S);
	page_expect("/readyz", 200, "\nok\n");
	station_end(&s);
}

/* A load balancer is to send nobody more to one that stops. */
static void
test_one_that_stops_is_not_ready(void **state)
{
	struct process *p;
	struct station s;

	(void)state;
	station_begin(&s, 1, CONF);
	speakers_fault(NULL, FAULT_STUCK, 1);
	station_say(&s, "holds the stop up", NULL);
	fake_run(NS_PER_S);
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	fake_settle();
	page_expect("/readyz", 503, "\nttsd is stopping\n");
	for (p = proc_next(NULL); p; p = proc_next(p))
		proc_set_stuck(p, false);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_measured),
		cmocka_unit_test(test_what_goes_wrong_is_counted),
		cmocka_unit_test(test_is_it_ready),
		cmocka_unit_test(test_one_that_stops_is_not_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
