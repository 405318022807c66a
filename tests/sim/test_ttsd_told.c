/* Story: `set` changed how a channel speaks, and nothing showed it; of what
 * waited the queue showed a text. What `status` and `queue` tell. */
#include "tests/sim/clerk.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char conf[] = "[ttsd]\ndurable = yes\n"
			   "[channel main]\nvolume = 80\nbed_volume = 30\n"
			   "[channel hall]\n"
			   "[message ticket]\n"
			   "text = Ticket {ticket}.\n"
			   "repeat = 2\n";

/* ---- how a channel speaks ----------------------------------------------- */

static const json_t *
status_of(struct station *s, size_t channel)
{
	const json_t *r = client_ask(s->client, "{'op':'status'}");

	return json_array_get(json_object_get(r, "channels"), channel);
}

static void
expect(const json_t *object, const char *name, const char *expected)
{
	char *text = json_dumps(json_object_get(object, name),
	    JSON_ENCODE_ANY | JSON_SORT_KEYS | JSON_COMPACT);

	if (text == NULL || strcmp(text, expected) != 0)
		fail_msg("%s is %s, not %s", name, text, expected);
	free(text);
}

static void
test_what_set_changed(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	expect(status_of(&s, 0), "set", "[]");
	assert_true(reply_ok(station_reply(
	    &s, client_ask(s.client,
		    "{'op':'set','channel':'main','voice':'gmw/de','rate':120,"
		    "'pitch':50,'bed_volume':70,'bed':'music'}"))));
	expect(status_of(&s, 0), "set",
	    "[\"voice\",\"rate\",\"bed\",\"bed_volume\"]");
	expect(status_of(&s, 0), "speaks",
	    "{\"bed\":\"music\",\"bed_volume\":70,\"language\":\"auto\","
	    "\"pitch\":50,\"rate\":120,\"voice\":\"gmw/de\",\"volume\":80}");
	expect(status_of(&s, 1), "set", "[]");
	/* And back. */
	station_reply(
	    &s, client_ask(s.client,
		    "{'op':'set','channel':'main','voice':'','rate':0,"
		    "'bed_volume':30,'bed':''}"));
	expect(status_of(&s, 0), "set", "[]");
	station_end(&s);
}

/* ---- the whole of an announcement --------------------------------------- */

static const json_t *
last_item(struct station *s)
{
	const json_t *r =
	    station_reply(s, client_ask(s->client, "{'op':'queue'}"));
	const json_t *items = json_object_get(r, "items");

	return json_array_get(items, json_array_size(items) - 1);
}

static void
expect_ticket(struct station *s, int64_t asked_ms)
{
	const json_t *item = last_item(s);

	expect(item, "message", "\"ticket\"");
	expect(item, "key", "\"k1\"");
	expect(item, "by", "\"desk 3\"");
	expect(item, "repeat", "2");
	expect(item, "voices", "[\"gmw/de\"]");
	expect(item, "engines", "[\"espeak\"]");
	expect(item, "languages", "[\"de\"]");
	assert_int_equal(json_number(item, "accepted_ms"), asked_ms);
	assert_true(json_number(item, "expires_ms") > 3500000);
	assert_true(json_number(item, "expires_ms") <= 3600000);
}

static void
test_the_whole_of_an_announcement(void **state)
{
	struct station s;
	int64_t asked_ms;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	asked_ms = clock_utc_ms();
	assert_true(reply_ok(station_reply(
	    &s, client_ask(s.client,
		    "{'op':'say','message':'ticket','fields':{'ticket':12},"
		    "'key':'k1','by':'desk 3','voice':'gmw/de','language':'de',"
		    "'ttl_ms':3540000,'delay_ms':60000}"))));
	expect_ticket(&s, asked_ms);
	/* After a restart it is known still. */
	station_stop(&s);
	station_start_again(&s, conf);
	fake_run(NS_PER_S);
	expect_ticket(&s, asked_ms);
	station_end(&s);
}

/* What it does not have is not told. */
static void
test_of_a_plain_one(void **state)
{
	static const char *const none[] = { "key", "by", "message", "repeat",
		"expires_ms", "due_ms", "show" };
	struct station s;
	size_t i;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	client_ask(s.client, "{'op':'pause'}");
	station_say(&s, "text", "");
	for (i = 0; i < COUNT_OF(none); i++)
		assert_null(json_object_get(last_item(&s), none[i]));
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_what_set_changed),
		ON_DISK(test_the_whole_of_an_announcement),
		ON_DISK(test_of_a_plain_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
