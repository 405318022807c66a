#include "common/net/listen_address.h"

#include <string.h>
#include <strings.h>

#include "common/net/ipv4.h"

/* Reads a whole number of at most `max`, without sign or blanks. Returns the
 * character behind it, or NULL where there is no such number. */
static const char *
read_number(const char *text, unsigned max, unsigned *out)
{
	const char *p = text;

	for (*out = 0; *p >= '0' && *p <= '9'; p++) {
		*out = *out * 10 + (unsigned)(*p - '0');
		if (*out > max)
			return NULL;
	}
	return p == text ? NULL : p;
}

/* Reads "[a::b]". Whether that is an address, the system says that has to
 * listen there. */
static const char *
read_ipv6(const char *text, char out[LISTEN_IPV6_MAX])
{
	size_t n = strspn(text + 1, "0123456789abcdefABCDEF:.");

	if (n < 2 || n >= LISTEN_IPV6_MAX || text[n + 1] != ']')
		return NULL;
	memcpy(out, text + 1, n);
	out[n] = '\0';
	return text + n + 2;
}

bool
listen_address_parse(const char *text, struct listen_address *out)
{
	static const char name[] = "localhost";
	uint8_t ip[4];
	const char *end;
	unsigned port;

	*out = (struct listen_address){ .kind = LISTEN_SOCKET };
	if (text[0] == '/')
		return true;
	out->kind = text[0] == '[' ? LISTEN_IPV6 : LISTEN_IPV4;
	if (text[0] == '[') {
		end = read_ipv6(text, out->ipv6);
	} else if (strncmp(text, name, sizeof(name) - 1) == 0) {
		out->ipv4 = UINT32_C(127) << 24 | 1;
		end = text + sizeof(name) - 1;
	} else {
		end = ipv4_read(text, ip);
		if (end)
			out->ipv4 = (uint32_t)ip[0] << 24 | ip[1] << 16 |
				    ip[2] << 8 | ip[3];
	}
	if (end == NULL || *end != ':')
		return false;
	end = read_number(end + 1, 65535, &port);
	out->port = (uint16_t)port;
	return end != NULL && *end == '\0';
}

bool
listen_address_is_loopback(const struct listen_address *a)
{
	return a->kind == LISTEN_SOCKET ||
	       (a->kind == LISTEN_IPV4 && a->ipv4 >> 24 == 127) ||
	       (a->kind == LISTEN_IPV6 && strcmp(a->ipv6, "::1") == 0);
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
	uint8_t ipv4[4];
	const char *end = ipv4_read(host, ipv4);

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
listen_is_own_name(const char *host, const char *machine)
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
