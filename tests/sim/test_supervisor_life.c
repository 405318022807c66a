/*
 * A whole supervisor in a simulated world: what goes wrong with an ffmpeg and
 * what comes of it, every order of what may be asked, groups, and what is
 * asked for at the last moment.
 */
#include "common/conf/schema.h"
#include "streamer-supervisor/sender/sender_internal.h"
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define KEYS "backoff_initial = 200ms\nbackoff_max = 5s\nmax_restarts = 0\n"
#define ONE "[output live]\nurl = rtmp://a/live/key\n" KEYS
#define TWO ONE "backup_url = rtmp://b/live/key\nfailover_timeout = 3s\n"
#define GROUP(more)                                                   \
	"[output one]\nurl = rtmp://a/live/k1\ngroup = g\n" KEYS more \
	"[output two]\nurl = rtmp://b/live/k2\ngroup = g\n" KEYS more

static void
test_starts_sends_and_stops(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, ONE);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(encoders_living(), 1);
	desk_end(&d);
}

/* ttsd was restarted, and an ffmpeg ended with the old one's sound only after
 * the new one was on air: it waited for 5 s as if it had failed. */
static void
test_ttsd_is_back_before_ffmpeg_has_ended(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	encoders_mishap("rtmp", MISHAP_ENDS, 1, 10);
	assert_true(desk_add(
	    &d, "live", "'url':'rtmp://a/b/c','backoff_initial':'5s'"));
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	desk_ttsd(&d, false);
	desk_ttsd(&d, true);
	fake_run(3 * NS_PER_S);
	assert_int_equal(encoders_started(), 2);
	assert_int_equal(desk_state(&d, "live"), CHILD_RUNNING);
	assert_true(fake_logged("output=live waits_for=\"no more\""));
	desk_end(&d);
}

/* Why an output ran, and which ffmpeg carried it, could not be read in the most
 * detailed log: both were set in half a dozen places without a word. */
static void
test_what_changes_is_logged(void **state)
{
	static const char *const lines[] = {
		"output=one wanted: autostart->on\n",
		"group=g output=one out->carried\n",
		"output=one wanted: on->off\n",
		"group=g output=one carried->leaving\n",
		"group=g output=one leaving->out\n",
		"output=two wanted: on->ended\n",
	};
	struct desk d;
	size_t i;

	(void)state;
	desk_begin(&d, 1, GROUP(""));
	desk_until(&d, "one", CHILD_RUNNING, NS_PER_S);
	desk_until(&d, "two", CHILD_RUNNING, NS_PER_S);
	desk_ask(&d, "stop", "one");
	desk_until(&d, "one", CHILD_STOPPED, NS_PER_S);
	desk_stop(&d);
	for (i = 0; i < COUNT_OF(lines); i++)
		if (!fake_logged(lines[i]))
			fail_msg("not logged: %s", lines[i]);
	desk_leave(&d);
}

/* The table of faults of docs/OUTPUTS.md: where it leads, and by which cause
 * it is told. */
static void
test_faults(void **state)
{
	static const struct {
		enum mishap mishap;
		enum child_state state;
		const char *cause;
	} cases[] = {
		{ MISHAP_NO_SPAWN, CHILD_BACKOFF, "program" },
		{ MISHAP_FAILS, CHILD_BACKOFF, "exit" },
		{ MISHAP_REFUSED, CHILD_REJECTED, "refused" },
		{ MISHAP_MUTE, CHILD_BACKOFF, "exit" },
		{ MISHAP_SILENT, CHILD_BACKOFF, "start-timeout" },
		{ MISHAP_STALLS, CHILD_BACKOFF, "no-progress" },
		{ MISHAP_DIES, CHILD_BACKOFF, "killed" },
		{ MISHAP_ENDS, CHILD_BACKOFF, "exit" },
		{ MISHAP_BREAKS, CHILD_BACKOFF, "exit" },
		{ MISHAP_UNACKED, CHILD_BACKOFF, "unacknowledged" },
		{ MISHAP_STUCK, CHILD_BACKOFF, "no-progress" },
	};
	const json_t *history;
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		desk_begin(&d, i + 1, "");
		encoders_mishap("rtmp", cases[i].mishap, 1, 3);
		assert_true(
		    desk_add(&d, "live", "'url':'rtmp://a/live/SECRETKEY'"));
		desk_until(&d, "live", cases[i].state, 60 * NS_PER_S);
		history = json_object_get(desk_status(&d, "live"), "history");
		if (strcmp(json_text(json_array_get(history, 0), "cause"),
			cases[i].cause) != 0)
			fail_msg("%s: told as '%s', not '%s'",
			    mishap_text(cases[i].mishap),
			    json_text(json_array_get(history, 0), "cause"),
			    cases[i].cause);
		desk_until(&d, "live", CHILD_RUNNING, 60 * NS_PER_S);
		assert_false(fake_logged("SECRETKEY"));
		desk_end(&d);
	}
}

/* ---- every order -------------------------------------------------------- */

enum deed {
	DEED_ASK,     /* `what` of the output `name` */
	DEED_RELOAD,  /* the next of the configurations */
	DEED_TTSD_ON, /* the audio is served */
	DEED_TTSD_OFF,
	DEED_MISHAP, /* the next ffmpeg has it */
	DEED_WAIT,
};

struct act {
	enum deed deed;
	const char *what, *name;
	enum mishap mishap;
};

struct orders {
	const char *const *confs; /* two of them; it begins with the first */
	const struct act *acts;
	unsigned count, length;   /* so many acts in a row, of `count` */
	const char *const *names; /* outputs; NULL at the end */
};

static void
do_act(struct desk *d, const struct orders *o, const struct act *act,
    unsigned step)
{
	switch (act->deed) {
	case DEED_ASK:
		desk_ask(d, act->what, act->name);
		break;
	case DEED_RELOAD:
		assert_true(desk_reload(d, o->confs[(step + 1) % 2]));
		break;
	case DEED_TTSD_ON:
	case DEED_TTSD_OFF:
		desk_ttsd(d, act->deed == DEED_TTSD_ON);
		break;
	case DEED_MISHAP:
		encoders_mishap(NULL, act->mishap, 1, 1);
		break;
	case DEED_WAIT:
		fake_run(350 * NS_PER_MS);
		break;
	}
	desk_check(d);
}

/* Whatever went on, all outputs can be brought on air, and nothing is left
 * over. */
static void
expect_all_on_air(struct desk *d, const struct orders *o)
{
	size_t i;

	encoders_mishap(NULL, MISHAP_NONE, 0, 0);
	desk_ttsd(d, true);
	/* A successor waits until its predecessor has ended. */
	fake_run(NS_PER_S);
	for (i = 0; o->names[i]; i++)
		assert_true(desk_ask(d, "start", o->names[i]));
	for (i = 0; o->names[i]; i++)
		desk_until(d, o->names[i], CHILD_RUNNING, 30 * NS_PER_S);
	desk_end(d);
}

static void
expect_in_every_order(const struct orders *o)
{
	unsigned order, rest, step, orders = 1;
	struct desk d;

	for (step = 0; step < o->length; step++)
		orders *= o->count;
	for (order = 0; order < orders; order++) {
		desk_begin(&d, order + 1, o->confs[0]);
		for (rest = order, step = 0; step < o->length; step++) {
			do_act(&d, o, &o->acts[rest % o->count], step);
			rest /= o->count;
		}
		expect_all_on_air(&d, o);
	}
}

static void
test_every_order_of_an_output(void **state)
{
	static const char *const one[] = { ONE, TWO };
	static const char *const two[] = { TWO, ONE };
	static const char *const names[] = { "live", NULL };
	static const struct act acts[] = {
		{ .deed = DEED_ASK, .what = "start", .name = "live" },
		{ .deed = DEED_ASK, .what = "stop", .name = "live" },
		{ .deed = DEED_ASK, .what = "restart", .name = "live" },
		{ .deed = DEED_RELOAD },
		{ .deed = DEED_TTSD_OFF },
		{ .deed = DEED_TTSD_ON },
		{ .deed = DEED_MISHAP, .mishap = MISHAP_BREAKS },
		{ .deed = DEED_MISHAP, .mishap = MISHAP_STALLS },
		{ .deed = DEED_WAIT },
	};
	struct orders o = { one, acts, COUNT_OF(acts), 4, names };

	(void)state;
	expect_in_every_order(&o);
	o.confs = two;
	expect_in_every_order(&o);
}

static void
test_every_order_of_a_group(void **state)
{
	static const char *const confs[] = { GROUP(""),
		GROUP("bitrate = 32k\n") };
	static const char *const names[] = { "one", "two", NULL };
	static const struct act acts[] = {
		{ .deed = DEED_ASK, .what = "start", .name = "one" },
		{ .deed = DEED_ASK, .what = "stop", .name = "one" },
		{ .deed = DEED_ASK, .what = "restart", .name = "one" },
		{ .deed = DEED_ASK, .what = "start", .name = "two" },
		{ .deed = DEED_ASK, .what = "stop", .name = "two" },
		{ .deed = DEED_RELOAD },
		{ .deed = DEED_TTSD_OFF },
		{ .deed = DEED_TTSD_ON },
		{ .deed = DEED_MISHAP, .mishap = MISHAP_LOSES },
		{ .deed = DEED_MISHAP, .mishap = MISHAP_STALLS },
		{ .deed = DEED_WAIT },
	};
	const struct orders o = { confs, acts, COUNT_OF(acts), 4, names };

	(void)state;
	expect_in_every_order(&o);
}

/* A member that was started again before the group's ffmpeg had let it go got
 * an ffmpeg of its own beside that: two wrote to one file. */
static void
test_a_member_is_started_while_it_leaves(void **state)
{
	static const char *const stopped[][2] = { { "two", NULL },
		{ "one", "two" } };
	struct desk d;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT_OF(stopped); i++) {
		desk_begin(&d, i + 1, GROUP(""));
		desk_until(&d, "two", CHILD_RUNNING, NS_PER_S);
		for (n = 0; n < 2 && stopped[i][n]; n++)
			assert_true(desk_ask(&d, "stop", stopped[i][n]));
		assert_int_equal(desk_state(&d, "two"), CHILD_STOPPING);
		assert_true(desk_ask(&d, "start", "two"));
		assert_int_equal(encoders_living(), 1);
		desk_until(&d, "two", CHILD_RUNNING, NS_PER_S);
		assert_int_equal(encoders_living(), 1);
		assert_true(json_is_true(
		    json_object_get(desk_status(&d, "two"), "carried")));
		assert_int_equal(desk_state(&d, "one"),
		    stopped[i][1] ? CHILD_STOPPED : CHILD_RUNNING);
		desk_end(&d);
	}
}

static void
test_backup(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, TWO);
	encoders_mishap("rtmp://a", MISHAP_FAILS, 20, 0);
	assert_true(desk_ask(&d, "restart", "live"));
	fake_run(20 * NS_PER_S);
	assert_string_equal(output_active(desk_output(&d, "live")), "backup");
	assert_non_null(encoders_find("rtmp://b"));
	encoders_mishap(NULL, MISHAP_NONE, 0, 0);
	fake_run(5 * 60 * NS_PER_S);
	assert_string_equal(output_active(desk_output(&d, "live")), "primary");
	assert_null(encoders_find("rtmp://b"));
	desk_check(&d);
	desk_end(&d);
}

/* One of a group fails in it and goes on by itself; what it says of it, key
 * and all, is masked: the group's ffmpeg once knew none of its keys. */
static void
test_a_member_is_lost(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, GROUP(""));
	encoders_mishap("tee", MISHAP_LOSES, 1, 3);
	assert_true(desk_ask(&d, "restart", "one"));
	fake_run(100 * NS_PER_MS);
	desk_until(&d, "one", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(encoders_living(), 1);
	fake_run(2 * NS_PER_S);
	assert_int_equal(desk_state(&d, "one"), CHILD_RUNNING);
	assert_int_equal(desk_state(&d, "two"), CHILD_RUNNING);
	assert_int_equal(encoders_living(), 2);
	desk_check(&d);
	desk_end(&d);
}

/* group.c copied eight settings by hand, and a ninth was forgotten: whatever
 * the schema has of timing reaches the sender of a group. */
static void
test_all_timing_reaches_a_group(void **state)
{
	const struct schema_section *sec = schema;
	const size_t from = offsetof(struct conf_output, timing);
	const struct sender *s = NULL, *group = NULL;
	const struct schema_key *key;
	char conf[2048] = "", row[128];
	const struct conf_output *o;
	struct desk d;
	size_t n = 0;

	(void)state;
	while (strcmp(sec->name, "output") != 0)
		sec++;
	for (key = sec->keys; key->name; key++) {
		if (key->offset < from ||
		    key->offset >= from + sizeof(struct conf_timing))
			continue;
		assert_true(key->type == SCHEMA_DURATION ||
			    key->type == SCHEMA_INTEGER);
		snprintf(row, sizeof(row), "%s = %zu%s\n", key->name, 11 + n++,
		    key->type == SCHEMA_DURATION ? "s" : "");
		strncat(conf, row, sizeof(conf) - strlen(conf) - 1);
	}
	assert_true(n >= 8);
	snprintf(row, sizeof(row),
	    "[output one]\nurl = rtmp://a/b/c\n"
	    "group = g\n");
	memmove(conf + strlen(row), conf, strlen(conf) + 1);
	memcpy(conf, row, strlen(row));
	desk_begin(&d, 1, conf);
	while ((s = sender_next(&d.sv.env, s)) != NULL)
		if (s->spec.conf == NULL)
			group = s;
	assert_non_null(group);
	o = output_conf(desk_output(&d, "one"));
	assert_memory_equal(group->spec.timing, &o->timing, sizeof(o->timing));
	desk_end(&d);
}

static void
test_a_listener(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, ONE "listen = yes\n");
	fake_run(60 * NS_PER_S);
	assert_int_equal(desk_state(&d, "live"), CHILD_STARTING);
	encoders_mishap("-listen", MISHAP_NO_PLAYER, 1, 0);
	encoders_play("-listen");
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	desk_ask(&d, "restart", "live");
	fake_run(2 * NS_PER_S);
	assert_true(fake_logged("who connected was no player"));
	assert_int_equal(desk_state(&d, "live"), CHILD_STARTING);
	desk_end(&d);
}

static void
test_addresses_that_are_asked_for(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	encoders_answer("no rtmp://x/y/SECRETKEY today\n", 3, NS_PER_S);
	assert_true(desk_add(&d, "live", "'url_command':'/fake/ask'"));
	desk_until(&d, "live", CHILD_BACKOFF, 5 * NS_PER_S);
	assert_true(fake_logged("exit status 3: no rtmp://x/y/*** today"));
	encoders_answer("SECRETKEY\n", 0, NS_PER_S);
	desk_until(&d, "live", CHILD_REJECTED, 60 * NS_PER_S);
	encoders_answer("", 0, INT64_MAX);
	desk_ask(&d, "start", "live");
	desk_until(&d, "live", CHILD_BACKOFF, 60 * NS_PER_S);
	encoders_answer("rtmp://x/y/SECRETKEY\n", 0, NS_PER_S);
	desk_until(&d, "live", CHILD_RUNNING, 60 * NS_PER_S);
	assert_false(fake_logged("SECRETKEY"));
	/* Late, and nobody waits any more. */
	desk_ask(&d, "restart", "live");
	fake_run(200 * NS_PER_MS);
	desk_ask(&d, "stop", "live");
	desk_until(&d, "live", CHILD_STOPPED, NS_PER_S);
	fake_run(5 * NS_PER_S);
	assert_int_equal(encoders_living(), 0);
	desk_end(&d);
}

static void
test_what_ffmpeg_lacks(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, "");
	encoders_lack("rtmp");
	probe_again(d.sv.env.probe);
	fake_settle();
	assert_true(desk_add(&d, "live", "'url':'rtmp://a/b/c'"));
	desk_until(&d, "live", CHILD_REJECTED, 5 * NS_PER_S);
	encoders_lack(NULL);
	probe_again(d.sv.env.probe);
	desk_until(&d, "live", CHILD_RUNNING, 5 * NS_PER_S);
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_sends_and_stops),
		cmocka_unit_test(test_ttsd_is_back_before_ffmpeg_has_ended),
		cmocka_unit_test(test_what_changes_is_logged),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_every_order_of_an_output),
		cmocka_unit_test(test_every_order_of_a_group),
		cmocka_unit_test(test_a_member_is_started_while_it_leaves),
		cmocka_unit_test(test_backup),
		cmocka_unit_test(test_a_member_is_lost),
		cmocka_unit_test(test_all_timing_reaches_a_group),
		cmocka_unit_test(test_a_listener),
		cmocka_unit_test(test_addresses_that_are_asked_for),
		cmocka_unit_test(test_what_ffmpeg_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
