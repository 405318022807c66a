#include "platform/local_time.h"

#include <time.h>

static int64_t
to_utc(const struct civil *local)
{
	struct tm tm = { .tm_year = local->year - 1900,
		.tm_mon = local->month - 1,
		.tm_mday = local->day,
		.tm_hour = local->hour,
		.tm_min = local->minute,
		.tm_sec = local->second,
		.tm_isdst = -1 };

	return (int64_t)mktime(&tm) * 1000 + local->ms;
}

static void
to_local(int64_t utc_ms, struct civil *local)
{
	time_t seconds = (time_t)(utc_ms / 1000);
	const struct tm *tm = localtime(&seconds);

	*local = (struct civil){ 0 };
	if (tm == NULL)
		return;
	*local = (struct civil){ .year = tm->tm_year + 1900,
		.month = tm->tm_mon + 1,
		.day = tm->tm_mday,
		.hour = tm->tm_hour,
		.minute = tm->tm_min,
		.second = tm->tm_sec,
		.ms = (int)(utc_ms % 1000) };
}

const struct when_zone local_time = { to_utc, to_local };
