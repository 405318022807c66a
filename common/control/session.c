#include "common/control/session.h"

#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/log.h"

/* `in` has room for the longest line, for one more read (32 KiB) behind it, and
 * for the newline that the last line may lack. */
#define IN_MAX (PROTO_LINE_MAX + 32 * 1024 + 1)

void
session_init(
    struct session *s, const struct control_api *api, struct outbox_sum *sum)
{
	*s = (struct session){ .api = api, .plain = true, .peer_uid = -1 };
	buf_init(&s->in, IN_MAX);
	outbox_init(&s->out, SESSION_OUT_MAX, sum);
}

static const char *const state_names[SESSION_STATE_COUNT] = {
#define X(name, text) [SESSION_##name] = text,
	SESSION_STATES(X)
#undef X
};

/* The one place where the state changes. Of those that lead to the end, which
 * are the last, none is left for one before it. */
static void
session_set_state(struct session *s, enum session_state state)
{
	if (s->state == state ||
	    (s->state >= SESSION_CLOSING && state < s->state))
		return;
	log_debug("control session %s->%s", state_names[s->state],
	    state_names[state]);
	s->state = state;
}

static const char no_memory[] = "out of memory";
static const char no_reader[] = "it does not read what it asked for";

void
session_break(struct session *s, const char *why)
{
	if (s->state != SESSION_BROKEN)
		s->why = why;
	session_set_state(s, SESSION_BROKEN);
}

void
session_drop(struct session *s)
{
	struct request req = { .plain = s->plain && s->events == 0 };
	struct reply r = { 0 };

	if (s->state >= SESSION_DROPPED)
		return;
	outbox_cut(&s->out);
	reply_error(&r, PROTO_UNAVAILABLE,
	    "dropped: what you asked for is not read in time");
	s->why = no_reader;
	if (proto_write_reply(&s->out.own, &req, &r) < 0)
		session_break(s, no_reader);
	outbox_settle(&s->out);
	session_set_state(s, SESSION_DROPPED);
}

void
session_done(struct session *s)
{
	buf_done(&s->in);
	outbox_done(&s->out);
	json_decref(s->memo);
	json_decref(s->earlier);
	json_decref(s->channels);
	s->memo = s->earlier = s->channels = NULL;
}

size_t
session_room(const struct session *s)
{
	size_t room = buf_room(&s->in);

	return room > 0 ? room - 1 : 0;
}

int
session_feed(struct session *s, const void *data, size_t len)
{
	return len > session_room(s) ? ERR_FULL : buf_put(&s->in, data, len);
}

void
session_finish(struct session *s)
{
	size_t len = buf_len(&s->in);

	if (len > 0 && buf_data(&s->in)[len - 1] != '\n' &&
	    buf_puts(&s->in, "\n") < 0)
		session_break(s, no_memory);
}

/* Without memory for an answer the client is cut off: what it asked for may be
 * done, so that an error would be a lie. */
static void
write_reply(struct session *s, const struct request *req, struct reply *r)
{
	int rc = proto_write_reply(&s->out.own, req, r);

	if (rc < 0 && rc != ERR_NOMEM) {
		reply_error(r, PROTO_UNAVAILABLE,
		    "the answer is longer than a client may leave unread; ask "
		    "for less: one channel, or a \"limit\" where there is "
		    "one");
		rc = proto_write_reply(&s->out.own, req, r);
	}
	outbox_settle(&s->out);
	if (rc < 0)
		session_break(s, rc == ERR_NOMEM ? no_memory : no_reader);
}

static void
answer_overlong(struct session *s)
{
	struct request req = { .plain = buf_data(&s->in)[0] != '{' };
	struct reply r = { 0 };

	reply_error(&r, PROTO_TOO_LONG, "a request line has at most %d bytes",
	    PROTO_LINE_MAX);
	write_reply(s, &req, &r);
}

static void
session_take(struct session *s, size_t len)
{
	buf_consume(&s->in, len);
	s->scanned = 0;
	s->again = false;
	json_decref(s->memo);
	s->memo = NULL;
}

static enum verdict
request_run(struct session *s, const struct request *req, struct reply *r)
{
	enum verdict verdict;

	if (r->body == NULL) {
		reply_no_memory(r);
		return OP_DONE;
	}
	s->only = req->only;
	s->no_urgent = req->no_urgent;
	verdict = req->op->run(s->api->ctx, s, req->body, r);
	s->only = NULL;
	s->no_urgent = false;
	return verdict;
}

/* Answers the line of `len` bytes at the front of `in`; its newline follows.
 * A request that was understood before can fail to be so only for want of
 * memory, and may be done. */
static void
answer(struct session *s, size_t len)
{
	struct reply r = { .body = json_object() };
	struct request req;
	bool parsed = proto_parse((const char *)buf_data(&s->in), len,
			  s->api->ops, &req, &r) == 0;

	if (s->again && (!parsed || r.body == NULL)) {
		session_break(s, no_memory);
	} else if (parsed && request_run(s, &req, &r) == OP_LATER) {
		session_set_state(s, SESSION_PARKED);
	} else {
		write_reply(s, &req, &r);
		session_take(s, len + 1);
	}
	s->plain = req.plain;
	request_done(&req);
	json_decref(r.body);
}

static bool
session_ready(const struct session *s)
{
	return (s->state == SESSION_OPEN || s->state == SESSION_DISCARDING) &&
	       buf_len(&s->in) > s->scanned &&
	       outbox_len(&s->out) < SESSION_OUT_HIGH;
}

bool
session_step(struct session *s)
{
	const char *line;
	size_t len;
	bool whole;

	if (!session_ready(s))
		return false;
	whole = lines_peek(&s->in, &s->scanned, &line, &len);
	if (s->state == SESSION_DISCARDING || len > PROTO_LINE_MAX) {
		if (s->state != SESSION_DISCARDING)
			answer_overlong(s);
		session_set_state(s, whole ? SESSION_OPEN : SESSION_DISCARDING);
		session_take(s, whole ? len + 1 : len);
	} else if (whole) {
		answer(s, len);
	}
	return session_ready(s);
}

void
session_retry(struct session *s)
{
	if (s->state == SESSION_PARKED) {
		session_set_state(s, SESSION_OPEN);
		s->scanned = 0;
		s->again = true;
	}
}

void
session_choose_channels(struct session *s, const json_t *names)
{
	json_t *chosen = names ? json_object() : NULL;
	size_t i;

	if (json_is_string(names))
		body_put(&chosen, json_string_value(names), json_true());
	for (i = 0; i < json_array_size(names); i++)
		body_put(&chosen, json_string_value(json_array_get(names, i)),
		    json_true());
	if (names && chosen == NULL)
		session_break(s, no_memory);
	json_decref(s->channels);
	s->channels = chosen;
}

bool
session_wants(const struct session *s, unsigned event, const char *channel)
{
	return (s->events & 1u << event) != 0 && s->state < SESSION_CLOSING &&
	       (s->channels == NULL || channel == NULL ||
		   json_object_get(s->channels, channel));
}

void
session_event(struct session *s, struct shared_line *line)
{
	int rc = line ? outbox_share(&s->out, line) : ERR_NOMEM;

	if (rc == ERR_FULL)
		session_drop(s);
	else if (rc < 0)
		session_break(s, no_memory);
}

const struct field session_subscribe_fields[] = {
	SESSION_SUBSCRIBE_FIELDS,
	{ .name = NULL },
};

static void
add_event(struct session *s, uint32_t *mask, const char *name, struct reply *r)
{
	int i = word_index(s->api->events, name);

	if (strcmp(name, "all") == 0)
		*mask = UINT32_MAX;
	else if (i >= 0)
		*mask |= 1u << i;
	else
		reply_error(
		    r, PROTO_BAD_REQUEST, "there is no event '%.32s'", name);
}

enum verdict
session_op_subscribe(
    void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	const json_t *events = json_object_get(body, "events");
	uint32_t mask = events ? 0 : UINT32_MAX;
	size_t i;

	(void)ctx;
	if (json_is_string(events))
		add_event(s, &mask, json_string_value(events), r);
	for (i = 0; i < json_array_size(events); i++)
		add_event(
		    s, &mask, json_string_value(json_array_get(events, i)), r);
	if (r->error == PROTO_OK) {
		s->events = mask;
		s->subscriptions++;
		s->lead_ms = body_integer(body, "lead_ms", 0);
		session_choose_channels(s, json_object_get(body, "channel"));
	}
	return OP_DONE;
}

enum verdict
session_op_ping(
    void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)ctx;
	(void)s;
	(void)body;
	(void)r;
	return OP_DONE;
}

enum verdict
session_op_quit(
    void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)ctx;
	(void)body;
	(void)r;
	session_set_state(s, SESSION_CLOSING);
	return OP_DONE;
}
