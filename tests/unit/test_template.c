/*
 * What is said again and again: texts with fields in braces, in any languages.
 */
#include "tests/unit/test.h"

#include <string.h>

#include "common/err.h"
#include "ttsd/desk/template.h"

/* Fills a template, whose `fields` are JSON with ' for "; shows what becomes of
 * it, or which field is to blame. */
static const char *
filled(const char *text, const char *fields)
{
	static char shown[400];
	struct template_fault f = { "" };
	json_t *values;
	struct buf out;
	char json[400], *p;
	int rc;

	snprintf(json, sizeof(json), "%s", fields);
	for (p = json; *p; p++)
		if (*p == '\'')
			*p = '"';
	values = json_loads(json, 0, NULL);
	assert_non_null(values);
	buf_init(&out, 1000);
	rc = template_fill(text, values, &out, &f);
	if (rc < 0)
		snprintf(shown, sizeof(shown), "%s: %s",
		    rc == ERR_NOT_FOUND     ? "missing"
		    : rc == ERR_UNSUPPORTED ? "unknown"
					    : "broken",
		    f.name);
	else
		snprintf(shown, sizeof(shown), "%.*s", (int)buf_len(&out),
		    (const char *)buf_data(&out));
	buf_done(&out);
	json_decref(values);
	return shown;
}

static void
test_filling(void **state)
{
	static const struct {
		const char *text, *fields, *shown;
	} cases[] = {
		{ "Closed.", "{}", "Closed." },
		{ "", "{}", "" },
		{ "{a}", "{'a':'1'}", "1" },
		{ "{a}{a}", "{'a':'1'}", "11" },
		{ "请{ticket}号到{counter}号窗口。 Ticket {ticket}, counter "
		  "{counter}.",
		    "{'ticket':'A023','counter':'3'}",
		    "请A023号到3号窗口。 Ticket A023, counter 3." },
		/* What a Chinese keyboard writes is said as it is. */
		{ "请{ticket}号", "{'ticket':'Ａ０２３'}", "请Ａ０２３号" },
		{ "｛ticket｝", "{}", "｛ticket｝" },
		/* What is filled in is no template. */
		{ "{a}", "{'a':'{b}'}", "{b}" },
		{ "{a}", "{'a':''}", "" },
		{ "{{{a}}}", "{'a':'1'}", "{1}" },
		{ "{{a}}", "{}", "{a}" },
		{ "}}{{", "{}", "}{" },
		{ "{a-b_9}", "{'a-b_9':'x'}", "x" },
		{ "{a}, {b}", "{'a':'1'}", "missing: b" },
		{ "{a}", "{'a':1}", "missing: a" },
		{ "{a}", "{'a':'1','c':'2'}", "unknown: c" },
		{ "a", "{'窗口':'2'}", "unknown: 窗口" },
		{ "so {a", "{}", "broken: {a" },
		{ "a} b", "{}", "broken: } b" },
		{ "{}", "{}", "broken: {}" },
		{ "{a b}", "{}", "broken: {a b}" },
		{ "{窗口}", "{}", "broken: {窗口}" },
		{ "{{{", "{}", "broken: {" },
		{ "{aaaaaaaabbbbbbbbccccccccdddddddde}", "{}",
		    "broken: {aaaaaaaabbbbbbbbccccccccdddddddde}" },
	};
	struct template_fault f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_string_equal(
		    filled(cases[i].text, cases[i].fields), cases[i].shown);
		assert_int_equal(template_check(cases[i].text, &f) < 0,
		    strncmp(cases[i].shown, "broken", 6) == 0);
	}
}

static void
test_fields(void **state)
{
	json_t *list = template_fields("{{no}} {b} {a}{b}"), *wanted;

	(void)state;
	wanted = json_pack("[s, s]", "b", "a");
	assert_true(json_equal(list, wanted));
	json_decref(list);
	json_decref(wanted);
	assert_true(template_has("{b} {a}", "a"));
	assert_false(template_has("{{a}} {b}", "a"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filling),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
