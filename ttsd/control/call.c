#include "ttsd/control/call.h"

#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "common/utf8.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/message.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/say.h"
#include "ttsd/control/series_ops.h"
#include "ttsd/control/transfer.h"
#include "ttsd/desk/template.h"

const struct field call_fields[] = {
	{ .name = "series", .type = FIELD_STRING },
	{ .name = "ticket", .type = FIELD_STRING },
	{ .name = "again", .type = FIELD_BOOLEAN },
	{ .name = "counter", .type = FIELD_STRING },
	{ .name = "message", .type = FIELD_STRING },
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "priority", .type = FIELD_CHOICE, .choices = priority_names },
	{ .name = "key", .type = FIELD_STRING },
	{ .name = "by", .type = FIELD_STRING },
	{ .name = NULL },
};

const struct field transfer_fields[] = {
	{ .name = "ticket", .type = FIELD_STRING, .required = true },
	{ .name = "counter", .type = FIELD_STRING },
	{ .name = "series", .type = FIELD_STRING },
	{ .name = "message", .type = FIELD_STRING },
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "priority", .type = FIELD_CHOICE, .choices = priority_names },
	{ .name = "key", .type = FIELD_STRING },
	{ .name = "by", .type = FIELD_STRING },
	{ .name = NULL },
};

/* A request on its way to a call. */
struct calling {
	struct ttsd *t;
	const struct session *session;
	const json_t *body;
	const struct conf_series *conf;
	char ticket[TICKET_BYTES];
	const char *counter;    /* NULL: none */
	struct series *numbers; /* it takes the next of them; NULL: it does not
				 */
	struct series after;    /* what becomes of them */
	uint64_t waited;        /* the transfer that it takes up; 0: none */
	int64_t number;         /* that it takes */
	int64_t turn;
	/* What the request has called before; NULL: nothing. */
	const struct desk_call *repeated;
	struct reply *r;
};

/* ---- which ticket, at which counter ------------------------------------- */

/* Takes both from a call of before. */
static bool
take_from(struct calling *c, const struct desk_call *old)
{
	c->conf = reach_pick_series(
	    c->t, c->session, body_string(old->told, "series"), c->r);
	c->counter = body_string(old->told, "counter");
	snprintf(c->ticket, sizeof(c->ticket), "%s",
	    body_string(old->told, "ticket"));
	return c->conf != NULL;
}

/* The call that an earlier request with this key has made; NULL: none. */
static const struct desk_call *
find_repeated(const struct calling *c)
{
	const struct desk_call *old =
	    series_find_key(c->t, c->session, c->body);

	return old && old->state == DESK_CALLED ? old : NULL;
}

/* Is the counter that is asked for one of the series? */
static bool
choose_counter(struct calling *c)
{
	const char *asked = body_string(c->body, "counter");
	bool any;

	c->counter = desk_counter(c->conf, asked, &any);
	if (any && asked) {
		if (asked[0] && utf8_is_line(asked, CONF_NAME_MAX))
			return true;
		reply_error(c->r, PROTO_BAD_REQUEST,
		    "\"counter\" is a name of 1 to %d bytes, without control "
		    "characters",
		    CONF_NAME_MAX);
	} else if (!any && c->counter == NULL && asked) {
		reply_error(c->r, PROTO_NOT_FOUND,
		    "series '%s' has no counter '%.40s'; 'series' lists them",
		    c->conf->block.name, asked);
	} else if (!any && c->counter == NULL) {
		reply_error(c->r, PROTO_BAD_REQUEST,
		    "series '%s' has several counters: \"counter\" must say "
		    "which one calls",
		    c->conf->block.name);
	}
	return c->r->error == PROTO_OK;
}

/* Of a ticket that is named, a counter that is named is the new one; else it
 * is the one of which the latest call is meant. */
static bool
find_again(struct calling *c, const char *ticket)
{
	const char *counter = body_string(c->body, "counter");
	const struct desk_call *old;

	if (ticket &&
	    !series_of_ticket(c->t, c->session, ticket, c->ticket, c->r))
		return false;
	old =
	    reach_find_called(c->t, c->session, body_string(c->body, "series"),
		ticket ? c->ticket : NULL, ticket ? NULL : counter);

	if (old && ticket && counter)
		return take_from(c, old) && choose_counter(c);
	if (old)
		return take_from(c, old);
	reply_error(c->r, PROTO_NOT_FOUND,
	    "no such ticket is among the latest calls; 'calls' lists them");
	return false;
}

/* Takes a ticket that waits, with the series that it waits for. */
static bool
take_waiting(struct calling *c, const struct desk_call *waiting)
{
	c->waited = waiting->id;
	return take_from(c, waiting);
}

/* One that waits is called from there, wherever it is asked for. */
static bool
read_ticket(struct calling *c, const char *text)
{
	const struct desk_call *waiting;

	c->conf = series_of_ticket(c->t, c->session, text, c->ticket, c->r);
	waiting =
	    c->conf ? reach_find_waiting(c->t, c->session, c->ticket) : NULL;
	return waiting ? take_waiting(c, waiting) : c->conf != NULL;
}

/* Who was transferred to the series goes before its numbers. */
static bool
take_next(struct calling *c)
{
	const struct desk_call *waiting;

	c->conf = reach_pick_series(
	    c->t, c->session, body_string(c->body, "series"), c->r);
	c->numbers = c->conf ? series_numbers(c->t, c->conf, c->r) : NULL;
	if (c->numbers == NULL)
		return false;
	waiting = desk_find_waiting(
	    &c->t->desk, NULL, c->conf->block.name, NULL, series_today());
	if (waiting) {
		c->numbers = NULL;
		return take_waiting(c, waiting);
	}
	c->after = *c->numbers;
	c->number =
	    series_take(&c->after, c->conf, series_today(), c->turn, true);
	ticket_write(c->conf, c->number, c->ticket);
	return true;
}

/* What a request of `call` that is new is about. */
static bool
find_call(struct calling *c)
{
	const char *series = body_string(c->body, "series");
	const char *ticket = body_string(c->body, "ticket");
	bool again = json_is_true(json_object_get(c->body, "again"));

	if (again)
		return find_again(c, ticket);
	if (ticket && !read_ticket(c, ticket))
		return false;
	if ((series != NULL) + (ticket != NULL) != 1) {
		reply_error(c->r, PROTO_BAD_REQUEST,
		    "\"call\" needs one of \"series\" (its next number), "
		    "\"ticket\" or \"again\"");
		return false;
	}
	return (ticket || take_next(c)) && choose_counter(c);
}

static bool
find_transfer(struct calling *c)
{
	const struct desk_call *old;

	if (!read_ticket(c, body_string(c->body, "ticket")))
		return false;
	old = reach_find_called(c->t, c->session, NULL, c->ticket, NULL);
	if (old == NULL && c->waited == 0) {
		transfer_blame(c->ticket, c->r);
		return false;
	}
	return (c->waited || take_from(c, old)) && choose_counter(c);
}

/* ---- its announcement --------------------------------------------------- */

/* What the message can be told of the call. */
static json_t *
call_texts(const struct calling *c, const struct conf_message *m)
{
	const char *const texts[][2] = { { "ticket", c->ticket },
		{ "counter", c->counter }, { "series", c->conf->block.name } };
	json_t *fields = json_object();
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i][1] && template_has(m->text, texts[i][0]))
			body_put(
			    &fields, texts[i][0], json_string(texts[i][1]));
	return fields;
}

/* The series' own is as much in reach as the series. */
static const struct conf_message *
call_message(const struct calling *c)
{
	const char *asked = body_string(c->body, "message");
	const char *name = asked ? asked : c->conf->message;
	const struct conf_message *m =
	    asked ? NULL : conf_message_find(&c->t->conf, name);

	return m ? m : reach_pick_message(c->t, c->session, name, c->r);
}

/* The request of `say` that calls it; NULL with an error in c->r. */
static json_t *
call_word(const struct calling *c)
{
	static const char *const same[] = { "channel", "priority", "key", "by",
		NULL };
	const struct conf_message *m = call_message(c);
	json_t *say, *whole = NULL;

	if (m == NULL)
		return NULL;
	say = json_pack(
	    "{s:s, s:o}", "message", m->block.name, "fields", call_texts(c, m));
	body_copy(&say, c->body, same);
	message_add_channels(&say, c->conf->channels);
	if (say)
		whole = message_fill(m, say, c->r);
	if (whole && !reach_check_channels(c->t, c->session, whole, c->r)) {
		json_decref(whole);
		whole = NULL;
	}
	if (say == NULL)
		reply_no_memory(c->r);
	json_decref(say);
	return whole;
}

/* What is written down of the call; NULL without memory. */
static json_t *
call_told(const struct calling *c)
{
	static const char *const same[] = { "key", "by", NULL };
	static const char *const taken[] = { "number", "day", "waited", NULL };
	json_t *call = json_pack("{s:s, s:I, s:s, s:I, s:s}", "series",
	    c->conf->block.name, "turn", (json_int_t)c->turn, "ticket",
	    c->ticket, "time", (json_int_t)clock_utc_ms(), "state",
	    desk_states[DESK_CALLED]);

	if (c->counter)
		body_put(&call, "counter", json_string(c->counter));
	if (c->numbers) {
		body_put(&call, "number", json_integer(c->number));
		body_put(&call, "day", json_integer(c->after.day));
	}
	if (c->waited)
		body_put(&call, "waited", json_integer((json_int_t)c->waited));
	/* Said anew, for it was not spoken, it is the one that has the number.
	 */
	if (c->repeated)
		body_copy(&call, c->repeated->told, taken);
	body_copy(&call, c->body, same);
	return call;
}

/* ---- the call ----------------------------------------------------------- */

static void
publish_called(const struct calling *c, uint64_t id, json_t *channels)
{
	const char *by = body_string(c->body, "by");
	json_t *event = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)id,
	    "series", c->conf->block.name, "ticket", c->ticket);

	body_put(&event, "channels", json_incref(channels));
	if (c->counter)
		body_put(&event, "counter", json_string(c->counter));
	if (by)
		body_put(&event, "by", json_string(by));
	event_publish(
	    c->t->server, EVENT_CALLED, NULL, SERVER_ANY_LEAD, 0, event);
}

/* The channels that say it. */
static json_t *
channels_of(const struct calling *c, const json_t *whole)
{
	const char *one = body_string(whole, "channel"), *name;
	json_t *list = json_array(), *id;

	json_object_foreach(json_object_get(c->r->body, "ids"), name, id)
	    body_append(&list, json_string(name));
	if (json_array_size(list) == 0)
		body_append(&list,
		    json_string(one ? one : channel_name(c->t->channels[0])));
	return list;
}

/* Its announcement was accepted. */
static void
call_made(struct calling *c, const json_t *whole, const struct called *called)
{
	json_t *call = json_object_get(called->told, "call");

	json_object_set_new(call, "channels", channels_of(c, whole));
	json_object_set_new(
	    call, "id", json_integer((json_int_t)called->first_id));
	json_object_set_new(
	    call, "last_id", json_integer((json_int_t)called->last_id));
	desk_take_up(&c->t->desk, body_id(call, "waited"), true);
	desk_add_call(&c->t->desk, json_incref(call));
	if (c->numbers)
		*c->numbers = c->after;
	publish_called(c, called->first_id, json_object_get(call, "channels"));
	if (c->numbers || c->waited)
		series_publish(c->t, c->conf);
}

/* It was refused when it was queued already, for it could not be kept. What an
 * earlier request has called stays. */
static void
call_refused(struct ttsd *t, const struct reply *r)
{
	const json_t *id = json_object_get(r->body, "id");
	json_t *ids = json_object_get(r->body, "ids");
	struct desk_call *call;
	bool given_back;

	if (json_object_get(r->body, "duplicate") ||
	    json_object_get(r->body, "duplicates"))
		return;
	if (id == NULL)
		id = json_object_iter_value(json_object_iter(ids));
	call = desk_find_id(&t->desk, id_read(id));
	if (call && call->state == DESK_CALLED)
		series_uncall(t, call, &given_back);
}

static enum verdict
call_say(struct calling *c, struct session *session, json_t *whole)
{
	struct called called = { .told = series_told(call_told(c),
				     c->numbers ? &c->after : NULL) };
	enum verdict verdict = OP_DONE;

	reply_set(c->r, "ticket", json_string(c->ticket));
	if (c->counter)
		reply_set(c->r, "counter", json_string(c->counter));
	if (called.told == NULL && c->r->error == PROTO_OK)
		reply_no_memory(c->r);
	if (c->r->error == PROTO_OK)
		verdict = say_run(c->t, session, whole, &called, c->r);
	if (called.first_id) {
		call_made(c, whole, &called);
		if (c->r->error)
			call_refused(c->t, c->r);
	} else if (verdict == OP_DONE && c->r->error == PROTO_OK &&
		   !c->repeated)
		reply_error(c->r, PROTO_BAD_REQUEST,
		    "\"key\" is that of an earlier announcement, which is no "
		    "call; nothing was called");
	json_decref(called.told);
	return verdict;
}

static enum verdict
call_begin(struct calling *c, struct session *session)
{
	enum verdict verdict;
	json_t *whole = call_word(c);

	if (whole == NULL)
		return OP_DONE;
	verdict = call_say(c, session, whole);
	if (verdict == OP_LATER)
		message_remember(session, whole);
	json_decref(whole);
	return verdict;
}

/* What was called in an earlier run waits for the ledger. */
static enum verdict
call_go_on(struct ttsd *t, struct session *session, const json_t *body,
    struct reply *r)
{
	const json_t *whole = message_recall(session);
	enum verdict verdict =
	    say_run(t, session, whole ? whole : body, NULL, r);

	if (verdict == OP_DONE && r->error)
		call_refused(t, r);
	return verdict;
}

static enum verdict
call_run(struct ttsd *t, struct session *session, const json_t *body,
    struct reply *r, bool (*find)(struct calling *c))
{
	struct calling c = { .t = t, .session = session, .body = body, .r = r };

	if (!durability_is_ready(t))
		return OP_LATER;
	if (session->memo)
		return call_go_on(t, session, body, r);
	c.turn = desk_turn(&t->desk, clock_utc_ms());
	c.repeated = find_repeated(&c);
	if (!say_check_by(body, r) ||
	    !(c.repeated ? take_from(&c, c.repeated) : find(&c)))
		return OP_DONE;
	return call_begin(&c, session);
}

enum verdict
op_call(void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	return call_run(ctx, session, body, r, find_call);
}

enum verdict
op_transfer(
    void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	if (json_object_get(body, "series"))
		return transfer_run(ctx, session, body, r);
	if (json_object_get(body, "counter") == NULL) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"transfer\" needs one of \"counter\" or \"series\"");
		return OP_DONE;
	}
	return call_run(ctx, session, body, r, find_transfer);
}
