#include "ttsctl/ask.h"

#include <stdio.h>

#include "common/err.h"

static void
ask_replied(struct client *c, const json_t *reply)
{
	struct answer *a = c->arg;

	a->reply = json_incref((json_t *)reply);
	client_finish(c, STATUS_DONE);
}

static void
ask_lost(struct client *c, const char *how)
{
	struct answer *a = c->arg;

	snprintf(a->why, sizeof(a->why), "%s", how);
}

static bool
ask_refused(struct client *c, const char *why)
{
	struct answer *a = c->arg;

	snprintf(a->why, sizeof(a->why), "refuses: %s", why);
	return true;
}

static const struct client_events ask_events = {
	.reply = ask_replied, .lost = ask_lost, .refused = ask_refused
};

void
ask(const struct call *call, enum daemon daemon, json_t *request,
    struct answer *out)
{
	struct call to = *call;
	struct client c;

	*out = (struct answer){ .uid = -1 };
	to.daemon = daemon;
	out->err = client_connect(&c, &to, &ask_events, out);
	snprintf(out->path, sizeof(out->path), "%s", c.path);
	snprintf(out->dir, sizeof(out->dir), "%s", c.dir.path);
	snprintf(out->fault, sizeof(out->fault), "%s", c.dir.fault);
	if (out->err < 0) {
		snprintf(out->why, sizeof(out->why), "%s", err_text(out->err));
		json_decref(request);
	} else {
		out->pid = stream_peer_pid(c.stream);
		out->uid = stream_peer_uid(c.stream);
		client_send(&c, request);
		client_run(&c);
	}
	client_close(&c);
}

void
answer_done(struct answer *a)
{
	json_decref(a->reply);
	*a = (struct answer){ 0 };
}
