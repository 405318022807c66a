/* Messages of the configuration, whose fields are filled in by who asks. */
#include "tests/sim/clerk.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char conf[] =
    "[ttsd]\ndurable = yes\n"
    "[channel main]\n"
    "[channel hall]\n"
    "[message ticket]\n"
    "text = 请{ticket}号到{counter}号窗口。 Ticket {ticket}.\n"
    "chime = ding\n"
    "priority = high\n"
    "channel = hall main\n"
    "[message closed]\n"
    "text = {{Closed}} today.\n"
    "show = no\n";

static void
expect_refused(struct station *s, const char *more, const char *words)
{
	const json_t *r = client_ask(s->client, "{'op':'say',%s}", more);

	assert_non_null(r);
	assert_false(reply_ok(r));
	if (strstr(json_text(r, "message"), words) == NULL)
		fail_msg("%s: \"%s\", without \"%s\"", more,
		    json_text(r, "message"), words);
}

static void
test_refusals(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	expect_refused(&s, "'message':'tickets'", "mean 'ticket'");
	expect_refused(&s, "'message':'ticket','fields':{'ticket':'A023'}",
	    "needs the field \"counter\"");
	expect_refused(&s,
	    "'message':'ticket','fields':{'ticket':'A','counter':1,'door':2}",
	    "has no field \"door\"");
	expect_refused(&s,
	    "'message':'ticket','fields':{'ticket':'A','counter':true}",
	    "\"counter\" in \"fields\" must be");
	expect_refused(&s, "'message':'closed','text':'a'", "exclude");
	expect_refused(&s, "'text':'a','fields':{'a':'b'}", "\"message\"");
	expect_refused(&s, "'chime':'ding'", "or \"message\"");
	expect_refused(&s,
	    "'message':'ticket','fields':{'ticket':'A\\u0007','counter':1}",
	    "control character");
	assert_int_equal(clerk_count(), 0);
	station_end(&s);
}

/* The section's channels answer, also where the reply waits for the disk. */
static void
test_said(void **state)
{
	struct station s;
	const json_t *r, *e;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	station_listen(&s);
	clerk_set_delay(100 * NS_PER_MS);
	assert_null(
	    client_ask(s.client, "{'op':'say','message':'ticket',"
				 "'fields':{'ticket':'A023','counter':3}}"));
	fake_run(200 * NS_PER_MS);
	r = client_reply(s.client);
	assert_true(reply_ok(r));
	assert_true(json_is_true(json_object_get(r, "durable")));
	assert_int_equal(json_object_size(json_object_get(r, "ids")), 2);
	e = client_event_of(s.events, "queued", 0);
	assert_string_equal(
	    json_text(e, "text"), "请A023号到3号窗口。 Ticket A023.");
	assert_string_equal(json_text(e, "priority"), "high");
	assert_string_equal(
	    json_text(json_object_get(e, "show"), "counter"), "3");
	assert_string_equal(
	    json_text(station_wait(&s, 2), "outcome"), "spoken");
	assert_int_equal(clerk_count(), 2);
	station_end(&s);
}

/* The request has the last word. */
static void
test_said_otherwise(void **state)
{
	struct station s;
	const json_t *r, *e;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	station_listen(&s);
	r = client_ask(s.client,
	    "{'op':'say','message':'ticket','channel':'main','show':{'a':'b'},"
	    "'priority':'normal','fields':{'ticket':'A','counter':'3'}}");
	assert_int_equal(json_number(r, "id"), 1);
	e = client_event_of(s.events, "queued", 0);
	assert_string_equal(json_text(e, "priority"), "normal");
	assert_int_equal(json_object_size(json_object_get(e, "show")), 1);
	client_ask(s.client, "{'op':'say','message':'closed'}");
	e = client_event_of(s.events, "queued", 2);
	assert_string_equal(json_text(e, "text"), "{Closed} today.");
	assert_null(json_object_get(e, "show"));
	station_end(&s);
}

static void
test_listed(void **state)
{
	struct station s;
	json_t *wanted;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, conf);
	r = client_ask(s.client, "{'op':'messages'}");
	wanted = json_pack("[{s:s, s:s, s:[ss]}, {s:s, s:s, s:[]}]", "name",
	    "ticket", "text",
	    "请{ticket}号到{counter}号窗口。 Ticket {ticket}.", "fields",
	    "ticket", "counter", "name", "closed", "text", "{{Closed}} today.",
	    "fields");
	assert_true(json_equal(json_object_get(r, "messages"), wanted));
	json_decref(wanted);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_refusals),
		ON_DISK(test_said),
		ON_DISK(test_said_otherwise),
		ON_DISK(test_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
