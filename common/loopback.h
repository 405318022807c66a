/*
 * An address that only this machine can reach: where metrics are served.
 * Pure.
 */
#ifndef COMMON_LOOPBACK_H
#define COMMON_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

enum loopback_kind {
	LOOPBACK_IPV4,  /* 127.x.y.z:PORT, localhost:PORT */
	LOOPBACK_IPV6,  /* [::1]:PORT */
	LOOPBACK_SOCKET /* an absolute path: a local socket */
};

struct loopback {
	enum loopback_kind kind;
	uint32_t ipv4; /* in the machine's own order */
	uint16_t port; /* 0: any that is free */
};

/* False for anything else, addresses of other machines above all. */
bool loopback_parse(const char *text, struct loopback *out);

#endif
