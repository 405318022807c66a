#include "ttsd/engines/win32/sapi/sapi_text.h"

#include <math.h>

/* Most voices speak so fast when nothing is asked of them. */
#define NORMAL_WPM 180.0

long
sapi_rate(int words_a_minute)
{
	double rate = words_a_minute > 0
			  ? 10 * log(words_a_minute / NORMAL_WPM) / log(3)
			  : 0;

	return rate > 10 ? 10 : rate < -10 ? -10 : lround(rate);
}

size_t
sapi_characters(const wchar_t *text, size_t units)
{
	size_t n = 0, i;

	/* The second half of a pair is no character of its own. */
	for (i = 0; i < units && text[i]; i++)
		n += text[i] < 0xdc00 || text[i] > 0xdfff;
	return n;
}

unsigned long
sapi_language(const wchar_t *attribute)
{
	return wcstoul(attribute, NULL, 16);
}
