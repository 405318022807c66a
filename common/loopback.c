#include "common/loopback.h"

#include <string.h>

/* A whole number of at most `max` without sign or blanks; where it ends, or
 * NULL. */
static const char *
loopback_number(const char *text, unsigned max, unsigned *out)
{
	const char *p = text;

	for (*out = 0; *p >= '0' && *p <= '9'; p++) {
		*out = *out * 10 + (unsigned)(*p - '0');
		if (*out > max)
			return NULL;
	}
	return p == text ? NULL : p;
}

/* 127.x.y.z; where it ends, or NULL. */
static const char *
ipv4(const char *text, uint32_t *out)
{
	const char *p = text;
	unsigned part, i;

	*out = 0;
	for (i = 0; i < 4; i++) {
		if (i > 0 && *p++ != '.')
			return NULL;
		p = loopback_number(p, 255, &part);
		if (p == NULL)
			return NULL;
		*out = *out << 8 | part;
	}
	return *out >> 24 == 127 ? p : NULL;
}

bool
loopback_parse(const char *text, struct loopback *out)
{
	static const char name[] = "localhost", ipv6[] = "[::1]";
	const char *end = NULL;
	unsigned port;

	*out = (struct loopback){ .kind = LOOPBACK_SOCKET };
	if (text[0] == '/')
		return true;
	if (strncmp(text, ipv6, sizeof(ipv6) - 1) == 0) {
		out->kind = LOOPBACK_IPV6;
		end = text + sizeof(ipv6) - 1;
	} else if (strncmp(text, name, sizeof(name) - 1) == 0) {
		out->kind = LOOPBACK_IPV4;
		out->ipv4 = UINT32_C(127) << 24 | 1;
		end = text + sizeof(name) - 1;
	} else {
		out->kind = LOOPBACK_IPV4;
		end = ipv4(text, &out->ipv4);
	}
	if (end == NULL || *end != ':')
		return false;
	end = loopback_number(end + 1, 65535, &port);
	out->port = (uint16_t)port;
	return end != NULL && *end == '\0';
}
