#include "gateway/courier/hex.h"

#include <string.h>

static const char digits[] = "0123456789abcdef";

void
hex_write(const uint8_t *data, size_t len, char *out)
{
	size_t i;

	for (i = 0; i < len; i++) {
		*out++ = digits[data[i] >> 4];
		*out++ = digits[data[i] & 15];
	}
	*out = '\0';
}

size_t
hex_read(const char *text, uint8_t *out, size_t size)
{
	size_t len = strlen(text), i;
	const char *high, *low;

	if (len % 2 || len / 2 > size || strspn(text, digits) != len)
		return 0;
	for (i = 0; i < len / 2; i++) {
		high = strchr(digits, text[2 * i]);
		low = strchr(digits, text[2 * i + 1]);
		out[i] = (uint8_t)((high - digits) << 4 | (low - digits));
	}
	return len / 2;
}
