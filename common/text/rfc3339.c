#include "common/text/rfc3339.h"

#include <stdio.h>

#include "common/text/civil.h"

/* Reads "Z", "+hh:mm" or "+hhmm", as date(1) has it, as minutes east of UTC. */
static bool
take_zone(const char **p, int *minutes)
{
	int sign, h, m;

	*minutes = 0;
	if (civil_take_char(p, "Zz"))
		return true;
	sign = **p == '-' ? -1 : 1;
	if (!civil_take_char(p, "+-") || !civil_take_number(p, 2, 0, 23, &h))
		return false;
	civil_take_char(p, ":");
	if (!civil_take_number(p, 2, 0, 59, &m))
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

bool
rfc3339_parse(const char *p, int64_t *ms)
{
	struct civil c;
	int zone;

	if (!civil_take_date(&p, &c) || !civil_take_char(&p, "Tt ") ||
	    p[0] == '\0' || p[1] == ':' || civil_take_time(&p, &c) != 3 ||
	    !take_zone(&p, &zone) || *p != '\0')
		return false;
	*ms = civil_to_ms(&c) - zone * INT64_C(60000);
	return true;
}

void
rfc3339_write(int64_t ms, char *out, size_t size)
{
	struct civil c;

	civil_from_ms(ms, &c);
	snprintf(out, size, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year,
	    c.month, c.day, c.hour, c.minute, c.second, c.ms);
}
