/* Which voice names an engine's list answers to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ttsd/pool/voices.h"

static json_t *
hello(void)
{
	return json_loads(
	    "{\"voices\":[{\"name\":\"English (America)\","
	    "\"id\":\"gmw/en-US\",\"languages\":[\"en-us\",\"en\"]},"
	    "{\"name\":\"German\",\"id\":\"gmw/de\",\"languages\":[\"de\"]},"
	    "{\"name\":\"odd\"}],\"variants\":[\"f3\",\"Whisper\"]}",
	    0, NULL);
}

static void
test_names(void **state)
{
	static const struct {
		const char *voice, *language;
		int known;
	} cases[] = {
		{ NULL, NULL, 1 },
		{ "English (America)", NULL, 1 },
		{ "english (america)", NULL, 1 },
		{ "gmw/en-US", NULL, 1 },
		{ "en-us", NULL, 1 },
		{ "EN", NULL, 1 },
		{ "de+f3", NULL, 1 },
		{ "de+whisper", NULL, 1 },
		{ "odd", NULL, 1 },
		{ "de+", NULL, 0 },
		{ "de+f4", NULL, 0 },
		{ "+f3", NULL, 0 },
		{ "", NULL, 0 },
		{ "e", NULL, 0 },
		{ "en-usa", NULL, 0 },
		{ "US", NULL, 0 },
		{ NULL, "de", 1 },
		{ NULL, "de-AT", 1 },
		{ NULL, "en_NZ", 1 },
		{ NULL, "fr", 0 },
		{ NULL, "", 0 },
		{ "German", "en", 1 },
		{ "German", "fr", 0 },
	};
	json_t *list = hello();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (voices_have(list, cases[i].voice, cases[i].language) !=
		    cases[i].known)
			fail_msg("voice %s, language %s", cases[i].voice,
			    cases[i].language);
	json_decref(list);
}

static void
test_engines_that_do_not_list(void **state)
{
	json_t *any = json_pack("{s:b}", "any_voice", 1);
	json_t *none = json_object();

	(void)state;
	assert_true(voices_have(any, "whatever+x", "tlh"));
	assert_false(voices_have(none, "x", NULL));
	assert_true(voices_have(none, NULL, NULL));
	json_decref(any);
	json_decref(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_engines_that_do_not_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
