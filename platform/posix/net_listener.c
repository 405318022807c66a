#include "platform/net_listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common/err.h"
#include "platform/posix/posix.h"

struct net_listener {
	struct loop *loop;
	struct opening opening;
	struct acceptor *acceptor;
	void (*accepted)(
	    void *arg, struct stream *s, const struct peer_address *who);
	void *arg;
	struct log_limit complaints;
	struct loop_task release;
};

static void
net_accepted(void *arg, int fd)
{
	struct net_listener *ln = arg;
	struct peer_address who = { .kind = PEER_UNKNOWN };
	struct stream *s;
	int on = 1, rc;

	peer_look(fd, &who);
	/* A small event is not to wait for the acknowledgement of the one
	 * before. Local sockets know no such thing. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	rc = stream_new(ln->loop, fd, &s);
	if (rc == 0)
		ln->accepted(ln->arg, s, &who);
	else if (log_allow(&ln->complaints, clock_awake_ns()))
		log_warning("listener=%s turns a connection away: %s",
		    ln->opening.name, err_text(rc));
}

int
net_listener_new(struct loop *l, const char *address,
    void (*accepted)(
	void *arg, struct stream *s, const struct peer_address *who),
    void *arg, struct net_listener **out)
{
	struct net_listener *ln = calloc(1, sizeof(*ln));
	int rc;

	*out = NULL;
	if (ln == NULL)
		return ERR_NOMEM;
	*ln = (struct net_listener){ .loop = l,
		.accepted = accepted,
		.arg = arg,
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 1 } };
	rc = opening_make(address, &ln->opening);
	if (rc == 0)
		rc = acceptor_new(l, ln->opening.local.fd, ln->opening.name,
		    net_accepted, ln, &ln->acceptor);
	if (rc < 0) {
		net_listener_close(ln);
		return rc;
	}
	*out = ln;
	return 0;
}

void
net_listener_close(struct net_listener *ln)
{
	if (ln == NULL)
		return;
	acceptor_free(ln->acceptor);
	opening_remove(&ln->opening);
	ln->release = (struct loop_task){ .fn = free, .arg = ln };
	loop_defer(ln->loop, &ln->release);
}

const char *
net_listener_name(const struct net_listener *ln)
{
	return ln->opening.name;
}
