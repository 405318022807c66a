#include "common/text/civil.h"

#include <ctype.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

bool
civil_take_number(const char **p, int count, int low, int high, int *out)
{
	int v = 0, i;

	for (i = 0; i < count; i++) {
		if (!isdigit((unsigned char)(*p)[i]))
			return false;
		v = v * 10 + ((*p)[i] - '0');
	}
	*p += count;
	*out = v;
	return v >= low && v <= high;
}

bool
civil_take_char(const char **p, const char *any)
{
	if (**p == '\0' || strchr(any, **p) == NULL)
		return false;
	++*p;
	return true;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, counting years
 * from March so that the leap day comes last. */
static int64_t
days_since_1970(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = (month + 9) % 12;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468;
}

static int
take_fraction(const char **p)
{
	int ms = 0, scale = 100;

	for (; isdigit((unsigned char)**p); ++*p, scale /= 10)
		ms += (**p - '0') * scale;
	return ms;
}

bool
civil_take_date(const char **p, struct civil *c)
{
	return civil_take_number(p, 4, 1, 9999, &c->year) &&
	       civil_take_char(p, "-") &&
	       civil_take_number(p, 2, 1, 12, &c->month) &&
	       civil_take_char(p, "-") &&
	       civil_take_number(p, 2, 1, days_in(c->year, c->month), &c->day);
}

int
civil_take_time(const char **p, struct civil *c)
{
	int digits = isdigit((unsigned char)**p) && (*p)[1] == ':' ? 1 : 2;

	c->second = c->ms = 0;
	if (!civil_take_number(p, digits, 0, 23, &c->hour) ||
	    !civil_take_char(p, ":") ||
	    !civil_take_number(p, 2, 0, 59, &c->minute))
		return 0;
	if (!civil_take_char(p, ":"))
		return 2;
	if (!civil_take_number(p, 2, 0, 60, &c->second))
		return 0;
	if (civil_take_char(p, ".")) {
		if (!isdigit((unsigned char)**p))
			return 0;
		c->ms = take_fraction(p);
	}
	return 3;
}

int64_t
civil_to_ms(const struct civil *c)
{
	int64_t minutes =
	    (days_since_1970(c->year, c->month, c->day) * 24 + c->hour) * 60 +
	    c->minute;

	return minutes * 60000 + c->second * INT64_C(1000) + c->ms;
}

/* The year is found by a guess that is never too late, and its days. */
void
civil_from_ms(int64_t ms, struct civil *c)
{
	int64_t in_day = (ms % DAY_MS + DAY_MS) % DAY_MS;
	int64_t days = (ms - in_day) / DAY_MS;
	int left;

	c->year = 1970 + (int)(days < 0 ? days / 365 - 1 : days / 366);
	while (days_since_1970(c->year + 1, 1, 1) <= days)
		c->year++;
	left = (int)(days - days_since_1970(c->year, 1, 1));
	for (c->month = 1; left >= days_in(c->year, c->month); c->month++)
		left -= days_in(c->year, c->month);
	c->day = left + 1;
	c->hour = (int)(in_day / 3600000);
	c->minute = (int)(in_day / 60000 % 60);
	c->second = (int)(in_day / 1000 % 60);
	c->ms = (int)(in_day % 1000);
}
