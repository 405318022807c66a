/* What the painter says on its standard error, and what the operator reads. */
#include "tests/unit/test.h"

#include "streamer-supervisor/painter/layout/uses.h"
#include "streamer-supervisor/picture/director/remark.h"

static const struct {
	const char *line;
	enum remark_kind kind;
	enum log_level level;
	enum report what;
	const char *text;
} rows[] = {
	{ "{\"trouble\":\"layout\",\"text\":\"board.svg:12: a script\"}",
	    REMARK_TROUBLE, LOG_WARNING, REPORT_LAYOUT,
	    "the layout cannot be shown, and the picture stays as it was: "
	    "board.svg:12: a script" },
	{ "{\"mended\":\"layout\"}", REMARK_MENDED, LOG_INFO, REPORT_LAYOUT,
	    "the layout is shown again" },
	{ "{\"glyphs\":\"U+4E00\",\"package\":\"fonts-wqy-microhei\"}",
	    REMARK_OTHER, LOG_WARNING, REPORT_COUNT,
	    "no font that is installed has U+4E00, which are shown as boxes; "
	    "the package fonts-wqy-microhei has them" },
	/* What a library says. */
	{ "a warning of GLib", REMARK_OTHER, LOG_INFO, REPORT_COUNT,
	    "a warning of GLib" },
	{ "{\"trouble\":7}", REMARK_OTHER, LOG_INFO, REPORT_COUNT,
	    "{\"trouble\":7}" },
	{ "{\"mended\":\"nothing\"}", REMARK_OTHER, LOG_INFO, REPORT_COUNT,
	    "{\"mended\":\"nothing\"}" },
	{ "{\"cut", REMARK_OTHER, LOG_INFO, REPORT_COUNT, "{\"cut" },
	{ "", REMARK_OTHER, LOG_INFO, REPORT_COUNT, "" },
};

static void
test_each_report(void **state)
{
	struct remark r;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		remark_read(&r, rows[i].line);
		assert_int_equal(r.kind, rows[i].kind);
		assert_int_equal(r.level, rows[i].level);
		assert_int_equal(r.what, rows[i].what);
		assert_string_equal(r.text, rows[i].text);
	}
}

static void
test_uses_are_for_nobody_to_read(void **state)
{
	struct remark r;

	(void)state;
	remark_read(&r, "{\"uses\":[\"clock\",\"face\"]}");
	assert_int_equal(r.kind, REMARK_USES);
	assert_int_equal(r.uses, USE_CLOCK | USE_FACE);
	assert_string_equal(r.text, "");
}

static void
test_long_and_odd_texts_are_cut_to_size(void **state)
{
	char line[4096] = "{\"trouble\":\"layout\",\"text\":\"";
	struct remark r;

	(void)state;
	memset(line + strlen(line), 0xc3, 1000);
	strcat(line, "\"}");
	remark_read(&r, line); /* no UTF-8, so no JSON */
	assert_int_equal(r.kind, REMARK_OTHER);
	assert_true(strlen(r.text) <= REMARK_TEXT_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_report),
		cmocka_unit_test(test_uses_are_for_nobody_to_read),
		cmocka_unit_test(test_long_and_odd_texts_are_cut_to_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
