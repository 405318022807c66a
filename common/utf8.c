#include "common/utf8.h"

#include <string.h>

size_t
utf8_decode(const char *s, size_t len, uint32_t *cp)
{
	const uint8_t *p = (const uint8_t *)s;
	/* The smallest code point that needs so many bytes; a smaller one in as
	 * many is an over-long form, which RFC 3629 forbids. */
	static const uint32_t smallest[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t v;
	size_t n, i;

	if (len == 0)
		return 0;
	if (p[0] < 0x80) {
		n = 1;
		v = p[0];
	} else if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		n = 2;
		v = p[0] & 0x1f;
	} else if ((p[0] & 0xf0) == 0xe0) {
		n = 3;
		v = p[0] & 0x0f;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		n = 4;
		v = p[0] & 0x07;
	} else {
		return 0;
	}
	if (n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3f);
	}
	if (v < smallest[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	if (cp)
		*cp = v;
	return n;
}

size_t
utf8_put(uint32_t cp, char out[4])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	size_t i;

	for (i = n; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3f));
	out[0] = (char)(lead[n] | cp);
	return n;
}

bool
utf8_is_blank(uint32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0x85 ||
	       cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
	       cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f ||
	       cp == 0x3000;
}

/* Category Cc of Unicode. */
static bool
is_cc(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0);
}

bool
utf8_is_control(uint32_t cp)
{
	return is_cc(cp) && !utf8_is_blank(cp);
}

bool
utf8_valid(const char *s, size_t len)
{
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = utf8_decode(s, len, NULL);
		if (n == 0)
			return false;
	}
	return true;
}

size_t
utf8_length(const char *s, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += ((uint8_t)s[i] & 0xc0) != 0x80;
	return n;
}

size_t
utf8_offset(const char *s, size_t len, size_t index)
{
	size_t at = 0;

	while (index > 0 && at < len) {
		at++;
		while (at < len && ((uint8_t)s[at] & 0xc0) == 0x80)
			at++;
		index--;
	}
	return at;
}

/* What breaks a line or turns the rest of it round, as whoever forges a log
 * would have it: controls, U+2028 and U+2029, and the embeddings, overrides
 * and isolates of the bidirectional algorithm (UAX #9). */
static bool
is_unsafe(uint32_t cp)
{
	return is_cc(cp) || (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

bool
utf8_is_line(const char *text, size_t max)
{
	size_t len = strlen(text), n;
	uint32_t cp;

	if (len > max)
		return false;
	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &cp);
		if (n == 0 || is_unsafe(cp))
			return false;
	}
	return true;
}

void
utf8_sanitise(char *dst, size_t size, const char *src, size_t len)
{
	size_t out = 0, n;
	uint32_t cp;

	while (len > 0) {
		n = utf8_decode(src, len, &cp);
		if (out + (n ? n : 1) >= size)
			break;
		if (n == 0 || is_unsafe(cp)) {
			dst[out++] = '?';
			n = n ? n : 1;
		} else {
			memcpy(dst + out, src, n);
			out += n;
		}
		src += n;
		len -= n;
	}
	dst[out] = '\0';
}
