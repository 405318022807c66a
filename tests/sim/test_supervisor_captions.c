/*
 * A supervisor whose output has captions. Whatever becomes of the program that
 * writes them, the sound goes on as if there were none.
 */
#include <inttypes.h>

#include "tests/sim/desk.h"
#include "tests/sim/scribes.h"
#include "tests/unit/test.h"

#define WEB                                                               \
	"[output web]\nurl = /web/live.m3u8\ncaptions = yes\n"            \
	"backoff_initial = 200ms\nbackoff_max = 5s\nstall_timeout = 4s\n" \
	"stop_timeout = 1s\n"

static const json_t *
captions(struct desk *d)
{
	return json_object_get(desk_status(d, "web"), "captions");
}

static const char *
captions_text(struct desk *d, const char *name)
{
	return json_string_value(json_object_get(captions(d), name));
}

static int64_t
captions_number(struct desk *d, const char *name)
{
	return json_integer_value(json_object_get(captions(d), name));
}

static void
test_captions_go_with_their_ffmpeg(void **state)
{
	char pid[32];
	struct desk d;

	(void)state;
	desk_begin(&d, 1, WEB);
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	fake_run(5 * NS_PER_S + 500 * NS_PER_MS);
	assert_string_equal(captions_text(&d, "state"), "running");
	assert_int_equal(captions_number(&d, "segments"), 5);
	assert_int_equal(captions_number(&d, "restarts"), 0);
	snprintf(pid, sizeof(pid), "%" PRId64,
	    (int64_t)json_integer_value(
		json_object_get(desk_status(&d, "web"), "pid")));
	assert_true(proc_is_told(scribes_find(), pid));
	assert_true(proc_is_told(scribes_find(), DESK_CONTROL));
	assert_true(desk_ask(&d, "restart", "web"));
	desk_until(&d, "web", CHILD_RUNNING, 3 * NS_PER_S);
	assert_int_equal(scribes_started(), 2);
	assert_false(proc_is_told(scribes_find(), pid));
	assert_true(desk_ask(&d, "stop", "web"));
	desk_until(&d, "web", CHILD_STOPPED, 3 * NS_PER_S);
	fake_settle();
	assert_null(scribes_find());
	assert_string_equal(captions_text(&d, "state"), "stopped");
	desk_end(&d);
}

/* The ffmpeg is the group's. */
static void
test_captions_of_a_member(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1,
	    WEB "group = g\n[output two]\nurl = rtmp://b/live/k\ngroup = g\n");
	desk_until(&d, "web", CHILD_RUNNING, 3 * NS_PER_S);
	fake_run(5 * NS_PER_S);
	assert_string_equal(captions_text(&d, "state"), "running");
	assert_int_equal(scribes_started(), 1);
	assert_true(
	    json_is_null(json_object_get(desk_status(&d, "two"), "captions")));
	assert_true(desk_ask(&d, "stop", "web"));
	fake_run(3 * NS_PER_S);
	assert_null(scribes_find());
	assert_int_equal(desk_state(&d, "two"), CHILD_RUNNING);
	desk_end(&d);
}

static void
test_none_without_being_asked_for(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "[output web]\nurl = /web/live.m3u8\n");
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(scribes_started(), 0);
	assert_true(json_is_null(captions(&d)));
	desk_end(&d);
}

/* Whatever they do, ffmpeg is on air from the first second to the last, and
 * they are not started without an end. */
static void
test_the_sound_goes_on(void **state)
{
	static const struct {
		const char *error;
		bool ends;
	} cases[SCRIBE_FATES] = {
		[SCRIBE_WELL] = { "" },
		[SCRIBE_NO_SPAWN] = { "too many open files", true },
		[SCRIBE_CANNOT_RUN] = { "cannot be run: no such file", true },
		[SCRIBE_CRASHES] = { "killed by SIGSEGV", true },
		[SCRIBE_HANGS] = { "killed by SIGKILL", true },
		[SCRIBE_COMPLAINS] = { SCRIBE_COMPLAINT },
		[SCRIBE_IS_LOST] = { "killed by SIGSEGV", true },
		[SCRIBE_FINISHES] = { "" },
	};
	enum scribe_fate fate;
	struct desk d;

	(void)state;
	for (fate = 0; fate < SCRIBE_FATES; fate++) {
		desk_begin(&d, fate + 1, "");
		scribes_fate(fate);
		assert_true(desk_reload(&d, WEB));
		desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
		fake_run(300 * NS_PER_S);
		assert_int_equal(desk_state(&d, "web"), CHILD_RUNNING);
		assert_int_equal(json_integer_value(json_object_get(
				     desk_status(&d, "web"), "restarts")),
		    0);
		assert_string_equal(
		    captions_text(&d, "last_error"), cases[fate].error);
		assert_int_equal(cases[fate].ends, scribes_started() > 1);
		assert_in_range(scribes_started(), 1, 40);
		scribes_fate(SCRIBE_WELL);
		fake_run(60 * NS_PER_S);
		assert_string_equal(captions_text(&d, "state"), "running");
		assert_string_equal(captions_text(&d, "last_error"), "");
		desk_end(&d);
	}
}

/* One that hangs with its disk is killed, and does not keep the next one from
 * its work. */
static void
test_captions_that_hang(void **state)
{
	struct process *hung;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	scribes_fate(SCRIBE_HANGS);
	assert_true(desk_reload(&d, WEB));
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	hung = scribes_find();
	scribes_fate(SCRIBE_WELL);
	assert_true(desk_ask(&d, "restart", "web"));
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(proc_interrupts(hung), 1);
	assert_ptr_equal(scribes_find(), hung);
	fake_run(4 * NS_PER_S);
	assert_ptr_not_equal(scribes_find(), hung);
	assert_string_equal(captions_text(&d, "state"), "running");
	desk_end(&d);
}

/* They were killed with the last segment of their ffmpeg still to be written:
 * when the supervisor ended, and when their output was removed. */
static void
test_captions_write_what_is_left(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	scribes_fate(SCRIBE_FINISHES);
	assert_true(desk_reload(&d, WEB));
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	assert_true(desk_reload(&d, ""));
	fake_run(3 * NS_PER_S);
	assert_int_equal(scribes_finished(), 1);
	assert_true(desk_reload(&d, WEB));
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	desk_stop(&d);
	assert_int_equal(scribes_finished(), 2);
	desk_leave(&d);
}

/* Of a disk that hangs they are not let go by the system even when killed: the
 * supervisor ends without them, and so does an output. */
static void
test_captions_that_do_not_end(void **state)
{
	int64_t begun;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	scribes_fate(SCRIBE_HANGS);
	assert_true(desk_reload(&d, WEB));
	desk_until(&d, "web", CHILD_RUNNING, NS_PER_S);
	proc_set_stuck(scribes_find(), true);
	scribes_fate(SCRIBE_WELL);
	assert_true(desk_reload(&d, ""));
	assert_true(desk_reload(&d, WEB));
	desk_until(&d, "web", CHILD_RUNNING, 8 * NS_PER_S);
	proc_set_stuck(scribes_find(), true);
	begun = clock_awake_ns();
	desk_stop(&d);
	assert_in_range(clock_awake_ns() - begun, 0, 8 * NS_PER_S);
	desk_leave(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captions_go_with_their_ffmpeg),
		cmocka_unit_test(test_captions_of_a_member),
		cmocka_unit_test(test_none_without_being_asked_for),
		cmocka_unit_test(test_the_sound_goes_on),
		cmocka_unit_test(test_captions_that_hang),
		cmocka_unit_test(test_captions_write_what_is_left),
		cmocka_unit_test(test_captions_that_do_not_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
