/*
 * Guards the control protocol: what is a request, every kind of mistake in
 * one and the code it gets, the tag that comes back, and that an answer is
 * always one valid line, whatever came in.
 */
#include "tests/unit/test.h"

#include "common/control/proto.h"
#include "common/err.h"
#include "tests/unit/sample_ops.h"

static struct sample sample;
static const struct control_api api = {
	.ops = sample_ops, .events = sample_events, .ctx = &sample
};
static char answer[256 * 1024];

/* Answers one line as a daemon would; the answer is without its newline. */
static const char *
ask_bytes(const char *line, size_t len)
{
	char *copy = exact_copy(line, len);
	struct reply r = { .body = json_object() };
	struct outbox_sum sum = { 0 };
	struct session session; /* for operations that look at theirs */
	struct request req;
	struct buf out;
	size_t n;
	int rc;

	session_init(&session, &api, &sum);
	buf_init(&out, sizeof(answer) - 1);
	rc = proto_parse(copy, len, sample_ops, &req, &r);
	assert_int_equal(rc, r.error ? ERR_INVALID : 0);
	if (rc == 0) {
		assert_non_null(req.op);
		req.op->run(&sample, &session, req.body, &r);
	}
	assert_int_equal(proto_write_reply(&out, &req, &r), 0);
	request_done(&req);
	json_decref(r.body);
	session_done(&session);
	free(copy);
	n = buf_len(&out);
	assert_true(n > 0);
	memcpy(answer, buf_data(&out), n);
	buf_done(&out);
	assert_int_equal(answer[n - 1], '\n');
	answer[n - 1] = '\0';
	if (!sample_reply_valid(answer, n - 1)) {
		print_bytes("request", line, len);
		print_bytes("answer", answer, n - 1);
		fail_msg("not one valid line");
	}
	return answer;
}

static const char *
ask(const char *line)
{
	return ask_bytes(line, strlen(line));
}

static void
expect(const char *line, const char *reply)
{
	assert_string_equal(ask(line), reply);
}

/* The error code of an answer, or "ok". */
static const char *
code_of(const char *reply)
{
	static char code[64];
	const char *name = "ok";
	json_t *whole;

	if (reply[0] == '{') {
		whole = json_loads(reply, JSON_DECODE_INT_AS_REAL, NULL);
		if (json_is_false(json_object_get(whole, "ok")))
			name =
			    json_string_value(json_object_get(whole, "error"));
		snprintf(code, sizeof(code), "%s", name);
		json_decref(whole);
		return code;
	}
	if (strncmp(reply, "error ", 6) != 0)
		return "ok";
	snprintf(code, sizeof(code), "%s", reply + 6);
	code[strcspn(code, ":")] = '\0';
	return code;
}

static void
expect_code(const char *line, const char *code)
{
	const char *reply = ask(line);

	if (strcmp(code_of(reply), code) != 0)
		fail_msg("%s: %s; expected %s", line, reply, code);
}

/* The answer names what is wrong, for a person. */
static void
expect_message(const char *line, const char *words)
{
	const char *reply = ask(line);

	assert_string_equal(code_of(reply), "bad-request");
	if (strstr(reply, words) == NULL)
		fail_msg("%s: %s; expected \"%s\"", line, reply, words);
}

static void
test_plain_requests(void **state)
{
	(void)state;
	expect("ping", "ok");
	expect("ping\r", "ok");
	expect("ping ", "ok");
	expect("echo hello", "ok hello");
	expect("echo   two  words ", "ok two  words");
	/* What clients put around a line: a byte order mark, blanks of all
	 * kinds. They were taken for a part of the operation's name. */
	expect("\xef\xbb\xbfping", "ok");
	expect("\xef\xbb\xbf{\"op\":\"ping\"}\f", "{\"ok\":true}");
	expect("  \t\v\fping\v\f\xc2\x85", "ok");
	expect(" {\"op\":\"ping\"} ", "{\"ok\":true}");
	expect("\xc2\x85"
	       "echo\thello",
	    "ok hello");
	expect("echo hello\r", "ok hello");
	expect("echo {\"op\":\"ping\"}", "ok {\"op\":\"ping\"}");
	expect("echo 日本語 \"quoted\"", "ok 日本語 \"quoted\"");
	expect("whole a", "ok {\"text\":\"a\"}");
	expect("cancel 12", "ok 12");
	expect("cancel 007", "ok 7");
	expect("cancel  1 ", "ok 1");
}

static void
test_plain_mistakes(void **state)
{
	(void)state;
	expect_code("", "bad-request");
	expect_code("\r", "bad-request");
	expect_code("nothing", "unknown-op");
	expect_code("PING", "unknown-op");
	expect_code("pin", "unknown-op");
	expect_code("pingping", "unknown-op");
	expect_code("ping\tx", "bad-request");
	expect_code("\xef\xbb\xbf", "bad-request");
	expect_code("[\"op\"]", "unknown-op");
	expect_code(
	    "a-name-much-longer-than-any-operation-has-and-more", "unknown-op");
	expect_code("subscribe", "unknown-op"); /* only as JSON */
	expect_message("ping now", "takes no argument");
	expect_message("echo", "needs the field \"text\"");
	expect_message("cancel", "id");
	expect_message("cancel x", "id");
	expect_message("cancel 0", "id");
	expect_message("cancel -1", "id");
	expect_message("cancel 1x", "id");
	expect_message("cancel 1.0", "id");
	expect_message("cancel 99999999999999999999999", "id");
}

static void
test_json_requests(void **state)
{
	(void)state;
	expect("{\"op\":\"ping\"}", "{\"ok\":true}");
	expect("{\"op\":\"ping\"}\r", "{\"ok\":true}");
	expect("{ \"op\" : \"ping\" } ", "{\"ok\":true}");
	expect("{\"op\":\"echo\",\"text\":\"a\\nb\\u00e9\"}",
	    "{\"ok\":true,\"text\":\"a\\nb\xc3\xa9\"}");
	expect("{\"op\":\"cancel\",\"id\":\"9\"}", "{\"ok\":true,\"id\":9}");
	expect("{\"op\":\"cancel\",\"id\":9223372036854775807}",
	    "{\"ok\":true,\"id\":9223372036854775807}");
}

static void
test_json_mistakes(void **state)
{
	(void)state;
	expect_code("{", "bad-request");
	expect_code("{}", "bad-request");
	expect_code("{\"op\":\"ping\"", "bad-request");
	expect_code("{\"op\":\"ping\"}x", "bad-request");
	expect_code("{\"op\":\"ping\"} {\"op\":\"ping\"}", "bad-request");
	expect_code("{\"op\":\"ping\",}", "bad-request");
	expect_code("{'op':'ping'}", "bad-request");
	expect_code("{\"op\":7}", "bad-request");
	expect_code("{\"op\":null}", "bad-request");
	expect_code("{\"op\":[\"ping\"]}", "bad-request");
	expect_code("{\"OP\":\"ping\"}", "bad-request");
	expect_code("{\"op\":\"pong\"}", "unknown-op");
	expect_code("{\"op\":\"\"}", "unknown-op");
	expect_code("{\"op\":\"ping\\u0000\"}", "bad-request");
	expect_code("{\"op\":\"ping\",\"op\":\"help\"}", "bad-request");
	expect_code("{\"op\":\"ping\",\"tag\":1,\"tag\":2}", "bad-request");
	expect_code("{\"op\":\"echo\",\"text\":\"a\x01\"}", "bad-request");
	expect_code("{\"op\":\"echo\",\"text\":\"\\ud800\"}", "bad-request");
	expect_code("{\"op\":\"ping\",\"tag\":1e999}", "bad-request");
	expect_code(
	    "{\"op\":\"cancel\",\"id\":92233720368547758070}", "bad-request");
	expect_message("{\"op\":\"ping\",\"x\":1}", "no field");
	expect_message("{\"op\":\"echo\"}", "needs the field");
}

/* Each kind of field takes what fits, and refuses everything that does not. */
static void
test_types_of_fields(void **state)
{
	static const struct {
		const char *field;
		const char *good; /* separated by spaces */
		const char *bad;
		const char *words;
	} cases[] = {
		{ "text", "\"\" \"a\"", "1 1.5 true [] {} [\"a\"]",
		    "must be a string" },
		{ "n", "-5 0 100",
		    "-6 101 1.0 \"1\" true [] {} 9223372036854775807",
		    "whole number from -5 to 100" },
		{ "times", "1 20 \"for-ever\"", "0 21 1.0 true [] {}",
		    "whole number from 1 to 20, or for-ever" },
		{ "times", "1", "\"ever\" \"\" \"1\" \"for-ever-\"",
		    "', neither a whole number from 1 to 20 nor for-ever" },
		{ "flag", "true false", "0 1 \"true\" [] {}", "true or false" },
		{ "level", "\"low\" \"normal\" \"high\"",
		    "\"HIGH\" \"\" \"lo\" \"lowx\"", "low, normal, high" },
		{ "level", "\"low\"", "1 true [] {}", "a string" },
		{ "list", "\"a\" [] [\"a\"] [\"a\",\"b\",\"a\"]",
		    "1 true {} [1] [\"a\",null] [[\"a\"]] [{}]",
		    "a list of strings" },
		{ "id", "1 \"1\" \"42\" 9223372036854775807",
		    "0 -1 1.0 \"0\" \"\" \"-1\" \"+1\" \"1x\" \"x\" \"0x1\" "
		    "\"99999999999999999999\" true [] {} [1]",
		    "id" },
	};
	char values[256], line[512], *value, *rest;
	size_t i;
	int good;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		for (good = 0; good <= 1; good++) {
			snprintf(values, sizeof(values), "%s",
			    good ? cases[i].good : cases[i].bad);
			for (value = strtok_r(values, " ", &rest); value;
			     value = strtok_r(NULL, " ", &rest)) {
				snprintf(line, sizeof(line),
				    "{\"op\":\"echo\",%s\"%s\":%s}",
				    i ? "\"text\":\"t\"," : "", cases[i].field,
				    value);
				if (good)
					expect_code(line, "ok");
				else
					expect_message(line, cases[i].words);
			}
		}
}

/* What a request may reach is for operations that keep to it. */
static void
test_only(void **state)
{
	(void)state;
	expect_code("{\"op\":\"ping\",\"only\":[\"a\"]}", "denied");
	expect_code("{\"op\":\"ping\",\"only\":[]}", "denied");
	expect_code("{\"op\":\"echo\",\"only\":\"a\"}", "bad-request");
	expect_code("{\"op\":\"echo\",\"only\":[1]}", "bad-request");
	expect_code("{\"op\":\"echo\",\"only\":null}", "bad-request");
	expect_code(
	    "{\"op\":\"echo\",\"only\":[\"a\"],\"x\":1}", "bad-request");
}

/* Any JSON value comes back as the tag; also with an error, as soon as the
 * line can be read at all. */
static void
test_tag_comes_back(void **state)
{
	static const char *const tags[] = { "1", "\"x\"", "null", "true",
		"false", "0", "\"\"", "[]", "{}", "[1,{\"a\":[null]}]",
		"\"日\\n\"", "-9223372036854775808", "1.5",
		/* These came back as other numbers, or not at all. */
		"18446744073709551615", "123456789012345678901234567890",
		"0.1234567890123456789", "1.50", "1E3", "-0", "-0.0",
		"[12345678901234567890,{\"a\":1.000000001}]",
		"\"\\u00e9 \\\" , } ]\"" };
	char line[200], want[200];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(tags); i++) {
		snprintf(line, sizeof(line), "{\"tag\":%s,\"op\":\"ping\"}",
		    tags[i]);
		snprintf(
		    want, sizeof(want), "{\"ok\":true,\"tag\":%s}", tags[i]);
		expect(line, want);
		snprintf(line, sizeof(line), "{\"op\":\"nope\",\"tag\":%s}",
		    tags[i]);
		snprintf(want, sizeof(want), "\"tag\":%s}", tags[i]);
		assert_string_equal(code_of(ask(line)), "unknown-op");
		assert_non_null(strstr(answer, want));
		snprintf(line, sizeof(line),
		    "{\"op\":\"ping\",\"bad\":1,\"tag\":%s}", tags[i]);
		assert_string_equal(code_of(ask(line)), "bad-request");
		assert_non_null(strstr(answer, want));
	}
	expect("{\"op\":\"ping\"}", "{\"ok\":true}");
	/* Its blanks are nobody's. */
	expect("{\"op\":\"ping\", \"tag\" :\t[ 1 ,\r \" 2 \" ] }",
	    "{\"ok\":true,\"tag\":[1,\" 2 \"]}");
	expect("{\"op\":\"ping\",\"t\\u0061g\":7}", "{\"ok\":true,\"tag\":7}");
	expect("{\"op\":\"echo\",\"text\":\"\\\"tag\\\":1,\"}",
	    "{\"ok\":true,\"text\":\"\\\"tag\\\":1,\"}");
	expect_code("{\"op\":\"ping\",\"tag\":tru}", "bad-request");
	expect_code("{\"op\":\"ping\",\"tag\":[1,}", "bad-request");
	expect_code("{\"op\":\"ping\",\"tag\":1 2}", "bad-request");
	expect_code("{\"op\":\"ping\",\"tag\":}", "bad-request");
}

/* null for a field that may be absent was an error; generated clients write
 * every field they know. */
static void
test_null_is_absent(void **state)
{
	(void)state;
	expect("{\"op\":\"echo\",\"text\":\"a\",\"n\":null}",
	    "{\"ok\":true,\"text\":\"a\"}");
	expect_message("{\"op\":\"echo\",\"text\":null}", "needs the field");
	expect_message("{\"op\":\"ping\",\"x\":null}", "has no field");
}

static void
test_bytes_that_are_no_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = { { "ping\0", 5 }, { "\0", 1 },
		{ "{\"op\":\"ping\"}\0", 14 }, { "echo \xff", 6 },
		{ "echo \xed\xa0\x80", 8 },
		{ "{\"op\":\"echo\",\"text\":\"\xc3\"}", 24 }, { "\x80", 1 },
		{ "{\xc0\xaf", 3 } };
	const char *reply;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		reply = ask_bytes(cases[i].bytes, cases[i].len);
		assert_string_equal(code_of(reply), "bad-request");
		/* A JSON line gets a JSON answer, however broken. */
		assert_int_equal(reply[0] == '{', cases[i].bytes[0] == '{');
	}
}

/* Depth is bounded, and a tag at the bound comes back whole. */
static void
test_deep_nesting(void **state)
{
	static char line[PROTO_LINE_MAX];
	size_t depth, n;

	(void)state;
	memset(line, '[', sizeof(line));
	memcpy(line, "{\"a\":", 5);
	assert_string_equal(
	    code_of(ask_bytes(line, sizeof(line))), "bad-request");
	for (depth = 1000; depth <= 20000; depth += 1000) {
		n = (size_t)sprintf(line, "{\"op\":\"ping\",\"tag\":");
		memset(line + n, '[', depth);
		memset(line + n + depth, ']', depth);
		line[n + 2 * depth] = '}';
		line[n + 2 * depth + 1] = '\0';
		if (strcmp(code_of(ask(line)), "ok") == 0)
			assert_true(strlen(answer) > 2 * depth);
	}
}

static void
test_answers_are_one_safe_line(void **state)
{
	(void)state;
	expect("fail", "error denied: dirty?message?[31m ?日");
	expect("{\"op\":\"fail\",\"tag\":1}",
	    "{\"ok\":false,\"error\":\"denied\","
	    "\"message\":\"dirty?message?[31m ?日\",\"tag\":1}");
	/* Story: a plain answer showed a string as it was, newlines too. */
	assert_string_equal(code_of(ask("lines")), "ok");
	assert_null(strchr(answer, '\n'));
	/* What a peer wrote comes back in a message only made safe. */
	ask("\x1b[31mred\x7f");
	assert_null(strchr(answer, '\x1b'));
	ask("{\"op\":\"\\u001b[31m\\u0085\"}");
	assert_null(strchr(answer, '\x1b'));
	ask("{\"op\":\"ping\",\"\\n\\u001b\":1}");
	assert_null(strchr(answer, '\x1b'));
}

/* A reply that does not fit leaves nothing behind. */
static void
test_reply_beyond_the_bound(void **state)
{
	struct reply r = { .body = json_object() };
	struct request req = { 0 };
	struct buf out;
	size_t max;
	int rc;

	(void)state;
	reply_set(&r, "text", json_string("0123456789"));
	for (max = 0; max < 40; max++) {
		buf_init(&out, max);
		rc = proto_write_reply(&out, &req, &r);
		/* {"ok":true,"text":"0123456789"} and the newline */
		assert_int_equal(rc, max >= 32 ? 0 : ERR_FULL);
		assert_int_equal(buf_len(&out), rc == 0 ? 32 : 0);
		buf_done(&out);
	}
	json_decref(r.body);
}

static void
test_names_of_errors(void **state)
{
	static const char *const names[] = { "ok", "bad-request", "unknown-op",
		"unknown-channel", "unknown-voice", "unknown-engine",
		"not-found", "too-long", "queue-full", "denied",
		"unavailable" };
	size_t i;

	(void)state;
	assert_int_equal(COUNT_OF(names), PROTO_UNAVAILABLE + 1);
	for (i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(
		    proto_error_name((enum proto_error)i), names[i]);
}

static void
test_accessors(void **state)
{
	json_t *body = json_pack("{s:s, s:i, s:s, s:I}", "text", "hi", "n", 7,
	    "id", "42", "big", (json_int_t)INT64_MAX);

	(void)state;
	assert_string_equal(body_string(body, "text"), "hi");
	assert_null(body_string(body, "none"));
	assert_int_equal(body_integer(body, "n", -1), 7);
	assert_int_equal(body_integer(body, "none", -1), -1);
	assert_int_equal(body_id(body, "id"), 42);
	assert_int_equal(body_id(body, "n"), 7);
	assert_int_equal(body_id(body, "big"), INT64_MAX);
	assert_int_equal(body_id(body, "none"), 0);
	assert_int_equal(word_index(sample_choices, "high"), 2);
	assert_int_equal(word_index(sample_choices, "hi"), -1);
	json_decref(body);
}

static void
test_damaged_requests(void **state)
{
	static const char *const seeds[] = {
		"{\"op\":\"echo\",\"text\":\"a\\u00e9b\",\"n\":7,\"tag\":[1]}",
		"{\"op\":\"echo\",\"text\":\"\",\"list\":[\"a\",\"b\"]}",
		"{\"op\":\"cancel\",\"id\":\"12\",\"tag\":null}",
		"echo \xe6\x97\xa5\xe6\x9c\xac plain",
		"cancel 12",
		"ping\r",
		"help",
		"fail",
	};
	struct rng r = { 12 };
	uint8_t bytes[256];
	const char *seed;
	int round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		seed = seeds[rng_below(&r, COUNT_OF(seeds))];
		memcpy(bytes, seed, strlen(seed));
		ask_bytes((char *)bytes,
		    mutate(&r, bytes, strlen(seed), sizeof(bytes)));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_requests),
		cmocka_unit_test(test_plain_mistakes),
		cmocka_unit_test(test_json_requests),
		cmocka_unit_test(test_json_mistakes),
		cmocka_unit_test(test_types_of_fields),
		cmocka_unit_test(test_only),
		cmocka_unit_test(test_tag_comes_back),
		cmocka_unit_test(test_null_is_absent),
		cmocka_unit_test(test_bytes_that_are_no_text),
		cmocka_unit_test(test_deep_nesting),
		cmocka_unit_test(test_answers_are_one_safe_line),
		cmocka_unit_test(test_reply_beyond_the_bound),
		cmocka_unit_test(test_names_of_errors),
		cmocka_unit_test(test_accessors),
		cmocka_unit_test(test_damaged_requests),
	};

	return cmocka_run_group_tests_name("proto", tests, NULL, NULL);
}
