/*
 * Guards the file of the pronunciation dictionary: how its mistakes are told,
 * and its bounds, each at its edge.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "ttsd/text/dictionary.h"

static struct dictionary *
parse(const char *file_text, size_t len)
{
	char *copy = exact_copy(file_text, len);
	struct dictionary_error e;
	struct dictionary *d;

	if (dictionary_parse(&d, "d.txt", copy, len, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.text, "");
	free(copy);
	return d;
}

static void
check_all_found(const struct dictionary *d)
{
	static const char text[] = "w0 w9999 w10000 w123 w";
	struct rewrite r;
	size_t len;

	rewrite_init(&r, 100);
	assert_int_equal(
	    dictionary_apply(d, "en", text, sizeof(text) - 1, &r), 0);
	assert_string_equal(rewrite_text(&r, &len), "x x w10000 x w");
	rewrite_done(&r);
}

static void
refuse(const char *file_text, size_t len, unsigned line, const char *want)
{
	char *copy = exact_copy(file_text, len);
	struct dictionary *d = (struct dictionary *)&line;
	struct dictionary_error e;

	assert_int_equal(
	    dictionary_parse(&d, "d.txt", copy, len, &e), ERR_INVALID);
	assert_null(d);
	assert_string_equal(e.text, want);
	assert_int_equal(e.line, line);
	free(copy);
}

static void
test_mistakes(void **state)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *want;
	} rows[] = {
		{ "a", 1, "d.txt:1: expected 'word = replacement'" },
		{ "a=b\n\n#\nfoo bar", 4,
		    "d.txt:4: expected 'word = replacement'" },
		{ "= b", 1, "d.txt:1: no word before '='" },
		{ "[en", 1, "d.txt:1: expected ']' at the end of the section" },
		{ "[", 1, "d.txt:1: expected ']' at the end of the section" },
		{ "[]", 1,
		    "d.txt:1: expected a language such as [en], or [*]" },
		{ "[**]", 1,
		    "d.txt:1: expected a language such as [en], or [*]" },
		{ "[e n]", 1,
		    "d.txt:1: expected a language such as [en], or [*]" },
		{ "[-]", 1,
		    "d.txt:1: expected a language such as [en], or [*]" },
		{ "[aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]", 1,
		    "d.txt:1: expected a language such as [en], or [*]" },
		{ "\n\xff = b", 2, "d.txt:2: not UTF-8" },
		{ "# \xff", 1, "d.txt:1: not UTF-8" },
		{ "a = \x1b[1m", 1, "d.txt:1: a control character" },
		{ "a = b\rc = d", 1, "d.txt:1: a control character" },
		{ "b = c\nA  B = 1\na b = 2\n", 3,
		    "d.txt:3: the word stands in line 2 already" },
		{ "[en]\nx=1\n[de]\nx=1\n[EN]\ny=1\nX=2\nX=3", 7,
		    "d.txt:7: the word stands in line 2 already" },
		{ "[zh]\nx=1\n[cmn]\nx=1\n", 4,
		    "d.txt:4: the word stands in line 2 already" },
	};
	struct dictionary_error e;
	struct dictionary *d;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++)
		refuse(rows[i].text, strlen(rows[i].text), rows[i].line,
		    rows[i].want);
	refuse("a = \0b", 6, 1, "d.txt:1: a control character");
	/* A hostile name of the file. */
	assert_int_equal(
	    dictionary_parse(&d, "x\n\x1b", "a", 1, &e), ERR_INVALID);
	assert_string_equal(e.text, "x?\?:1: expected 'word = replacement'");
}

/* `count` lines, made from the number of the line. */
static char *
lines(const char *fmt, size_t count, size_t *len)
{
	char *text = malloc(count * 32 + 1);
	size_t i;

	assert_non_null(text);
	for (i = *len = 0; i < count; i++)
		*len += (size_t)snprintf(text + *len, 32, fmt, (int)i);
	return text;
}

static void
test_bounds(void **state)
{
	char word[1000], *text;
	struct dictionary *d;
	struct rewrite r;
	size_t i, len;

	(void)state;
	for (i = 0; i < 64; i++)
		memcpy(word + 3 * i, "語", 3);
	memcpy(word + 192, "=", 1);
	for (i = 0; i < 256; i++)
		memcpy(word + 193 + 3 * i, "話", 3);
	d = parse(word, 193 + 768);
	rewrite_init(&r, 767);
	assert_int_equal(dictionary_apply(d, "ja", word, 192, &r), ERR_FULL);
	rewrite_done(&r);
	rewrite_init(&r, 768);
	assert_int_equal(dictionary_apply(d, "ja", word, 192, &r), 0);
	rewrite_done(&r);
	dictionary_free(d);
	memcpy(word + 193 + 768, "x", 1);
	refuse(word, 193 + 769, 1,
	    "d.txt:1: the replacement has more than 256 characters");
	memset(word, 'x', 65);
	memcpy(word + 65, "=y", 2);
	refuse(word, 67, 1, "d.txt:1: the word has more than 64 characters");

	text = lines("w%d = x\n", DICTIONARY_ENTRIES_MAX, &len);
	d = parse(text, len);
	assert_int_equal(dictionary_count(d), DICTIONARY_ENTRIES_MAX);
	check_all_found(d);
	dictionary_free(d);
	free(text);
	text = lines("w%d = x\n", DICTIONARY_ENTRIES_MAX + 1, &len);
	refuse(text, len, 10001, "d.txt:10001: more than 10000 words");
	free(text);
	text = lines("[l%d]\n", DICTIONARY_SECTIONS_MAX - 1, &len);
	dictionary_free(parse(text, len));
	free(text);
	text = lines("[l%d]\n", DICTIONARY_SECTIONS_MAX, &len);
	refuse(text, len, 200, "d.txt:200: more than 200 languages");
	free(text);

	text = calloc(1, DICTIONARY_FILE_MAX + 1);
	assert_non_null(text);
	memset(text, '\n', DICTIONARY_FILE_MAX + 1);
	dictionary_free(parse(text, DICTIONARY_FILE_MAX));
	refuse(text, DICTIONARY_FILE_MAX + 1, 0,
	    "d.txt: larger than 1048576 bytes");
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name(
	    "dictionary_parse", tests, NULL, NULL);
}
