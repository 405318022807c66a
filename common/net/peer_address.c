#include "common/net/peer_address.h"

#include <string.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

void
peer_address_set_ipv4(struct peer_address *p, const void *ipv4)
{
	p->kind = PEER_IP;
	memcpy(p->ip, mapped, sizeof(mapped));
	memcpy(p->ip + sizeof(mapped), ipv4, 4);
}

/* Finds its address of IPv4, also that of a connection to a socket of IPv6.
 * NULL: it has none. */
static const uint8_t *
find_ipv4(const struct peer_address *p)
{
	return p->kind == PEER_IP && memcmp(p->ip, mapped, sizeof(mapped)) == 0
		   ? p->ip + sizeof(mapped)
		   : NULL;
}

uint64_t
peer_address_source(const struct peer_address *p)
{
	const uint8_t *ipv4 = find_ipv4(p);
	uint64_t network;

	if (ipv4)
		return (uint32_t)ipv4[0] << 24 | (uint32_t)ipv4[1] << 16 |
		       (uint32_t)ipv4[2] << 8 | ipv4[3];
	if (p->kind == PEER_USER)
		return p->user;
	/* A machine of IPv6 may have as many addresses as it likes of its
	 * network of 64 bits. */
	memcpy(&network, p->ip, sizeof(network));
	return network;
}

bool
peer_address_is_local(const struct peer_address *p)
{
	static const uint8_t loopback[PEER_IP_BYTES] = { [15] = 1 };
	const uint8_t *ipv4 = find_ipv4(p);

	if (ipv4)
		return ipv4[0] == 127;
	return p->kind == PEER_USER ||
	       (p->kind == PEER_IP &&
		   memcmp(p->ip, loopback, sizeof(loopback)) == 0);
}
