/* What a supervisor tells Prometheus and who asks whether it is ready: the
 * figures are those of its status, and no key is in them. */
#include "tests/sim/desk.h"
#include "tests/sim/easels.h"
#include "tests/sim/page.h"
#include "tests/unit/test.h"

#define CONF                                             \
	"[streamer]\nmetrics = 127.0.0.1:9465\n"         \
	"[output live]\nurl = rtmp://a/live/SECRETKEY\n" \
	"backoff_initial = 1s\n"

static void
test_what_is_measured(void **state)
{
	static const char *const lines[] = {
		"\nstreamer_output_info{output=\"live\",channel=\"main\"} 1\n",
		"\nstreamer_output_state{output=\"live\",state=\"running\"} "
		"1\n",
		"\nstreamer_output_state{output=\"live\",state=\"backoff\"} "
		"0\n",
		"\nstreamer_output_wanted{output=\"live\"} 1\n",
		"\nstreamer_output_restarts_total{output=\"live\"} 1\n",
		"\nstreamer_output_ends_total{output=\"live\",cause=\"exit\"} "
		"1\n",
		"\nstreamer_output_on_backup{output=\"live\"} 0\n",
		"\nstreamer_output_drops_total{output=\"live\"} 1\n",
		"\nstreamer_output_bitrate_bytes_per_second{output=\"live\"} "
		"8000\n",
		"\nstreamer_output_speed_ratio{output=\"live\"} 1\n",
		"\nstreamer_output_sent_age_seconds{output=\"live\"} 0\n",
		"\nstreamer_clients 1\n",
	};
	struct desk d;
	size_t i;

	(void)state;
	desk_begin(&d, 1, CONF);
	desk_until(&d, "live", CHILD_RUNNING, 2 * NS_PER_S);
	proc_exit(encoders_find("rtmp:"), 1);
	desk_until(&d, "live", CHILD_BACKOFF, 2 * NS_PER_S);
	desk_until(&d, "live", CHILD_RUNNING, 5 * NS_PER_S);
	desk_lag(&d, process_pid(encoders_find("rtmp:")));
	for (i = 0; i < COUNT_OF(lines); i++)
		page_expect("/metrics", 200, lines[i]);
	page_lacks("/metrics", "SECRETKEY");
	desk_end(&d);
}

/* A camera that was away and a layout that was broken were in no figure. */
static void
test_a_video(void **state)
{
	static const char *const lines[] = {
		"\nstreamer_video_up{video=\"board\"} 1\n",
		"\nstreamer_video_skips_total{video=\"board\"} 3\n",
		"\nstreamer_video_source_state{video=\"board\","
		"state=\"backoff\"} 1\n",
		"\nstreamer_video_source_state{video=\"board\","
		"state=\"running\"} 0\n",
		"\nstreamer_video_source_restarts_total{video=\"board\"} 7\n",
		"\nstreamer_video_trouble{video=\"board\"} 1\n",
	};
	struct desk d;
	size_t i;

	(void)state;
	desk_begin(
	    &d, 1, "[video board]\nsource = colour\n" CONF "video = board\n");
	desk_until(&d, "live", CHILD_RUNNING, 2 * NS_PER_S);
	page_lacks("/metrics", "streamer_video_source_state{");
	page_lacks("/metrics", "streamer_video_trouble{");
	easels_add("'frames':1,'skips':0");
	fake_run(2 * NS_PER_S);
	page_expect(
	    "/metrics", 200, "\nstreamer_video_trouble{video=\"board\"} 0\n");
	easels_add("'frames':9,'skips':3,'source':'backoff',"
		   "'source_restarts':7,'trouble':'no layout'");
	fake_run(2 * NS_PER_S);
	for (i = 0; i < COUNT_OF(lines); i++)
		page_expect("/metrics", 200, lines[i]);
	desk_end(&d);
}

/* A load balancer asks; an output that was stopped on purpose is no reason. */
static void
test_is_it_ready(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, CONF);
	desk_until(&d, "live", CHILD_RUNNING, 2 * NS_PER_S);
	page_expect("/readyz", 200, "\nok\n");
	page_expect("/healthz", 200, "\nok\n");
	encoders_mishap("rtmp:", MISHAP_FAILS, 5, 0);
	proc_die(encoders_find("rtmp:"), 9);
	desk_until(&d, "live", CHILD_BACKOFF, NS_PER_S);
	page_expect("/readyz", 503, "\noutput live: backoff: killed by ");
	page_lacks("/readyz", "SECRETKEY");
	assert_true(desk_ask(&d, "stop", "live"));
	page_expect("/readyz", 200, "\nok\n");
	page_expect(
	    "/metrics", 200, "\nstreamer_output_wanted{output=\"live\"} 0\n");
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_measured),
		cmocka_unit_test(test_a_video),
		cmocka_unit_test(test_is_it_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
