/*
 * A configuration file that hangs when it is to be read again.
 *
 * The supervisor read it on its loop: with the file on a network file system
 * whose server was gone, a reload or an `add` held up every output's care, all
 * clients and SIGTERM, for as long as the server stayed away.
 */
#include "streamer-supervisor/outputs/output.h"
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define LIVE "[output live]\nurl = rtmp://a/live/k\n"
#define MORE LIVE "[output more]\nurl = rtmp://b/live/k\n"
#define HANG_NS (5 * NS_PER_S)

static void
begin(struct desk *d)
{
	desk_begin(d, 1, LIVE);
	desk_until(d, "live", CHILD_RUNNING, NS_PER_S);
	fake_file(path_config_file(), MORE, false);
	fake_file_hangs(path_config_file(), true);
}

/* Sends a request that is not answered at once. */
static void
ask_reload(struct client *c)
{
	assert_null(client_ask(c, "{'op':'reload'}"));
}

static void
test_everybody_else_is_served(void **state)
{
	struct client *asker;
	const json_t *reply;
	struct desk d;

	(void)state;
	begin(&d);
	asker = client_open(DESK_STREAMER);
	ask_reload(asker);
	assert_true(reply_ok(client_ask(d.client, "{'op':'ping'}")));
	assert_true(desk_ask(&d, "restart", "live"));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_true(desk_add(&d, "hall", "'url':'rtmp://c/live/k'"));
	desk_until(&d, "hall", CHILD_RUNNING, NS_PER_S);
	fake_run(HANG_NS);
	reply = client_reply(asker);
	assert_string_equal(reply_error_code(reply), "unavailable");
	assert_non_null(
	    strstr(json_text(reply, "message"), "ttsd.conf: it could "
						"not be read"));
	assert_true(fake_logged("the reload is refused"));
	assert_null(desk_output(&d, "more"));
	fake_file_hangs(path_config_file(), false);
	assert_true(reply_ok(client_ask(asker, "{'op':'reload'}")));
	desk_until(&d, "more", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(desk_state(&d, "hall"), CHILD_RUNNING);
	client_close(asker);
	desk_end(&d);
}

/* Each of them is told what came of its own, also when SIGHUP came meanwhile
 * and one of them has gone. */
static void
test_several_ask(void **state)
{
	struct client *gone, *second;
	struct desk d;

	(void)state;
	begin(&d);
	gone = client_open(DESK_STREAMER);
	second = client_open(DESK_STREAMER);
	ask_reload(gone);
	ask_reload(second);
	ask_reload(d.client);
	fake_signal(d.sv.loop, LOOP_RELOAD);
	client_close(gone);
	fake_settle();
	fake_file_hangs(path_config_file(), false);
	fake_run(HANG_NS + 2 * NS_PER_S);
	assert_true(reply_ok(client_reply(second)));
	assert_true(reply_ok(client_reply(d.client)));
	assert_non_null(desk_output(&d, "more"));
	client_close(second);
	desk_end(&d);
}

static void
test_a_signal_alone(void **state)
{
	struct desk d;

	(void)state;
	begin(&d);
	fake_signal(d.sv.loop, LOOP_RELOAD);
	fake_settle();
	fake_signal(d.sv.loop, LOOP_RELOAD);
	fake_settle();
	assert_true(reply_ok(client_ask(d.client, "{'op':'ping'}")));
	fake_file_hangs(path_config_file(), false);
	/* The first one is given up; the second one was not forgotten. */
	fake_run(HANG_NS + NS_PER_S);
	assert_true(fake_logged("the reload is refused"));
	assert_non_null(desk_output(&d, "more"));
	desk_end(&d);
}

static void
expect_of_ttsd(struct desk *d, const char *conf, const char *expected)
{
	const json_t *reply;
	char *told;

	fake_file(path_config_file(), conf, false);
	reply = client_ask(d->client, "{'op':'reload'}");
	assert_true(reply_ok(reply));
	told = json_dumps(json_object_get(reply, "of_ttsd"), JSON_COMPACT);
	assert_string_equal(told, expected);
	free(told);
}

/* Who had added a channel and reloaded was told "done", and nobody served it.
 */
static void
test_what_is_for_ttsd_to_take_in(void **state)
{
#define HALL "[channel main]\n[channel hall]\nrate = 48000\n"
#define BOARD "[video board]\nsource = colour\n"
	struct desk d;

	(void)state;
	begin(&d);
	fake_file_hangs(path_config_file(), false);
	expect_of_ttsd(&d, LIVE, "[]");
	expect_of_ttsd(
	    &d, LIVE HALL BOARD, "[\"[channel hall]\",\"[video board]\"]");
	assert_true(fake_logged("[channel hall] has changed: ttsd takes that "
				"in with a reload of its own"));
	expect_of_ttsd(&d, LIVE HALL BOARD "fps = 5\n[ttsd]\nworkers = 1\n",
	    "[\"[ttsd]\"]");
	expect_of_ttsd(&d, LIVE BOARD, "[\"[ttsd]\",\"[channel hall]\"]");
	desk_end(&d);
}

static void
test_the_end_comes_meanwhile(void **state)
{
	struct desk d;

	(void)state;
	begin(&d);
	ask_reload(d.client);
	desk_end(&d);
	begin(&d);
	fake_signal(d.sv.loop, LOOP_RELOAD);
	fake_settle();
	desk_end(&d);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everybody_else_is_served),
		cmocka_unit_test(test_several_ask),
		cmocka_unit_test(test_a_signal_alone),
		cmocka_unit_test(test_what_is_for_ttsd_to_take_in),
		cmocka_unit_test(test_the_end_comes_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
