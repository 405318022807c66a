/*
 * Guards how long a camera may go without a picture, from one in ten seconds to
 * sixty in one.
 */
#include "tests/unit/test.h"

#include "streamer-supervisor/picture/rhythm.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)

/* Pictures at equal distances, from *now on. */
static void
send(struct rhythm *r, int64_t *now, int64_t distance_ns, int count)
{
	for (; count > 0; count--) {
		rhythm_note(r, *now);
		*now += distance_ns;
	}
}

static void
test_every_rate(void **state)
{
	static const struct {
		int64_t distance_ns, patience_ns;
	} cases[] = {
		{ 16 * MS, RHYTHM_LEAST_NS },
		{ 40 * MS, RHYTHM_LEAST_NS },
		{ 300 * MS, RHYTHM_LEAST_NS },
		{ 500 * MS, 1500 * MS },
		{ 1 * S, 3 * S },
		{ 9 * S, 27 * S },
		{ 60 * S, 3 * RHYTHM_UNKNOWN_NS },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rhythm r = { 0 };
		int64_t now = 5 * S;

		send(&r, &now, cases[i].distance_ns, 100);
		assert_int_equal(rhythm_patience_ns(&r), cases[i].patience_ns);
	}
}

/* A server sends the pictures since its last key frame at once: a camera of one
 * a second looked like one of a thousand, and was killed for it. */
static void
test_the_first_ones_come_at_once(void **state)
{
	struct rhythm r = { 0 };
	int64_t now = 5 * S;

	(void)state;
	assert_int_equal(rhythm_patience_ns(&r), RHYTHM_UNKNOWN_NS);
	send(&r, &now, MS, 30);
	assert_int_equal(rhythm_patience_ns(&r), RHYTHM_UNKNOWN_NS);
	now += S;
	send(&r, &now, S, 2);
	assert_in_range(rhythm_patience_ns(&r), 3 * S, 3 * S + 3 * MS);
}

/* One moment without a picture makes it patient for a while, not for good. */
static void
test_what_was_long_ago_is_forgotten(void **state)
{
	struct rhythm r = { 0 };
	int64_t now = 5 * S;

	(void)state;
	send(&r, &now, 40 * MS, 50);
	now += 2 * S;
	send(&r, &now, 40 * MS, 1);
	assert_in_range(rhythm_patience_ns(&r), 6 * S, 7 * S);
	send(&r, &now, 40 * MS, 250);
	assert_int_equal(rhythm_patience_ns(&r), RHYTHM_LEAST_NS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_rate),
		cmocka_unit_test(test_the_first_ones_come_at_once),
		cmocka_unit_test(test_what_was_long_ago_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
