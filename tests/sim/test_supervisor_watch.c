/*
 * A supervisor whose ffmpegs say that all is well, and other signs say
 * otherwise: no socket, complaints without an end, sound that ttsd had to skip,
 * a stream that nobody can read back, or one that has become too old.
 */
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define TIMES "backoff_initial = 200ms\nbackoff_max = 5s\nstall_timeout = 4s\n"
#define DATAGRAMS "[output live]\nurl = udp://h:1234\n" TIMES
#define RTMP "[output live]\nurl = rtmp://a/live/key\n" TIMES

/* The last end of the output's ffmpeg: its cause, and the words for it. */
static void
expect_end(struct desk *d, const char *cause, const char *why)
{
	const json_t *status = desk_status(d, "live");
	const json_t *last =
	    json_array_get(json_object_get(status, "history"), 0);

	assert_string_equal(json_text(last, "cause"), cause);
	if (strstr(json_text(status, "last_error"), why) == NULL)
		fail_msg("it says '%s', not '%s'",
		    json_text(status, "last_error"), why);
}

/* UDP's ffmpeg sends to where nobody is, and calls that progress. */
static void
test_a_socket_that_is_gone(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, DATAGRAMS);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	proc_set_sockets(encoders_find("udp:"), 0);
	fake_run(3 * NS_PER_S);
	proc_set_sockets(encoders_find("udp:"), 1);
	fake_run(10 * NS_PER_S);
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	proc_set_sockets(encoders_find("udp:"), 0);
	desk_until(&d, "live", CHILD_BACKOFF, 6 * NS_PER_S);
	expect_end(&d, "no-evidence",
	    "there was no socket for 4000 ms: nothing was sent");
	desk_until(&d, "live", CHILD_RUNNING, 6 * NS_PER_S);
	desk_end(&d);
}

/* One complaint is forgiven; the tenth second of them is not. */
static void
test_complaints_without_an_end(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	encoders_mishap("udp:", MISHAP_CHATTERS, 1, 3);
	assert_true(desk_reload(&d, DATAGRAMS));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	desk_until(&d, "live", CHILD_BACKOFF, 10 * NS_PER_S);
	expect_end(&d, "no-evidence", "ffmpeg has complained for 4000 ms: ");
	desk_end(&d);
}

/* Sound that is lost once is lost; over and over, the ffmpeg is too slow for
 * good, and a new one may not be. */
static void
test_sound_that_is_skipped(void **state)
{
	struct desk d;
	int second;

	(void)state;
	desk_begin(&d, 1, RTMP);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	desk_lag(&d, process_pid(encoders_find("rtmp:")));
	assert_true(fake_logged("output=live lost sound: its ffmpeg reads "
				"more slowly than real time"));
	fake_run(60 * NS_PER_S);
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	/* Of another process nobody here has heard. */
	desk_lag(&d, 1);
	for (second = 0; second < 10 && encoders_find("rtmp:"); second++) {
		desk_lag(&d, process_pid(encoders_find("rtmp:")));
		fake_run(NS_PER_S / 2);
	}
	expect_end(&d, "lag", "it does not keep up with ttsd");
	desk_until(&d, "live", CHILD_RUNNING, 6 * NS_PER_S);
	desk_end(&d);
}

static void
test_a_stream_that_nobody_can_read(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(
	    &d, 1, RTMP "probe_url = rtmp://a/live/out\nprobe_interval = 2s\n");
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	fake_run(60 * NS_PER_S);
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	encoders_readable(false);
	desk_until(&d, "live", CHILD_BACKOFF, 60 * NS_PER_S);
	expect_end(&d, "probe", "probe_url");
	desk_end(&d);
}

/* A stream that is too old is begun afresh when nothing is said, so that no
 * word is cut; but it does not wait for that for ever. */
static void
test_a_stream_that_is_old(void **state)
{
	int64_t first;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, RTMP "max_age = 60s\n");
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	first = process_pid(encoders_find("rtmp:"));
	d.speaking = true;
	fake_run(70 * NS_PER_S);
	assert_int_equal(process_pid(encoders_find("rtmp:")), first);
	d.speaking = false;
	fake_run(2 * NS_PER_S);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_int_not_equal(process_pid(encoders_find("rtmp:")), first);
	expect_end(&d, "max-age", "");
	/* Its successor's age is half as long again, for someone talks. */
	d.speaking = true;
	first = process_pid(encoders_find("rtmp:"));
	fake_run(85 * NS_PER_S);
	assert_int_equal(process_pid(encoders_find("rtmp:")), first);
	fake_run(7 * NS_PER_S);
	assert_int_not_equal(process_pid(encoders_find("rtmp:")), first);
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_socket_that_is_gone),
		cmocka_unit_test(test_complaints_without_an_end),
		cmocka_unit_test(test_sound_that_is_skipped),
		cmocka_unit_test(test_a_stream_that_nobody_can_read),
		cmocka_unit_test(test_a_stream_that_is_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
