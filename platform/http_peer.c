#include "platform/http_port.h"

#include <string.h>

/* Finds its address of IPv4, also that of a connection to a socket of IPv6.
 * NULL: it has none. */
static const uint8_t *
find_ipv4(const struct http_peer *p)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (p->kind == HTTP_PEER_IPV4)
		return p->ip;
	return p->kind == HTTP_PEER_IPV6 &&
		       memcmp(p->ip, mapped, sizeof(mapped)) == 0
		   ? p->ip + sizeof(mapped)
		   : NULL;
}

uint64_t
http_port_source(MHD_socket fd)
{
	struct http_peer p = { .kind = HTTP_PEER_UNKNOWN };
	const uint8_t *ipv4;
	uint64_t network;

	http_port_peer(fd, &p);
	ipv4 = find_ipv4(&p);
	if (ipv4)
		return (uint32_t)ipv4[0] << 24 | (uint32_t)ipv4[1] << 16 |
		       (uint32_t)ipv4[2] << 8 | ipv4[3];
	if (p.kind == HTTP_PEER_USER)
		return p.user;
	/* A machine of IPv6 may have as many addresses as it likes of its
	 * network of 64 bits. */
	memcpy(&network, p.ip, sizeof(network));
	return network;
}

bool
http_port_is_local(MHD_socket fd)
{
	static const uint8_t loopback[16] = { [15] = 1 };
	struct http_peer p = { .kind = HTTP_PEER_UNKNOWN };
	const uint8_t *ipv4;

	http_port_peer(fd, &p);
	ipv4 = find_ipv4(&p);
	if (ipv4)
		return ipv4[0] == 127;
	return p.kind == HTTP_PEER_USER ||
	       (p.kind == HTTP_PEER_IPV6 &&
		   memcmp(p.ip, loopback, sizeof(loopback)) == 0);
}
