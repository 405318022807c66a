/*
 * Guards the tables that people read: what does not fit a terminal is cut in
 * an order, and no line is ever longer than the terminal is wide.
 */
#include "tests/unit/test.h"

#include "common/utf8.h"
#include "ttsctl/table.h"

static const struct column columns[] = {
	{ .title = "NAME", .field = "name" },
	{ .title = "STATE", .field = "state" },
	{ .title = "UP",
	    .field = "up_ms",
	    .format = cell_duration,
	    .leaves = 2 },
	{ .title = "SPEED", .field = "speed", .leaves = 1 },
	{ .title = "PROBE", .field = "probe", .optional = true },
	{ .title = "URL", .field = "url" },
	{ NULL },
};

static json_t *
rows(void)
{
	return json_pack("[{s:s, s:s, s:i, s:f, s:n, s:s}, {s:s, s:s, s:[s]}]",
	    "name", "live", "state", "running", "up_ms", 65000, "speed", 1.0,
	    "probe", "url", "rtmp://server.example/live/stream", "name", "häll",
	    "state", "backoff", "notes",
	    "Connection refused by the other side");
}

static void
expect(unsigned width, bool colour, const char *text)
{
	struct page p = { .columns = width, .colour = colour };
	json_t *list = rows();

	buf_init(&p.text, 65536);
	table_write(&p, columns, list, "none");
	buf_put(&p.text, "", 1);
	assert_string_equal((const char *)buf_data(&p.text), text);
	page_done(&p);
	json_decref(list);
}

static void
test_all_of_it(void **state)
{
	(void)state;
	expect(0, false,
	    "NAME  STATE    UP     SPEED  URL\n"
	    "live  running  1 min  1.00   rtmp://server.example/live/stream\n"
	    "häll  backoff  -      -      -\n"
	    "  Connection refused by the other side\n");
}

static void
test_the_last_column_is_cut_first(void **state)
{
	(void)state;
	expect(46, false,
	    "NAME  STATE    UP     SPEED  URL\n"
	    "live  running  1 min  1.00   rtmp://server.ex…\n"
	    "häll  backoff  -      -      -\n"
	    "  Connection refused by the other side\n");
}

static void
test_then_columns_leave_in_their_order(void **state)
{
	(void)state;
	expect(40, false,
	    "NAME  STATE    UP     URL\n"
	    "live  running  1 min  rtmp://server.exa…\n"
	    "häll  backoff  -      -\n"
	    "  Connection refused by the other side\n");
	expect(31, false,
	    "NAME  STATE    URL\n"
	    "live  running  rtmp://server.e…\n"
	    "häll  backoff  -\n"
	    "  Connection refused by the ot…\n");
}

static void
test_colour(void **state)
{
	(void)state;
	expect(15, true,
	    BOLD "NAME" PLAIN "  " BOLD "STATE" PLAIN "\n"
		 "live  " GREEN "running" PLAIN "\n"
		 "häll  " YELLOW "backoff" PLAIN "\n" DIM
		 "  Connection r…" PLAIN "\n");
}

/* Story: Chinese characters are two columns wide and counted as one, so that
 * such a text ran over the end of its line, and columns behind one stood
 * elsewhere in each row. */
static void
test_wide_characters(void **state)
{
	static const struct column wide[] = {
		{ .title = "NAME", .field = "name" },
		{ .title = "TEXT", .field = "text" },
		{ NULL },
	};
	json_t *list = json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "大厅",
	    "text", "请 A023 号到三号窗口", "name", "hall", "text", "A023");
	struct page p = { .columns = 20 };

	(void)state;
	buf_init(&p.text, 65536);
	table_write(&p, wide, list, "none");
	page_line(&p, "", "  没有人听见这个");
	p.columns = 14;
	page_line(&p, "", "  没有人听见这个");
	buf_put(&p.text, "", 1);
	assert_string_equal((const char *)buf_data(&p.text),
	    "NAME  TEXT\n"
	    "大厅  请 A023 号到…\n"
	    "hall  A023\n"
	    "  没有人听见这个\n"
	    "  没有人听见…\n");
	page_done(&p);
	json_decref(list);
}

/* There is always room for the sign, and no character is halved for it. */
static void
test_cut_in_little_room(void **state)
{
	char text[8];
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(text); n++) {
		snprintf(text, sizeof(text), "äbcdef");
		page_cut(text, sizeof(text), n);
		assert_true(utf8_valid(text, strlen(text)));
		assert_true(page_width(text) <= n);
		assert_int_equal(strstr(text, "…") != NULL, n > 0 && n < 6);
	}
}

static void
test_any_width(void **state)
{
	struct page p = { .columns = 1 };
	const char *line, *end;
	json_t *list = rows();

	(void)state;
	for (; p.columns < 80; p.columns++) {
		buf_init(&p.text, 65536);
		table_write(&p, columns, list, "none");
		buf_put(&p.text, "", 1);
		for (line = (const char *)buf_data(&p.text); *line;
		     line = end + 1) {
			char one[256];

			end = strchr(line, '\n');
			snprintf(
			    one, sizeof(one), "%.*s", (int)(end - line), line);
			assert_true(page_width(one) <= p.columns);
		}
		page_done(&p);
	}
	json_decref(list);
}

static void
test_none(void **state)
{
	struct page p = { 0 };
	json_t *list = json_array();

	(void)state;
	buf_init(&p.text, 65536);
	table_write(&p, columns, list, "none");
	buf_put(&p.text, "", 1);
	assert_string_equal((const char *)buf_data(&p.text), "none\n");
	page_done(&p);
	json_decref(list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_the_last_column_is_cut_first),
		cmocka_unit_test(test_then_columns_leave_in_their_order),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_wide_characters),
		cmocka_unit_test(test_cut_in_little_room),
		cmocka_unit_test(test_any_width),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
