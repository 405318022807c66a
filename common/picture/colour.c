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

void
colour_to_yuv(uint32_t rgb, uint8_t yuv[3])
{
	double r = (rgb >> 16 & 0xff) / 255.0, g = (rgb >> 8 & 0xff) / 255.0;
	double b = (rgb & 0xff) / 255.0;
	double y = 0.2126 * r + 0.7152 * g + 0.0722 * b;

	yuv[0] = (uint8_t)(16 + 219 * y + 0.5);
	yuv[1] = (uint8_t)(128 + 224 * (b - y) / 1.8556 + 0.5);
	yuv[2] = (uint8_t)(128 + 224 * (r - y) / 1.5748 + 0.5);
}
