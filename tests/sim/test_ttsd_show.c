/* What a board is to show: it is told with its announcement, on the sample on
 * which that begins, and never of one that does not begin. */
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TICKET ",'show':{'ticket':'A023'}"

static const char conf[] = "[channel main]\n"
			   "[channel side]\n"
			   "[video board]\n"
			   "source = board\n"
			   "layout = /fake/board.svg\n"
			   "[video hall]\n"
			   "source = colour\n"
			   "[output b]\n"
			   "url = rtmp://h/a/k\n"
			   "channel = side\n"
			   "video = hall\n";

static void
expect_ticket(const json_t *event, const char *ticket)
{
	assert_non_null(event);
	assert_string_equal(
	    json_text(json_object_get(event, "show"), "ticket"), ticket);
}

/* The error and its message; "" when it was accepted. */
static const char *
refusal(struct station *s, const char *request)
{
	static char text[600];
	const json_t *r = client_ask(s->client, "%s", request);

	assert_non_null(r);
	if (reply_ok(r))
		return "";
	snprintf(text, sizeof(text), "%s: %s", reply_error_code(r),
	    json_text(r, "message"));
	return text;
}

static void
expect_refused(struct station *s, const char *request, const char *words)
{
	const char *text = refusal(s, request);

	if (strstr(text, words) == NULL)
		fail_msg("%s: \"%s\", without \"%s\"", request, text, words);
}

/* ---- with an announcement --------------------------------------------- */

static void
test_told_from_the_queue_to_the_end(void **state)
{
	struct station s;
	const json_t *e;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	id = station_say(&s, "next please", TICKET);
	e = client_ask(s.client, "{'op':'queue'}");
	expect_ticket(json_array_get(json_object_get(e, "items"), 0), "A023");
	expect_ticket(client_event_of(s.events, "queued", id), "A023");
	e = station_wait(&s, id);
	expect_ticket(e, "A023");
	/* One without has no such member. */
	id = station_say(&s, "hello", NULL);
	assert_null(json_object_get(station_wait(&s, id), "show"));
	station_end(&s);
}

/* On the very sample on which it begins, also when it is said again. */
static void
test_started_carries_it_each_time(void **state)
{
	struct station s;
	const json_t *e;
	uint64_t id, first;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	id = station_say(&s, "a long text, to be taken off the air", TICKET);
	fake_run(500 * NS_PER_MS);
	station_say(&s, "fire", ",'priority':'urgent'");
	e = client_event_of(s.events, "started", id);
	expect_ticket(e, "A023");
	fake_run(NS_PER_S);
	expect_ticket(client_event_of(s.events, "preempted", id), "A023");
	fake_run(NS_PER_S);
	e = client_event_of(s.events, "started", id);
	expect_ticket(e, "A023");
	first = (uint64_t)json_number(e, "sample");
	e = station_wait(&s, id);
	assert_int_equal(json_number(e, "first_sample"), first);
	station_end(&s);
}

/* One that is cancelled before it begins was never started, and so nothing of
 * it is shown. */
static void
test_cancelled_is_not_shown(void **state)
{
	struct station s;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	id = station_say(&s, "later", ",'delay_ms':60000" TICKET);
	client_ask(s.client, "{'op':'cancel','id':%d}", (int)id);
	fake_run(2 * 60 * NS_PER_S);
	expect_ticket(client_event_of(s.events, "finished", id), "A023");
	assert_null(client_event_of(s.events, "started", id));
	station_end(&s);
}

/* A key that is known answers the first id, whatever is to be shown. */
static void
test_same_key_shows_the_first(void **state)
{
	struct station s;
	const json_t *r;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	id = station_say(&s, "one", ",'key':'k'" TICKET);
	r = client_ask(s.client,
	    "{'op':'say','text':'one','key':'k','show':{'ticket':'B1'}}");
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	assert_int_equal(json_number(r, "id"), id);
	expect_ticket(client_event_of(s.events, "queued", id), "A023");
	assert_null(client_event_of(s.events, "queued", 0));
	station_end(&s);
}

/* A queue held 8 MiB of text and any amount of what was to be shown. */
static void
test_counts_as_text_of_the_queue(void **state)
{
	struct station s;
	const struct queue *q;

	(void)state;
	station_begin(&s, 1, conf);
	station_say(&s, "later", ",'delay_ms':60000" TICKET);
	q = &s.ttsd.channels[0]->playout.queue;
	assert_int_equal(q->text_bytes, strlen("later") + strlen("ticketA023"));
	client_ask(s.client, "{'op':'clear'}");
	assert_int_equal(q->text_bytes, 0);
	station_end(&s);
}

/* ---- at once ---------------------------------------------------------- */

static void
test_show_at_once(void **state)
{
	struct station s;
	const json_t *e;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	fake_run(NS_PER_S);
	/* Nobody listens to the sound: the stream sleeps, and its clock goes
	 * on. */
	e = client_ask(
	    s.client, "{'op':'show','video':'board','show':{'ticket':'A024'}}");
	assert_true(reply_ok(e));
	e = client_event_of(s.events, "show", 0);
	expect_ticket(e, "A024");
	assert_string_equal(json_text(e, "video"), "board");
	assert_string_equal(json_text(e, "channel"), "main");
	assert_in_range(json_number(e, "sample"), 24000, 24000 + 480);
	assert_null(json_object_get(e, "id"));
	station_end(&s);
}

/* It is stamped with the clock of the channel that is heard with it. */
static void
test_show_finds_the_channel(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	client_ask(
	    s.client, "{'op':'show','video':'hall','show':{'ticket':''}}");
	assert_string_equal(
	    json_text(client_event_of(s.events, "show", 0), "channel"), "side");
	client_ask(s.client, "{'op':'show','video':'hall','channel':'main',"
			     "'show':{'ticket':''}}");
	assert_string_equal(
	    json_text(client_event_of(s.events, "show", 0), "channel"), "main");
	station_end(&s);
}

/* ---- what is refused -------------------------------------------------- */

#define SHOW(fields) "{'op':'show','video':'board','show':" fields "}"
#define NAME32 "abcdefghijklmnopqrstuvwxyz_-0123"

static void
test_what_is_refused(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	expect_refused(&s, "{'op':'show','video':'nosuch','show':{'a':'b'}}",
	    "not-found: there is no [video nosuch]");
	expect_refused(&s,
	    "{'op':'show','video':'board','channel':'x','show':{'a':''}}",
	    "unknown-channel");
	expect_refused(&s, SHOW("'x'"), "\"show\" must be an object");
	expect_refused(&s, SHOW("[]"), "\"show\" must be an object");
	expect_refused(&s, SHOW("{}"), "\"show\" has 0 fields");
	expect_refused(&s, SHOW("{'ticket':1}"), "\"ticket\" in \"show\" must");
	expect_refused(
	    &s, SHOW("{'ticket':null}"), "\"ticket\" in \"show\" must");
	expect_refused(&s, SHOW("{'ticket':['a']}"), "must be a string");
	expect_refused(&s, SHOW("{'a b':'c'}"), "a field \"a b\"");
	expect_refused(&s, SHOW("{'':'c'}"), "a field \"\"");
	expect_refused(&s, SHOW("{'call.1.x':'c'}"), "a field \"call.1.x\"");
	expect_refused(&s, SHOW("{'" NAME32 "4':'c'}"), "a name has 1 to 32");
	expect_refused(&s, SHOW("{'a':'x\\u0007'}"),
	    "\"a\" in \"show\" holds the control character U+0007");
	expect_refused(&s, SHOW("{'a':'\\u009b'}"), "U+009B");
	expect_refused(&s,
	    "{'op':'say','text':'x','show':{'ok':'y','bad':2.5}}",
	    "bad-request: \"bad\" in \"show\"");
	assert_string_equal(refusal(&s, SHOW("{'" NAME32 "':'c'}")), "");
	assert_string_equal(refusal(&s, SHOW("{'a':'b\\tc\\nd'}")), "");
	station_end(&s);
}

/* A request that has `fields` fields of `characters` characters each. */
static const char *
crowd(size_t fields, size_t characters)
{
	static char request[65536];
	size_t at =
	    (size_t)sprintf(request, "{'op':'show','video':'board','show':{");
	size_t i, k;

	for (i = 0; i < fields; i++) {
		at += (size_t)sprintf(
		    request + at, "%s'f%zu':'", i ? "," : "", i);
		for (k = 0; k < characters; k++)
			at += (size_t)sprintf(request + at, "%s", "\u53f7");
		at += (size_t)sprintf(request + at, "'");
	}
	sprintf(request + at, "}}");
	return request;
}

static void
test_how_much_it_takes(void **state)
{
	struct station s;
	const json_t *e;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	assert_string_equal(refusal(&s, crowd(32, 300)), "");
	e = client_event_of(s.events, "show", 0);
	assert_int_equal(json_object_size(json_object_get(e, "show")), 32);
	expect_refused(&s, crowd(33, 1), "\"show\" has 33 fields");
	expect_refused(&s, crowd(1, 301),
	    "\"f0\" in \"show\" has more than 300 characters");
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told_from_the_queue_to_the_end),
		cmocka_unit_test(test_started_carries_it_each_time),
		cmocka_unit_test(test_cancelled_is_not_shown),
		cmocka_unit_test(test_same_key_shows_the_first),
		cmocka_unit_test(test_counts_as_text_of_the_queue),
		cmocka_unit_test(test_show_at_once),
		cmocka_unit_test(test_show_finds_the_channel),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_how_much_it_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
