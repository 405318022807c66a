#include "common/text/calendar.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S (24 * 60 * 60)
#define DAY_MS ((int64_t)DAY_S * 1000)
#define NS_PER_S INT64_C(1000000000)
#define MINUTE_NS (60 * NS_PER_S)

static const char *const weekdays[] = { "mon", "tue", "wed", "thu", "fri",
	"sat", "sun" };
#define WEEK 7
#define ALL_WEEKDAYS ((1U << WEEK) - 1)

/* ---- times of the day ------------------------------------------------- */

/* 24:00 is the day's end. */
static bool
read_time(const char *text, int *seconds)
{
	struct civil c = { 0 };

	*seconds = DAY_S;
	if (strcmp(text, "24:00") == 0)
		return true;
	if (civil_take_time(&text, &c) == 0 || *text != '\0')
		return false;
	*seconds = (c.hour * 60 + c.minute) * 60 + c.second;
	return true;
}

static int
compare_times(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static bool
read_times(char *const *at, struct calendar *out)
{
	for (; at && *at; at++)
		if (out->time_count == CALENDAR_TIMES_MAX ||
		    !read_time(*at, &out->times[out->time_count++]) ||
		    out->times[out->time_count - 1] == DAY_S)
			return false;
	return true;
}

/* Times that come again and again within a day. */
static bool
add_every(const struct calendar_text *t, struct calendar *out, const char **key)
{
	int from = 0, to = DAY_S;
	int64_t at;

	*key = "from";
	if (t->from[0] && (!read_time(t->from, &from) || from == DAY_S))
		return false;
	*key = "to";
	if (t->to[0] && (!read_time(t->to, &to) || to < from))
		return false;
	*key = "every";
	if (t->every_ns < MINUTE_NS)
		return false;
	for (at = from; at <= to && at < DAY_S; at += t->every_ns / NS_PER_S) {
		if (out->time_count == CALENDAR_TIMES_MAX)
			return false;
		out->times[out->time_count++] = (int)at;
	}
	return true;
}

/* ---- days ------------------------------------------------------------- */

static int
find_weekday(const char *text, size_t len)
{
	int i;

	for (i = 0; i < WEEK; i++)
		if (strlen(weekdays[i]) == len &&
		    memcmp(weekdays[i], text, len) == 0)
			return i;
	return -1;
}

/* "mon" or "mon-fri"; "sat-mon" goes over the week's end. */
static bool
read_weekdays(char *const *days, unsigned *out)
{
	*out = days && *days ? 0 : ALL_WEEKDAYS;
	for (; days && *days; days++) {
		size_t n = strcspn(*days, "-");
		int first = find_weekday(*days, n), last = first;

		if ((*days)[n] == '-')
			last =
			    find_weekday(*days + n + 1, strlen(*days + n + 1));
		if (first < 0 || last < 0)
			return false;
		for (; first != last; first = (first + 1) % WEEK)
			*out |= 1U << first;
		*out |= 1U << last;
	}
	return true;
}

static bool
take_day(const char **text, int64_t *day)
{
	struct civil c = { 0 };

	if (!civil_take_date(text, &c))
		return false;
	*day = civil_to_ms(&c) / DAY_MS;
	return true;
}

static bool
read_spans(char *const *words, struct calendar_span *spans, size_t *count)
{
	for (*count = 0; words && *words; words++, ++*count) {
		struct calendar_span *span = &spans[*count];
		const char *at = *words;

		if (*count == CALENDAR_SPANS_MAX ||
		    !take_day(&at, &span->first))
			return false;
		span->last = span->first;
		if (strncmp(at, "..", 2) == 0) {
			at += 2;
			if (!take_day(&at, &span->last))
				return false;
		}
		if (*at != '\0' || span->last < span->first)
			return false;
	}
	return true;
}

bool
calendar_parse(const struct calendar_text *text, struct calendar *out,
    const char **key, const char **expected)
{
	static const char dates[] =
	    "days such as 2026-12-24 or 2026-12-24..2027-01-06, with blanks "
	    "between";

	*out = (struct calendar){ 0 };
	*key = "at";
	*expected = "times of the day such as 8:00 17:30:30, with blanks "
		    "between";
	if (!read_times(text->at, out))
		return false;
	if (text->every_ns > 0 && !add_every(text, out, key)) {
		if (strcmp(*key, "every") == 0)
			*expected = "a minute at least";
		return false;
	}
	*key = NULL;
	*expected = "`at` or `every`: when it is to be said";
	if (out->time_count == 0)
		return false;
	qsort(out->times, out->time_count, sizeof(int), compare_times);
	*key = "days";
	*expected = "mon tue wed thu fri sat sun or a span such as mon-fri, "
		    "with blanks between";
	if (!read_weekdays(text->days, &out->weekdays))
		return false;
	*expected = dates;
	*key = "except";
	if (!read_spans(text->except, out->except, &out->except_count))
		return false;
	*key = "dates";
	return read_spans(text->dates, out->dates, &out->date_count);
}

/* ---- the next one ----------------------------------------------------- */

static bool
is_in(const struct calendar_span *spans, size_t count, int64_t day)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (spans[i].first <= day && day <= spans[i].last)
			return true;
	return false;
}

static bool
has_day(const struct calendar *c, int64_t day)
{
	/* 1970 began on a Thursday. */
	if ((c->weekdays & 1U << (day + 3) % WEEK) == 0 ||
	    is_in(c->except, c->except_count, day))
		return false;
	return c->date_count == 0 || is_in(c->dates, c->date_count, day);
}

static int64_t
utc_of(const struct when_zone *zone, int64_t day, int seconds)
{
	struct civil local;

	civil_from_ms(day * DAY_MS + (int64_t)seconds * 1000, &local);
	return zone->to_utc(&local);
}

/* Local times that lie so far apart are in the same order everywhere. */
#define SHIFT_MAX_MS (INT64_C(3) * 3600 * 1000)

/* The first time of that day after `after_ms`, which is `after` in local time:
 * of two that clocks are put forward over, the later one may come first. -1:
 * there is none. */
static int64_t
next_of_day(const struct calendar *c, const struct when_zone *zone, int64_t day,
    int64_t after_ms, int64_t after)
{
	int64_t local, ms, first = -1, first_local = 0;
	size_t i;

	for (i = 0; i < c->time_count; i++) {
		local = day * DAY_MS + (int64_t)c->times[i] * 1000;
		if (local < after - SHIFT_MAX_MS)
			continue;
		if (first >= 0 && local > first_local + SHIFT_MAX_MS)
			break;
		ms = utc_of(zone, day, c->times[i]);
		if (ms > after_ms && (first < 0 || ms < first)) {
			first = ms;
			first_local = local;
		}
	}
	return first;
}

int64_t
calendar_next(
    const struct calendar *c, const struct when_zone *zone, int64_t after_ms)
{
	struct civil now;
	int64_t after, day, last, ms = -1;

	zone->to_local(after_ms, &now);
	after = civil_to_ms(&now);
	day = after / DAY_MS;
	for (last = day + CALENDAR_DAYS_MAX; day <= last && ms < 0; day++)
		if (has_day(c, day))
			ms = next_of_day(c, zone, day, after_ms, after);
	return ms;
}
