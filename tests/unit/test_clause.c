/* Where a long text is parted: no byte is lost, no character halved, and no
 * sentence where there is a better place. */
#include "tests/unit/test.h"

#include "common/text/clause.h"
#include "common/utf8.h"

/* The pieces of at most `max` bytes, with '|' between them. */
static void
expect(const char *text, size_t max, const char *parted)
{
	size_t left = strlen(text), n, at = 0;
	char out[512];

	for (; left > 0; text += n, left -= n) {
		n = clause_cut(text, left, max);
		assert_in_range(n, 1, max);
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%.*s%s",
		    (int)n, text, n < left ? "|" : "");
	}
	assert_string_equal(out, parted);
}

static void
test_places(void **state)
{
	(void)state;
	expect("short", 8, "short");
	expect("One two. Three four. Five six.", 30,
	    "One two. Three four. Five six.");
	expect("One two. Three four. Five six.", 29,
	    "One two. Three four. |Five six.");
	expect("One two. Three, four five", 24, "One two. Three, |four five");
	expect("One two three four five", 16, "One two three |four five");
	expect("He said \"Stop.\" And went on.", 24,
	    "He said \"Stop.\" |And went on.");
	expect("Pi is 3.14159 and more.", 16, "Pi is 3.14159 |and more.");
	expect("Really?! Yes. No.", 12, "Really?! |Yes. No.");
	expect("One.   Two.", 8, "One.   |Two.");
	expect("One.\n\nTwo three.", 10, "One.\n\n|Two three.");
	expect("abcdefghijklmnop", 8, "abcdefgh|ijklmnop");
}

static void
test_other_scripts(void **state)
{
	(void)state;
	/* No blank follows. */
	expect("请等一等。三号到了。好", 20, "请等一等。|三号到了。好");
	expect("他说「停。」然后走了", 21, "他说「停。」|然后走了");
	expect("第一，第二第三", 14, "第一，|第二第三");
	expect("一二三四五六", 10, "一二三|四五六");
	expect("यह एक है। वह दो है।", 32, "यह एक है। |वह दो है।");
	/* An accent stays with its letter. */
	expect("abcdefge\u0301xyz", 8, "abcdefg|e\u0301xyz");
}

/* What is surely over of a text that goes on. */
static void
expect_over(const char *text, const char *over)
{
	char out[512];

	snprintf(out, sizeof(out), "%.*s", (int)clause_over(text, strlen(text)),
	    text);
	assert_string_equal(out, over);
}

static void
test_what_is_over(void **state)
{
	(void)state;
	expect_over("", "");
	expect_over("Hello there", "");
	/* Perhaps more signs follow, or digits. */
	expect_over("Hello there.", "");
	expect_over("Hello there. ", "");
	expect_over("Hello there. I", "Hello there. ");
	expect_over("Hello there.I", "");
	expect_over("Is it? No! It is", "Is it? No! ");
	expect_over("It costs 3.50 now, says Dr. No", "");
	expect_over("1. First of these. 2. Then", "1. First of these. ");
	expect_over("Heading\n\n", "");
	expect_over("Heading\n\n- item\n- an", "Heading\n\n- item\n");
	expect_over("He said \"Stop.\" An", "He said \"Stop.\" ");
	expect_over("请等一等。", "");
	expect_over("请等一等。三号", "请等一等。");
	expect_over("他说「停。」然后", "他说「停。」");
	/* A character that is not whole. */
	expect_over("Hello there. \xe8\xaf", "");
}

/* Any text, in pieces of any size, put together again is the same. */
static void
test_any_text(void **state)
{
	static const char *const some[] = { "a", "B", " ", "\n", ".", ",", "?",
		"\"", ")", "请", "。", "，", "」", "\u0301", "é", "\U0001f68d",
		"3.1", "\u3000" };
	struct rng r = { 5 };
	char text[400];
	size_t len, left, n, max;
	const char *one, *p;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		max = 8 + (size_t)rng_below(&r, 60);
		for (len = 0; len < 300; len += strlen(one)) {
			one = some[rng_below(&r, COUNT_OF(some))];
			memcpy(text + len, one, strlen(one));
		}
		p = text;
		for (left = len; left > 0; left -= n, p += n) {
			n = clause_cut(p, left, max);
			assert_true(n > 0 && n <= left);
			assert_true(n <= max);
			assert_true(utf8_valid(p, n));
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_other_scripts),
		cmocka_unit_test(test_what_is_over),
		cmocka_unit_test(test_any_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
