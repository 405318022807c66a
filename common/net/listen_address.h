/*
 * An address that HTTP is served on. Metrics are served only where no other
 * machine reaches them, because nobody is asked for a password there
 * (docs/METRICS.md). Pure.
 */
#ifndef COMMON_NET_LISTEN_ADDRESS_H
#define COMMON_NET_LISTEN_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of an IPv6 address as text, with its terminator. */
#define LISTEN_IPV6_MAX 46

enum listen_kind {
	LISTEN_IPV4,  /* a.b.c.d:PORT, localhost:PORT */
	LISTEN_IPV6,  /* [a::b]:PORT */
	LISTEN_SOCKET /* an absolute path: a local socket */
};

struct listen_address {
	enum listen_kind kind;
	uint32_t ipv4;              /* in the machine's own byte order */
	char ipv6[LISTEN_IPV6_MAX]; /* as it was written: hexadecimal digits,
				       colons and dots */
	uint16_t port;              /* 0: the system chooses a free one */
};

/* Reads one of the forms above; no names of machines but localhost. Returns
 * false for any other text. */
bool listen_address_parse(const char *text, struct listen_address *out);

/* Can this machine alone reach it? */
bool listen_address_is_loopback(const struct listen_address *a);

/* Is this what a client of a server of this machine calls it by, in the Host
 * header of HTTP? An IP address, whichever; localhost and what ends in
 * .localhost; the machine's own name, whole or its first part. All with or
 * without a port. Other names may have been pointed here by somebody else. */
bool listen_is_own_name(const char *host, const char *machine);

#endif
