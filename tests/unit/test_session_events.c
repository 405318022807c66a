/*
 * Guards subscriptions of a control connection: which events of which
 * channel reach it, how events and answers share the line, and what happens
 * to a subscriber that does not read.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "tests/unit/sample_client.h"

enum { QUEUED, STARTED, WORD, FINISHED, EVENTS };

static bool
subscribe(struct client *c, const char *fields)
{
	char line[512];
	size_t before = c->got_len;

	snprintf(line, sizeof(line), "{\"op\":\"subscribe\"%s%s}\n",
	    fields[0] ? "," : "", fields);
	client_send(c, line, strlen(line));
	assert_true(client_answers_valid(c));
	assert_int_equal(count_lines(c->got + before, c->got_len - before), 1);
	return strstr(c->got + before, "\"ok\":true") != NULL;
}

/* The events that are wanted, one bit each. */
static unsigned
wanted(const struct client *c, const char *channel)
{
	unsigned i, mask = 0;

	for (i = 0; i < EVENTS; i++)
		if (session_wants(&c->session, i, channel))
			mask |= 1u << i;
	return mask;
}

static void
test_nothing_unasked(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	assert_int_equal(wanted(&c, "main"), 0);
	assert_int_equal(wanted(&c, NULL), 0);
	client_end(&c);
}

static void
test_which_events(void **state)
{
	static const struct {
		const char *fields;
		unsigned mask;
	} cases[] = {
		{ "", 15 },
		{ "\"events\":\"all\"", 15 },
		{ "\"events\":null,\"channel\":null", 15 },
		{ "\"events\":[\"all\"]", 15 },
		{ "\"events\":[]", 0 },
		{ "\"events\":\"word\"", 1u << WORD },
		{ "\"events\":[\"queued\",\"finished\",\"queued\"]",
		    1u << QUEUED | 1u << FINISHED },
		{ "\"events\":[\"started\",\"all\"]", 15 },
	};
	struct client c;
	size_t i;

	(void)state;
	client_begin(&c, sample_ops);
	/* Each subscription replaces the one before. */
	for (i = 0; i < COUNT_OF(cases); i++) {
		assert_true(subscribe(&c, cases[i].fields));
		assert_int_equal(wanted(&c, "main"), cases[i].mask);
		assert_int_equal(wanted(&c, NULL), cases[i].mask);
	}
	client_end(&c);
}

static void
test_mistakes_change_nothing(void **state)
{
	static const char *const bad[] = { "\"events\":\"wrod\"",
		"\"events\":[\"word\",\"nope\"]", "\"events\":7",
		"\"events\":[1]", "\"events\":\"\"", "\"channel\":7",
		"\"colour\":\"red\"" };
	struct client c;
	size_t i;

	(void)state;
	client_begin(&c, sample_ops);
	assert_true(subscribe(&c, "\"events\":\"word\",\"channel\":\"a\""));
	for (i = 0; i < COUNT_OF(bad); i++) {
		assert_false(subscribe(&c, bad[i]));
		assert_int_equal(wanted(&c, "a"), 1u << WORD);
		assert_int_equal(wanted(&c, "b"), 0);
	}
	client_end(&c);
}

static void
test_which_channel(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	assert_true(subscribe(&c, "\"channel\":\"main\""));
	assert_int_equal(wanted(&c, "main"), 15);
	assert_int_equal(wanted(&c, "mains"), 0);
	assert_int_equal(wanted(&c, "mai"), 0);
	assert_int_equal(wanted(&c, NULL), 15); /* of no channel: for all */
	assert_true(subscribe(&c, "\"channel\":[\"main\",\"hall\"]"));
	assert_int_equal(wanted(&c, "main"), 15);
	assert_int_equal(wanted(&c, "hall"), 15);
	assert_int_equal(wanted(&c, "other"), 0);
	assert_true(subscribe(&c, ""));
	assert_int_equal(wanted(&c, "other"), 15);
	client_end(&c);
}

/* Story: a name longer than any channel's was cut, and so was the
 * subscription of another channel. */
static void
test_channel_names_are_not_cut(void **state)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz012345";
	char fields[100];
	struct client c;

	(void)state;
	assert_int_equal(strlen(name), 32);
	client_begin(&c, sample_ops);
	snprintf(fields, sizeof(fields), "\"channel\":\"%s\"", name);
	assert_true(subscribe(&c, fields));
	assert_int_equal(wanted(&c, name), 15);
	assert_true(subscribe(&c, "\"channel\":\"main\""));
	snprintf(fields, sizeof(fields), "\"channel\":\"%sx\"", name);
	subscribe(&c, fields);
	assert_int_equal(wanted(&c, name), 0);
	client_end(&c);
}

static void
test_events_and_answers_share_the_line(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	client_event(&c, "{\"event\":\"word\"}");
	client_send(&c, "echo a\nec", 9);
	client_event(&c, "{\"event\":\"started\"}");
	client_send(&c, "ho b\n", 5);
	assert_string_equal(c.got,
	    "{\"event\":\"word\"}\nok a\n{\"event\":\"started\"}\nok b\n");
	client_end(&c);
}

/* Events come also while a request of the same connection is parked. */
static void
test_events_while_parked(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	assert_true(subscribe(&c, ""));
	c.got_len = 0;
	client_send(&c, "later\n", 6);
	assert_true((c.session.state == SESSION_PARKED));
	assert_int_equal(wanted(&c, "main"), 15);
	client_event(&c, "{}");
	client_serve(&c);
	assert_string_equal(c.got, "{}\n");
	client_end(&c);
}

static void
test_nothing_after_quit(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	assert_true(subscribe(&c, ""));
	client_send(&c, "quit\n", 5);
	assert_int_equal(wanted(&c, "main"), 0);
	client_end(&c);
}

/* A subscriber that reads nothing is dropped at the bound, not before. */
static void
test_a_subscriber_that_never_reads(void **state)
{
	char line[1000];
	struct client c;
	size_t i, fit = SESSION_OUT_MAX / sizeof(line);

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	client_begin(&c, sample_ops);
	assert_true(subscribe(&c, ""));
	for (i = 0; i < fit; i++) {
		client_event(&c, line);
		assert_false((c.session.state == SESSION_BROKEN));
	}
	assert_true(outbox_len(&c.session.out) <= SESSION_OUT_MAX);
	client_event(&c, line);
	assert_true((c.session.state == SESSION_DROPPED));
	assert_int_equal(wanted(&c, "main"), 0);
	assert_int_equal(session_feed(&c.session, "echo a\n", 7), 0);
	assert_false(session_step(&c.session));
	client_end(&c);
	assert_int_equal(c.sum.bytes, 0);
}

/* Who is dropped reads the rest of the line that was under way, and then why:
 * a cut line and a closed connection told nothing. */
static void
test_a_dropped_one_is_told(void **state)
{
	static const char told[] =
	    "{\"ok\":false,\"error\":\"unavailable\",\"message\":\"dropped: "
	    "what you asked for is not read in time\"}\n";
	static const char *const lines[] = { "{\"a\":1}\n", "ok b\n",
		"{\"c\":2}\n" };
	const uint8_t *data;
	struct client c;
	size_t bytes, i, at;
	char expected[300];

	(void)state;
	for (bytes = 0; bytes <= 21; bytes++) {
		client_begin(&c, sample_ops);
		assert_true(subscribe(&c, ""));
		client_event(&c, "{\"a\":1}");
		assert_int_equal(session_feed(&c.session, "echo b\n", 7), 0);
		session_step(&c.session);
		client_event(&c, "{\"c\":2}");
		for (i = 0; i < bytes; i++) {
			outbox_peek(&c.session.out, &data);
			outbox_consume(&c.session.out, 1);
		}
		for (i = 0, at = 0; at < bytes; i++)
			at += strlen(lines[i]);
		snprintf(expected, sizeof(expected), "%s%s",
		    at > bytes
			? lines[i - 1] + strlen(lines[i - 1]) - (at - bytes)
			: "",
		    told);
		session_drop(&c.session);
		session_drop(&c.session);
		c.got_len = 0;
		client_read(&c);
		assert_string_equal(c.got, expected);
		client_end(&c);
		assert_int_equal(c.sum.bytes, 0);
	}
}

/* Events that pile up hold back answers, and both come when it reads. */
static void
test_events_hold_back_answers(void **state)
{
	char line[1000];
	struct client c;
	size_t i;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	client_begin(&c, sample_ops);
	for (i = 0; i < SESSION_OUT_HIGH / sizeof(line) + 1; i++)
		client_event(&c, line);
	assert_int_equal(session_feed(&c.session, "echo a\n", 7), 0);
	assert_false(session_step(&c.session));
	assert_int_equal(c.sample.runs, 0);
	client_read(&c);
	client_serve(&c);
	assert_int_equal(c.sample.runs, 1);
	assert_string_equal(c.got + c.got_len - 6, "\nok a\n");
	client_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_unasked),
		cmocka_unit_test(test_which_events),
		cmocka_unit_test(test_mistakes_change_nothing),
		cmocka_unit_test(test_which_channel),
		cmocka_unit_test(test_channel_names_are_not_cut),
		cmocka_unit_test(test_events_and_answers_share_the_line),
		cmocka_unit_test(test_events_while_parked),
		cmocka_unit_test(test_nothing_after_quit),
		cmocka_unit_test(test_a_subscriber_that_never_reads),
		cmocka_unit_test(test_a_dropped_one_is_told),
		cmocka_unit_test(test_events_hold_back_answers),
	};

	return cmocka_run_group_tests_name("session events", tests, NULL, NULL);
}
