/* The one table of how text is spoken. */
#include "tests/unit/test.h"

#include "common/sound/speech_parameters.h"

static void
test_the_table(void **state)
{
	static const struct {
		const char *name;
		bool is_text;
		int64_t low, high;
	} rows[] = { { "voice", true, 0, 0 }, { "language", true, 0, 0 },
		{ "rate", false, 1, 1000 }, { "pitch", false, 0, 100 },
		{ "volume", false, 0, 200 } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		assert_string_equal(speech_parameters[i].name, rows[i].name);
		assert_int_equal(speech_parameters[i].is_text, rows[i].is_text);
		assert_int_equal(speech_parameters[i].low, rows[i].low);
		assert_int_equal(speech_parameters[i].high, rows[i].high);
	}
	assert_null(speech_parameters[i].name);
}

static void
test_copies_are_their_own(void **state)
{
	char voice[] = "de";
	struct speech_parameters from, to;

	(void)state;
	speech_parameters_unset(&from);
	from.voice = voice;
	from.language = (char *)"";
	from.rate = 180;
	assert_int_equal(speech_parameters_copy(&to, &from), 0);
	voice[0] = 'x';
	assert_string_equal(to.voice, "de");
	assert_null(to.language);
	assert_int_equal(to.rate, 180);
	assert_int_equal(to.pitch, SPEECH_UNSET);
	speech_parameters_done(&to);
	assert_null(to.voice);
	assert_int_equal(to.rate, SPEECH_UNSET);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_copies_are_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
