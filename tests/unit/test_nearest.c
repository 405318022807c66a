/* What somebody meant who mistyped a name. */
#include "tests/unit/test.h"

#include "common/args/nearest.h"

static const char *const names[] = { "say", "status", "queue", "history",
	"cancel", "skip", "clear", "pause", "resume", "set", "show", "start",
	"stop", "restart", "a", "--json", "main-hall" };

static void
expect(const char *word, const char *meant)
{
	struct nearest n;
	char text[80];
	size_t i;

	nearest_begin(&n, word);
	for (i = 0; i < COUNT_OF(names); i++)
		nearest_offer(&n, names[i]);
	if (meant == NULL ? n.best != NULL
			  : n.best == NULL || strcmp(n.best, meant) != 0)
		fail_msg("%s: %s", word, n.best ? n.best : "nothing");
	nearest_ask(&n, "", text, sizeof(text));
	if (meant == NULL)
		assert_string_equal(text, "");
	else
		assert_non_null(strstr(text, meant));
}

static void
test_mistakes(void **state)
{
	(void)state;
	expect("pasue", "pause");
	expect("puase", "pause");
	expect("paus", "pause");
	expect("pausee", "pause");
	expect("Pause", "pause");
	expect("histroy", "history");
	expect("hsitoyr", "history");
	expect("cancle", "cancel");
	expect("saj", "say");
	expect("--jsno", "--json");
	expect("Main_Hall", "main-hall");
	/* The first of those that are as near. */
	expect("sto", "stop");
	expect("sat", "say");
}

static void
test_what_is_like_nothing(void **state)
{
	char word[200];

	(void)state;
	expect("", NULL);
	expect("b", NULL);
	expect("xy", NULL);
	expect("bogus", NULL);
	expect("announce", NULL);
	expect("pxxse", NULL);
	memset(word, 'a', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	expect(word, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_what_is_like_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
