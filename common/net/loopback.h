/*
 * An address that only this machine can reach. Metrics are served on such
 * addresses alone, because nobody is asked for a password there
 * (docs/METRICS.md). Pure.
 */
#ifndef COMMON_NET_LOOPBACK_H
#define COMMON_NET_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

enum loopback_kind {
	LOOPBACK_IPV4,  /* 127.x.y.z:PORT, localhost:PORT */
	LOOPBACK_IPV6,  /* [::1]:PORT */
	LOOPBACK_SOCKET /* an absolute path: a local socket */
};

struct loopback {
	enum loopback_kind kind;
	uint32_t ipv4; /* in the machine's own byte order */
	uint16_t port; /* 0: the system chooses a free one */
};

/* Reads one of the forms above. Returns false for any other text; so the
 * address of another machine, or 0.0.0.0, is refused. */
bool loopback_parse(const char *text, struct loopback *out);

/* Is this what a client of such an address calls it by, in the Host header of
 * HTTP? An IP address, whichever; localhost and what ends in .localhost; the
 * machine's own name, whole or its first part. All with or without a port.
 * Other names may have been pointed here by somebody else. */
bool loopback_is_own_name(const char *host, const char *machine);

#endif
