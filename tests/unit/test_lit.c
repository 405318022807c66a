/*
 * Guards the text on the screen of `ttsctl top`: the word that is being said is
 * lit, whatever the text, and no line is longer than the terminal is wide.
 */
#include "tests/unit/test.h"

#include "ttsctl/top/lit.h"

static void
expect(unsigned columns, unsigned lines, bool colour, const char *text,
    size_t at, size_t length, const char *wanted)
{
	struct page p = { .columns = columns, .colour = colour };
	struct utterance u = { .text = text, .at = at, .length = length };

	buf_init(&p.text, 65536);
	lit_write(&p, 2, lines, &u);
	buf_put(&p.text, "", 1);
	assert_string_equal((const char *)buf_data(&p.text), wanted);
	page_done(&p);
}

#define LIT "\033[1;32m"

static void
test_the_word_is_lit(void **state)
{
	(void)state;
	expect(80, 9, true, "One two three", 4, 3,
	    "  One " LIT "two" PLAIN DIM " three" PLAIN "\n");
	expect(80, 9, true, "One two", 0, 0, "  One two\n");
	expect(80, 9, true, "One two", 4, 3, "  One " LIT "two" PLAIN "\n");
}

static void
test_without_colours_it_has_brackets(void **state)
{
	(void)state;
	expect(0, 9, false, "One two three", 4, 3, "  One [two] three\n");
	expect(0, 9, false, "One two three", 8, 5, "  One two [three]\n");
	expect(0, 9, false, "One", 0, 0, "  One\n");
}

static void
test_lines_end_behind_words(void **state)
{
	(void)state;
	expect(11, 9, false, "One two three four", 0, 0,
	    "  One two\n  three\n  four\n");
	expect(7, 9, false, "A verylongword", 0, 0,
	    "  A\n  veryl\n  ongwo\n  rd\n");
}

/* Chinese has no blanks, and its characters are two columns wide. */
static void
test_wide_characters(void **state)
{
	(void)state;
	expect(9, 9, true, "请到三号窗口", 3, 2,
	    "  请到三\n  " LIT "号窗" PLAIN DIM "口" PLAIN "\n");
	expect(1, 2, true, "请", 0, 0, "…\n");
}

static void
test_the_lines_with_the_word_are_shown(void **state)
{
	(void)state;
	expect(7, 1, false, "One two three four", 8, 0, "  three\n");
	expect(7, 2, false, "One two three four", 8, 0, "  two\n  three\n");
	expect(7, 2, false, "One two three four", 0, 0, "  One\n  two\n");
}

/* Where there are few rows, it has what its line has left. */
static void
test_in_the_rest_of_a_line(void **state)
{
	struct page p = { .columns = 12 };
	struct utterance u = { .text = "One two three", .at = 8, .length = 5 };
	size_t column = 0;

	(void)state;
	buf_init(&p.text, 65536);
	page_part(&p, &column, "", "0:01 ");
	lit_write_rest(&p, column, &u);
	u = (struct utterance){ .text = "" };
	lit_write_rest(&p, 0, &u);
	buf_put(&p.text, "", 1);
	assert_string_equal(
	    (const char *)buf_data(&p.text), "0:01 [three]\n\n");
	page_done(&p);
}

/* A word over the end of a line is lit in both. */
static void
test_a_word_in_two_lines(void **state)
{
	(void)state;
	expect(7, 9, true, "verylongword", 0, 12,
	    "  " LIT "veryl" PLAIN "\n  " LIT "ongwo" PLAIN "\n  " LIT
	    "rd" PLAIN "\n");
}

/* What was typed into a text is not done to the terminal, and ends no line. */
static void
test_controls(void **state)
{
	(void)state;
	expect(80, 9, false, "a\033[2Jb\nc\td", 6, 1, "  a?[2Jb[ ]c d\n");
	expect(80, 9, false, "", 0, 0, "");
	expect(80, 9, false, "   ", 0, 0, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_word_is_lit),
		cmocka_unit_test(test_without_colours_it_has_brackets),
		cmocka_unit_test(test_lines_end_behind_words),
		cmocka_unit_test(test_wide_characters),
		cmocka_unit_test(test_the_lines_with_the_word_are_shown),
		cmocka_unit_test(test_in_the_rest_of_a_line),
		cmocka_unit_test(test_a_word_in_two_lines),
		cmocka_unit_test(test_controls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
