#include "ttsd/control/series_ops.h"

#include <inttypes.h>
#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "platform/local_time.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/say.h"

#define DAY_MS INT64_C(86400000)

int64_t
series_today(void)
{
	struct civil now;

	local_time.to_local(clock_utc_ms(), &now);
	return civil_to_ms(&now) / DAY_MS;
}

/* Those of a series that nobody has called yet, too. */
static struct series *
find_numbers(struct ttsd *t, const struct conf_series *conf)
{
	struct series *s = desk_find_series(&t->desk, conf->block.name);
	struct series fresh = { .next = conf->first };

	if (s || !t->desk.known)
		return s;
	memcpy(fresh.name, conf->block.name, sizeof(fresh.name));
	desk_put_series(&t->desk, &fresh);
	return desk_find_series(&t->desk, conf->block.name);
}

struct series *
series_numbers(struct ttsd *t, const struct conf_series *conf, struct reply *r)
{
	struct series *s = find_numbers(t, conf);

	if (s == NULL && t->desk.known)
		reply_no_memory(r);
	else if (s == NULL)
		reply_error(r, PROTO_UNAVAILABLE,
		    "which number of series '%s' is next is not known, for the "
		    "ledger has not told it: %s; call by ticket, or say which "
		    "one is next ('set-series')",
		    conf->block.name, durable_why(t->durable));
	return s;
}

const struct conf_series *
series_of_ticket(const struct ttsd *t, const struct session *asks,
    const char *text, char ticket[TICKET_BYTES], struct reply *r)
{
	const struct conf_series *one, *conf = NULL;
	int64_t number, found = 0;
	size_t i;

	for (i = 0; i < t->conf.series.count; i++) {
		one = conf_series_at(&t->conf, i);
		if (!ticket_read(one, text, &number) ||
		    (conf && strlen(conf->prefix) >= strlen(one->prefix)))
			continue;
		conf = one;
		found = number;
	}
	if (conf && !reach_has_series(t, asks, conf))
		conf = NULL;
	if (conf)
		ticket_write(conf, found, ticket);
	else
		reply_error(r, PROTO_NOT_FOUND,
		    "'%.40s' is no ticket of any series; 'series' lists them",
		    text);
	return conf;
}

const struct desk_call *
series_find_key(
    const struct ttsd *t, const struct session *asks, const json_t *body)
{
	const char *key = body_string(body, "key");
	const struct desk_call *old = NULL;
	int64_t since_ms =
	    clock_utc_ms() - t->conf.ttsd.key_window_ns / NS_PER_MS;

	do {
		old = key ? desk_find_key(&t->desk, old, key) : NULL;
	} while (old && !reach_has_call(t, asks, old));
	if (old &&
	    (json_object_get(old->told, "outcome") ||
		old->state == DESK_TRANSFERRED) &&
	    body_integer(old->told, "time", 0) < since_ms)
		return NULL;
	return old;
}

json_t *
series_told(json_t *call, const struct series *numbers)
{
	json_t *told = json_object();

	if (call)
		body_put(&told, "call", call);
	if (numbers)
		body_put(&told, "numbers", series_tell(numbers));
	return told;
}

/* What of it anybody is told. */
static json_t *
describe(const struct conf_series *conf, const struct series *s, int64_t day)
{
	char ticket[TICKET_BYTES];
	int64_t next = series_next(s, conf, day);

	ticket_write(conf, next, ticket);
	return json_pack("{s:I, s:s, s:I}", "next", (json_int_t)next,
	    "next_ticket", ticket, "called", (json_int_t)series_called(s, day));
}

static void
add_waiting(const struct ttsd *t, const struct conf_series *conf, json_t **one)
{
	body_put(one, "waiting",
	    desk_list_waiting(&t->desk, conf->block.name, series_today()));
}

void
series_publish(struct ttsd *t, const struct conf_series *conf)
{
	const struct series *s = desk_find_series(&t->desk, conf->block.name);
	json_t *body = s ? describe(conf, s, series_today()) : json_object();

	body_put(&body, "series", json_string(conf->block.name));
	body_put(&body, "channels", reach_list_series(t, conf));
	add_waiting(t, conf, &body);
	event_publish(t->server, EVENT_SERIES, NULL, SERVER_ANY_LEAD, 0, body);
}

/* ---- what there is ------------------------------------------------------ */

static json_t *
list_names(char *const *names)
{
	json_t *list = json_array();

	for (; names && *names; names++)
		body_append(&list, json_string(*names));
	return list;
}

static json_t *
describe_one(
    struct ttsd *t, const struct session *asks, const struct conf_series *conf)
{
	const struct series *s = find_numbers(t, conf);
	const struct desk_call *last =
	    reach_find_called(t, asks, conf->block.name, NULL, NULL);
	json_t *one = s ? describe(conf, s, series_today()) : json_object();

	body_put(&one, "name", json_string(conf->block.name));
	body_put(&one, "counters", list_names(conf->counters));
	body_put(&one, "message", json_string(conf->message));
	add_waiting(t, conf, &one);
	if (last == NULL)
		return one;
	body_put(
	    &one, "last", json_incref(json_object_get(last->told, "ticket")));
	if (json_object_get(last->told, "counter"))
		body_put(&one, "counter",
		    json_incref(json_object_get(last->told, "counter")));
	return one;
}

enum verdict
op_series(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *list = json_array();
	size_t i;

	(void)body;
	if (!durability_is_ready(t)) {
		json_decref(list);
		return OP_LATER;
	}
	for (i = 0; i < t->conf.series.count; i++)
		if (reach_has_series(t, s, conf_series_at(&t->conf, i)))
			body_append(&list,
			    describe_one(t, s, conf_series_at(&t->conf, i)));
	reply_set(r, "series", list);
	return OP_DONE;
}

/* ---- a number that is passed over --------------------------------------- */

const struct field skip_number_fields[] = {
	{ .name = "series", .type = FIELD_STRING, .required = true },
	{ .name = "by", .type = FIELD_STRING },
	{ .name = NULL },
};

static void
reply_next(
    struct reply *r, const struct conf_series *conf, const struct series *s)
{
	json_t *all = describe(conf, s, series_today());

	if (all)
		body_merge(&r->body, all);
	else
		reply_no_memory(r);
	json_decref(all);
}

bool
series_note(
    struct ttsd *t, json_t *call, const struct series *numbers, struct reply *r)
{
	uint64_t id = durability_next_id(t);
	json_t *told;

	body_put(&call, "id", json_integer((json_int_t)id));
	body_put(&call, "last_id", json_integer((json_int_t)id));
	told = call ? series_told(json_incref(call), numbers) : NULL;
	reply_set(r, "id", json_integer((json_int_t)id));
	if (told == NULL && r->error == PROTO_OK)
		reply_no_memory(r);
	if (r->error) {
		json_decref(call);
		json_decref(told);
		return false;
	}
	t->last_id = id;
	desk_add_call(&t->desk, call);
	if (t->durable)
		durable_skipped(t->durable, id, told);
	else
		json_decref(told);
	return true;
}

static void
pass_over(struct ttsd *t, const struct conf_series *conf, struct series *s,
    const json_t *body, struct reply *r)
{
	static const char *const same[] = { "by", NULL };
	int64_t day = series_today();
	struct series after = *s;
	char ticket[TICKET_BYTES];
	json_t *call;
	int64_t number = series_take(
	    &after, conf, day, desk_turn(&t->desk, clock_utc_ms()), false);

	ticket_write(conf, number, ticket);
	call = json_pack("{s:s, s:I, s:s, s:I, s:I, s:I, s:s}", "series",
	    s->name, "turn", (json_int_t)after.turn, "ticket", ticket, "number",
	    (json_int_t)number, "day", (json_int_t)after.day, "time",
	    (json_int_t)clock_utc_ms(), "state", desk_states[DESK_SKIPPED]);
	body_copy(&call, body, same);
	reply_set(r, "ticket", json_string(ticket));
	reply_next(r, conf, &after);
	if (!series_note(t, call, &after, r))
		return;
	*s = after;
	series_publish(t, conf);
}

enum verdict
op_skip_number(
    void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	const struct conf_series *conf;
	struct series *s;

	if (!durability_is_ready(t))
		return OP_LATER;
	if (durability_recall(session, r))
		return durability_settle(t, session, r);
	conf = reach_pick_series(t, session, body_string(body, "series"), r);
	s = conf && say_check_by(body, r) ? series_numbers(t, conf, r) : NULL;
	if (s)
		pass_over(t, conf, s, body, r);
	return durability_settle(t, session, r);
}

/* ---- another number is next --------------------------------------------- */

const struct field set_series_fields[] = {
	{ .name = "series", .type = FIELD_STRING, .required = true },
	{ .name = "next",
	    .type = FIELD_INTEGER,
	    .required = true,
	    .min = 0,
	    .max = CONF_SERIES_LAST },
	{ .name = NULL },
};

static void
set_next(struct ttsd *t, const struct conf_series *conf, int64_t next,
    struct reply *r)
{
	struct series *s = find_numbers(t, conf), after = { .next = next };
	json_t *told;

	memcpy(after.name, conf->block.name, sizeof(after.name));
	if (s)
		after = *s;
	series_set(
	    &after, next, series_today(), desk_turn(&t->desk, clock_utc_ms()));
	told = series_told(NULL, &after);
	reply_next(r, conf, &after);
	if (r->error == PROTO_OK &&
	    (told == NULL || desk_put_series(&t->desk, &after) < 0))
		reply_no_memory(r);
	if (r->error == PROTO_OK && t->durable)
		durable_series(t->durable, json_incref(told));
	if (r->error == PROTO_OK)
		series_publish(t, conf);
	json_decref(told);
}

enum verdict
op_set_series(
    void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	const struct conf_series *conf;
	int64_t next = body_integer(body, "next", 0);

	if (!durability_is_ready(t))
		return OP_LATER;
	if (durability_recall(session, r))
		return durability_settle(t, session, r);
	conf = reach_pick_series(t, session, body_string(body, "series"), r);
	if (conf && (next < conf->first || next > conf->last))
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"next\" must be a number of series '%s', from %" PRId64
		    " to %" PRId64,
		    conf->block.name, conf->first, conf->last);
	else if (conf)
		set_next(t, conf, next, r);
	return durability_settle(t, session, r);
}

/* ---- a call that is taken back ------------------------------------------ */

const struct field uncall_fields[] = {
	{ .name = "id", .type = FIELD_ID, .required = true },
	{ .name = NULL },
};

static size_t
cancel_call(struct ttsd *t, const struct desk_call *c)
{
	size_t i, done = 0;
	uint64_t id;

	for (id = c->id; id <= c->last_id; id++)
		for (i = 0; i < t->channel_count; i++)
			done += playout_cancel(&t->channels[i]->playout, id,
			    "the call was taken back");
	return done;
}

/* Returns the series whose number it took and gives back; NULL: none. */
static const struct conf_series *
give_back(struct ttsd *t, const struct desk_call *c)
{
	int64_t number = body_integer(c->told, "number", -1);
	const char *name = body_string(c->told, "series");
	const struct conf_series *conf =
	    name ? conf_series_find(&t->conf, name) : NULL;
	struct series *s = conf ? desk_find_series(&t->desk, name) : NULL;

	if (s == NULL || number < 0 ||
	    !series_give_back(s, conf, number, body_integer(c->told, "day", 0),
		desk_turn(&t->desk, clock_utc_ms()), c->state == DESK_CALLED))
		return NULL;
	return conf;
}

static void
publish_series_of(struct ttsd *t, const struct desk_call *c)
{
	const struct conf_series *conf =
	    conf_series_find(&t->conf, body_string(c->told, "series"));

	if (conf)
		series_publish(t, conf);
}

/* What ended is written down first: with the number alone given back, a power
 * cut would have both it and the next one with that number said. */
size_t
series_uncall(struct ttsd *t, struct desk_call *c, bool *given_back)
{
	size_t cancelled = cancel_call(t, c);
	const struct conf_series *conf = give_back(t, c);
	const struct series *s =
	    conf ? desk_find_series(&t->desk, conf->block.name) : NULL;
	uint64_t waited = body_id(c->told, "waited");
	bool waits = c->state == DESK_WAITING, again;

	desk_set_state(c, DESK_UNCALLED);
	again = desk_take_up(&t->desk, waited, false);
	*given_back = conf || again;
	if (t->durable)
		durable_uncalled(t->durable, c->id, series_told(NULL, s));
	if (conf || waits)
		publish_series_of(t, c);
	if (again)
		publish_series_of(t, desk_find_id(&t->desk, waited));
	return cancelled;
}

static void
uncall(struct ttsd *t, struct desk_call *c, struct reply *r)
{
	json_t *count = json_integer(0), *back = json_false();
	bool given_back;

	/* First the answer, for what is done can't be taken back. */
	reply_set(r, "ticket", json_incref(json_object_get(c->told, "ticket")));
	reply_set(r, "cancelled", count);
	reply_set(r, "given_back", back);
	if (r->error)
		return;
	json_integer_set(count, (json_int_t)series_uncall(t, c, &given_back));
	if (given_back)
		reply_set(r, "given_back", json_true());
}

enum verdict
op_uncall(
    void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	uint64_t id = body_id(body, "id");
	struct desk_call *c;

	if (!durability_is_ready(t))
		return OP_LATER;
	if (durability_recall(session, r))
		return durability_settle(t, session, r);
	c = desk_find_id(&t->desk, id);
	if (c && !reach_has_call(t, session, c))
		c = NULL;
	if (c && c->state == DESK_TRANSFERRED)
		reply_error(r, PROTO_BAD_REQUEST,
		    "%" PRIu64 " is a transfer, and ticket '%s' was called or "
		    "transferred since: take that back first",
		    id, body_string(c->told, "ticket"));
	else if (c == NULL || c->state == DESK_UNCALLED)
		reply_error(r, PROTO_NOT_FOUND,
		    "%" PRIu64 " is not one of the latest calls%s; 'calls' "
		    "lists them",
		    id, c ? ", for it was taken back" : "");
	else
		uncall(t, c, r);
	return durability_settle(t, session, r);
}
