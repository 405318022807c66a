/* Streams are pipes here (stream.c), and nothing of the gateway's that needs
 * others is worth them so far (docs/WINDOWS.md). */
#include "platform/net_listener.h"

#include "common/err.h"

int
net_listener_new(struct loop *l, const char *address,
    void (*accepted)(
	void *arg, struct stream *s, const struct peer_address *who),
    void *arg, struct net_listener **out)
{
	(void)l;
	(void)address;
	(void)accepted;
	(void)arg;
	*out = NULL;
	return ERR_UNSUPPORTED;
}

void
net_listener_close(struct net_listener *ln)
{
	(void)ln;
}

const char *
net_listener_name(const struct net_listener *ln)
{
	(void)ln;
	return "";
}
