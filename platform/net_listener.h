/*
 * A listener that other machines may reach: TCP, or a local socket
 * (common/net/listen_address.h), and who is at the other end of what comes.
 */
#ifndef PLATFORM_NET_LISTENER_H
#define PLATFORM_NET_LISTENER_H

#include "common/net/peer_address.h"
#include "platform/platform.h"

struct net_listener;

/* Listens at that address; `accepted` takes the stream over. Fails as
 * listener_new(), with ERR_INVALID for what is no address of this machine, and
 * with ERR_UNSUPPORTED where the system has no such streams here. */
int net_listener_new(struct loop *l, const char *address,
    void (*accepted)(
	void *arg, struct stream *s, const struct peer_address *who),
    void *arg, struct net_listener **out);
/* NULL is fine. */
void net_listener_close(struct net_listener *ln);

/* Returns its address, with the number that the system chose. */
const char *net_listener_name(const struct net_listener *ln);

#endif
