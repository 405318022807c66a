/*
 * Times that come again: bells, weekly hours, holidays. Read from what the
 * configuration says of a [schedule NAME]. Pure: local time is handed in.
 */
#ifndef COMMON_TEXT_CALENDAR_H
#define COMMON_TEXT_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/text/when.h"

/* Times of a day: one for each minute. */
#define CALENDAR_TIMES_MAX 1440
/* Spans of days that are left out, or that alone count. */
#define CALENDAR_SPANS_MAX 100
/* The next time is looked for within so many days. */
#define CALENDAR_DAYS_MAX 800

/* Days since 1970, both included. */
struct calendar_span {
	int64_t first, last;
};

struct calendar {
	int times[CALENDAR_TIMES_MAX]; /* seconds of the day, ascending */
	size_t time_count;
	unsigned weekdays; /* a bit for each, Monday the lowest */
	struct calendar_span except[CALENDAR_SPANS_MAX],
	    dates[CALENDAR_SPANS_MAX];
	size_t except_count, date_count; /* no `dates`: all days */
};

/* As it is written; lists end with NULL, and may be NULL. */
struct calendar_text {
	char *const *at;       /* "8:00", "17:30:30" */
	int64_t every_ns;      /* 0: not; else from one minute on, */
	const char *from, *to; /* from and until these times; "": all day */
	char *const *days;     /* "mon", "mon-fri"; none: all */
	char *const *except, *const *dates; /* "2026-12-24",
					      "2026-12-24..2027-01-06" */
};

/* Reads it. Where it fails it returns false, with the key that is wrong and
 * what was expected of it. */
bool calendar_parse(const struct calendar_text *text, struct calendar *out,
    const char **key, const char **expected);

/* The first time after that one, as milliseconds UTC since 1970; -1: there is
 * none within CALENDAR_DAYS_MAX. A time that a day does not have, for clocks
 * are put forward, comes as much later as they are; one that it has twice comes
 * once. */
int64_t calendar_next(
    const struct calendar *c, const struct when_zone *zone, int64_t after_ms);

#endif
