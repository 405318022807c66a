#include "common/text/when.h"

#include "common/text/duration.h"
#include "common/text/rfc3339.h"

#define NS_PER_MS INT64_C(1000000)

/* Reads a time of day, and finds the next or the last one. */
static bool
parse_time_of_day(const char *text, enum when_side side, int64_t now_ms,
    const struct when_zone *zone, int64_t *ms)
{
	struct civil local;

	zone->to_local(now_ms, &local);
	if (civil_take_time(&text, &local) == 0 || *text != '\0')
		return false;
	*ms = zone->to_utc(&local);
	if (side == WHEN_PAST && *ms > now_ms)
		local.day--;
	else if (side == WHEN_FUTURE && *ms <= now_ms)
		local.day++;
	*ms = zone->to_utc(&local);
	return true;
}

/* Reads a date, and a time of that day, in local time. */
static bool
parse_date(const char *text, const struct when_zone *zone, int64_t *ms)
{
	struct civil local = { 0 };

	if (!civil_take_date(&text, &local))
		return false;
	if (civil_take_char(&text, "Tt ") &&
	    civil_take_time(&text, &local) == 0)
		return false;
	if (*text != '\0')
		return false;
	*ms = zone->to_utc(&local);
	return true;
}

bool
when_parse(const char *text, enum when_side side, int64_t now_ms,
    const struct when_zone *zone, int64_t *ms)
{
	int64_t ns;

	if (duration_parse(text, &ns)) {
		*ms = side == WHEN_PAST ? now_ms - ns / NS_PER_MS
					: now_ms + ns / NS_PER_MS;
		return true;
	}
	return rfc3339_parse(text, ms) || parse_date(text, zone, ms) ||
	       parse_time_of_day(text, side, now_ms, zone, ms);
}

const char *
when_expected(enum when_side side)
{
	static const char *const expected[] = {
		[WHEN_PAST] =
		    "how long ago (90s, 10m, 1h, 7d), a time of day (14:50), "
		    "a date (2026-11-29), both (\"2026-11-29 14:50\"), or "
		    "2026-11-29T14:50:00+01:00",
		[WHEN_FUTURE] =
		    "how long from now (90s, 10m, 1h, 7d), a time of day "
		    "(14:50), a date (2026-11-29), both (\"2026-11-29 "
		    "14:50\"), or 2026-11-29T14:50:00+01:00",
	};

	return expected[side];
}
