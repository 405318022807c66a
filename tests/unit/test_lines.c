/* Lines are the same however the chunks cut them. */
#include "tests/unit/test.h"

#include "common/lines.h"

struct heard {
	char text[4096];
	size_t len, lines;
};

static void
hear(void *arg, char *line)
{
	struct heard *h = arg;

	assert_true(strlen(line) <= LINES_MAX);
	assert_true(line[0] != '\0');
	h->lines++;
	h->len += (size_t)snprintf(
	    h->text + h->len, sizeof(h->text) - h->len, "<%s>", line);
	if (h->len >= sizeof(h->text))
		h->len = sizeof(h->text) - 1;
}

static void
test_lines_are_the_same_however_they_arrive(void **state)
{
	static const char text[] = "one\r\ntwo  \n\n\r\nthree\0x\n  \nrest";
	struct lines l;
	struct heard h;
	size_t step, at, n;

	(void)state;
	for (step = 1; step <= sizeof(text); step++) {
		l = (struct lines){ .len = 0 };
		h = (struct heard){ .len = 0 };
		for (at = 0; at < sizeof(text) - 1; at += n) {
			n = sizeof(text) - 1 - at;
			n = n < step ? n : step;
			lines_feed(&l, (const uint8_t *)text + at, n, hear, &h);
		}
		assert_string_equal(h.text, "<one><two><three?x>");
		lines_end(&l, hear, &h);
		lines_end(&l, hear, &h);
		assert_string_equal(h.text, "<one><two><three?x><rest>");
	}
}

static void
test_an_endless_line_is_cut(void **state)
{
	struct lines l = { .len = 0 };
	struct heard h = { .len = 0 };
	uint8_t a = 'a';
	int i;

	(void)state;
	for (i = 0; i < 100000; i++)
		lines_feed(&l, &a, 1, hear, &h);
	assert_int_equal(h.lines, 0);
	lines_feed(&l, (const uint8_t *)"\nb\n", 3, hear, &h);
	assert_int_equal(h.lines, 2);
	assert_int_equal(h.len, LINES_MAX + 2 + 3);
}

static void
test_peeking_is_the_same_however_they_arrive(void **state)
{
	static const char text[] = "one\n\ntwo\nrest";
	const char *line;
	char got[64];
	struct buf b;
	size_t step, at, n, len, scanned;

	(void)state;
	for (step = 1; step <= sizeof(text); step++) {
		buf_init(&b, sizeof(text));
		scanned = 0;
		got[0] = '\0';
		assert_false(lines_peek(&b, &scanned, &line, &len));
		for (at = 0; at < sizeof(text) - 1; at += n) {
			n = sizeof(text) - 1 - at;
			n = n < step ? n : step;
			assert_int_equal(buf_put(&b, text + at, n), 0);
			while (lines_peek(&b, &scanned, &line, &len)) {
				strncat(got, line, len);
				strcat(got, "|");
				buf_consume(&b, len + 1);
			}
			assert_int_equal(scanned, buf_len(&b));
		}
		assert_string_equal(got, "one||two|");
		assert_int_equal(len, strlen("rest"));
		buf_done(&b);
	}
}

static void
test_a_whole_text(void **state)
{
	static const char whole[] = "one\n\ntwo\r\nthree";
	static const char *const lines[] = { "one", "", "two\r", "three" };
	const char *text = whole, *line;
	size_t left = strlen(whole), len, i;

	(void)state;
	for (i = 0; i < COUNT_OF(lines); i++) {
		assert_true(lines_next(&text, &left, &line, &len));
		assert_int_equal(len, strlen(lines[i]));
		assert_memory_equal(line, lines[i], len);
	}
	assert_false(lines_next(&text, &left, &line, &len));
	text = "end\n";
	left = 4;
	assert_true(lines_next(&text, &left, &line, &len));
	assert_int_equal(len, 3);
	assert_false(lines_next(&text, &left, &line, &len));
}

static void
keep_line(void *arg, char *line)
{
	snprintf(arg, 64, "%s", line);
}

/* A program is replaced in the middle of a line, whatever its bytes. */
static void
test_a_line_that_two_programs_read(void **state)
{
	static const char text[] = "caf\xc3\xa9 \xff \"x\"\n";
	struct lines first, second;
	char got[64];
	json_t *o;
	size_t at;

	(void)state;
	for (at = 0; at < sizeof(text) - 1; at++) {
		first = second = (struct lines){ .len = 0 };
		lines_feed(&first, "before\n", 7, keep_line, got);
		lines_feed(&first, text, at, keep_line, got);
		o = record_save(lines_fields, &first);
		assert_int_equal(record_load(lines_fields, o, &second), 0);
		json_decref(o);
		lines_feed(
		    &second, text + at, sizeof(text) - 1 - at, keep_line, got);
		assert_int_equal(strlen(got), sizeof(text) - 2);
		assert_memory_equal(got, text, sizeof(text) - 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_are_the_same_however_they_arrive),
		cmocka_unit_test(test_an_endless_line_is_cut),
		cmocka_unit_test(test_peeking_is_the_same_however_they_arrive),
		cmocka_unit_test(test_a_whole_text),
		cmocka_unit_test(test_a_line_that_two_programs_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
