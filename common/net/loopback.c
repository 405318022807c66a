#include "common/net/loopback.h"

#include <string.h>
#include <strings.h>

/* Reads a whole number of at most `max`, without sign or blanks. Returns the
 * character behind it, or NULL where there is no such number. */
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

/* Reads "127.x.y.z". Returns the character behind it, or NULL for any other
 * address. */
static const char *
loopback_ipv4(const char *text, uint32_t *out)
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
	return p;
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
		end = loopback_ipv4(text, &out->ipv4);
		if (out->ipv4 >> 24 != 127)
			return false;
	}
	if (end == NULL || *end != ':')
		return false;
	end = loopback_number(end + 1, 65535, &port);
	out->port = (uint16_t)port;
	return end != NULL && *end == '\0';
}

/* ---- what it is called ------------------------------------------------ */

/* Without its port, and without the dot that may end a whole name. */
static size_t
host_length(const char *host)
{
	const char *digits = strrchr(host, ':');
	size_t n = strlen(host);

	if (digits && digits[1 + strspn(digits + 1, "0123456789")] == '\0')
		n = (size_t)(digits - host);
	return n > 0 && host[n - 1] == '.' ? n - 1 : n;
}

static bool
host_is_address(const char *host, size_t len)
{
	uint32_t ipv4;
	const char *end = loopback_ipv4(host, &ipv4);

	if (end)
		return end == host + len;
	return len > 2 && host[0] == '[' && host[len - 1] == ']' &&
	       strspn(host + 1, "0123456789abcdefABCDEF:.") == len - 2;
}

static bool
host_is(const char *host, size_t len, const char *name, size_t name_len)
{
	return len == name_len && strncasecmp(host, name, len) == 0;
}

bool
loopback_is_own_name(const char *host, const char *machine)
{
	static const char local[] = ".localhost";
	size_t len = host_length(host), n = sizeof(local) - 1;

	if (host_is_address(host, len) || host_is(host, len, local + 1, n - 1))
		return true;
	if (len > n && host_is(host + len - n, n, local, n))
		return true;
	return len > 0 &&
	       (host_is(host, len, machine, strlen(machine)) ||
		   host_is(host, len, machine, strcspn(machine, ".")));
}
