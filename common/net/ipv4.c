#include "common/net/ipv4.h"

#include <stddef.h>

static const char *
read_part(const char *p, uint8_t *out)
{
	const char *first = p;
	unsigned value = 0;

	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (unsigned)(*p - '0');
		if (value > 255 || (p > first && *first == '0'))
			return NULL;
	}
	*out = (uint8_t)value;
	return p == first ? NULL : p;
}

const char *
ipv4_read(const char *text, uint8_t out[4])
{
	const char *p = text;
	unsigned i;

	for (i = 0; i < 4; i++) {
		if (i > 0 && *p++ != '.')
			return NULL;
		p = read_part(p, &out[i]);
		if (p == NULL)
			return NULL;
	}
	return p;
}
