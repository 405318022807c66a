/* One request to several channels of a whole ttsd: zones, and lists. */
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define LONG "a text that takes quite a while to be said by anybody at all"

static const char conf[] = "[channel hall]\n"
			   "[channel cafe]\n"
			   "queue_max = 2\n"
			   "[channel ward]\n"
			   "[channel bell]\n"
			   "engine = clip\n"
			   "[zone all]\n"
			   "channels = ward hall cafe\n"
			   "[zone staff]\n"
			   "channels = ward cafe\n";

#define STAFF "{\"name\":\"staff\",\"channels\":[\"ward\",\"cafe\"]}"
#define ZONES                                                                  \
	"[{\"name\":\"all\",\"channels\":[\"ward\",\"hall\",\"cafe\"]}," STAFF \
	"]"

static void
zones_begin(struct station *s)
{
	station_begin(s, 1, conf);
	station_listen(s);
}

/* What a reply tells of a channel; 0 where it tells nothing. */
static uint64_t
told_of(const json_t *reply, const char *each, const char *channel)
{
	return (uint64_t)json_number(json_object_get(reply, each), channel);
}

static const json_t *
say_ok(struct station *s, const char *channel, const char *more)
{
	const json_t *r = client_ask(s->client,
	    "{'op':'say','text':'%s','channel':%s%s}", LONG, channel, more);

	if (!reply_ok(r))
		fail_msg("say: %s", json_text(r, "message"));
	return r;
}

static void
expect_error(
    struct station *s, const char *request, const char *code, const char *words)
{
	const json_t *r = client_ask(s->client, "%s", request);

	/* An engine may have to say first which voices it has. */
	if (r == NULL) {
		fake_run(NS_PER_S);
		r = client_reply(s->client);
	}
	assert_string_equal(reply_error_code(r), code);
	if (strstr(json_text(r, "message"), words) == NULL)
		fail_msg("'%s' lacks '%s'", json_text(r, "message"), words);
}

static size_t
waiting_everywhere(const struct station *s)
{
	size_t i, n = 0;

	for (i = 0; i < s->ttsd.channel_count; i++)
		n += s->ttsd.channels[i]->playout.queue.count;
	return n;
}

/* Waits until announcements 1 to `last` have ended, each once and so. */
static void
expect_outcomes(struct station *s, uint64_t last, const char *outcome)
{
	uint64_t seen = 0, id;
	const json_t *e;
	int ms;

	for (ms = 0; ms < 60000 && seen != (1u << last) - 1; ms += 100) {
		while ((e = client_event_of(s->events, "finished", 0))) {
			id = (uint64_t)json_number(e, "id");
			assert_int_equal(seen & (1u << (id - 1)), 0);
			assert_string_equal(json_text(e, "outcome"), outcome);
			seen |= 1u << (id - 1);
		}
		fake_run(100 * NS_PER_MS);
	}
	assert_int_equal(seen, (1u << last) - 1);
}

/* ---- say --------------------------------------------------------------- */

/* A porter who has three rooms to call in had to send three requests, and did
 * not know what to do when the second one was refused. */
static void
test_zone_is_told_at_once(void **state)
{
	static const char *const order[] = { "ward", "hall", "cafe" };
	struct station s;
	const json_t *ids, *id;
	const char *name;
	size_t n = 0;

	(void)state;
	zones_begin(&s);
	ids = json_incref(json_object_get(say_ok(&s, "'all'", ""), "ids"));
	json_object_foreach((json_t *)ids, name, id)
	{
		assert_string_equal(name, order[n]);
		assert_int_equal(json_integer_value(id), ++n);
	}
	assert_int_equal(n, 3);
	expect_outcomes(&s, 3, "spoken");
	json_decref((json_t *)ids);
	station_end(&s);
}

static void
test_answers_by_channel(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	zones_begin(&s);
	assert_true(
	    reply_ok(client_ask(s.client, "{'op':'pause','channel':'cafe'}")));
	say_ok(&s, "'hall'", "");
	r = say_ok(&s, "['hall','staff','ward']", "");
	assert_int_equal(told_of(r, "ids", "hall"), 2);
	assert_int_equal(told_of(r, "ids", "ward"), 3);
	assert_int_equal(told_of(r, "ids", "cafe"), 4);
	assert_int_equal(json_object_size(json_object_get(r, "ids")), 3);
	assert_int_equal(told_of(r, "positions", "hall"), 1);
	assert_int_equal(told_of(r, "positions", "ward"), 0);
	assert_int_equal(json_object_size(json_object_get(r, "held")), 1);
	assert_null(json_object_get(r, "id"));
	/* A single name is answered as ever; a list of one is a list. */
	r = say_ok(&s, "'ward'", "");
	assert_int_equal(json_number(r, "id"), 5);
	assert_null(json_object_get(r, "ids"));
	r = say_ok(&s, "['ward']", "");
	assert_int_equal(told_of(r, "ids", "ward"), 6);
	station_end(&s);
}

/* Half a zone that was told is worse than none: who asks again tells the first
 * half twice. */
static void
test_all_or_nothing(void **state)
{
	struct station s;
	int i;

	(void)state;
	zones_begin(&s);
	for (i = 0; i < 2; i++)
		say_ok(&s, "'cafe'", "");
	expect_error(&s, "{'op':'say','text':'x','channel':'all'}",
	    "queue-full", "channel 'cafe' has");
	assert_int_equal(waiting_everywhere(&s), 2);
	/* It is told which channel it was that has no such voice. */
	assert_true(
	    reply_ok(client_ask(s.client, "{'op':'clear','channel':'all'}")));
	expect_error(&s,
	    "{'op':'say','text':'x','channel':['hall','bell'],'voice':'de'}",
	    "unknown-voice", "channel 'bell': engine 'clip' has no voice");
	assert_int_equal(waiting_everywhere(&s), 0);
	station_end(&s);
}

static void
test_mistakes(void **state)
{
	struct station s;

	(void)state;
	zones_begin(&s);
	expect_error(&s, "{'op':'say','text':'x','channel':['hall','x']}",
	    "unknown-channel", "no channel or zone 'x'");
	expect_error(&s, "{'op':'say','text':'x','channel':[]}", "bad-request",
	    "\"channel\" is empty");
	expect_error(&s, "{'op':'say','text':'x','channel':[1]}", "bad-request",
	    "list of strings");
	expect_error(&s, "{'op':'say','text':'x','channel':'all','key':''}",
	    "bad-request", "\"key\" has");
	assert_int_equal(waiting_everywhere(&s), 0);
	station_end(&s);
}

/* A retry after a time-out must not call in those rooms again that knew it;
 * another zone may have told some of them already. */
static void
test_key_is_known_to_some(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	zones_begin(&s);
	say_ok(&s, "'hall'", ",'key':'k'");
	r = say_ok(&s, "'all'", ",'key':'k'");
	assert_int_equal(told_of(r, "ids", "hall"), 1);
	assert_int_equal(told_of(r, "ids", "ward"), 2);
	assert_int_equal(told_of(r, "ids", "cafe"), 3);
	assert_int_equal(json_object_size(json_object_get(r, "positions")), 2);
	assert_int_equal(json_object_size(json_object_get(r, "duplicates")), 1);
	r = say_ok(&s, "'all'", ",'key':'k'");
	assert_int_equal(told_of(r, "ids", "cafe"), 3);
	assert_int_equal(json_object_size(json_object_get(r, "duplicates")), 3);
	station_wait(&s, 3);
	r = say_ok(&s, "'all'", ",'key':'k'");
	assert_int_equal(json_object_size(json_object_get(r, "outcomes")), 3);
	station_end(&s);
}

/* ---- replaces ---------------------------------------------------------- */

/* A counter that had called A023 and corrects itself to A024 had both called,
 * and whoever was A023 came for nothing. */
static void
test_replaces_what_waits(void **state)
{
	struct station s;
	const json_t *r, *end;

	(void)state;
	zones_begin(&s);
	say_ok(&s, "'ward'", "");
	fake_run(50 * NS_PER_MS);
	say_ok(&s, "['ward','hall']", ",'key':'a'");
	fake_run(50 * NS_PER_MS);
	say_ok(&s, "'ward'", "");
	r = say_ok(&s, "['ward','hall']", ",'key':'b','replaces':'a'");
	assert_int_equal(told_of(r, "replaced", "ward"), 2);
	/* It waits no more, so the new one is said after it. */
	assert_int_equal(told_of(r, "replaced", "hall"), 0);
	assert_int_equal(told_of(r, "positions", "ward"), 1);
	end = station_wait(&s, 2);
	assert_string_equal(json_text(end, "outcome"), "cancelled");
	assert_string_equal(json_text(end, "reason"), "replaced by 5");
	/* A retry replaces nothing; the next one replaces that one. */
	r = say_ok(&s, "'ward'", ",'key':'b','replaces':'a'");
	assert_int_equal(json_number(r, "id"), 5);
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	r = say_ok(&s, "'ward'", ",'key':'c','replaces':'b'");
	assert_int_equal(json_number(r, "replaced"), 5);
	r = say_ok(&s, "'ward'", ",'replaces':'none'");
	assert_null(json_object_get(r, "replaced"));
	assert_string_equal(
	    json_text(station_wait(&s, 7), "outcome"), "spoken");
	expect_error(&s, "{'op':'say','text':'x','key':'k','replaces':'k'}",
	    "bad-request", "must be another");
	expect_error(&s, "{'op':'say','text':'x','replaces':''}", "bad-request",
	    "\"replaces\" has");
	station_end(&s);
}

/* A queue that is full has room for what replaces one of it. */
static void
test_replaces_in_a_full_queue(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	zones_begin(&s);
	assert_true(
	    reply_ok(client_ask(s.client, "{'op':'pause','channel':'all'}")));
	say_ok(&s, "'cafe'", ",'key':'a'");
	say_ok(&s, "'cafe'", "");
	r = say_ok(&s, "'cafe'", ",'replaces':'a'");
	assert_int_equal(json_number(r, "position"), 0);
	expect_error(&s,
	    "{'op':'say','text':'x','channel':'cafe','replaces':'a'}",
	    "queue-full", "cafe");
	station_end(&s);
}

/* ---- the other operations ---------------------------------------------- */

static void
test_cancel_all_of_it(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	zones_begin(&s);
	say_ok(&s, "'all'", "");
	fake_run(50 * NS_PER_MS);
	/* As it was answered, and those only that are where it says. */
	r = client_ask(
	    s.client, "{'op':'cancel','ids':{'ward':1,'hall':3,'none':2}}");
	assert_int_equal(json_number(r, "cancelled"), 1);
	r = client_ask(s.client, "{'op':'cancel','ids':[1,'2',3]}");
	assert_int_equal(json_number(r, "cancelled"), 2);
	expect_outcomes(&s, 3, "cancelled");
	expect_error(&s, "{'op':'cancel','ids':[1,2,3]}", "not-found", "none");
	expect_error(&s, "{'op':'cancel','ids':[]}", "bad-request", "1 to 100");
	expect_error(&s, "{'op':'cancel','ids':{'x':0}}", "bad-request", "ids");
	expect_error(
	    &s, "{'op':'cancel','ids':[1],'id':1}", "bad-request", "one of");
	expect_error(&s, "{'op':'cancel'}", "bad-request", "one of");
	station_end(&s);
}

static void
expect_zones(const json_t *reply, const char *zones)
{
	char *told = json_dumps(json_object_get(reply, "zones"), JSON_COMPACT);

	assert_string_equal(told, zones);
	free(told);
}

static void
test_operations_of_a_zone(void **state)
{
	struct station s;
	const json_t *r;
	int i;

	(void)state;
	zones_begin(&s);
	for (i = 0; i < 2; i++)
		say_ok(&s, "'all'", "");
	fake_run(50 * NS_PER_MS);
	r = client_ask(s.client, "{'op':'channels'}");
	expect_zones(r, ZONES);
	r = client_ask(s.client, "{'op':'channels','only':['staff']}");
	expect_zones(r, "[" STAFF "]");
	r = client_ask(s.client, "{'op':'channels','only':['cafe']}");
	expect_zones(r, "[]");
	r = client_ask(s.client, "{'op':'queue','channel':'staff'}");
	r = json_object_get(r, "queues");
	assert_int_equal(json_object_size(r), 2);
	assert_int_equal(json_array_size(json_object_get(r, "cafe")), 2);
	r = client_ask(s.client, "{'op':'status','channel':'staff'}");
	assert_int_equal(json_array_size(json_object_get(r, "channels")), 2);
	r = client_ask(s.client, "{'op':'skip','channel':'staff'}");
	assert_int_equal(told_of(r, "ids", "ward"), 1);
	assert_int_equal(told_of(r, "ids", "cafe"), 3);
	assert_null(json_object_get(json_object_get(r, "ids"), "hall"));
	r = client_ask(s.client, "{'op':'clear','channel':'all'}");
	assert_int_equal(json_number(r, "cleared"), 3);
	r = client_ask(s.client, "{'op':'pause','channel':['hall','cafe']}");
	assert_true(reply_ok(r));
	assert_true(s.ttsd.channels[0]->playout.paused);
	assert_true(s.ttsd.channels[1]->playout.paused);
	assert_false(s.ttsd.channels[2]->playout.paused);
	assert_true(
	    reply_ok(client_ask(s.client, "{'op':'resume','channel':'all'}")));
	assert_false(s.ttsd.channels[1]->playout.paused);
	expect_error(&s, "{'op':'pause','channel':['hall','x']}",
	    "unknown-channel", "'x'");
	assert_false(s.ttsd.channels[0]->playout.paused);
	station_end(&s);
}

/* `subscribe` and `set` were of one channel only: who watches over a zone got
 * all channels or one, and music was turned down room by room. */
static void
test_events_of_a_zone(void **state)
{
	struct station s;
	struct client *c;

	(void)state;
	zones_begin(&s);
	c = client_open(STATION_CONTROL);
	assert_true(reply_ok(client_ask(c, "{'op':'subscribe','events':'queued'"
					   ",'channel':['staff','bell']}")));
	say_ok(&s, "'all'", "");
	fake_run(50 * NS_PER_MS);
	assert_string_equal(
	    json_text(client_event_of(c, "queued", 0), "channel"), "ward");
	assert_string_equal(
	    json_text(client_event_of(c, "queued", 0), "channel"), "cafe");
	assert_null(client_event_of(c, "queued", 0));
	expect_error(&s, "{'op':'subscribe','channel':['hall','x']}",
	    "unknown-channel", "'x'");
	client_close(c);
	station_end(&s);
}

static void
test_set_of_a_zone(void **state)
{
	struct station s;
	size_t i;

	(void)state;
	zones_begin(&s);
	assert_true(reply_ok(client_ask(s.client,
	    "{'op':'set','channel':'staff','rate':200,'bed_volume':40}")));
	for (i = 0; i < s.ttsd.channel_count; i++)
		assert_int_equal(s.ttsd.channels[i]->playout.bed.volume,
		    i == 1 || i == 2 ? 40 : 100);
	/* All of them, or none. */
	expect_error(&s,
	    "{'op':'set','channel':['hall','bell'],'voice':'en',"
	    "'bed_volume':10}",
	    "unknown-voice", "channel 'bell': engine 'clip' has no voice");
	assert_int_equal(s.ttsd.channels[0]->playout.bed.volume, 100);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zone_is_told_at_once),
		cmocka_unit_test(test_answers_by_channel),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_key_is_known_to_some),
		cmocka_unit_test(test_replaces_what_waits),
		cmocka_unit_test(test_replaces_in_a_full_queue),
		cmocka_unit_test(test_cancel_all_of_it),
		cmocka_unit_test(test_operations_of_a_zone),
		cmocka_unit_test(test_events_of_a_zone),
		cmocka_unit_test(test_set_of_a_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
