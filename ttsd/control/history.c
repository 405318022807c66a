#include "ttsd/control/history.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "ttsd/control/targets.h"

#define LIMIT_MAX 1000
#define LIMIT 100

static const char *const outcomes[] = {
#define X(name, text) text,
	OUTCOMES(X)
#undef X
	    NULL
};

const struct field history_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
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
	json_t *found;   /* "items", and "state", an enum history_state */
	json_int_t left; /* items */
	json_t *last;    /* the last item; of `found` */
	bool lacking;    /* there was no memory for all */
};

enum history_state {
	HISTORY_ASKED,
	HISTORY_WHOLE,
	HISTORY_FAILED,
	HISTORY_NO_MEMORY,
};

/* A number that is there already is set without memory. */
static void
history_end(struct history *h, enum history_state state)
{
	if (h->lacking)
		state = HISTORY_NO_MEMORY;
	json_integer_set(json_object_get(h->found, "state"), state);
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
	if (json_array_append_new(json_object_get(h->found, "items"), item) < 0)
		h->lacking = true;
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
		history_end(h, HISTORY_FAILED);
		return;
	}
	if (h->lacking || h->left <= 0 ||
	    !json_is_true(json_object_get(answer, "more"))) {
		history_end(h, HISTORY_WHOLE);
		return;
	}
	if (ms == NULL) {
		ms = json_object_get(h->last, "accepted_ms");
		id = json_object_get(h->last, "id");
	}
	if (ms)
		body_put(&h->request, "before_ms", json_incref((json_t *)ms));
	body_put(&h->request, "before_id", json_incref((json_t *)id));
	history_ask(h);
}

static void
history_ask(struct history *h)
{
	const struct durable_answer answer = { row_came, step_done, h };
	char *text;

	body_put(&h->request, "limit", json_integer(h->left));
	text = body_text(h->request);
	h->lacking = text == NULL;
	if (text == NULL || !durable_query(h->ttsd->durable, text, &answer))
		history_end(h, HISTORY_FAILED);
	free(text);
}

/* Of a channel that is not configured any more there may be a history. */
static json_t *
list_channels(const struct ttsd *t, const json_t *asked)
{
	json_t *list = json_array(), *name;
	size_t i;

	if (json_is_string(asked))
		targets_add_names(t, json_string_value(asked), &list);
	json_array_foreach(asked, i, name)
	{
		targets_add_names(t, json_string_value(name), &list);
	}
	return list;
}

/* What the ledger is asked for. */
static json_t *
history_request(const struct ttsd *t, const json_t *body)
{
	json_t *request = json_pack("{s:s}", "do", "history");
	const json_t *until = json_object_get(body, "until_ms");
	const json_t *channel = json_object_get(body, "channel");

	body_merge(&request, (json_t *)body);
	if (channel)
		body_put(&request, "channels", list_channels(t, channel));
	if (body_id(body, "id"))
		body_put(&request, "id",
		    json_integer((json_int_t)body_id(body, "id")));
	if (until) {
		body_put(&request, "before_ms", json_incref((json_t *)until));
		body_put(&request, "before_id", json_integer(0));
	}
	return request;
}

/* Takes over `request`. */
static void
history_begin(struct ttsd *t, struct session *s, json_t *request, int64_t limit,
    struct reply *r)
{
	struct history *h = calloc(1, sizeof(*h));
	json_t *found = json_pack("{s:[], s:i, s:b}", "items", "state",
	    HISTORY_ASKED, SESSION_PASSING, true);

	if (h == NULL || found == NULL || request == NULL) {
		free(h);
		json_decref(found);
		json_decref(request);
		reply_no_memory(r);
		return;
	}
	*h = (struct history){
		.ttsd = t, .request = request, .found = found, .left = limit
	};
	s->memo = json_incref(found);
	history_ask(h);
}

static bool
is_in(const json_t *items, const char *channel)
{
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item)
	{
		if (strcmp(body_string(item, "channel"), channel) == 0)
			return true;
	}
	return false;
}

/* Is there neither a channel or zone of that name, nor a history? */
static bool
is_mistaken(const struct ttsd *t, const json_t *found, const char *name,
    struct reply *r)
{
	char ask[TTSD_ASK_MAX];

	if (ttsd_channel(t, name) || conf_zone_find(&t->conf, name) ||
	    is_in(json_object_get(found, "items"), name))
		return false;
	reply_error(r, PROTO_UNKNOWN_CHANNEL,
	    "there is no channel or zone '%.40s'%s, and there is no history of "
	    "one; 'channels' lists them",
	    name, ttsd_ask_channel(t, name, ask));
	return true;
}

static bool
are_mistaken(const struct ttsd *t, const json_t *found, const json_t *asked,
    struct reply *r)
{
	const json_t *name;
	size_t i;

	if (json_is_string(asked))
		return is_mistaken(t, found, json_string_value(asked), r);
	json_array_foreach(asked, i, name)
	{
		if (is_mistaken(t, found, json_string_value(name), r))
			return true;
	}
	return false;
}

static enum verdict
history_answer(struct ttsd *t, const json_t *found, const json_t *body,
    const char *name, struct reply *r)
{
	switch (json_integer_value(json_object_get(found, "state"))) {
	case HISTORY_ASKED:
		return OP_LATER;
	case HISTORY_WHOLE:
		if (!are_mistaken(
			t, found, json_object_get(body, "channel"), r))
			reply_set(r, name,
			    json_incref(json_object_get(found, "items")));
		break;
	case HISTORY_NO_MEMORY:
		reply_no_memory(r);
		break;
	default:
		reply_error(r, PROTO_UNAVAILABLE,
		    "the ledger does not answer: %s", durable_why(t->durable));
	}
	return OP_DONE;
}

enum verdict
history_run(struct ttsd *t, struct session *s, json_t *request, int64_t limit,
    const char *name, const json_t *body, struct reply *r)
{
	if (s->memo == NULL)
		history_begin(t, s, request, limit, r);
	else
		json_decref(request);
	return r->error ? OP_DONE : history_answer(t, s->memo, body, name, r);
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
	return history_run(t, s, s->memo ? NULL : history_request(t, body),
	    body_integer(body, "limit", LIMIT), "items", body, r);
}
