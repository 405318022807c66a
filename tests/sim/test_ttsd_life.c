/* A whole ttsd in a simulated world: start, stop, and what it says. */
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static void
test_says_and_stops(void **state)
{
	struct station s;
	const json_t *end;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	id = station_say(&s, "hello world", NULL);
	end = station_wait(&s, id);
	assert_string_equal(json_text(end, "outcome"), "spoken");
	assert_int_equal(
	    json_number(end, "last_sample") - json_number(end, "first_sample"),
	    speaker_samples("hello world", 24000) - 1);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_and_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
