/*
 * Members of a group that are listened to. Nobody was, for an ear belonged to
 * one ffmpeg, which is restarted for what it does not hear: the others would
 * have lost their sound. A member that is not heard fails alone.
 */
#include "tests/sim/desk.h"
#include "tests/sim/listeners.h"
#include "tests/unit/test.h"

#define KEYS                                                          \
	"group = g\nhear = yes\nbackoff_initial = 200ms\n"            \
	"backoff_max = 5s\nstall_timeout = 4s\nstart_timeout = 10s\n" \
	"stop_timeout = 1s\n"
#define OF(name, url) \
	"[output " name "]\nurl = " url "/k\nprobe_url = " url "/out\n" KEYS
#define TWO OF("one", "rtmp://a/live") OF("two", "rtmp://b/live")

#define HEARD                                               \
	"{'state':'heard','delay_ms':160,'level_db':-20.0," \
	"'drop_outs':0,'why':''}"
#define FOREIGN                                              \
	"{'state':'foreign','delay_ms':-1,'level_db':-20.0," \
	"'drop_outs':0,'why':''}"
#define BLIND                                                   \
	"{'state':'listening','delay_ms':-1,'level_db':-100.0," \
	"'drop_outs':0,'why':'no such stream'}"

static void
begin(struct desk *d, const char *conf)
{
	desk_begin(d, 1, conf);
	listeners_hear(HEARD);
	desk_until(d, "one", CHILD_RUNNING, NS_PER_S);
	desk_until(d, "two", CHILD_RUNNING, NS_PER_S);
	fake_run(NS_PER_S);
}

static const char *
state_heard(struct desk *d, const char *name)
{
	return json_text(
	    json_object_get(desk_status(d, name), "heard"), "state");
}

static int64_t
pid_of(struct desk *d, const char *name)
{
	return json_number(desk_status(d, name), "pid");
}

static bool
is_carried(struct desk *d, const char *name)
{
	return json_is_true(json_object_get(desk_status(d, name), "carried"));
}

/* It has failed once, and why. */
static void
expect_failed(struct desk *d, const char *name, const char *why)
{
	const json_t *history =
	    json_object_get(desk_status(d, name), "history");
	const json_t *last = json_array_get(history, 0);

	assert_int_equal(json_array_size(history), 1);
	assert_string_equal(json_text(last, "cause"), "probe");
	assert_string_equal(json_text(last, "reason"), why);
}

/* "one" is as if nothing had happened. */
static void
expect_untouched(struct desk *d, int64_t pid)
{
	assert_int_equal(pid_of(d, "one"), pid);
	assert_int_equal(json_number(desk_status(d, "one"), "restarts"), 0);
	assert_true(is_carried(d, "one"));
	assert_string_equal(state_heard(d, "one"), "heard");
}

static void
expect_alone(struct desk *d, const char *name)
{
	desk_until(d, name, CHILD_RUNNING, 5 * NS_PER_S);
	assert_false(is_carried(d, name));
	assert_int_equal(encoders_living(), 2);
}

/* ---- as long as all is well --------------------------------------------- */

static void
test_each_member_has_an_ear(void **state)
{
	struct sender_facts facts;
	struct desk d;

	(void)state;
	begin(&d, TWO);
	assert_int_equal(encoders_living(), 1);
	assert_int_equal(listeners_started(), 2);
	assert_non_null(listeners_find("rtmp://a/live/out"));
	assert_non_null(listeners_find("rtmp://b/live/out"));
	assert_string_equal(state_heard(&d, "one"), "heard");
	assert_string_equal(state_heard(&d, "two"), "heard");
	output_facts(desk_output(&d, "two"), &facts);
	assert_true(facts.hears);
	assert_int_equal(facts.heard.delay_ms, 160);
	assert_true(desk_ask(&d, "stop", "two"));
	fake_run(3 * NS_PER_S);
	assert_null(listeners_find("rtmp://b/live/out"));
	assert_non_null(listeners_find("rtmp://a/live/out"));
	assert_int_equal(desk_state(&d, "one"), CHILD_RUNNING);
	desk_end(&d);
}

/* While ffmpeg is started again there is nothing to hear. */
static void
test_an_ear_goes_with_the_groups_ffmpeg(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, TWO);
	encoders_mishap("tee", MISHAP_SILENT, 1, 0);
	assert_true(desk_ask(&d, "restart", "one"));
	fake_run(2 * NS_PER_S);
	assert_int_equal(desk_state(&d, "one"), CHILD_STARTING);
	assert_null(listeners_find(NULL));
	fake_run(20 * NS_PER_S);
	assert_int_equal(listeners_started(), 4);
	assert_string_equal(state_heard(&d, "one"), "heard");
	assert_string_equal(state_heard(&d, "two"), "heard");
	desk_end(&d);
}

static void
test_receipts_of_members(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, TWO);
	desk_speak(&d, 7, 24000, 36000);
	fake_run(5 * NS_PER_S);
	assert_string_equal(desk_receipts(&d, 7, "one"), "");
	assert_string_equal(desk_receipts(&d, 7, "two"), "");
	listeners_receipt("rtmp://a/live/out",
	    "{'id':7,'state':'heard','delay_ms':160,'confidence':0.99}");
	listeners_receipt("rtmp://b/live/out",
	    "{'id':7,'state':'missed','reason':'another sound'}");
	fake_run(2 * NS_PER_S);
	assert_string_equal(desk_receipts(&d, 7, "one"), "heard");
	assert_string_equal(
	    desk_receipts(&d, 7, "two"), "missed: another sound");
	desk_end(&d);
}

/* ffmpeg sends as soon as one of them takes it; another may take a while. */
static void
test_a_member_whose_server_takes_its_time(void **state)
{
	int64_t pid;
	struct desk d;

	(void)state;
	desk_begin(&d, 1, TWO);
	listeners_hear(HEARD);
	listeners_hear_at("rtmp://b/live/out", BLIND);
	desk_until(&d, "two", CHILD_RUNNING, NS_PER_S);
	pid = pid_of(&d, "one");
	fake_run(9 * NS_PER_S);
	listeners_hear_at("rtmp://b/live/out", HEARD);
	fake_run(60 * NS_PER_S);
	expect_untouched(&d, pid);
	assert_true(is_carried(&d, "two"));
	listeners_hear_at("rtmp://b/live/out", BLIND);
	fake_run(7 * NS_PER_S);
	expect_failed(&d, "two", "probe_url: no such stream");
	expect_untouched(&d, pid);
	desk_end(&d);
}

/* ---- one is not heard --------------------------------------------------- */

static void
test_who_is_not_heard_fails_alone(void **state)
{
	int64_t pid;
	struct desk d;

	(void)state;
	begin(&d, TWO);
	pid = pid_of(&d, "one");
	listeners_hear_at("rtmp://b/live/out", FOREIGN);
	fake_run(300 * NS_PER_MS);
	listeners_hear_at("rtmp://b/live/out", HEARD);
	expect_alone(&d, "two");
	expect_failed(&d, "two", "probe_url: another sound comes than is sent");
	fake_run(2 * NS_PER_S);
	assert_string_equal(state_heard(&d, "two"), "heard");
	expect_untouched(&d, pid);
	/* From then on its own ffmpeg is restarted. */
	listeners_hear_at("rtmp://b/live/out", FOREIGN);
	fake_run(60 * NS_PER_S);
	assert_true(json_number(desk_status(&d, "two"), "restarts") > 2);
	expect_untouched(&d, pid);
	desk_end(&d);
}

static void
test_ffmpeg_does_not_let_go(void **state)
{
	struct desk d;
	int64_t pid;

	(void)state;
	begin(&d, TWO);
	pid = pid_of(&d, "one");
	encoders_unmoved(true);
	listeners_hear_at("rtmp://b/live/out", FOREIGN);
	fake_run(500 * NS_PER_MS);
	listeners_hear_at("rtmp://b/live/out", HEARD);
	assert_int_equal(desk_state(&d, "two"), CHILD_STOPPING);
	assert_int_equal(pid_of(&d, "one"), pid);
	fake_run(3 * NS_PER_S);
	expect_alone(&d, "two");
	expect_failed(&d, "two", "probe_url: another sound comes than is sent");
	assert_int_not_equal(pid_of(&d, "one"), pid);
	assert_int_equal(desk_state(&d, "one"), CHILD_RUNNING);
	desk_end(&d);
}

/* Whose connection is whose nobody knows, or there is none: the ffmpeg of all
 * is restarted without it, for two must not send to one address; the others
 * lose no word of what is said. */
static void
check_restart(struct desk *d, bool speaking, int64_t after_ns)
{
	int64_t pid;

	begin(d, OF("one", "rtmp://a/live") OF("two", "rtsp://b/live"));
	pid = pid_of(d, "one");
	d->speaking = true;
	listeners_hear_at("rtsp://b/live/out", FOREIGN);
	fake_run(500 * NS_PER_MS);
	listeners_hear_at("rtsp://b/live/out", HEARD);
	fake_run(50 * NS_PER_S);
	assert_int_equal(pid_of(d, "one"), pid);
	assert_int_equal(desk_state(d, "two"), CHILD_STOPPING);
	assert_int_equal(encoders_living(), 1);
	d->speaking = speaking;
	fake_run(after_ns);
	assert_int_not_equal(pid_of(d, "one"), pid);
	desk_until(d, "one", CHILD_RUNNING, NS_PER_S);
}

static void
test_who_cannot_be_cut(void **state)
{
	struct desk d;

	(void)state;
	check_restart(&d, false, 500 * NS_PER_MS);
	desk_end(&d);
	check_restart(&d, true, 11 * NS_PER_S);
	expect_alone(&d, "two");
	expect_failed(&d, "two", "probe_url: another sound comes than is sent");
	desk_until(&d, "one", CHILD_RUNNING, NS_PER_S);
	assert_true(is_carried(&d, "one"));
	assert_int_equal(json_number(desk_status(&d, "one"), "restarts"), 1);
	desk_end(&d);
}

static void
test_none_is_heard(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, TWO);
	listeners_hear(FOREIGN);
	fake_run(2 * NS_PER_S);
	listeners_hear(HEARD);
	fake_run(30 * NS_PER_S);
	desk_check(&d);
	expect_alone(&d, "one");
	expect_alone(&d, "two");
	assert_string_equal(state_heard(&d, "one"), "heard");
	assert_string_equal(state_heard(&d, "two"), "heard");
	desk_end(&d);
}

/* It is stopped, or started, while ffmpeg lets go of it. */
static void
test_what_is_asked_of_one_that_is_let_go(void **state)
{
	static const struct {
		const char *op;
		enum child_state state;
		size_t living;
	} asked[] = { { "start", CHILD_RUNNING, 2 },
		{ "stop", CHILD_STOPPED, 1 }, { "restart", CHILD_RUNNING, 2 } };
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(asked); i++) {
		begin(&d, TWO);
		encoders_unmoved(true);
		listeners_hear_at("rtmp://b/live/out", FOREIGN);
		fake_run(500 * NS_PER_MS);
		assert_int_equal(desk_state(&d, "two"), CHILD_STOPPING);
		assert_true(desk_ask(&d, asked[i].op, "two"));
		assert_int_equal(encoders_living(), 1);
		listeners_hear_at("rtmp://b/live/out", HEARD);
		fake_run(10 * NS_PER_S);
		assert_int_equal(desk_state(&d, "two"), asked[i].state);
		assert_int_equal(desk_state(&d, "one"), CHILD_RUNNING);
		assert_int_equal(encoders_living(), asked[i].living);
		desk_check(&d);
		desk_end(&d);
	}
}

/* One that was sent to its backup, in vain, and goes with its group again was
 * said to be sent to its backup all the while. */
static void
test_it_is_carried_again(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, TWO "backup_url = rtmp://c/live/k\nfailover_after = 1\n");
	listeners_hear_at("rtmp://b/live/out", FOREIGN);
	encoders_mishap(NULL, MISHAP_FAILS, 1000, 0);
	fake_run(30 * NS_PER_S);
	assert_string_equal(
	    json_text(desk_status(&d, "two"), "active"), "backup");
	assert_true(desk_ask(&d, "stop", "one"));
	desk_until(&d, "one", CHILD_STOPPED, 2 * NS_PER_S);
	desk_until(&d, "two", CHILD_BACKOFF, 6 * NS_PER_S);
	encoders_mishap(NULL, MISHAP_NONE, 0, 0);
	listeners_hear_at("rtmp://b/live/out", HEARD);
	assert_true(desk_ask(&d, "start", "two"));
	fake_run(2 * NS_PER_S);
	assert_true(is_carried(&d, "two"));
	assert_string_equal(
	    json_text(desk_status(&d, "two"), "active"), "primary");
	assert_string_equal(state_heard(&d, "two"), "heard");
	desk_end(&d);
}

/* ---- upgrades ----------------------------------------------------------- */

static void
test_an_upgrade_keeps_the_ears(void **state)
{
	int64_t pid;
	struct desk d;

	(void)state;
	begin(&d, TWO);
	pid = pid_of(&d, "one");
	assert_true(desk_upgrade(&d));
	fake_run(NS_PER_S);
	assert_int_equal(listeners_started(), 2);
	assert_string_equal(state_heard(&d, "two"), "heard");
	listeners_hear_at("rtmp://b/live/out", FOREIGN);
	fake_run(300 * NS_PER_MS);
	listeners_hear_at("rtmp://b/live/out", HEARD);
	expect_alone(&d, "two");
	expect_untouched(&d, pid);
	desk_end(&d);
}

static void
test_an_upgrade_while_one_is_let_go(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, TWO);
	encoders_unmoved(true);
	listeners_hear_at("rtmp://b/live/out", FOREIGN);
	fake_run(500 * NS_PER_MS);
	listeners_hear_at("rtmp://b/live/out", HEARD);
	assert_true(desk_upgrade(&d));
	assert_int_equal(desk_state(&d, "two"), CHILD_STOPPING);
	fake_run(4 * NS_PER_S);
	expect_alone(&d, "two");
	expect_failed(&d, "two", "probe_url: another sound comes than is sent");
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_member_has_an_ear),
		cmocka_unit_test(test_an_ear_goes_with_the_groups_ffmpeg),
		cmocka_unit_test(test_receipts_of_members),
		cmocka_unit_test(test_a_member_whose_server_takes_its_time),
		cmocka_unit_test(test_who_is_not_heard_fails_alone),
		cmocka_unit_test(test_ffmpeg_does_not_let_go),
		cmocka_unit_test(test_who_cannot_be_cut),
		cmocka_unit_test(test_none_is_heard),
		cmocka_unit_test(test_what_is_asked_of_one_that_is_let_go),
		cmocka_unit_test(test_it_is_carried_again),
		cmocka_unit_test(test_an_upgrade_keeps_the_ears),
		cmocka_unit_test(test_an_upgrade_while_one_is_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
