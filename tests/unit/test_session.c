/*
 * Guards one control connection: every line gets exactly one answer, in
 * order, however the bytes arrive; over-long lines, parked requests, a peer
 * that does not read, and the end. test_session_events.c has subscriptions.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "tests/unit/sample_client.h"

static void
send_text(struct client *c, const char *text)
{
	assert_int_equal(client_send(c, text, strlen(text)), strlen(text));
}

static void
expect(struct client *c, const char *text, const char *answers)
{
	size_t before = c->got_len;

	send_text(c, text);
	assert_string_equal(c->got + before, answers);
}

static void
test_answers_in_order(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	expect(&c, "ping\n", "ok\n");
	expect(&c,
	    "echo a\necho b\n{\"op\":\"ping\",\"tag\":3}\nnope\r\necho c\n",
	    "ok a\nok b\n{\"ok\":true,\"tag\":3}\n"
	    "error unknown-op: no request 'nope'; 'help' lists them\nok c\n");
	assert_false((c.session.state == SESSION_CLOSING) ||
		     (c.session.state == SESSION_BROKEN));
	client_end(&c);
}

static void
test_a_line_waits_for_its_newline(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	expect(&c, "ec", "");
	expect(&c, "ho a", "");
	expect(&c, "b", "");
	expect(&c, "\nping", "ok ab\n");
	expect(&c, "\r\n", "ok\n");
	assert_int_equal(buf_len(&c.session.in), 0);
	client_end(&c);
}

/* printf 'say Hello' | nc -N -U control.sock: without its newline the last line
 * was neither answered nor done. */
static void
test_the_last_line_needs_no_newline(void **state)
{
	struct client c;
	size_t n;

	(void)state;
	client_begin(&c, sample_ops);
	expect(&c, "ping\necho last", "ok\n");
	session_finish(&c.session);
	expect(&c, "", "ok last\n");
	client_end(&c);
	/* None that has been ended is there twice. */
	client_begin(&c, sample_ops);
	expect(&c, "ping\n", "ok\n");
	session_finish(&c.session);
	expect(&c, "", "");
	client_end(&c);
	/* However full it is. */
	client_begin(&c, sample_ops);
	while ((n = session_room(&c.session)) > 0)
		assert_int_equal(session_feed(&c.session, "x", 1), 0);
	assert_int_equal(session_feed(&c.session, "x", 1), ERR_FULL);
	session_finish(&c.session);
	while (session_step(&c.session))
		;
	client_read(&c);
	assert_non_null(strstr(c.got, "too-long"));
	assert_int_equal(buf_len(&c.session.in), 0);
	client_end(&c);
}

static void
test_mistakes_leave_the_connection_alive(void **state)
{
	static const char bytes[] = "\n\r\nping\0\n\xff\n{\n{}\n \nping\n";
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	client_send(&c, bytes, sizeof(bytes) - 1);
	assert_int_equal(count_lines(c.got, c.got_len), 8);
	assert_true(client_answers_valid(&c));
	assert_string_equal(c.got + c.got_len - 4, "\nok\n");
	client_end(&c);
}

/* ---- over-long lines -------------------------------------------------- */

/* Sends `len` bytes of one line, in pieces. */
static void
send_long(struct client *c, char first, size_t len, size_t piece)
{
	char *text = malloc(len);
	size_t at, n;

	assert_non_null(text);
	memset(text, 'x', len);
	if (first == '{')
		text[0] = '{';
	else
		memcpy(text, "echo ", 5);
	for (at = 0; at < len; at += n) {
		n = len - at < piece ? len - at : piece;
		n = client_send(c, text + at, n);
		assert_true(n > 0);
	}
	free(text);
}

static void
test_the_longest_line(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	send_long(&c, 'e', PROTO_LINE_MAX, 5000);
	assert_int_equal(c.got_len, 0);
	send_text(&c, "\n");
	assert_memory_equal(c.got, "ok xxx", 6);
	assert_int_equal(count_lines(c.got, c.got_len), 1);
	client_end(&c);
}

static void
test_overlong_lines(void **state)
{
	static const size_t lengths[] = { PROTO_LINE_MAX + 1,
		PROTO_LINE_MAX + 2, 90000, 200000, 1000000 };
	static const size_t pieces[] = { 1000, 16384, 65536, 65537, 100000 };
	struct client c;
	size_t i, k;
	char first;

	(void)state;
	for (i = 0; i < COUNT_OF(lengths); i++)
		for (k = 0; k < COUNT_OF(pieces); k++) {
			first = (i + k) % 2 ? '{' : 'e';
			client_begin(&c, sample_ops);
			send_long(&c, first, lengths[i], pieces[k]);
			send_text(&c, "\necho after\n");
			assert_int_equal(count_lines(c.got, c.got_len), 2);
			assert_true(client_answers_valid(&c));
			assert_non_null(strstr(c.got, "too-long"));
			assert_int_equal(c.got[0], first);
			assert_string_equal(
			    c.got + c.got_len - 10, "\nok after\n");
			/* The line itself is not kept. */
			assert_int_equal(buf_len(&c.session.in), 0);
			client_end(&c);
		}
}

/* An over-long line may come with its newline and the next line at once. */
static void
test_overlong_in_one_piece(void **state)
{
	static const char after[] = "\necho after\n";
	static char text[PROTO_LINE_MAX + 1 + sizeof(after)];
	struct client c;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text + PROTO_LINE_MAX + 1, after, sizeof(after));
	client_begin(&c, sample_ops);
	send_text(&c, text);
	assert_int_equal(count_lines(c.got, c.got_len), 2);
	assert_memory_equal(c.got, "error too-long: ", 16);
	assert_string_equal(c.got + c.got_len - 10, "\nok after\n");
	client_end(&c);
}

/* A line without an end is answered when it is known to be too long, and only
 * once. */
static void
test_overlong_without_an_end(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	send_long(&c, 'e', PROTO_LINE_MAX + 1, 16384);
	assert_int_equal(count_lines(c.got, c.got_len), 1);
	send_long(&c, 'e', 500000, 16384);
	assert_int_equal(count_lines(c.got, c.got_len), 1);
	assert_int_equal(buf_len(&c.session.in), 0);
	client_end(&c);
}

/* ---- however the bytes arrive ----------------------------------------- */

static const char script[] =
    "ping\r\n"
    "echo \xe6\x97\xa5\xe6\x9c\xac\n"
    "{\"op\":\"echo\",\"text\":\"a\\nb\",\"tag\":{\"k\":[1,2]}}\n"
    "\n"
    "bad\xff\n"
    "{\"op\":\"cancel\",\"id\":\"x\",\"tag\":9}\n"
    "later\n"
    "cancel 77\n"
    "help\n"
    "echo last\n";

static void
test_pieces_make_no_difference(void **state)
{
	struct rng r = { 13 };
	struct client whole, c;
	size_t at, n, max;
	int round;

	(void)state;
	client_begin(&whole, sample_ops);
	whole.sample.open = true;
	send_text(&whole, script);
	assert_int_equal(count_lines(whole.got, whole.got_len), 10);
	for (round = 0; round < 500; round++) {
		client_begin(&c, sample_ops);
		c.sample.open = true;
		max = round == 0 ? 1 : rng_below(&r, 60) + 1;
		for (at = 0; at < strlen(script); at += n) {
			n = rng_below(&r, max) + 1;
			if (n > strlen(script) - at)
				n = strlen(script) - at;
			client_send(&c, script + at, n);
		}
		assert_string_equal(c.got, whole.got);
		client_end(&c);
	}
	client_end(&whole);
}

static void
test_ten_thousand_pings_at_once(void **state)
{
	struct client c;
	char text[5 * 200];
	size_t at = 0, n;
	int i;

	(void)state;
	client_begin(&c, sample_ops);
	for (i = 0; i < 200; i++)
		memcpy(text + 5 * i, "ping\n", 5);
	for (i = 0; i < 50; i++)
		for (at = 0; at < sizeof(text); at += n)
			n = client_send(&c, text + at, sizeof(text) - at);
	assert_int_equal(c.got_len, 3 * 10000);
	assert_int_equal(count_lines(c.got, c.got_len), 10000);
	assert_true(client_answers_valid(&c));
	client_end(&c);
}

/* ---- requests that wait ----------------------------------------------- */

static void
test_later_parks_what_follows(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	expect(&c, "echo a\nlater\necho b\n", "ok a\n");
	assert_true((c.session.state == SESSION_PARKED));
	assert_int_equal(c.sample.asked, 1);
	/* Neither time nor more bytes ask again. */
	expect(&c, "echo c\n", "");
	client_serve(&c);
	assert_int_equal(c.sample.asked, 1);
	session_retry(&c.session);
	client_serve(&c);
	assert_int_equal(c.sample.asked, 2);
	assert_true((c.session.state == SESSION_PARKED));
	assert_string_equal(c.got, "ok a\n");
	c.sample.open = true;
	session_retry(&c.session);
	client_serve(&c);
	assert_string_equal(c.got, "ok a\nok 3\nok b\nok c\n");
	assert_int_equal(c.sample.runs, 4);
	client_end(&c);
}

static void
test_later_with_the_next_line_in_halves(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	expect(&c, "lat", "");
	expect(&c, "er\necho b", "");
	expect(&c, "\nec", "");
	c.sample.open = true;
	session_retry(&c.session);
	expect(&c, "ho c\n", "ok 2\nok b\nok c\n");
	/* Retrying where nothing is parked changes nothing. */
	expect(&c, "ec", "");
	session_retry(&c.session);
	expect(&c, "ho d\n", "ok d\n");
	client_end(&c);
}

/* While parked, what a peer may pile up is bounded, and nothing is lost. */
static void
test_parked_input_is_bounded(void **state)
{
	struct client c;
	size_t sent = 0, n;

	(void)state;
	client_begin(&c, sample_ops);
	send_text(&c, "later\n");
	while ((n = client_send(&c, "ping\n", 5)) == 5)
		sent++;
	assert_in_range(sent, PROTO_LINE_MAX / 5, 200000 / 5);
	assert_int_equal(session_feed(&c.session, "ping\n", 5), ERR_FULL);
	assert_false((c.session.state == SESSION_BROKEN));
	c.sample.open = true;
	session_retry(&c.session);
	client_serve(&c);
	send_text(&c, &"ping\n"[n]);
	assert_int_equal(count_lines(c.got, c.got_len), 1 + sent + 1);
	client_end(&c);
}

/* ---- a peer that does not read ---------------------------------------- */

static void
test_no_answers_past_the_high_mark(void **state)
{
	const unsigned size = SESSION_OUT_HIGH / 50;
	/* ok {"text":"…"} and the newline */
	const unsigned fit = SESSION_OUT_HIGH / (size + 15) + 1;
	struct client c;
	unsigned i;

	(void)state;
	client_begin(&c, sample_ops);
	c.sample.big = size;
	for (i = 0; i < 200; i++)
		assert_int_equal(session_feed(&c.session, "big\n", 4), 0);
	while (session_step(&c.session))
		;
	assert_int_equal(c.sample.runs, fit);
	assert_int_equal(outbox_len(&c.session.out), fit * (size + 15));
	assert_false(session_step(&c.session));
	assert_int_equal(c.sample.runs, fit);
	assert_false((c.session.state == SESSION_BROKEN));
	/* The client reads again, so all the rest is answered. */
	client_serve(&c);
	assert_int_equal(c.sample.runs, 200);
	assert_int_equal(count_lines(c.got, c.got_len), 200);
	client_end(&c);
}

static void
test_an_answer_too_long_for_the_queue(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	c.sample.big = SESSION_OUT_MAX;
	expect(&c, "big\necho a\n",
	    "error unavailable: the answer is longer than a client may leave "
	    "unread; ask for less: one channel, or a \"limit\" where there is "
	    "one\nok a\n");
	assert_false((c.session.state == SESSION_BROKEN));
	client_end(&c);
}

/* ---- the end ---------------------------------------------------------- */

static void
test_quit_is_the_last_answer(void **state)
{
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	expect(&c, "echo a\nquit\necho b\n", "ok a\nok\n");
	assert_true((c.session.state == SESSION_CLOSING));
	expect(&c, "echo c\n", "");
	assert_int_equal(c.sample.runs, 1);
	client_end(&c);
	client_begin(&c, sample_ops);
	expect(&c, "{\"op\":\"quit\",\"tag\":1}\nping\n",
	    "{\"ok\":true,\"tag\":1}\n");
	client_end(&c);
}

/* ---- damaged input ---------------------------------------------------- */

/* Every line that ended has exactly one answer, and each is valid. */
static void
test_damaged_input(void **state)
{
	struct rng r = { 14 };
	struct client c;
	uint8_t bytes[sizeof(script) + 64];
	size_t len, at, n, lines, before;
	int round;

	(void)state;
	client_begin(&c, sample_ops + 1); /* without quit */
	c.sample.open = true;
	for (round = 0; round < 200000; round++) {
		at = rng_below(&r, sizeof(script) - 1);
		len = rng_below(&r, sizeof(script) - at);
		memcpy(bytes, script + at, len);
		len = mutate(&r, bytes, len, sizeof(bytes) - 1);
		bytes[len++] = '\n';
		lines = count_lines((char *)bytes, len);
		before = c.got_len;
		for (at = 0; at < len; at += n) {
			n = rng_below(&r, len - at) + 1;
			n = client_send(&c, bytes + at, n);
		}
		n = count_lines(c.got + before, c.got_len - before);
		if (n != lines || !client_answers_valid(&c)) {
			print_bytes("sent", bytes, len);
			print_bytes("got", c.got + before, c.got_len - before);
			fail_msg("%zu lines, %zu answers", lines, n);
		}
		assert_int_equal(buf_len(&c.session.in), 0);
		c.got_len = 0;
	}
	assert_false((c.session.state == SESSION_BROKEN) ||
		     (c.session.state == SESSION_CLOSING));
	client_end(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_in_order),
		cmocka_unit_test(test_a_line_waits_for_its_newline),
		cmocka_unit_test(test_the_last_line_needs_no_newline),
		cmocka_unit_test(test_mistakes_leave_the_connection_alive),
		cmocka_unit_test(test_the_longest_line),
		cmocka_unit_test(test_overlong_lines),
		cmocka_unit_test(test_overlong_in_one_piece),
		cmocka_unit_test(test_overlong_without_an_end),
		cmocka_unit_test(test_pieces_make_no_difference),
		cmocka_unit_test(test_ten_thousand_pings_at_once),
		cmocka_unit_test(test_later_parks_what_follows),
		cmocka_unit_test(test_later_with_the_next_line_in_halves),
		cmocka_unit_test(test_parked_input_is_bounded),
		cmocka_unit_test(test_no_answers_past_the_high_mark),
		cmocka_unit_test(test_an_answer_too_long_for_the_queue),
		cmocka_unit_test(test_quit_is_the_last_answer),
		cmocka_unit_test(test_damaged_input),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
