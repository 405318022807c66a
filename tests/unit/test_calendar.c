/*
 * Guards bells and opening hours: a bell that rings on a holiday, or not at all
 * on the day after clocks were changed, is heard by all.
 */
#include "tests/unit/test.h"

#include "common/text/calendar.h"
#include "common/text/rfc3339.h"

#define HOUR_MS INT64_C(3600000)

/* As in Berlin in 2026: an hour ahead, two from 29 March 2:00 to 25 October
 * 3:00 local time. */
static int64_t
ahead_ms(int64_t utc_ms)
{
	int64_t spring, autumn;

	rfc3339_parse("2026-03-29T01:00:00Z", &spring);
	rfc3339_parse("2026-10-25T01:00:00Z", &autumn);
	return utc_ms >= spring && utc_ms < autumn ? 2 * HOUR_MS : HOUR_MS;
}

static int64_t
to_utc(const struct civil *local)
{
	int64_t ms = civil_to_ms(local) - HOUR_MS;

	/* As mktime() does of a time that there is not, or twice. */
	return ahead_ms(ms - HOUR_MS) == 2 * HOUR_MS ? ms - HOUR_MS : ms;
}

static void
to_local(int64_t utc_ms, struct civil *local)
{
	civil_from_ms(utc_ms + ahead_ms(utc_ms), local);
}

static const struct when_zone berlin = { to_utc, to_local };

static struct calendar
parsed(const struct calendar_text *text)
{
	struct calendar c;
	const char *key, *expected;

	if (!calendar_parse(text, &c, &key, &expected))
		fail_msg("%s: %s", key, expected);
	return c;
}

/* Each of the times, one after the other, the last one NULL. */
static void
expect(const struct calendar *c, const char *after, const char *const *times)
{
	int64_t at, wanted;

	assert_true(rfc3339_parse(after, &at));
	for (; *times; times++) {
		char got[64];

		at = calendar_next(c, &berlin, at);
		assert_true(rfc3339_parse(*times, &wanted));
		rfc3339_write(at, got, sizeof(got));
		if (at != wanted)
			fail_msg("%s, not %s", got, *times);
	}
}

static void
test_bells_of_a_school(void **state)
{
	char *at[] = { "9:30", "8:00", NULL }, *days[] = { "mon-fri", NULL };
	char *except[] = { "2026-12-01", "2026-12-03..2026-12-04", NULL };
	const struct calendar_text text = {
		.at = at, .from = "", .to = "", .days = days, .except = except
	};
	const char *const times[] = { "2026-11-30T08:00:00+01:00",
		"2026-11-30T09:30:00+01:00", "2026-12-02T08:00:00+01:00",
		"2026-12-02T09:30:00+01:00", "2026-12-07T08:00:00+01:00",
		NULL };
	struct calendar c = parsed(&text);

	(void)state;
	/* A Friday evening. */
	expect(&c, "2026-11-27T20:00:00+01:00", times);
}

static void
test_every_quarter_of_an_hour(void **state)
{
	char *only[] = { "2026-12-24", NULL };
	const struct calendar_text text = { .every_ns =
						900 * INT64_C(1000000000),
		.from = "23:30",
		.to = "24:00",
		.dates = only };
	const char *const times[] = { "2026-12-24T23:30:00+01:00",
		"2026-12-24T23:45:00+01:00", NULL };
	struct calendar c = parsed(&text);
	int64_t last;

	(void)state;
	expect(&c, "2026-11-27T20:00:00+01:00", times);
	assert_true(rfc3339_parse(times[1], &last));
	assert_true(calendar_next(&c, &berlin, last) == -1);
}

static void
test_clocks_that_are_changed(void **state)
{
	char *at[] = { "2:30", "8:00", NULL };
	const struct calendar_text text = { .at = at, .from = "", .to = "" };
	const char *const spring[] = { "2026-03-28T02:30:00+01:00",
		"2026-03-28T08:00:00+01:00", "2026-03-29T03:30:00+02:00",
		"2026-03-29T08:00:00+02:00", "2026-03-30T02:30:00+02:00",
		NULL };
	struct calendar c = parsed(&text);
	int64_t at_ms;
	int count = 0;

	(void)state;
	expect(&c, "2026-03-28T00:00:00+01:00", spring);
	/* Once on the day that has it twice. */
	assert_true(rfc3339_parse("2026-10-25T00:00:00+02:00", &at_ms));
	for (; at_ms < INT64_C(1792969200000); count++)
		at_ms = calendar_next(&c, &berlin, at_ms);
	assert_int_equal(count, 3);
}

/* What clocks are put forward over comes behind what it stood before. */
static void
test_a_time_that_is_overtaken(void **state)
{
	char *at[] = { "2:30", "3:15", NULL };
	const struct calendar_text text = { .at = at, .from = "", .to = "" };
	const char *const times[] = { "2026-03-28T03:15:00+01:00",
		"2026-03-29T03:15:00+02:00", "2026-03-29T03:30:00+02:00",
		"2026-03-30T02:30:00+02:00", NULL };
	struct calendar c = parsed(&text);

	(void)state;
	expect(&c, "2026-03-28T02:30:00+01:00", times);
}

static void
test_over_the_end_of_a_week(void **state)
{
	char *at[] = { "12:00", NULL }, *days[] = { "sat-mon", NULL };
	const struct calendar_text text = {
		.at = at, .from = "", .to = "", .days = days
	};
	const char *const times[] = { "2026-11-28T12:00:00+01:00",
		"2026-11-29T12:00:00+01:00", "2026-11-30T12:00:00+01:00",
		"2026-12-05T12:00:00+01:00", NULL };
	struct calendar c = parsed(&text);

	(void)state;
	expect(&c, "2026-11-27T20:00:00+01:00", times);
}

static void
expect_wrong(struct calendar_text text, const char *wrong)
{
	const char *key = "", *expected = NULL;
	struct calendar c;

	if (text.from == NULL)
		text.from = "";
	if (text.to == NULL)
		text.to = "";
	if (calendar_parse(&text, &c, &key, &expected))
		fail_msg("taken: wrong %s", wrong ? wrong : "time");
	assert_non_null(expected);
	if (wrong == NULL)
		assert_null(key);
	else
		assert_string_equal(key, wrong);
}

static void
test_mistakes(void **state)
{
#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })
	static const char *const times[] = { "8", "25:00", "8:60", "24:00",
		"8:00pm", "", "-8:00" };
	static const char *const days[] = { "monday", "mon-", "-fri", "mon-fry",
		"Mon", "" };
	static const char *const dates[] = { "2026-13-01", "2026-12-24..",
		"2026-12-24..2026-12-23", "24.12.2026", "2026-12-24 x", "" };
	const int64_t minute = 60 * INT64_C(1000000000);
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(times); i++)
		expect_wrong(
		    (struct calendar_text){ .at = WORDS((char *)times[i]) },
		    "at");
	for (i = 0; i < COUNT_OF(days); i++)
		expect_wrong((struct calendar_text){ .at = WORDS("8:00"),
				 .days = WORDS((char *)days[i]) },
		    "days");
	for (i = 0; i < COUNT_OF(dates); i++) {
		expect_wrong((struct calendar_text){ .at = WORDS("8:00"),
				 .except = WORDS((char *)dates[i]) },
		    "except");
		expect_wrong((struct calendar_text){ .at = WORDS("8:00"),
				 .dates = WORDS((char *)dates[i]) },
		    "dates");
	}
	expect_wrong((struct calendar_text){ .at = NULL }, NULL);
	expect_wrong((struct calendar_text){ .every_ns = 1 }, "every");
	expect_wrong(
	    (struct calendar_text){ .every_ns = minute, .from = "x" }, "from");
	expect_wrong(
	    (struct calendar_text){
		.every_ns = minute, .from = "9:00", .to = "8:00" },
	    "to");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bells_of_a_school),
		cmocka_unit_test(test_every_quarter_of_an_hour),
		cmocka_unit_test(test_clocks_that_are_changed),
		cmocka_unit_test(test_a_time_that_is_overtaken),
		cmocka_unit_test(test_over_the_end_of_a_week),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
