/*
 * HLS and DASH by PUT to a server that is asked first: whatever comes of the
 * question, the output is sent to unless the server clearly said no.
 */
#include "streamer-supervisor/asker/asker.h"
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define HURRY                                                          \
	"start_timeout = 4s\nbackoff_initial = 1s\nbackoff_max = 1s\n" \
	"max_restarts = 0\n"
#define LIVE "[output live]\nurl = http://a/live.m3u8\n" HURRY
#define SOON_NS (50 * NS_PER_MS)

static void
begin(struct desk *d, const char *answer, int code, int64_t after_ns)
{
	desk_begin(d, 1, "");
	encoders_answer(answer, code, after_ns);
	assert_true(desk_reload(d, LIVE));
}

static void
test_what_comes_of_it(void **state)
{
	static const struct {
		const char *answer;
		int code;
		int64_t after_ns;
		enum child_state state;
		const char *error;
	} cases[] = {
		{ "", ASKER_NO_OBJECTION, SOON_NS, CHILD_RUNNING, "" },
		{ "405 No\n", ASKER_REFUSED, SOON_NS, CHILD_REJECTED,
		    "the server answers a PUT with 405 No" },
		{ "507 Full\n", ASKER_FAILED, SOON_NS, CHILD_BACKOFF,
		    "the server answers a PUT with 507 Full" },
		/* It could not be run, or never ends. */
		{ "", 127, SOON_NS, CHILD_RUNNING, "" },
		{ "", 0, INT64_MAX, CHILD_RUNNING, "" },
	};
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		begin(&d, cases[i].answer, cases[i].code, cases[i].after_ns);
		desk_until(&d, "live", cases[i].state, 3 * NS_PER_S);
		assert_string_equal(
		    json_text(desk_status(&d, "live"), "last_error"),
		    cases[i].error);
		assert_int_equal(
		    encoders_started(), cases[i].state == CHILD_RUNNING);
		desk_end(&d);
	}
}

/* Asked again at each start, it is sent to as soon as it takes it. */
static void
test_it_is_asked_again(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, "503 Later\n", ASKER_FAILED, SOON_NS);
	desk_until(&d, "live", CHILD_BACKOFF, NS_PER_S);
	encoders_answer("", ASKER_NO_OBJECTION, SOON_NS);
	desk_until(&d, "live", CHILD_RUNNING, 3 * NS_PER_S);
	desk_end(&d);
}

static void
test_stopped_while_it_is_asked(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, "", 0, INT64_MAX);
	desk_until(&d, "live", CHILD_STARTING, NS_PER_S);
	assert_true(desk_ask(&d, "stop", "live"));
	assert_int_equal(desk_state(&d, "live"), CHILD_STOPPED);
	assert_int_equal(proc_living(), 0);
	assert_true(desk_ask(&d, "start", "live"));
	desk_until(&d, "live", CHILD_RUNNING, 3 * NS_PER_S);
	desk_end(&d);
}

/* The others of a group are sent all the same. */
static void
test_a_member_of_a_group(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	encoders_answer("403 No\n", ASKER_REFUSED, SOON_NS);
	assert_true(desk_reload(&d,
	    "[output hls]\nurl = http://a/live.m3u8\ngroup = g\n" HURRY
	    "[output live]\nurl = rtmp://b/live/k\ngroup = g\n" HURRY));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	desk_until(&d, "hls", CHILD_REJECTED, NS_PER_S);
	assert_null(encoders_find("live.m3u8"));
	assert_true(desk_ask(&d, "stop", "live"));
	encoders_answer("", ASKER_NO_OBJECTION, INT64_MAX);
	assert_true(desk_ask(&d, "start", "live"));
	assert_true(desk_ask(&d, "restart", "hls"));
	desk_until(&d, "hls", CHILD_RUNNING, 6 * NS_PER_S);
	desk_until(&d, "live", CHILD_RUNNING, 6 * NS_PER_S);
	desk_end(&d);
}

/* One that goes while it is asked holds up nobody. */
static void
test_a_member_that_goes_meanwhile(void **state)
{
	static const char *const requests[] = { "stop", "remove" };
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(requests); i++) {
		desk_begin(&d, i + 1, "");
		encoders_answer("", 0, INT64_MAX);
		assert_true(desk_reload(&d,
		    "[output hls]\nurl = http://a/live.m3u8\ngroup = "
		    "g\n" HURRY "[output live]\nurl = rtmp://b/live/k\n"
		    "group = g\n" HURRY));
		desk_until(&d, "live", CHILD_STARTING, NS_PER_S);
		assert_true(desk_ask(&d, requests[i], "hls"));
		desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
		assert_null(encoders_find("live.m3u8"));
		desk_end(&d);
	}
}

/* The secret goes to the program alone, and is in no argument. */
static void
test_a_password_is_asked_with(void **state)
{
	const struct process *p = NULL;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	encoders_answer("", 0, INT64_MAX);
	assert_true(desk_add(&d, "live",
	    "'url':'https://me:pw@a/live.mpd','start_timeout':'60s'"));
	while ((p = proc_next(p)) != NULL &&
	       !proc_is_told(p, "Authorization: Basic bWU6cHc="))
		;
	assert_non_null(p);
	assert_string_equal(proc_argv(p)[0], "/fake/libexec/asker");
	assert_string_equal(proc_text(p),
	    "https://a/live.mpd\nAuthorization: Basic bWU6cHc=\n");
	assert_string_equal(proc_argv(p)[1], PROCESS_TEXT);
	desk_end(&d);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_comes_of_it),
		cmocka_unit_test(test_it_is_asked_again),
		cmocka_unit_test(test_stopped_while_it_is_asked),
		cmocka_unit_test(test_a_member_of_a_group),
		cmocka_unit_test(test_a_member_that_goes_meanwhile),
		cmocka_unit_test(test_a_password_is_asked_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
