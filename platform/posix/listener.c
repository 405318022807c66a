#include <stdlib.h>

#include "common/err.h"
#include "platform/posix/posix.h"

struct listener {
	struct loop *loop;
	struct local local;
	struct acceptor *acceptor;
	void (*accepted)(void *arg, struct stream *s);
	void *arg;
	struct log_limit complaints;
	struct loop_task release;
};

static void
accepted_one(void *arg, int fd)
{
	struct listener *ln = arg;
	struct stream *s;

	int rc = stream_new(ln->loop, fd, &s);

	if (rc == 0)
		ln->accepted(ln->arg, s);
	else if (log_allow(&ln->complaints, clock_awake_ns()))
		log_warning("listener=%s turns a connection away: %s",
		    ln->local.path, err_text(rc));
}

int
listener_new(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	struct listener *ln = calloc(1, sizeof(*ln));
	int rc;

	*out = NULL;
	if (ln == NULL)
		return ERR_NOMEM;
	ln->loop = l;
	ln->accepted = accepted;
	ln->arg = arg;
	ln->complaints =
	    (struct log_limit){ .every_ns = 10 * NS_PER_S, .burst = 1 };
	rc = local_open(path, &ln->local);
	if (rc == 0) {
		rc = acceptor_new(l, ln->local.fd, ln->local.path, accepted_one,
		    ln, &ln->acceptor);
		if (rc < 0)
			local_remove(&ln->local);
	}
	if (rc < 0) {
		free(ln);
		return rc;
	}
	*out = ln;
	return 0;
}

void
listener_leave(struct listener *ln, size_t connections)
{
	acceptor_leave(ln->acceptor, connections);
}

void
listener_close(struct listener *ln)
{
	if (ln == NULL)
		return;
	acceptor_free(ln->acceptor);
	local_remove(&ln->local);
	ln->release = (struct loop_task){ .fn = free, .arg = ln };
	loop_defer(ln->loop, &ln->release);
}
