/*
 * Can a server be reached from here? For who tells a person, and may wait.
 * reach.c in each system's folder.
 */
#ifndef PLATFORM_REACH_H
#define PLATFORM_REACH_H

#include <stdint.h>

/* How far it came: what failed, or that nothing did. */
enum reach_step {
	REACH_NAME,  /* nobody knows the host's name */
	REACH_ROUTE, /* no way leads to its address */
	REACH_PORT,  /* it is not answered there */
	REACH_DONE,
};

enum reach_kind {
	REACH_TCP, /* a connection is made, and ended */
	REACH_UDP, /* nothing is sent: the way is looked up, and no more */
};

struct reached {
	enum reach_step step;
	int err;          /* ERR_REFUSED, ERR_TIMEOUT and the like; 0 */
	char address[64]; /* that was tried last; "": none */
	char why[128];    /* in the system's words */
};

/* Tries the host's addresses one after the other, until one is reached, each
 * for `patience_ns` at most. The name is looked up for as long as the system
 * does it. */
void reach(const char *host, uint16_t port, enum reach_kind kind,
    int64_t patience_ns, struct reached *out);

#endif
