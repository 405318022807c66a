#include "ttsd/control/history.h"

#include <stdlib.h>

#include "common/body.h"
#include "common/control/session.h"

#define LIMIT_MAX 1000
#define LIMIT 100

static const char *const outcomes[] = {
#define X(name, text) text,
	OUTCOMES(X)
#undef X
	    NULL
};

const struct field history_fields[] = {
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = "outcome", .type = FIELD_CHOICE, .choices = outcomes },
	{ .name = "key", .type = FIELD_STRING },
	{ .name = "id", .type = FIELD_ID },
	{ .name = "missed", .type = FIELD_BOOLEAN },
	{ .name = "since_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = INT64_MAX },
	{ .name = "until_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = INT64_MAX },
	{ .name = "limit", .type = FIELD_INTEGER, .min = 1, .max = LIMIT_MAX },
	{ .name = NULL },
};

/* A question to the ledger, which takes several steps where little of what it
 * looks at is asked for. The session of who asks may end meanwhile: what was
 * found is its memo's and ours. */
struct history {
	struct ttsd *ttsd;
	json_t *request; /* of the next step */
	json_t *found;   /* "items"; "over" once that is all; or "failed" */
	json_int_t left; /* items */
	json_t *last;    /* the last item; of `found` */
};

static void
history_end(struct history *h, const char *how)
{
	json_object_set_new(h->found, how, json_true());
	server_retry(h->ttsd->server);
	json_decref(h->request);
	json_decref(h->found);
	free(h);
}

static void
row_came(void *arg, const json_t *row)
{
	struct history *h = arg;
	json_t *item = json_copy((json_t *)row);

	h->left--;
	h->last = item;
	json_array_append_new(json_object_get(h->found, "items"), item);
}

static void history_ask(struct history *h);

/* Goes on where the answer says, or behind the last row that came. */
static void
step_done(void *arg, const json_t *answer)
{
	struct history *h = arg;
	const json_t *ms = json_object_get(answer, "before_ms");
	const json_t *id = json_object_get(answer, "before_id");

	if (answer == NULL) {
		history_end(h, "failed");
		return;
	}
	if (h->left <= 0 || !json_is_true(json_object_get(answer, "more"))) {
		history_end(h, "over");
		return;
	}
	if (ms == NULL) {
		ms = json_object_get(h->last, "accepted_ms");
		id = json_object_get(h->last, "id");
	}
	json_object_set(h->request, "before_ms", (json_t *)ms);
	json_object_set(h->request, "before_id", (json_t *)id);
	history_ask(h);
}

static void
history_ask(struct history *h)
{
	const struct durable_answer answer = { row_came, step_done, h };
	char *text;

	json_object_set_new(h->request, "limit", json_integer(h->left));
	text = body_text(h->request);
	if (text == NULL || !durable_query(h->ttsd->durable, text, &answer))
		history_end(h, "failed");
	free(text);
}

/* What the ledger is asked for. */
static json_t *
history_request(const json_t *body)
{
	json_t *request = json_pack("{s:s}", "do", "history");
	const json_t *until = json_object_get(body, "until_ms");

	body_merge(&request, (json_t *)body);
	if (body_id(body, "id"))
		body_put(&request, "id",
		    json_integer((json_int_t)body_id(body, "id")));
	if (until) {
		body_put(&request, "before_ms", json_incref((json_t *)until));
		body_put(&request, "before_id", json_integer(0));
	}
	return request;
}

static void
history_begin(
    struct ttsd *t, struct session *s, const json_t *body, struct reply *r)
{
	struct history *h = calloc(1, sizeof(*h));
	json_t *found =
	    json_pack("{s:[], s:b}", "items", SESSION_PASSING, true);
	json_t *request = history_request(body);

	if (h == NULL || found == NULL || request == NULL) {
		free(h);
		json_decref(found);
		json_decref(request);
		reply_no_memory(r);
		return;
	}
	*h = (struct history){ .ttsd = t,
		.request = request,
		.found = found,
		.left = body_integer(body, "limit", LIMIT) };
	s->memo = json_incref(found);
	history_ask(h);
}

/* Of a channel that is not configured any more there may be a history. */
static bool
is_mistaken(const struct ttsd *t, const json_t *found, const json_t *body,
    struct reply *r)
{
	const char *name = body_string(body, "channel");

	if (name == NULL || ttsd_channel(t, name) ||
	    json_array_size(json_object_get(found, "items")) > 0)
		return false;
	reply_error(r, PROTO_UNKNOWN_CHANNEL,
	    "there is no channel '%.40s', and there is no history of one; "
	    "'channels' lists them",
	    name);
	return true;
}

enum verdict
op_history(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;

	if (t->durable == NULL) {
		reply_error(r, PROTO_UNAVAILABLE,
		    "there is no history: nothing is kept (durable in "
		    "[ttsd])");
		return OP_DONE;
	}
	if (!durable_is_ready(t->durable) || durable_is_opening(t->durable))
		return OP_LATER;
	if (s->memo == NULL)
		history_begin(t, s, body, r);
	if (r->error)
		return OP_DONE;
	if (json_object_get(s->memo, "failed")) {
		reply_error(r, PROTO_UNAVAILABLE,
		    "the ledger does not answer: %s", durable_why(t->durable));
		return OP_DONE;
	}
	if (json_object_get(s->memo, "over") == NULL)
		return OP_LATER;
	if (is_mistaken(t, s->memo, body, r))
		return OP_DONE;
	reply_set(r, "items", json_incref(json_object_get(s->memo, "items")));
	return OP_DONE;
}
