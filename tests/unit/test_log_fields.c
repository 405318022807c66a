/* The fields of log lines, as the journal and readers of JSON get them. */
#include <stdio.h>
#include <string.h>

#include "common/log_fields.h"
#include "common/log_json.h"
#include "tests/unit/test.h"

/* The fields of a line as "name:value;". */
static const char *
fields(const char *line)
{
	static char out[LOG_LINE_MAX * 2];
	struct log_field f;

	out[0] = '\0';
	while (log_field_next(&line, &f))
		snprintf(out + strlen(out), sizeof(out) - strlen(out),
		    "%s:%.*s;", f.name, (int)f.len, f.value);
	return out;
}

static void
test_pairs(void **state)
{
	(void)state;
	assert_string_equal(fields("channel=main rate=24000 is opened"),
	    "channel:main;rate:24000;");
	assert_string_equal(fields("the output=live is dead, reason=exit:1"),
	    "output:live;reason:exit:1;");
	assert_string_equal(fields(""), "");
	assert_string_equal(fields("a sentence, and no pair"), "");
	assert_string_equal(fields("empty= next=1"), "empty:;next:1;");
}

/* What somebody else said stays the value of one field. */
static void
test_quotes(void **state)
{
	char line[LOG_LINE_MAX];

	(void)state;
	snprintf(line, sizeof(line), "engine=a said=%s last=1",
	    log_quote("x\" channel=other \\"));
	assert_string_equal(
	    fields(line), "engine:a;said:x\\\" channel=other \\\\;last:1;");
	assert_string_equal(fields("said=\"it was cut"), "said:it was cut;");
	assert_string_equal(fields("said=\"\\"), "said:\\;");
}

static void
test_what_is_no_name(void **state)
{
	(void)state;
	assert_string_equal(fields("=x 9a=1 _b=2 A=3 http://h?q=4 -D=5"), "");
	assert_string_equal(
	    fields("a_name_that_is_longer_than_any_of_ours=1 ok=2"), "ok:2;");
}

static void
test_changes_of_state(void **state)
{
	(void)state;
	assert_string_equal(
	    fields("output=live running->backoff reason=\"a->b\""),
	    "output:live;from:running;to:backoff;reason:a->b;");
	assert_string_equal(
	    fields("id=1 on-air->done"), "id:1;from:on-air;to:done;");
	assert_string_equal(fields("a->, ->b, -> and A->B; x -> y"), "");
	assert_string_equal(fields("->b"), "to:b;");
}

static const char *
json(const char *line)
{
	static char out[LOG_JSON_MAX + 1];
	size_t n =
	    log_json(out, "2026-11-30T10:00:00.000Z", "ttsd", LOG_INFO, line);

	out[n] = '\0';
	return out;
}

#define HEAD "{\"time\":\"2026-11-30T10:00:00.000Z\",\"level\":\"info\","

static void
test_json(void **state)
{
	(void)state;
	assert_string_equal(json("stopping"),
	    HEAD "\"program\":\"ttsd\",\"message\":\"stopping\"}\n");
	assert_string_equal(json("id=7 a->b n=007 x=-1 level=9 id=8 r=\"1\""),
	    HEAD "\"program\":\"ttsd\",\"message\":\"id=7 a->b n=007 x=-1 "
		 "level=9 id=8 r=\\\"1\\\"\",\"id\":7,\"from\":\"a\","
		 "\"to\":\"b\",\"n\":\"007\",\"x\":\"-1\",\"r\":\"1\"}\n");
}

/* What is quoted is what was said, but for what a terminal would obey. */
static void
test_json_of_quotes(void **state)
{
	char line[LOG_LINE_MAX];
	const char *at;

	(void)state;
	snprintf(
	    line, sizeof(line), "said=%s", log_quote("a \"b\" \\n\n\x1b["));
	at = strstr(json(line), ",\"said\":");
	assert_non_null(at);
	assert_string_equal(
	    at, ",\"said\":\"a \\\"b\\\" \\\\n\\n\\\\x1b[\"}\n");
}

/* The longest lines are whole, with or without their fields. */
static void
test_json_has_room(void **state)
{
	char line[LOG_LINE_MAX] = "said=";

	(void)state;
	memset(line + 5, '\\', sizeof(line) - 6);
	assert_null(strstr(json(line), ",\"said\":"));
	assert_non_null(strstr(json(line), "\"message\":\"said="));
	assert_int_equal(json(line)[strlen(json(line)) - 1], '\n');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_what_is_no_name),
		cmocka_unit_test(test_changes_of_state),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_of_quotes),
		cmocka_unit_test(test_json_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
