/*
 * Who is at the other end of a connection. Pure.
 */
#ifndef COMMON_NET_PEER_ADDRESS_H
#define COMMON_NET_PEER_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#define PEER_IP_BYTES 16

struct peer_address {
	enum {
		PEER_UNKNOWN,
		PEER_IP,
		PEER_USER /* of a local socket */
	} kind;
	uint8_t ip[PEER_IP_BYTES]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
	uint64_t user;
};

/* Sets the address of IPv4 that stands in these four bytes. */
void peer_address_set_ipv4(struct peer_address *p, const void *ipv4);

/* Returns a number that is equal for the same address, or the same user. */
uint64_t peer_address_source(const struct peer_address *p);

/* Is its other end on this machine? */
bool peer_address_is_local(const struct peer_address *p);

#endif
