/*
 * Where a broker is: mqtt://HOST[:PORT], or mqtts:// for TLS. Nothing else may
 * be in it: a name and a password have keys of their own, which are not shown.
 * Pure.
 */
#ifndef COMMON_NET_MQTT_ADDRESS_H
#define COMMON_NET_MQTT_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define MQTT_PORT 1883
#define MQTT_TLS_PORT 8883
/* Longest name of a host in DNS. */
#define MQTT_HOST_MAX 253

struct mqtt_address {
	char host[MQTT_HOST_MAX + 1]; /* of IPv6 without the brackets */
	uint16_t port;
	bool tls;
};

/* False where the text is none. */
bool mqtt_address_parse(const char *text, struct mqtt_address *out);

#endif
