/*
 * Events of Wyoming as servers and clients write them, whole and in part; what
 * is none, and what promises too much.
 */
#include "tests/unit/test.h"

#include "common/control/fields.h"
#include "common/err.h"
#include "common/net/wyoming.h"

static const struct wyoming_bounds bounds = { 100, 1000 };

static long
parse(const char *text, struct wyoming_event *e, size_t *need)
{
	return wyoming_parse(
	    (const uint8_t *)text, strlen(text), &bounds, e, need);
}

static void
test_data_in_the_line_and_behind_it(void **state)
{
	static const char both[] =
	    "{\"type\":\"a\",\"data\":{\"x\":1,\"y\":\"u\"},"
	    "\"data_length\":11,\"payload_length\":7}\n"
	    "{\"y\": \"v\" }payload";
	static const char none[] =
	    "{\"type\":\"describe\",\"data\":null,\"version\":\"1.7\","
	    "\"data_length\":null}\n{";
	struct wyoming_event e;
	size_t need;

	(void)state;
	assert_int_equal(parse(both, &e, &need), strlen(both) - 7);
	assert_string_equal(e.type, "a");
	assert_int_equal(body_integer(e.data, "x", 0), 1);
	/* What is behind the line counts. */
	assert_string_equal(body_string(e.data, "y"), "v");
	assert_int_equal(e.payload_len, 7);
	wyoming_done(&e);
	assert_int_equal(parse(none, &e, &need), strlen(none) - 1);
	assert_int_equal(json_object_size(e.data), 0);
	assert_int_equal(e.payload_len, 0);
	wyoming_done(&e);
}

static void
test_in_part(void **state)
{
	static const char whole[] = "{\"type\":\"a\",\"data_length\":2}\n{}";
	struct wyoming_event e;
	char part[sizeof(whole)];
	size_t len, need;

	(void)state;
	for (len = 0; len < sizeof(whole) - 1; len++) {
		memcpy(part, whole, len);
		part[len] = '\0';
		assert_int_equal(parse(part, &e, &need), 0);
		assert_null(e.root);
		/* Known once the line is there. */
		assert_int_equal(need, len < 29 ? 0 : sizeof(whole) - 1);
	}
	assert_int_equal(parse(whole, &e, &need), sizeof(whole) - 1);
	wyoming_done(&e);
}

static void
test_what_is_none(void **state)
{
	static const struct {
		const char *text;
		int err;
	} others[] = {
		{ "GET / HTTP/1.1\n", ERR_INVALID },
		{ "\n", ERR_INVALID },
		{ "[]\n", ERR_INVALID },
		{ "{}\n", ERR_INVALID },
		{ "{\"type\":7}\n", ERR_INVALID },
		{ "{\"type\":\"a\"\n", ERR_INVALID },
		{ "{\"type\":\"\xff\"}\n", ERR_INVALID },
		{ "{\"type\":\"a\",\"data\":7}\n", ERR_INVALID },
		{ "{\"type\":\"a\",\"data_length\":-1}\n", ERR_INVALID },
		{ "{\"type\":\"a\",\"data_length\":1.5}\n", ERR_INVALID },
		{ "{\"type\":\"a\",\"data_length\":\"2\"}\n", ERR_INVALID },
		{ "{\"type\":\"a\",\"data_length\":2}\n[]", ERR_INVALID },
		{ "{\"type\":\"a\",\"data_length\":2}\n{x", ERR_INVALID },
		{ "{\"type\":\"a\",\"payload_length\":-1}\n", ERR_INVALID },
		{ "{\"type\":\"a\",\"data_length\":101}\n", ERR_TOO_LONG },
		{ "{\"type\":\"a\",\"payload_length\":1001}\n", ERR_TOO_LONG },
		{ "{\"type\":\"a\",\"data_length\":99999999999999999999}\n",
		    ERR_INVALID },
		{ "{\"type\":\"a\",\"payload_length\":9223372036854775807}\n",
		    ERR_TOO_LONG },
		{ "{\"type\":\"a\",\"data\":{\"a\":0,\"b\":0,\"c\":0,\"d\":0,"
		  "\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0,\"j\":0,\"k\":0,"
		  "\"l\":0,\"m\":0,\"n\":0",
		    ERR_TOO_LONG },
	};
	struct wyoming_event e;
	size_t i, need;

	(void)state;
	for (i = 0; i < COUNT_OF(others); i++) {
		if (parse(others[i].text, &e, &need) != others[i].err)
			fail_msg("%s", others[i].text);
		assert_null(e.root);
	}
}

static void
test_what_is_written_reads_back(void **state)
{
	static const uint8_t large[190];
	struct wyoming_event e;
	struct buf b;
	size_t need;
	long used;

	(void)state;
	buf_init(&b, 200);
	assert_int_equal(
	    wyoming_put(&b, "audio-chunk",
		json_pack("{s:i, s:s}", "rate", 24000, "x", "\xc3\xa4\n"),
		"a\nb", 3),
	    0);
	used = wyoming_parse(buf_data(&b), buf_len(&b), &bounds, &e, &need);
	assert_int_equal(used, buf_len(&b) - 3);
	assert_string_equal(e.type, "audio-chunk");
	assert_int_equal(body_integer(e.data, "rate", 0), 24000);
	assert_string_equal(body_string(e.data, "x"), "\xc3\xa4\n");
	assert_int_equal(e.payload_len, 3);
	assert_memory_equal(buf_data(&b) + used, "a\nb", 3);
	wyoming_done(&e);
	buf_clear(&b);
	assert_int_equal(wyoming_put(&b, "ping", NULL, NULL, 0), 0);
	assert_int_equal(buf_len(&b), 16);
	assert_memory_equal(buf_data(&b), "{\"type\":\"ping\"}\n", 16);
	/* All of an event, or nothing. */
	assert_int_equal(
	    wyoming_put(&b, "ping", json_object(), large, sizeof(large)),
	    ERR_FULL);
	assert_int_equal(buf_len(&b), 16);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_data_in_the_line_and_behind_it),
		cmocka_unit_test(test_in_part),
		cmocka_unit_test(test_what_is_none),
		cmocka_unit_test(test_what_is_written_reads_back),
	};

	return cmocka_run_group_tests_name("wyoming", tests, NULL, NULL);
}
