#include "common/net/mqtt_address.h"

#include <stdlib.h>
#include <string.h>

#define PORT_DIGITS 5

/* What a name or an address of a host is made of. */
static const char host_bytes[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
static const char ipv6_bytes[] = "0123456789abcdefABCDEF:.";

static const char *
skip(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* Takes the host off; NULL where there is none. */
static const char *
read_host(const char *at, struct mqtt_address *out)
{
	bool ipv6 = *at == '[';
	size_t len;

	at += ipv6;
	len = strspn(at, ipv6 ? ipv6_bytes : host_bytes);
	if (len == 0 || len > MQTT_HOST_MAX || (ipv6 && at[len] != ']'))
		return NULL;
	memcpy(out->host, at, len);
	out->host[len] = '\0';
	return at + len + ipv6;
}

static bool
read_port(const char *at, uint16_t *out)
{
	size_t digits = strspn(at, "0123456789");
	long port =
	    digits > 0 && digits <= PORT_DIGITS ? strtol(at, NULL, 10) : 0;

	if (at[digits] || port < 1 || port > UINT16_MAX)
		return false;
	*out = (uint16_t)port;
	return true;
}

bool
mqtt_address_parse(const char *text, struct mqtt_address *out)
{
	const char *at = skip(text, "mqtts://");

	*out = (struct mqtt_address){ .port = MQTT_PORT };
	if (at) {
		out->tls = true;
		out->port = MQTT_TLS_PORT;
	} else {
		at = skip(text, "mqtt://");
	}
	if (at)
		at = read_host(at, out);
	if (at && *at == ':')
		return read_port(at + 1, &out->port);
	return at && strcmp(at, *at == '/' ? "/" : "") == 0;
}
