/*
 * Guards what a message becomes: whoever may publish can put anything into it,
 * and a broker gives it more than once.
 */
#include "tests/unit/test.h"

#include "common/control/fields.h"
#include "gateway/mqtt/redelivery.h"
#include "gateway/mqtt/request.h"
#include "gateway/mqtt/topic.h"

#define SAY (1u << RIGHT_SAY)
#define ALL (SAY | 1u << RIGHT_URGENT | 1u << RIGHT_CONTROL)

static void
test_topics(void **state)
{
	char east[] = "east", all[] = "all";
	char *groups[] = { east, all, NULL };
	char word[CONF_TOPIC_WORD_MAX + 1], topic[TOPIC_MAX];
	char longest[2 * CONF_TOPIC_WORD_MAX];

	(void)state;
	assert_int_equal(topic_read("ttsd/hall/say", "hall", NULL), TOPIC_SAY);
	assert_int_equal(
	    topic_read("ttsd/group/all/cancel", "hall", groups), TOPIC_CANCEL);
	assert_int_equal(
	    topic_read("ttsd/group/west/say", "hall", groups), TOPIC_OPS);
	assert_int_equal(
	    topic_read("ttsd/cafe/say", "hall", groups), TOPIC_OPS);
	assert_int_equal(topic_read("ttsd/hall/say/", "hall", NULL), TOPIC_OPS);
	assert_int_equal(topic_read("ttsd/+/say", "hall", groups), TOPIC_OPS);
	assert_int_equal(topic_read("", "hall", groups), TOPIC_OPS);

	topic_word("till-3.example.com", word);
	assert_string_equal(word, "till-3-example-com");
	topic_word("a/+#", word);
	assert_string_equal(word, "a---");
	topic_word("group", word);
	assert_string_equal(word, "site");
	topic_word("", word);
	assert_string_equal(word, "site");
	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	topic_word(longest, word);
	assert_int_equal(strlen(word), CONF_TOPIC_WORD_MAX);
	topic_write_group(topic, word, TOPIC_AVAILABILITY);
	assert_string_equal(
	    topic + strlen(topic) - strlen("/availability"), "/availability");

	assert_true(topic_may_answer("desk/3/answers"));
	assert_false(topic_may_answer("ttsd/cafe/say"));
	assert_false(topic_may_answer("$SYS/x"));
	assert_false(topic_may_answer("desk/#"));
	assert_false(topic_may_answer(""));
}

static json_t *
message(const char *text)
{
	json_t *m = json_loads(text, 0, NULL);

	assert_non_null(m);
	return m;
}

/* Reads a message; returns its request as text, or "CODE: why". */
static const char *
read_as(enum topic_op op, const char *text, uint32_t rights)
{
	static char out[8192];
	json_t *m = message(text);
	struct mqtt_request r;
	char *body;

	request_read(op, m, rights, &r);
	body = json_dumps(r.body, JSON_COMPACT | JSON_SORT_KEYS);
	if (r.body)
		snprintf(out, sizeof(out), "%s", body);
	else
		snprintf(out, sizeof(out), "%s: %s", r.code, r.why);
	free(body);
	json_decref(r.body);
	json_decref(m);
	return out;
}

#define HEAD "{\"topic\":\"t\",\"retain\":false,\"id\":0,"

static void
test_payloads(void **state)
{
	(void)state;
	assert_string_equal(
	    read_as(TOPIC_SAY, HEAD "\"payload\":\"Hello\"}", SAY),
	    "{\"by\":\"mqtt\",\"no_urgent\":true,\"op\":\"say\","
	    "\"text\":\"Hello\"}");
	assert_string_equal(
	    read_as(TOPIC_SAY, HEAD "\"payload\":\"Hello\"}", ALL),
	    "{\"by\":\"mqtt\",\"op\":\"say\",\"text\":\"Hello\"}");
	/* Somebody else's name was in the history. */
	assert_string_equal(
	    read_as(TOPIC_SAY,
		HEAD "\"payload\":\"{\\\"text\\\":\\\"a\\\",\\\"by\\\":"
		     "\\\"root\\\"}\"}",
		ALL),
	    "{\"by\":\"mqtt\",\"op\":\"say\",\"text\":\"a\"}");
	/* What is not meant for an operation of its own is not one. */
	assert_string_equal(
	    read_as(TOPIC_SAY,
		HEAD "\"payload\":\"{\\\"text\\\":\\\"a\\\",\\\"op\\\":"
		     "\\\"upgrade\\\"}\"}",
		SAY),
	    "{\"by\":\"mqtt\",\"no_urgent\":true,\"op\":\"say\","
	    "\"text\":\"a\"}");
	assert_string_equal(
	    read_as(TOPIC_CANCEL, HEAD "\"payload\":\"7\"}", SAY),
	    "{\"id\":\"7\",\"no_urgent\":true,\"op\":\"cancel\"}");
	/* A button of Home Assistant says PRESS. */
	assert_string_equal(
	    read_as(TOPIC_SKIP, HEAD "\"payload\":\"PRESS\"}", ALL),
	    "{\"op\":\"skip\"}");
	assert_string_equal(
	    read_as(TOPIC_PAUSE,
		HEAD "\"payload\":\"{\\\"channel\\\":\\\"a\\\"}\"}", ALL),
	    "{\"channel\":\"a\",\"op\":\"pause\"}");
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		enum topic_op op;
		const char *text, *answer;
		uint32_t rights;
	} rows[] = {
		{ TOPIC_SAY, HEAD "\"payload\":\"\"}",
		    "bad-request: there is nothing in it", SAY },
		{ TOPIC_SAY, HEAD "\"fault\":\"it is not UTF-8\"}",
		    "bad-request: it is not UTF-8", SAY },
		{ TOPIC_SAY,
		    "{\"topic\":\"t\",\"retain\":true,\"payload\":"
		    "\"x\"}",
		    "bad-request: it is retained", SAY },
		{ TOPIC_SAY,
		    HEAD "\"payload\":\"{\\\"text\\\":\\\"x\\\",\\\"key\\\":"
			 "\\\"k\\\",\\\"again\\\":true}\"}",
		    "bad-request: \"again\" is not for messages", SAY },
		{ TOPIC_SAY, HEAD "\"payload\":\"x\",\"expiry_s\":0}",
		    "bad-request: its time is over", SAY },
		{ TOPIC_SAY, HEAD "\"payload\":\"{\"}", "bad-request: ", SAY },
		{ TOPIC_SAY, HEAD "\"payload\":\"x\"}", "denied: ", 0 },
		{ TOPIC_SKIP, HEAD "\"payload\":\"\"}", "denied: ", SAY },
		{ TOPIC_SAY,
		    HEAD "\"payload\":\"{\\\"text\\\":\\\"a\\\","
			 "\\\"priority\\\":\\\"urgent\\\"}\"}",
		    "denied: [mqtt] may has not 'urgent'", SAY },
		{ TOPIC_SAY,
		    HEAD "\"payload\":\"{\\\"priority\\\":\\\"urgent\\\"}\"}",
		    "denied: [mqtt] may has not 'say'", 1u << RIGHT_URGENT },
	};
	const char *got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		got = read_as(rows[i].op, rows[i].text, rows[i].rights);
		if (strncmp(got, rows[i].answer, strlen(rows[i].answer)) != 0)
			fail_msg("%s\n  is: %s\n  not: %s", rows[i].text, got,
			    rows[i].answer);
	}
}

static int64_t
ttl_of(const char *text)
{
	json_t *m = message(text);
	struct mqtt_request r;
	int64_t ttl;

	request_read(TOPIC_SAY, m, SAY, &r);
	ttl = body_integer(r.body, "ttl_ms", -1);
	json_decref(r.body);
	json_decref(m);
	return ttl;
}

/* What waited at the broker has so much less. */
static void
test_expiry(void **state)
{
	(void)state;
	assert_int_equal(ttl_of(HEAD "\"payload\":\"x\"}"), -1);
	assert_int_equal(
	    ttl_of(HEAD "\"payload\":\"x\",\"expiry_s\":7}"), 7000);
	assert_int_equal(ttl_of(HEAD "\"payload\":\"x\",\"expiry_s\":"
				     "4294967295}"),
	    INT64_C(7) * 24 * 3600 * 1000);
	assert_int_equal(ttl_of(HEAD "\"payload\":\"{\\\"ttl_ms\\\":500}\","
				     "\"expiry_s\":7}"),
	    500);
	assert_int_equal(ttl_of(HEAD "\"payload\":\"{\\\"ttl_ms\\\":9000}\","
				     "\"expiry_s\":7}"),
	    7000);
}

static void
key_of(const char *text, char out[256])
{
	json_t *m = message(text);
	struct mqtt_request r;
	const char *key;

	request_read(TOPIC_SAY, m, SAY, &r);
	key = body_string(r.body, "key");
	snprintf(out, 256, "%s", key ? key : "");
	json_decref(r.body);
	json_decref(m);
}

#define PACKET(topic, id, payload, more)                           \
	"{\"topic\":\"" topic "\",\"retain\":false,\"id\":" id "," \
	"\"payload\":\"" payload "\"" more "}"

static void
test_keys(void **state)
{
	static const char *const others[] = { PACKET("t", "6", "x", ""),
		PACKET("t", "5", "y", ""), PACKET("u", "5", "x", "") };
	char key[256], other[256];
	size_t i;

	(void)state;
	key_of(PACKET("t", "5", "x", ""), key);
	assert_int_equal(strlen(key), strlen("mqtt-") + 32);
	key_of(PACKET("t", "5", "x", ",\"expiry_s\":3"), other);
	assert_string_equal(key, other);
	for (i = 0; i < COUNT_OF(others); i++) {
		key_of(others[i], other);
		assert_string_not_equal(key, other);
	}
	/* It comes once: nothing is to be told apart. */
	key_of(PACKET("t", "0", "x", ""), key);
	assert_string_equal(key, "");
	key_of(PACKET("t", "5", "x", ",\"key\":\"A\""), key);
	assert_string_equal(key, "A");
	key_of(
	    PACKET("t", "5", "{\\\"key\\\":\\\"B\\\"}", ",\"key\":\"A\""), key);
	assert_string_equal(key, "B");
}

static void
test_what_comes_again(void **state)
{
	struct redelivery r = { .next = 0 };
	int i;

	(void)state;
	assert_int_equal(redelivery_find(&r, 0, ""), 0);
	redelivery_note(&r, 5, "A", 77);
	redelivery_note(&r, 0, "B", 78);
	assert_int_equal(redelivery_find(&r, 5, "A"), 77);
	/* Somebody says it once more, on purpose. */
	assert_int_equal(redelivery_find(&r, 6, "A"), 0);
	assert_int_equal(redelivery_find(&r, 0, "B"), 0);
	for (i = 0; i < REDELIVERY_MAX; i++)
		redelivery_note(&r, 100 + i, "C", 79);
	assert_int_equal(redelivery_find(&r, 5, "A"), 0);
	assert_int_equal(redelivery_find(&r, 100, "C"), 79);
	redelivery_forget(&r);
	assert_int_equal(redelivery_find(&r, 100, "C"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_topics),
		cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_what_comes_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
