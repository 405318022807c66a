#include "gateway/daemons/roster.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/list.h"

struct roster_wait {
	struct roster *roster;
	void (*fn)(void *arg, int err);
	void *arg;
	struct roster_wait *next;
};

struct roster {
	struct peer *peer;
	json_t *ops; /* NULL: not known */
	int64_t known_ns;
	struct question *asked;
	struct roster_wait *waits;
};

static const char hello[] = "{\"op\":\"help\",\"detail\":true}\n";

static void
tell_all(struct roster *r, int err)
{
	struct roster_wait *w;

	while ((w = r->waits) != NULL) {
		r->waits = w->next;
		w->fn(w->arg, err);
		free(w);
	}
}

static json_t *
read_ops(const char *line, size_t len)
{
	json_t *reply = json_loadb(line, len, 0, NULL);
	json_t *ops = json_incref(json_object_get(reply, "ops"));

	json_decref(reply);
	return ops;
}

static void
answered(void *arg, const char *line, size_t len, int err)
{
	struct roster *r = arg;

	r->asked = NULL;
	json_decref(r->ops);
	r->ops = line ? read_ops(line, len) : NULL;
	r->known_ns = clock_awake_ns();
	tell_all(r, r->ops || err < 0 ? err : ERR_INVALID);
}

struct roster_wait *
roster_await(struct roster *r, void (*fn)(void *arg, int err), void *arg)
{
	if (r->ops == NULL || clock_awake_ns() - r->known_ns >= ROSTER_AGE_NS)
		return roster_ask(r, fn, arg);
	fn(arg, 0);
	return NULL;
}

struct roster_wait *
roster_ask(struct roster *r, void (*fn)(void *arg, int err), void *arg)
{
	struct roster_wait *w;
	int rc = 0;

	w = calloc(1, sizeof(*w));
	if (w == NULL)
		rc = ERR_NOMEM;
	if (rc == 0 && r->asked == NULL)
		rc = peer_ask(
		    r->peer, hello, sizeof(hello) - 1, answered, r, &r->asked);
	if (rc < 0) {
		free(w);
		fn(arg, rc);
		return NULL;
	}
	*w = (struct roster_wait){ .roster = r, .fn = fn, .arg = arg };
	LIST_APPEND(r->waits, w);
	return w;
}

void
roster_forget(struct roster_wait *w)
{
	LIST_REMOVE(w->roster->waits, w);
	free(w);
}

const json_t *
roster_find(const struct roster *r, const char *op)
{
	return json_object_get(r->ops, op);
}

const json_t *
roster_ops(const struct roster *r)
{
	return r->ops;
}

enum right
op_right(const json_t *op)
{
	const char *may = body_string(op, "may");
	enum right r = may ? right_find(may, strlen(may)) : RIGHT_COUNT;

	/* What is not understood is for who may do all. */
	return r < RIGHT_COUNT ? r : RIGHT_ADMIN;
}

bool
op_takes(const json_t *op, const char *field)
{
	return json_object_get(json_object_get(op, "fields"), field) != NULL;
}

int
roster_new(struct peer *peer, struct roster **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return ERR_NOMEM;
	(*out)->peer = peer;
	return 0;
}

void
roster_free(struct roster *r)
{
	struct roster_wait *w;

	if (r == NULL)
		return;
	if (r->asked)
		question_drop(r->asked);
	while ((w = r->waits) != NULL) {
		r->waits = w->next;
		free(w);
	}
	json_decref(r->ops);
	free(r);
}
