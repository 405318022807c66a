#include "ttsd/engines/kit/kit_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

/* Longest entity, from '&' to ';'. */
#define ENTITY_MAX 10

static const struct {
	const char *name;
	uint32_t cp;
} entities[] = {
	{ "&amp;", '&' },
	{ "&lt;", '<' },
	{ "&gt;", '>' },
	{ "&quot;", '"' },
	{ "&apos;", '\'' },
};

/* "&#38;" or "&#x26;". 0 for what is no character that text may have. */
static uint32_t
numbered(const char *s)
{
	bool hex = s[2] == 'x';
	const char *digits = s + 2 + hex;
	unsigned long cp;
	char *end;

	if (!isxdigit((unsigned char)digits[0]))
		return 0;
	cp = strtoul(digits, &end, hex ? 16 : 10);
	if (*end != ';' || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff) ||
	    cp < ' ')
		return 0;
	return (uint32_t)cp;
}

/* The entity at the front of s: its length, and its character as UTF-8 (never
 * longer than the entity). 0: there is none. */
static size_t
decode(const char *s, char *out, size_t *out_len)
{
	const char *end = strchr(s, ';');
	uint32_t cp = 0;
	size_t len, i;

	if (end == NULL || end - s >= ENTITY_MAX)
		return 0;
	len = (size_t)(end - s) + 1;
	if (s[1] == '#')
		cp = numbered(s);
	for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (strncmp(s, entities[i].name, len) == 0)
			cp = entities[i].cp;
	}
	if (cp == 0)
		return 0;
	*out_len = utf8_put(cp, out);
	return len;
}

/* One past the markup that begins at s. */
static const char *
skip_markup(const char *s)
{
	const char *closing = ">", *end;

	if (strncmp(s, "<!--", 4) == 0)
		closing = "-->";
	else if (strncmp(s, "<?", 2) == 0)
		closing = "?>";
	end = strstr(s, closing);
	return end ? end + strlen(closing) : s + strlen(s);
}

/* Never longer than the text: entities shrink, tags become one blank. */
static void
strip(char *out, const char *s)
{
	size_t used, made;

	while (*s) {
		if (*s == '<') {
			*out++ = ' ';
			s = skip_markup(s);
			continue;
		}
		used = *s == '&' ? decode(s, out, &made) : 0;
		if (used > 0) {
			out += made;
			s += used;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

char *
kit_text_plain(const struct kit_job *job)
{
	char *plain = malloc(job->text_len + 1);

	if (plain == NULL)
		return NULL;
	if (job->ssml)
		strip(plain, job->text);
	else
		memcpy(plain, job->text, job->text_len + 1);
	return plain;
}

bool
kit_text_has_words(const char *text)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) ||
		    (unsigned char)*text >= 0x80)
			return true;
	}
	return false;
}
