#include "common/text/clause.h"

#include <stdint.h>

#include "common/utf8.h"

/* Full stops, commas and the like of all scripts, in order. */
static const uint32_t signs[] = { '!', ',', '.', ':', ';', '?', 0x37e, 0x387,
	0x589, 0x60c, 0x61b, 0x61f, 0x6d4, 0x964, 0x965, 0x104a, 0x104b, 0x1362,
	0x1363, 0x1364, 0x1365, 0x1366, 0x1367, 0x17d4, 0x17d5, 0x2013, 0x2014,
	0x2026, 0x3001, 0x3002, 0xff01, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f,
	0xff61, 0xff64 };

static bool
is_sign(uint32_t c)
{
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i] == c)
			return true;
	return false;
}

static bool
is_closing(uint32_t c)
{
	return utf8_is_blank(c) || c == '"' || c == '\'' || c == ')' ||
	       c == ']' || c == 0xbb || c == 0x2019 || c == 0x201d ||
	       c == 0x300d || c == 0x300f || c == 0xff09;
}

bool
clause_ends(const char *text, size_t len)
{
	bool ends = false;
	uint32_t c;
	size_t n;

	for (; len > 0 && (n = utf8_decode(text, len, &c)) > 0;
	     text += n, len -= n)
		if (!is_closing(c))
			ends = is_sign(c);
	return ends;
}
