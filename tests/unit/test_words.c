/*
 * Guards the splitting of a configured command into words: quotes and
 * backslashes as a shell reads them, nothing expanded, and a mistake is an
 * error instead of a guess.
 */
#include "tests/unit/test.h"

#include "common/args/words.h"
#include "common/err.h"

/* The words joined, each in angle brackets; "!" for none. */
static void
expect(const char *text, const char *joined)
{
	char got[512] = "";
	char *copy = exact_copy(text, strlen(text) + 1);
	char **words;
	size_t i, n = 0;
	int rc = words_split(copy, &words);

	assert_int_equal(rc, words ? 0 : ERR_INVALID);
	for (i = 0; words && words[i]; i++)
		n += (size_t)snprintf(
		    got + n, sizeof(got) - n, "<%s>", words[i]);
	assert_string_equal(words ? got : "!", joined);
	words_free(words);
	free(copy);
}

static void
test_words(void **state)
{
	(void)state;
	expect("", "");
	expect("  \t ", "");
	expect("a", "<a>");
	expect("a b", "<a><b>");
	expect("  piper  --model\ten.onnx ", "<piper><--model><en.onnx>");
	expect("a=b;c|d&e $HOME `x` *", "<a=b;c|d&e><$HOME><`x`><*>");
	expect("日本 語", "<日本><語>");
}

static void
test_quotes(void **state)
{
	(void)state;
	expect("'a b' \"c d\"", "<a b><c d>");
	expect("''", "<>");
	expect("\"\" ''  a", "<><><a>");
	expect("a'b c'd", "<ab cd>");
	expect("a\"b c\"'d e'f", "<ab cd ef>");
	expect("'say \"hi\"' \"it's\"", "<say \"hi\"><it's>");
	expect("'\\' x", "<\\><x>");
	expect("\"a\\\"b\"", "<a\"b>");
	expect("\"a\\\\\" b", "<a\\><b>");
	expect("a\\ b c", "<a b><c>");
	expect("\\'a\\\"", "<'a\">");
	expect("\\\\", "<\\>");
	expect("a\\\tb", "<a\tb>");
}

static void
test_mistakes(void **state)
{
	(void)state;
	expect("'", "!");
	expect("\"", "!");
	expect("a 'b", "!");
	expect("a \"b c", "!");
	expect("a\\", "!");
	expect("\"a\\", "!");
	expect("\"a\\\"", "!");
	expect("a b c 'd", "!");
	expect("'a\\'b'", "!");
}

/* The most words that a text of each length can hold. */
static void
test_as_many_words_as_fit(void **state)
{
	char text[64];
	char **words;
	size_t len, i;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		for (i = 0; i < len; i++)
			text[i] = i % 2 ? ' ' : 'x';
		text[len] = '\0';
		assert_int_equal(words_split(text, &words), 0);
		for (i = 0; words[i]; i++)
			assert_string_equal(words[i], "x");
		assert_int_equal(i, (len + 1) / 2);
		words_free(words);
	}
	words_free(NULL);
}

/* Any text gives an error, or words no longer than itself; quoting a word and
 * splitting again brings it back. */
static void
test_any_text(void **state)
{
	static const char letters[] = "ab '\"\\\t";
	struct rng r = { 15 };
	char text[40], quoted[100];
	char **words, **again;
	size_t len, i, k, n, total;
	int round;

	(void)state;
	for (round = 0; round < 200000; round++) {
		len = rng_below(&r, sizeof(text));
		for (i = 0; i < len; i++)
			text[i] = letters[rng_below(&r, sizeof(letters) - 1)];
		text[len] = '\0';
		words_split(text, &words);
		for (i = total = 0; words && words[i]; i++) {
			total += strlen(words[i]);
			for (k = n = 0; words[i][k]; k++) {
				quoted[n++] = '\\';
				quoted[n++] = words[i][k];
			}
			quoted[n] = '\0';
			assert_int_equal(words_split(quoted, &again), 0);
			if (n > 0)
				assert_string_equal(again[0], words[i]);
			words_free(again);
		}
		assert_true(total <= len);
		words_free(words);
	}
}

static void
test_a_list_is_written_as_it_is_read(void **state)
{
	json_t *list = json_pack("[s, s, s, s, s]", "plain", "two words",
	    "a \"quote\" and a \\", "", "第一 '厅'");
	char *text = words_write(list), *none;
	json_t *empty = json_array();
	char **words;
	size_t i;

	(void)state;
	assert_int_equal(words_split(text, &words), 0);
	assert_int_equal(words_count(words), json_array_size(list));
	for (i = 0; words[i]; i++)
		assert_string_equal(
		    words[i], json_string_value(json_array_get(list, i)));
	none = words_write(empty);
	assert_string_equal(none, "");
	words_free(words);
	free(none);
	free(text);
	json_decref(empty);
	json_decref(list);
}

static void
test_words_go_to_the_next_program(void **state)
{
	char one[] = "a b", two[] = "\xff", *words[] = { one, two, NULL },
	     **got;
	json_t *o = words_save(words);

	(void)state;
	assert_int_equal(words_load(o, &got), 0);
	assert_true(words_equal(got, words));
	words_free(got);
	json_array_append_new(o, json_integer(1));
	assert_int_equal(words_load(o, &got), ERR_INVALID);
	assert_null(got);
	json_decref(o);
	o = words_save(NULL);
	assert_int_equal(words_load(o, &got), 0);
	assert_null(got);
	json_decref(o);
	assert_int_equal(words_load(NULL, &got), ERR_INVALID);
}

static void
test_an_option_is_left_out(void **state)
{
	static const char *const given[] = { "a", "-o", "v", "b", "-o", "w",
		NULL };
	static const char *const least[] = { "a", "b", "-o", "w", NULL };
	static const char *const cut[] = { "a", "-o", NULL };
	const char **got = words_without(given, "-o");

	(void)state;
	assert_true(words_equal((char *const *)got, (char *const *)least));
	free(got);
	got = words_without(given, "-x");
	assert_true(words_equal((char *const *)got, (char *const *)given));
	free(got);
	got = words_without(cut, "-o");
	assert_int_equal(words_count((char *const *)got), 1);
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_as_many_words_as_fit),
		cmocka_unit_test(test_any_text),
		cmocka_unit_test(test_a_list_is_written_as_it_is_read),
		cmocka_unit_test(test_words_go_to_the_next_program),
		cmocka_unit_test(test_an_option_is_left_out),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
