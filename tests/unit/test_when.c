/* Times as people write them, in a local time an hour and a half east of
 * Greenwich, and in one whose clocks are changed. */
#include "tests/unit/test.h"

#include "common/text/rfc3339.h"
#include "common/text/when.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)

/* Friday, 2026-11-20 14:50 in local time. */
#define NOW "2026-11-20T14:50:00+01:30"

static int64_t
time_of(const char *text)
{
	int64_t ms;

	if (!rfc3339_parse(text, &ms))
		fail_msg("%s", text);
	return ms;
}

static int64_t
east_to_utc(const struct civil *local)
{
	return civil_to_ms(local) - 90 * MINUTE_MS;
}

static void
east_to_local(int64_t ms, struct civil *local)
{
	civil_from_ms(ms + 90 * MINUTE_MS, local);
}

static const struct when_zone east = { east_to_utc, east_to_local };

/* An hour more in the half of the year that begins on 2026-03-29 at 01:00 UTC.
 */
static void
summer_to_local(int64_t ms, struct civil *local)
{
	bool summer = ms >= time_of("2026-03-29T01:00:00Z");

	civil_from_ms(ms + (summer ? 2 : 1) * HOUR_MS, local);
}

static int64_t
summer_to_utc(const struct civil *local)
{
	int64_t ms = civil_to_ms(local) - HOUR_MS;

	return ms < time_of("2026-03-29T01:00:00Z") ? ms : ms - HOUR_MS;
}

static const struct when_zone summer = { summer_to_utc, summer_to_local };

static void
expect(const char *text, enum when_side side, const char *now,
    const struct when_zone *zone, const char *then)
{
	int64_t ms;

	if (!when_parse(text, side, time_of(now), zone, &ms))
		fail_msg("not understood: %s", text);
	if (ms != time_of(then))
		fail_msg("%s: %+lld s", text,
		    (long long)(ms - time_of(then)) / 1000);
}

static void
test_the_past(void **state)
{
	static const struct {
		const char *text, *then;
	} cases[] = {
		{ "0s", NOW },
		{ "90m", "2026-11-20T13:20:00+01:30" },
		{ "1.5s", "2026-11-20T14:49:58.5+01:30" },
		{ "2d", "2026-11-18T14:50:00+01:30" },
		{ "14:50", NOW },
		{ "9:00", "2026-11-20T09:00:00+01:30" },
		{ "09:00", "2026-11-20T09:00:00+01:30" },
		{ "0:00", "2026-11-20T00:00:00+01:30" },
		{ "14:50:01", "2026-11-19T14:50:01+01:30" },
		{ "14:49:59.25", "2026-11-20T14:49:59.25+01:30" },
		{ "23:59", "2026-11-19T23:59:00+01:30" },
		{ "2026-11-29", "2026-11-29T00:00:00+01:30" },
		{ "2026-11-20 9:00", "2026-11-20T09:00:00+01:30" },
		{ "2026-11-20 14:50", NOW },
		{ "2026-11-20T14:50:00", NOW },
		{ "2026-11-29 14:50", "2026-11-29T14:50:00+01:30" },
		{ "2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z" },
		{ "2026-11-20 09:00:00+0100", "2026-11-20T08:00:00Z" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++)
		expect(cases[i].text, WHEN_PAST, NOW, &east, cases[i].then);
}

static void
test_the_future(void **state)
{
	(void)state;
	expect("90m", WHEN_FUTURE, NOW, &east, "2026-11-20T16:20:00+01:30");
	expect("14:51", WHEN_FUTURE, NOW, &east, "2026-11-20T14:51:00+01:30");
	expect("14:50", WHEN_FUTURE, NOW, &east, "2026-11-21T14:50:00+01:30");
	expect("9:00", WHEN_FUTURE, NOW, &east, "2026-11-21T09:00:00+01:30");
	expect("2026-11-20 9:00", WHEN_FUTURE, NOW, &east,
	    "2026-11-20T09:00:00+01:30");
}

/* Yesterday's time of day is in another month or year, and a day of 23 hours is
 * one, too. */
static void
test_borders(void **state)
{
	(void)state;
	expect("23:00", WHEN_PAST, "2027-01-01T00:10:00+01:30", &east,
	    "2026-12-31T23:00:00+01:30");
	expect("0:05", WHEN_FUTURE, "2026-12-31T23:00:00+01:30", &east,
	    "2027-01-01T00:05:00+01:30");
	expect("9:00", WHEN_PAST, "2026-03-29T08:30:00+02:00", &summer,
	    "2026-03-28T09:00:00+01:00");
	expect("9:00", WHEN_PAST, "2026-03-29T09:30:00+02:00", &summer,
	    "2026-03-29T09:00:00+02:00");
	expect("9:00", WHEN_FUTURE, "2026-03-28T09:30:00+01:00", &summer,
	    "2026-03-29T09:00:00+02:00");
	expect("1d", WHEN_PAST, "2026-03-29T09:00:00+02:00", &summer,
	    "2026-03-28T08:00:00+01:00");
}

static void
test_mistakes(void **state)
{
	static const char *const wrong[] = { "", "soon", "9", "900", "24:00",
		"9:60", "9:0", "9:00:61", "09:00 ", " 9:00", "9:00pm", ":30",
		"2026-11", "2026-11-31", "2026-02-29", "2026-13-01",
		"2026-11-29 ", "2026-11-29 14", "2026-11-29 14:50 ",
		"2026-11-29T14:50+01:00", "29.11.2026", "11/29/2026", "-1h",
		"1", "1w", "9:00:00.", "99999d99" };
	enum when_side side;
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++)
		for (side = WHEN_PAST; side <= WHEN_FUTURE; side++)
			if (when_parse(wrong[i], side, 0, &east, &ms))
				fail_msg("accepted: %s", wrong[i]);
}

static void
test_what_is_expected(void **state)
{
	(void)state;
	assert_non_null(strstr(when_expected(WHEN_PAST), "ago"));
	assert_non_null(strstr(when_expected(WHEN_FUTURE), "from now"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_past),
		cmocka_unit_test(test_the_future),
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_what_is_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
