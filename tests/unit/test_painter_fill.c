/*
 * Fields of a layout, and the page of a caption. A field that was not escaped
 * would be drawing in the layout's name: `</text><image href=...>` of whoever
 * may call a number.
 */
#include "tests/unit/test.h"

#include "common/picture/board.h"
#include "common/utf8.h"
#include "streamer-supervisor/painter/layout/fill.h"
#include "streamer-supervisor/painter/layout/page.h"

static const char *
value_of(const void *arg, const char *name)
{
	return strcmp(name, "a") == 0 ? arg : NULL;
}

static void
expect(const char *text, const char *a, const char *filled)
{
	struct buf b;

	buf_init(&b, 4096);
	assert_int_equal(fill_text(&b, text, value_of, a), 0);
	assert_int_equal(buf_put(&b, "", 1), 0);
	assert_string_equal((const char *)buf_data(&b), filled);
	buf_done(&b);
}

static void
test_fields_are_filled(void **state)
{
	(void)state;
	expect("{a}", "A023", "A023");
	expect("No. {a}!", "A023", "No. A023!");
	expect("{a}{a}", "1", "11");
	expect("{unknown}", "1", "");
	expect("", "1", "");
}

static void
test_other_braces_are_text(void **state)
{
	(void)state;
	expect("{", "1", "{");
	expect("{}", "1", "{}");
	expect("{a", "1", "{a");
	expect("{ a }", "1", "{ a }");
	expect("{{a}}", "1", "{1}");
	expect("%{a}", "1", "%1");
}

static void
test_values_are_no_xml(void **state)
{
	(void)state;
	expect("{a}", "</text><image href=\"x\"/>",
	    "&lt;/text&gt;&lt;image href=&quot;x&quot;/&gt;");
	expect("{a}", "&amp; {a} %{pid}", "&amp;amp; {a} %{pid}");
}

static void
test_controls_are_left_out(void **state)
{
	(void)state;
	expect("{a}",
	    "a\001b\x7f"
	    "c\tdé\xc2\x85"
	    "f\xff",
	    "abc dé f");
	expect("{a}", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
}

static void
test_values_are_cut(void **state)
{
	char value[3 * 1000 + 1], *s = value;
	struct buf b;

	(void)state;
	for (; s < value + 3000; s += 3)
		memcpy(s, "号", 3);
	*s = '\0';
	buf_init(&b, 4096);
	assert_int_equal(fill_text(&b, "{a}", value_of, value), 0);
	assert_int_equal(buf_len(&b), 3 * BOARD_TEXT_MAX);
	buf_done(&b);
}

/* A layer that does not fit is said to be so, not cut. */
static void
test_the_bound_is_told(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	assert_true(fill_text(&b, "{a}", value_of, "<<<<<<<<") < 0);
	buf_done(&b);
}

static void
test_a_short_caption_is_one_page(void **state)
{
	struct page p = page_find("请A023号", 1, 5);

	(void)state;
	assert_int_equal(p.len, strlen("请A023号"));
	assert_int_equal(p.from, 3);
	assert_int_equal(p.to, 7);
}

/* Each word of a long caption is on its page, and pages do not move. */
static void
test_pages_hold_their_words(void **state)
{
	char text[5 * 200 + 1];
	struct page p;
	size_t i;

	(void)state;
	for (i = 0; i < 200; i++)
		snprintf(text + 5 * i, 6, "%04zu ", i);
	for (i = 0; i < 200; i++) {
		p = page_find(text, 5 * i, 5 * i + 4);
		assert_memory_equal(p.text + p.from, text + 5 * i, 4);
		assert_int_equal(p.to - p.from, 4);
		assert_true(p.len <= PAGE_CHARACTERS_MAX);
		assert_int_equal((p.text - text) % 5, 0);
	}
}

static void
test_a_word_of_ten_thousand(void **state)
{
	char text[10001];
	struct page p;

	(void)state;
	memset(text, 'w', 10000);
	text[10000] = '\0';
	p = page_find(text, 0, 10000);
	assert_int_equal(p.len, PAGE_CHARACTERS_MAX);
	assert_int_equal(p.to, p.len);
	p = page_find(text, 99999, 999999);
	assert_true(p.from == p.len && p.to == p.len);
	p = page_find("", 0, 0);
	assert_int_equal(p.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields_are_filled),
		cmocka_unit_test(test_other_braces_are_text),
		cmocka_unit_test(test_values_are_no_xml),
		cmocka_unit_test(test_controls_are_left_out),
		cmocka_unit_test(test_values_are_cut),
		cmocka_unit_test(test_the_bound_is_told),
		cmocka_unit_test(test_a_short_caption_is_one_page),
		cmocka_unit_test(test_pages_hold_their_words),
		cmocka_unit_test(test_a_word_of_ten_thousand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
