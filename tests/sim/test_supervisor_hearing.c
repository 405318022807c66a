/*
 * A supervisor whose output is listened to. What its ear hears counts as a
 * failed reading does, for restarts and for the backup; what becomes of the ear
 * itself is nothing to the sound.
 */
#include <string.h>

#include "tests/sim/desk.h"
#include "tests/sim/listeners.h"
#include "tests/unit/test.h"

#define LIVE                                          \
	"[output live]\nurl = rtmp://a/live/k\n"      \
	"probe_url = rtmp://a/live/out\nhear = yes\n" \
	"backoff_initial = 200ms\nbackoff_max = 5s\n" \
	"stall_timeout = 4s\nstop_timeout = 1s\n"
#define BACKUP                                                    \
	LIVE "backup_url = rtmp://b/live/k\nfailover_after = 2\n" \
	     "failback_after = 30s\n"

#define HEARD                                               \
	"{'state':'heard','delay_ms':160,'level_db':-20.0," \
	"'drop_outs':0,'why':''}"
#define FOREIGN                                              \
	"{'state':'foreign','delay_ms':-1,'level_db':-20.0," \
	"'drop_outs':0,'why':''}"
#define UNHEARD                                                \
	"{'state':'unheard','delay_ms':160,'level_db':-100.0," \
	"'drop_outs':0,'why':''}"
#define STILL "the ear gave no sign of life for 10 s"
#define BLIND                                                   \
	"{'state':'listening','delay_ms':-1,'level_db':-100.0," \
	"'drop_outs':0,'why':'rtmp://a/live/out: no such stream'}"

static const json_t *
heard(struct desk *d)
{
	return json_object_get(desk_status(d, "live"), "heard");
}

static void
expect_failed(struct desk *d, const char *why)
{
	const json_t *status = desk_status(d, "live");
	const json_t *last =
	    json_array_get(json_object_get(status, "history"), 0);

	assert_string_equal(json_text(last, "cause"), "probe");
	if (strstr(json_text(status, "last_error"), why) == NULL)
		fail_msg("it says '%s', not '%s'",
		    json_text(status, "last_error"), why);
}

static void
begin(struct desk *d, const char *conf)
{
	desk_begin(d, 1, conf);
	desk_until(d, "live", CHILD_RUNNING, NS_PER_S);
}

/* ---- it goes with its ffmpeg -------------------------------------------- */

static void
test_an_ear_goes_with_its_ffmpeg(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, LIVE);
	listeners_hear(HEARD);
	fake_run(NS_PER_S);
	assert_true(proc_is_told(listeners_find(NULL), "rtmp://a/live/out"));
	assert_string_equal(json_text(heard(&d), "state"), "heard");
	assert_int_equal(json_number(heard(&d), "delay_ms"), 160);
	assert_true(desk_ask(&d, "restart", "live"));
	desk_until(&d, "live", CHILD_RUNNING, 3 * NS_PER_S);
	fake_run(NS_PER_S);
	assert_int_equal(listeners_started(), 2);
	assert_true(desk_ask(&d, "stop", "live"));
	desk_until(&d, "live", CHILD_STOPPED, 3 * NS_PER_S);
	fake_settle();
	assert_null(listeners_find(NULL));
	desk_end(&d);
}

static void
test_nobody_listens_unasked(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, "[output live]\nurl = rtmp://a/live/k\n"
		  "probe_url = rtmp://a/live/out\n");
	fake_run(60 * NS_PER_S);
	assert_int_equal(listeners_started(), 0);
	assert_true(json_is_null(heard(&d)));
	desk_end(&d);
}

/* ---- what it hears ------------------------------------------------------ */

static void
check_failure(const char *hears, const char *why)
{
	struct desk d;

	begin(&d, LIVE);
	fake_run(60 * NS_PER_S);
	listeners_hear(hears);
	desk_until(&d, "live", CHILD_BACKOFF, 7 * NS_PER_S);
	expect_failed(&d, why);
	listeners_hear(HEARD);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	fake_run(60 * NS_PER_S);
	assert_int_equal(json_number(desk_status(&d, "live"), "restarts"), 1);
	desk_end(&d);
}

static void
test_what_is_no_sound_of_ours_is_a_failure(void **state)
{
	(void)state;
	check_failure(FOREIGN, "another sound comes than is sent");
	check_failure(UNHEARD, "silence comes where sound is sent");
	check_failure(BLIND, "no such stream");
}

/* A server has the stream in a moment; it is not restarted for that. */
static void
test_what_cannot_be_read_for_a_moment_is_none(void **state)
{
	struct desk d;
	int i;

	(void)state;
	begin(&d, LIVE);
	for (i = 0; i < 10; i++) {
		listeners_hear(BLIND);
		fake_run(3 * NS_PER_S);
		listeners_hear(HEARD);
		fake_run(NS_PER_S);
	}
	assert_int_equal(json_number(desk_status(&d, "live"), "restarts"), 0);
	desk_end(&d);
}

/* The primary's server plays a slate: after two such runs the backup is sent
 * to, and nobody goes back before the primary has been well for its time. */
static void
test_a_slate_leads_to_the_backup(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, BACKUP);
	listeners_hear(FOREIGN);
	fake_run(10 * NS_PER_S);
	assert_string_equal(
	    json_text(desk_status(&d, "live"), "active"), "backup");
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	fake_run(120 * NS_PER_S);
	assert_string_equal(
	    json_text(desk_status(&d, "live"), "active"), "backup");
	assert_int_equal(json_number(desk_status(&d, "live"), "restarts"), 0);
	listeners_hear(HEARD);
	fake_run(120 * NS_PER_S);
	assert_string_equal(
	    json_text(desk_status(&d, "live"), "active"), "primary");
	desk_end(&d);
}

static void
expect_active(struct desk *d, const char *role)
{
	assert_string_equal(json_text(desk_status(d, "live"), "active"), role);
}

/* What the primary's listeners heard was taken for the backup's, and nobody
 * listened to those: what its server muted went unnoticed. */
static void
test_the_backup_is_listened_to(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, BACKUP "backup_probe_url = rtmp://b/live/out\n");
	assert_null(listeners_find("rtmp://b/live/out"));
	listeners_hear_at("rtmp://a/live/out", FOREIGN);
	listeners_hear(HEARD);
	fake_run(10 * NS_PER_S);
	expect_active(&d, "backup");
	assert_non_null(listeners_find("rtmp://b/live/out"));
	assert_string_equal(json_text(heard(&d), "state"), "heard");
	/* The primary proves itself: both are sent to, and listened to. */
	listeners_hear_at("rtmp://a/live/out", HEARD);
	fake_run(10 * NS_PER_S);
	expect_active(&d, "backup");
	assert_non_null(listeners_find("rtmp://a/live/out"));
	listeners_receipt("rtmp://a/live/out",
	    "{'id':7,'state':'missed','reason':'another sound'}");
	listeners_receipt("rtmp://b/live/out",
	    "{'id':7,'state':'heard','delay_ms':160,'confidence':0.99}");
	fake_run(2 * NS_PER_S);
	assert_string_equal(desk_receipts(&d, 7, "live"), "heard");
	/* It is left at once, for the primary sends. */
	listeners_hear(UNHEARD);
	fake_run(NS_PER_S);
	expect_active(&d, "primary");
	assert_string_equal(
	    json_text(json_object_get(desk_status(&d, "live"), "backup"),
		"last_error"),
	    "backup_probe_url: silence comes where sound is sent");
	desk_end(&d);
}

/* Nobody knows where the backup's listeners are. */
static void
test_a_backup_without_listeners(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, BACKUP);
	listeners_hear(FOREIGN);
	fake_run(10 * NS_PER_S);
	expect_active(&d, "backup");
	assert_true(json_is_null(heard(&d)));
	desk_speak(&d, 7, 24000, 48000);
	fake_run(2 * NS_PER_S);
	assert_non_null(
	    strstr(desk_receipts(&d, 7, "live"), "unknown: nobody listened"));
	desk_end(&d);
}

/* Without `hear` it is read back now and then. */
static void
test_the_backup_is_read_back(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, "[output live]\nurl = rtmp://a/live/k\nfailover_after = 1\n"
		  "backup_url = rtmp://b/live/k\nprobe_interval = 1s\n"
		  "backup_probe_url = rtmp://b/live/out\n"
		  "stall_timeout = 2s\n");
	assert_true(
	    json_is_null(json_object_get(desk_status(&d, "live"), "probe")));
	encoders_mishap("rtmp://a", MISHAP_REFUSED, 20, 0);
	assert_true(desk_ask(&d, "restart", "live"));
	fake_run(10 * NS_PER_S);
	expect_active(&d, "backup");
	assert_true(json_is_true(json_object_get(
	    json_object_get(desk_status(&d, "live"), "probe"), "good")));
	encoders_readable(false);
	desk_until(&d, "live", CHILD_BACKOFF, 10 * NS_PER_S);
	expect_active(&d, "backup");
	desk_end(&d);
}

static void
test_receipts_are_counted_and_told(void **state)
{
	const json_t *event;
	struct desk d;

	(void)state;
	begin(&d, LIVE);
	fake_run(NS_PER_S);
	client_ask(d.client, "{'op':'subscribe','events':['receipt']}");
	listeners_receipt(NULL, "{'id':7,'state':'heard','delay_ms':160,"
				"'confidence':0.997}");
	listeners_receipt(NULL, "{'id':8,'state':'missed','reason':'silence'}");
	listeners_receipt(NULL, "{'id':9,'state':'missed','reason':'silence'}");
	/* Of their ends ttsd has told nothing: that is waited for. */
	fake_run(2 * NS_PER_S);
	event = client_event_of(d.client, "receipt", 7);
	assert_string_equal(json_text(event, "output"), "live");
	assert_string_equal(json_text(event, "channel"), "main");
	event = client_event_of(d.client, "receipt", 9);
	assert_string_equal(json_text(event, "reason"), "silence");
	event = json_object_get(desk_status(&d, "live"), "receipts");
	assert_int_equal(json_number(event, "heard"), 1);
	assert_int_equal(json_number(event, "missed"), 2);
	desk_end(&d);
}

/* ---- what becomes of it ------------------------------------------------- */

/* One that hung, or was stopped, went unnoticed: what was heard last stayed in
 * the status, and each receipt was waited for in vain. */
static void
test_one_that_stands_still_is_another(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, LIVE);
	listeners_hear(HEARD);
	fake_run(60 * NS_PER_S);
	listeners_fate(LISTENER_FREEZES);
	desk_speak(&d, 7, 24000, 48000);
	fake_run(9 * NS_PER_S);
	assert_string_equal(json_text(heard(&d), "state"), "heard");
	assert_int_equal(listeners_started(), 1);
	fake_run(2 * NS_PER_S);
	assert_string_equal(json_text(heard(&d), "state"), "listening");
	assert_string_equal(json_text(heard(&d), "why"), STILL);
	assert_string_equal(desk_receipts(&d, 7, "live"),
	    "unknown: who listened ended before it was known: " STILL);
	listeners_fate(LISTENER_WELL);
	fake_run(15 * NS_PER_S);
	assert_string_equal(json_text(heard(&d), "state"), "heard");
	assert_string_equal(json_text(heard(&d), "why"), "");
	assert_int_equal(json_number(desk_status(&d, "live"), "restarts"), 0);
	desk_end(&d);
}

/* Time in which nobody could hear it is not the ear's. */
static void
test_a_supervisor_that_stood_still(void **state)
{
	struct desk d;

	(void)state;
	begin(&d, LIVE);
	fake_run(60 * NS_PER_S);
	fake_stand_still(60 * NS_PER_S);
	fake_run(NS_PER_S);
	listeners_fate(LISTENER_FREEZES);
	fake_run(6 * NS_PER_S);
	fake_stand_still(60 * NS_PER_S);
	fake_run(3 * NS_PER_S);
	listeners_fate(LISTENER_WELL);
	fake_run(60 * NS_PER_S);
	assert_int_equal(listeners_started(), 1);
	desk_end(&d);
}

/* Whatever they do, ffmpeg is on air from the first second to the last, and
 * they are not started without an end. */
static void
test_the_sound_goes_on(void **state)
{
	static const struct {
		const char *why;
		bool ends;
	} cases[LISTENER_FATES] = {
		[LISTENER_WELL] = { "" },
		[LISTENER_NO_SPAWN] = { "too many open files", true },
		[LISTENER_CANNOT_RUN] = { "no such file", true },
		[LISTENER_CRASHES] = { "killed by SIGSEGV", true },
		[LISTENER_IS_LOST] = { "killed by SIGSEGV", true },
		[LISTENER_HANGS] = { STILL, true },
		[LISTENER_BABBLES] = { "" },
		[LISTENER_FREEZES] = { "", true },
	};
	enum listener_fate fate;
	struct desk d;

	(void)state;
	for (fate = 0; fate < LISTENER_FATES; fate++) {
		desk_begin(&d, fate + 1, "");
		listeners_fate(fate);
		assert_true(desk_reload(&d, LIVE));
		desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
		fake_run(300 * NS_PER_S);
		assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
		assert_int_equal(
		    json_number(desk_status(&d, "live"), "restarts"), 0);
		if (strstr(json_text(heard(&d), "why"), cases[fate].why) ==
		    NULL)
			fail_msg("fate %d: it says '%s'", fate,
			    json_text(heard(&d), "why"));
		assert_int_equal(cases[fate].ends, listeners_started() > 1);
		assert_in_range(listeners_started(), 1, 40);
		listeners_fate(LISTENER_WELL);
		fake_run(60 * NS_PER_S);
		assert_string_equal(
		    json_text(heard(&d), "state"), "silent-as-sent");
		assert_string_equal(json_text(heard(&d), "why"), "");
		desk_end(&d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_ear_goes_with_its_ffmpeg),
		cmocka_unit_test(test_nobody_listens_unasked),
		cmocka_unit_test(test_what_is_no_sound_of_ours_is_a_failure),
		cmocka_unit_test(test_what_cannot_be_read_for_a_moment_is_none),
		cmocka_unit_test(test_a_slate_leads_to_the_backup),
		cmocka_unit_test(test_the_backup_is_listened_to),
		cmocka_unit_test(test_a_backup_without_listeners),
		cmocka_unit_test(test_the_backup_is_read_back),
		cmocka_unit_test(test_receipts_are_counted_and_told),
		cmocka_unit_test(test_one_that_stands_still_is_another),
		cmocka_unit_test(test_a_supervisor_that_stood_still),
		cmocka_unit_test(test_the_sound_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
