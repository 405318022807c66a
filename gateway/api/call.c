/* POST /v1/OP: a request of the control protocol, and its reply. */
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/control/proto.h"
#include "common/err.h"
#include "common/log.h"
#include "common/utf8.h"
#include "daemon/schedule_say.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

struct call {
	struct api *api;
	const struct api_peer *peer;
	struct exchange *x;
	struct token who;
	json_t *body;
	char *op;
	bool changes;             /* it is more than a question */
	struct roster_wait *wait; /* what is waited for: this, */
	struct question *asked;   /* or that */
};

static void
call_free(struct call *c)
{
	token_done(&c->who);
	json_decref(c->body);
	free(c->op);
	free(c);
}

/* Who changed something, or tried to: what is said itself, `history` holds. Of
 * one whose client has gone the status is 0. */
static void
tell_change(const struct call *c)
{
	if (log_allow(&c->api->changes, clock_awake_ns()))
		log_info("by=%s %s op=%s status=%u", c->who.name,
		    peer_name(c->peer->peer), c->op, exchange_status(c->x));
}

static void
call_gone(void *arg)
{
	struct call *c = arg;

	if (c->wait)
		roster_forget(c->wait);
	if (c->asked && c->changes)
		tell_change(c);
	if (c->asked)
		question_drop(c->asked);
	call_free(c);
}

static const struct exchange_owner call_owner = { .gone = call_gone };

static void
answered(void *arg, const char *line, size_t len, int err)
{
	struct call *c = arg;

	c->asked = NULL;
	if (line)
		api_answer_line(c->x, c->peer, line, len);
	else
		api_answer_absent(c->x, c->peer, err);
	if (c->changes)
		tell_change(c);
	call_free(c);
}

/* ---- what who asks may ------------------------------------------------ */

/* May it on all channels that it names? What is neither a name nor a list of
 * them would be the daemon's choice. */
static bool
check_named(struct call *c, const json_t *channel)
{
	const json_t *one;
	size_t i;

	if (json_is_string(channel))
		return api_may_channel(
		    c->api, c->x, &c->who, json_string_value(channel));
	if (json_array_size(channel) == 0) {
		answer_error(c->x, 0, "bad-request",
		    "\"channel\": expected a name, or a list of names");
		return false;
	}
	json_array_foreach(channel, i, one)
	{
		const char *name = json_string_value(one);

		if (!api_may_channel(c->api, c->x, &c->who, name ? name : ""))
			return false;
	}
	return true;
}

static json_t *
token_channels(const struct token *who)
{
	const char *name = who->channels;
	json_t *list = json_array();

	for (; *name; name += strlen(name) + 1)
		body_append(&list, json_string(name));
	return list;
}

/* A token that is for some channels has them named: the daemon's choice of a
 * channel is not its own. What keeps to them by itself is told which they are,
 * for who may see or change what is its to know when it does it. */
static bool
check_channels(struct call *c, const json_t *op)
{
	const json_t *channel = json_object_get(c->body, "channel");

	if (c->who.channels == NULL || op_right(op) == RIGHT_NONE)
		return true;
	if (json_is_true(json_object_get(op, "bounded")))
		body_put(&c->body, "only", token_channels(&c->who));
	else
		json_object_del(c->body, "only");
	/* Who changes the configuration changes it for all. */
	if (op_right(op) == RIGHT_ADMIN ||
	    (!op_takes(op, "channel") && !json_object_get(c->body, "only"))) {
		answer_error(c->x, 0, "denied",
		    "'%s' is for some channels, and '%s' is asked of none",
		    c->who.name, c->op);
		return false;
	}
	/* To a daemon null is as good as absent. */
	if (channel && !json_is_null(channel))
		return check_named(c, channel);
	if (json_object_get(c->body, "only"))
		return true;
	body_put(&c->body, "channel", json_string(c->who.channels));
	return true;
}

/* What takes others off the air is a right of its own, and a message may be of
 * that kind without a word of it here. */
static bool
check_urgent(struct call *c, const json_t *op)
{
	const char *priority = body_string(c->body, "priority");

	json_object_del(c->body, "no_urgent");
	if (op_right(op) == RIGHT_SAY && !token_may(&c->who, RIGHT_URGENT))
		body_put(&c->body, "no_urgent", json_true());
	return priority == NULL || strcmp(priority, "urgent") != 0 ||
	       api_may(c->x, &c->who, RIGHT_URGENT);
}

/* Operations that make sense on a connection of one's own alone. */
static bool
check_kind(struct call *c)
{
	if (strcmp(c->op, "subscribe") == 0)
		answer_error(
		    c->x, 0, "unknown-op", "events are told at GET /v1/events");
	else if (strcmp(c->op, "quit") == 0)
		answer_error(
		    c->x, 0, "unknown-op", "there is no connection to end");
	else
		return true;
	return false;
}

/* ---- the request ------------------------------------------------------ */

static void
ask(struct call *c)
{
	int rc = peer_ask_body(c->peer->peer, c->body, answered, c, &c->asked);

	if (rc == 0)
		return;
	if (rc == ERR_TOO_LONG)
		answer_error(c->x, 0, "too-long",
		    "a request has at most %d bytes", PROTO_LINE_MAX);
	else
		api_answer_absent(c->x, c->peer, rc);
	call_free(c);
}

static void
known(void *arg, int err)
{
	struct call *c = arg;
	const json_t *op;

	c->wait = NULL;
	op = err < 0 ? NULL : roster_find(c->peer->roster, c->op);
	if (err < 0)
		api_answer_absent(c->x, c->peer, err);
	else if (op == NULL)
		answer_error(c->x, 0, "unknown-op",
		    "%s has no operation '%s'; POST %shelp tells which it has",
		    peer_name(c->peer->peer), c->op, c->peer->prefix);
	else if (check_kind(c) && api_may(c->x, &c->who, op_right(op)) &&
		 check_channels(c, op) && check_urgent(c, op)) {
		c->changes = op_right(op) > RIGHT_READ;
		if (op_takes(op, "by"))
			body_put(&c->body, "by", json_string(c->who.name));
		body_put(&c->body, "op", json_string(c->op));
		ask(c);
		return;
	}
	call_free(c);
}

/* What a header says that has a field of the protocol. Returns false where it
 * has answered. */
static bool
take_headers(struct exchange *x, json_t **body)
{
	const char *key = exchange_header(x, "Idempotency-Key");
	const json_t *field = json_object_get(*body, "key");
	const char *said = json_string_value(field);

	/* Of two that differ in such bytes the second would not be spoken. */
	if (key && !utf8_valid(key, strlen(key)))
		answer_error(
		    x, 0, "bad-request", "Idempotency-Key: expected UTF-8");
	else if (key && said && strcmp(said, key) != 0)
		answer_error(x, 0, "bad-request",
		    "\"key\" and Idempotency-Key are two different ones");
	else {
		/* To a daemon null is as good as absent. */
		if (key && (field == NULL || json_is_null(field)))
			body_put_text(body, "key", key);
		return true;
	}
	return false;
}

/* A key that the gateway will ask with would silence a bell. */
static bool
check_key(struct exchange *x, const json_t *body)
{
	const char *key = json_string_value(json_object_get(body, "key"));

	if (key == NULL ||
	    strncmp(key, SCHEDULE_KEY, strlen(SCHEDULE_KEY)) != 0)
		return true;
	answer_error(x, 0, "bad-request",
	    "\"key\": those that begin with '" SCHEDULE_KEY
	    "' are the gateway's own");
	return false;
}

/* A request of the socket says it, too. */
static bool
check_op(struct exchange *x, const json_t *body, const char *op)
{
	const json_t *said = json_object_get(body, "op");

	if (said == NULL ||
	    (json_is_string(said) && strcmp(json_string_value(said), op) == 0))
		return true;
	answer_error(x, 0, "bad-request",
	    "\"op\" says something else than the path, which is '%s'", op);
	return false;
}

static void
serve(struct api *a, const struct api_peer *peer, struct exchange *x,
    const struct token *who, const char *op)
{
	struct call *c;
	json_t *body;

	if (!api_read_body(x, &body))
		return;
	if (!take_headers(x, &body) || !check_key(x, body) ||
	    !check_op(x, body, op)) {
		json_decref(body);
		return;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL || token_copy(&c->who, who) < 0 ||
	    (c->op = strdup(op)) == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		json_decref(body);
		if (c)
			call_free(c);
		return;
	}
	c->api = a;
	c->peer = peer;
	c->x = x;
	c->body = body;
	exchange_own(x, &call_owner, c);
	/* It may be over when this returns. */
	struct roster_wait *wait = roster_await(peer->roster, known, c);

	if (wait)
		c->wait = wait;
}

void
call_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	serve(a, &a->peers[API_TTSD], x, who, rest);
}

void
call_serve_streamer(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	serve(a, &a->peers[API_STREAMER], x, who, rest);
}
