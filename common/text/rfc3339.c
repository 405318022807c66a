#include "common/text/rfc3339.h"

#include <ctype.h>
#include <stddef.h>

/* Reads exactly `count` digits and moves `p` behind them. Returns false where
 * there are fewer, or where their value is not from low to high. */
static bool
rfc3339_take(const char **p, int count, int low, int high, int *out)
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

static bool
take_char(const char **p, const char *any)
{
	for (; *any; any++)
		if (**p == *any) {
			++*p;
			return true;
		}
	return false;
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

static int64_t
take_fraction(const char **p)
{
	int64_t ms = 0, scale = 100;

	for (; isdigit((unsigned char)**p); ++*p, scale /= 10)
		ms += (**p - '0') * scale;
	return ms;
}

/* Reads "Z", "+hh:mm" or "+hhmm", as date(1) has it, as minutes east of UTC. */
static bool
take_zone(const char **p, int *minutes)
{
	int sign, h, m;

	*minutes = 0;
	if (take_char(p, "Zz"))
		return true;
	sign = **p == '-' ? -1 : 1;
	if (!take_char(p, "+-") || !rfc3339_take(p, 2, 0, 23, &h))
		return false;
	take_char(p, ":");
	if (!rfc3339_take(p, 2, 0, 59, &m))
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

bool
rfc3339_parse(const char *p, int64_t *ms)
{
	int year, month, day, h, m, s, zone;
	int64_t fraction = 0;

	if (!rfc3339_take(&p, 4, 1, 9999, &year) || !take_char(&p, "-") ||
	    !rfc3339_take(&p, 2, 1, 12, &month) || !take_char(&p, "-") ||
	    !rfc3339_take(&p, 2, 1, days_in(year, month), &day) ||
	    !take_char(&p, "Tt ") || !rfc3339_take(&p, 2, 0, 23, &h) ||
	    !take_char(&p, ":") || !rfc3339_take(&p, 2, 0, 59, &m) ||
	    !take_char(&p, ":") || !rfc3339_take(&p, 2, 0, 60, &s))
		return false;
	if (take_char(&p, ".")) {
		if (!isdigit((unsigned char)*p))
			return false;
		fraction = take_fraction(&p);
	}
	if (!take_zone(&p, &zone) || *p != '\0')
		return false;
	*ms = ((days_since_1970(year, month, day) * 24 + h) * 60 + m - zone) *
		  INT64_C(60000) +
	      s * INT64_C(1000) + fraction;
	return true;
}
