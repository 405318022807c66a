/* Any text as a time stamp: one that is taken is the time that the C library
 * makes of the same numbers. */
#include "common/text/rfc3339.h"
#include "tests/fuzz/fuzz.h"

#include <time.h>

/* The zone behind the seconds and their digits, in seconds to be taken off. */
static long
zone_of(const char *text)
{
	int hours, minutes;
	char sign;

	text += strspn(text, "0123456789.,");
	if (sscanf(text, "%c%2d:%2d", &sign, &hours, &minutes) != 3 &&
	    sscanf(text, "%c%2d%2d", &sign, &hours, &minutes) != 3)
		return 0;
	return (hours * 60L + minutes) * (sign == '-' ? -60 : 60);
}

static void
check_time(const char *text, int64_t ms)
{
	struct tm t = { 0 };
	int end = 0, n;
	time_t whole;

	n = sscanf(text, "%4d-%2d-%2d%*c%2d:%2d:%n", &t.tm_year, &t.tm_mon,
	    &t.tm_mday, &t.tm_hour, &t.tm_min, &end);
	MUST(n == 5 && end > 0);
	MUST(sscanf(text + end, "%2d", &t.tm_sec) == 1);
	t.tm_year -= 1900;
	t.tm_mon -= 1;
	whole = timegm(&t) - zone_of(text + end);
	MUST(ms >= (int64_t)whole * 1000 && ms < ((int64_t)whole + 1) * 1000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 2);
	int64_t ms = 0, other;

	MUST(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (rfc3339_parse(text, &ms)) {
		check_time(text, ms);
		memcpy(text + strlen(text), "x", 2);
		MUST(!rfc3339_parse(text, &other));
	}
	free(text);
	return 0;
}
