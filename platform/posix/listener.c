#include <stdlib.h>
#include <unistd.h>

#include "common/body.h"
#include "common/err.h"
#include "platform/posix/posix.h"
#include "platform/succession.h"

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

/* Begins to accept on a socket that listens, which it takes over. */
static int
listener_begin(struct loop *l, const struct local *local,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	struct listener *ln = calloc(1, sizeof(*ln));
	int rc;

	if (ln == NULL) {
		close(local->fd);
		return ERR_NOMEM;
	}
	*ln = (struct listener){ .loop = l,
		.local = *local,
		.accepted = accepted,
		.arg = arg,
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 1 } };
	rc = acceptor_new(
	    l, ln->local.fd, ln->local.path, accepted_one, ln, &ln->acceptor);
	if (rc < 0)
		free(ln);
	else
		*out = ln;
	return rc;
}

int
listener_new(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	struct local local;
	int rc = local_open(path, &local);

	*out = NULL;
	if (rc < 0)
		return rc;
	rc = listener_begin(l, &local, accepted, arg, out);
	if (rc < 0)
		local_remove(&local);
	return rc;
}

void
listener_leave(struct listener *ln, size_t connections)
{
	acceptor_leave(ln->acceptor, connections);
}

json_t *
listener_hand_over(const struct listener *ln, struct parcel *p)
{
	json_t *o = json_object();

	body_put(&o, "socket", succession_add(p, ln->local.fd));
	body_put(&o, "path", json_string(ln->local.path));
	body_put(&o, "lent", json_boolean(ln->local.lent));
	return o;
}

int
listener_take_over(struct loop *l, struct parcel *p, const json_t *word,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	const char *path = json_string_value(json_object_get(word, "path"));
	struct local local;
	int fd, rc;

	*out = NULL;
	if (path == NULL || path_check_socket(path) < 0)
		return ERR_INVALID;
	rc = succession_take(p, json_object_get(word, "socket"), &fd);
	if (rc < 0)
		return rc;
	local_adopt(path, fd, &local);
	local.lent = json_is_true(json_object_get(word, "lent"));
	/* A stand-in must not take the file away when it is closed. */
	if (succession_is_trial(p))
		local.path[0] = '\0';
	else if (admission_apply(path) < 0)
		log_warning("listener=%s keeps its group and mode", path);
	return listener_begin(l, &local, accepted, arg, out);
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
