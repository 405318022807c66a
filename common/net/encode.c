#include "common/net/encode.h"

#include <stdlib.h>
#include <string.h>

static const char hex[] = "0123456789ABCDEF";

/* The value of a hexadecimal digit; -1 for any other character. */
static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

char *
percent_decode(const char *s, size_t len, bool form)
{
	char *out = malloc(len + 1), *to = out;
	size_t i;
	int high, low;

	for (i = 0; out && i < len; i++) {
		high = s[i] == '%' && len - i > 2 ? digit(s[i + 1]) : -1;
		low = high >= 0 ? digit(s[i + 2]) : -1;
		if (low >= 0 && high + low > 0) {
			*to++ = (char)(high << 4 | low);
			i += 2;
		} else {
			*to++ = form && s[i] == '+' ? ' ' : s[i];
		}
	}
	if (out)
		*to = '\0';
	return out;
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

char *
percent_encode(const char *s)
{
	char *out = malloc(3 * strlen(s) + 1), *to = out;

	for (; out && *s; s++) {
		if (is_unreserved(*s)) {
			*to++ = *s;
		} else {
			*to++ = '%';
			*to++ = hex[(uint8_t)*s >> 4];
			*to++ = hex[*s & 15];
		}
	}
	if (out)
		*to = '\0';
	return out;
}

char *
base64_encode_bytes(const void *data, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *s = data;
	size_t i, n, j;
	char *out = malloc((len + 2) / 3 * 4 + 1), *to = out;
	uint32_t bits;

	for (i = 0; out && i < len; i += 3) {
		n = len - i < 3 ? len - i : 3;
		bits = 0;
		for (j = 0; j < 3; j++)
			bits = bits << 8 | (j < n ? s[i + j] : 0u);
		for (j = 0; j < 4; j++)
			*to++ =
			    j <= n ? digits[bits >> (18 - 6 * j) & 63] : '=';
	}
	if (out)
		*to = '\0';
	return out;
}

char *
base64_encode(const char *s)
{
	return base64_encode_bytes(s, strlen(s));
}

static const char small_digits[] = "0123456789abcdef";

void
hex_write(const uint8_t *data, size_t len, char *out)
{
	size_t i;

	for (i = 0; i < len; i++) {
		*out++ = small_digits[data[i] >> 4];
		*out++ = small_digits[data[i] & 15];
	}
	*out = '\0';
}

size_t
hex_read(const char *text, size_t len, uint8_t *out, size_t size)
{
	size_t i;

	if (len % 2 || len / 2 > size)
		return 0;
	for (i = 0; i < len; i++)
		if (!memchr(small_digits, text[i], sizeof(small_digits) - 1))
			return 0;
	for (i = 0; i < len / 2; i++)
		out[i] =
		    (uint8_t)(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
	return len / 2;
}
