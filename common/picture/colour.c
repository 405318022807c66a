#include "common/picture/colour.h"

#include <stdlib.h>
#include <string.h>

bool
colour_read(const char *text, size_t len, uint32_t *out)
{
	char digits[COLOUR_BYTES];

	if (len < COLOUR_BYTES || *text != '#')
		return false;
	memcpy(digits, text + 1, COLOUR_BYTES - 1);
	digits[COLOUR_BYTES - 1] = '\0';
	if (strspn(digits, "0123456789abcdefABCDEF") != COLOUR_BYTES - 1)
		return false;
	*out = (uint32_t)strtoul(digits, NULL, 16);
	return true;
}
