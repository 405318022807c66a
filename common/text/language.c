#include "common/text/language.h"

#include <ctype.h>
#include <string.h>

static bool
is_tag_character(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Replaces "zh" at the start of a tag. Where the second part has three letters
 * it names the member of the macrolanguage (RFC 5646, 2.2.2), as in "zh-yue";
 * without one, "zh" means Mandarin. */
static void
name_chinese(char *tag)
{
	bool alone = tag[2] == '\0';

	if (!alone && strcspn(tag + 3, "-") == 3 &&
	    isalpha((unsigned char)tag[3])) {
		memmove(tag, tag + 3, strlen(tag + 3) + 1);
		return;
	}
	memmove(tag + 3, tag + 2, strlen(tag + 2) + 1);
	memcpy(tag, "cmn", 3);
}

bool
language_normalise(char out[LANGUAGE_MAX + 1], const char *tag, size_t len)
{
	size_t i;
	bool good =
	    len > 0 && len < LANGUAGE_MAX; /* "cmn" is one longer than "zh" */

	for (i = 0; good && i < len; i++) {
		out[i] = (char)tolower((unsigned char)tag[i]);
		if (out[i] == '_')
			out[i] = '-';
		good = is_tag_character(out[i]);
	}
	out[good ? len : 0] = '\0';
	if (!good || out[0] == '-') {
		out[0] = '\0';
		return false;
	}
	if (strcmp(out, "zh") == 0 || strncmp(out, "zh-", 3) == 0)
		name_chinese(out);
	return true;
}

bool
language_widen(char *tag)
{
	char *last = strrchr(tag, '-');

	if (last == NULL)
		return false;
	*last = '\0';
	return true;
}

bool
language_is_same(const char *a, const char *b)
{
	size_t n = strcspn(a, "-");

	return n == strcspn(b, "-") && memcmp(a, b, n) == 0;
}
