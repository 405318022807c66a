/*
 * The machines that somebody lets in: an address, or a network of them, as
 * people write it. Pure.
 */
#ifndef COMMON_NET_NETWORK_H
#define COMMON_NET_NETWORK_H

#include "common/net/peer_address.h"

/* As a peer's; the first `bits` of an address are its. */
struct network {
	uint8_t ip[PEER_IP_BYTES];
	unsigned bits;
};

/* Reads "192.168.1.10", "192.168.1.0/24", "fd00::5", "fd00::/8", or "any": all
 * there are. False for any other text, and for a network whose address has
 * bits behind its own, which may be meant for something else. */
bool network_parse(const char *text, struct network *out);

/* Is the peer in it? None that is of no IP. */
bool network_has(const struct network *n, const struct peer_address *p);

#endif
