#include "ttsd/text/character.h"

#include <stdlib.h>

#include "common/utf8.h"
#include "ttsd/text/script.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Every `step`th capital from first to last, and how far its small letter is.
 * The table is sorted. */
static const struct fold {
	uint32_t first, last, step;
	int32_t distance;
} folds[] = {
	{ 0x00c0, 0x00d6, 1, 32 },
	{ 0x00d8, 0x00de, 1, 32 },
	{ 0x0100, 0x012e, 2, 1 },
	{ 0x0132, 0x0136, 2, 1 },
	{ 0x0139, 0x0147, 2, 1 },
	{ 0x014a, 0x0176, 2, 1 },
	{ 0x0178, 0x0178, 1, -121 },
	{ 0x0179, 0x017d, 2, 1 },
	{ 0x0187, 0x0187, 1, 1 },
	{ 0x018f, 0x018f, 1, 202 },
	{ 0x0198, 0x0198, 1, 1 },
	{ 0x01a0, 0x01a4, 2, 1 },
	{ 0x01af, 0x01af, 1, 1 },
	{ 0x01cd, 0x01db, 2, 1 },
	{ 0x01de, 0x01ee, 2, 1 },
	{ 0x01f8, 0x021e, 2, 1 },
	{ 0x0222, 0x0232, 2, 1 },
	{ 0x0386, 0x0386, 1, 38 },
	{ 0x0388, 0x038a, 1, 37 },
	{ 0x038c, 0x038c, 1, 64 },
	{ 0x038e, 0x038f, 1, 63 },
	{ 0x0391, 0x03a1, 1, 32 },
	{ 0x03a3, 0x03ab, 1, 32 },
	{ 0x03c2, 0x03c2, 1, 1 }, /* final sigma */
	{ 0x0400, 0x040f, 1, 80 },
	{ 0x0410, 0x042f, 1, 32 },
	{ 0x0460, 0x0480, 2, 1 },
	{ 0x048a, 0x04be, 2, 1 },
	{ 0x04c0, 0x04c0, 1, 15 },
	{ 0x04c1, 0x04cd, 2, 1 },
	{ 0x04d0, 0x052e, 2, 1 },
	{ 0x0531, 0x0556, 1, 48 },
	{ 0x1e00, 0x1e94, 2, 1 },
	{ 0x1e9e, 0x1e9e, 1, -7615 },
	{ 0x1ea0, 0x1efe, 2, 1 },
	{ 0xff21, 0xff3a, 1, 32 },
};

static int
compare_fold(const void *key, const void *row)
{
	const uint32_t cp = *(const uint32_t *)key;
	const struct fold *f = row;

	return cp < f->first ? -1 : cp > f->last;
}

uint32_t
character_fold(uint32_t cp)
{
	const struct fold *f;

	/* The letters of ASCII are asked for most. */
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
	f = bsearch(&cp, folds, COUNT_OF(folds), sizeof(*folds), compare_fold);
	if (f == NULL || (cp - f->first) % f->step != 0)
		return cp;
	return (uint32_t)((int32_t)cp + f->distance);
}

bool
character_is_digit(uint32_t cp)
{
	/* The zeros of the scripts (general category Nd). */
	static const uint32_t zeros[] = { '0', 0x0660, 0x06f0, 0x0966, 0x09e6,
		0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6,
		0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810,
		0xff10 };
	size_t i;

	for (i = 0; i < COUNT_OF(zeros) && cp >= zeros[i]; i++)
		if (cp - zeros[i] < 10)
			return true;
	return false;
}

bool
character_is_mark(uint32_t cp)
{
	return (cp >= 0x0300 && cp <= 0x036f) ||
	       (cp >= 0x0483 && cp <= 0x0487) ||
	       (cp >= 0x064b && cp <= 0x0655) || cp == 0x0670 ||
	       (cp >= 0x0951 && cp <= 0x0954) ||
	       (cp >= 0x1ab0 && cp <= 0x1aff) ||
	       (cp >= 0x1dc0 && cp <= 0x1dff) ||
	       (cp >= 0x20d0 && cp <= 0x20ff) || (cp >= 0xfe20 && cp <= 0xfe2f);
}

bool
character_is_hyphen(uint32_t cp)
{
	return cp == '-' || cp == 0x2010 || cp == 0x2011;
}

bool
character_in_spaced_word(uint32_t cp)
{
	switch (script_of(cp)) {
	case SCRIPT_NONE:
		return character_is_digit(cp) || character_is_mark(cp);
	case SCRIPT_HAN:
	case SCRIPT_KANA:
	case SCRIPT_BOPOMOFO:
	case SCRIPT_HANGUL:
	case SCRIPT_THAI:
	case SCRIPT_LAO:
	case SCRIPT_KHMER:
	case SCRIPT_MYANMAR:
	case SCRIPT_TIBETAN:
		return false;
	default:
		return true;
	}
}

size_t
character_at(const char *s, size_t len, uint32_t *cp)
{
	size_t n = utf8_decode(s, len, cp);

	if (n == 0)
		*cp = 0xfffd;
	return n ? n : len > 0;
}
