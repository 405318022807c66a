/* The fields of log lines, as the journal gets them. */
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/log_fields.h"
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_what_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
