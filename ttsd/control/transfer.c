#include "ttsd/control/transfer.h"

#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/say.h"
#include "ttsd/control/series_ops.h"

/* A request on its way to a waiting list. */
struct transfer {
	struct ttsd *t;
	const struct session *session;
	const json_t *body;
	const struct conf_series *conf; /* that it is to wait for */
	char ticket[TICKET_BYTES];
	int64_t day;
	/* What it waited for before, or its latest call; valid until another
	 * call comes. */
	const struct desk_call *old;
	struct reply *r;
};

void
transfer_blame(const char *ticket, struct reply *r)
{
	reply_error(r, PROTO_NOT_FOUND,
	    "ticket '%s' is not among the latest calls; 'calls' lists them",
	    ticket);
}

/* Nothing is said, so there is nothing to say of how. */
static bool
check_alone(const json_t *body, struct reply *r)
{
	static const char *const others[] = { "counter", "message", "channel",
		"priority" };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (json_object_get(body, others[i])) {
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"series\" and \"%s\" exclude each other",
			    others[i]);
			return false;
		}
	return true;
}

/* Does it wait there already, or as many as may? */
static bool
has_room(const struct transfer *tr)
{
	size_t count = desk_count_waiting(&tr->t->desk, NULL, tr->day);

	if (tr->old->state == DESK_WAITING &&
	    strcmp(body_string(tr->old->told, "series"),
		tr->conf->block.name) == 0)
		reply_error(tr->r, PROTO_BAD_REQUEST,
		    "ticket '%s' waits for series '%s' already", tr->ticket,
		    tr->conf->block.name);
	else if (count >= DESK_WAITING_MAX)
		reply_error(tr->r, PROTO_QUEUE_FULL,
		    "%zu tickets that were transferred wait already", count);
	return tr->r->error == PROTO_OK;
}

/* Is it known, and where is it now? */
static bool
find_ticket(struct transfer *tr)
{
	if (!series_of_ticket(tr->t, tr->session,
		body_string(tr->body, "ticket"), tr->ticket, tr->r))
		return false;
	tr->old = reach_find_waiting(tr->t, tr->session, tr->ticket);
	if (tr->old == NULL)
		tr->old = reach_find_called(
		    tr->t, tr->session, NULL, tr->ticket, NULL);
	if (tr->old == NULL)
		transfer_blame(tr->ticket, tr->r);
	return tr->old && has_room(tr);
}

/* What is written down of it; NULL without memory. */
static json_t *
transfer_told(const struct transfer *tr)
{
	static const char *const same[] = { "key", "by", NULL };
	json_t *call = json_pack("{s:s, s:I, s:s, s:I, s:s}", "series",
	    tr->conf->block.name, "turn",
	    (json_int_t)desk_turn(&tr->t->desk, clock_utc_ms()), "ticket",
	    tr->ticket, "time", (json_int_t)clock_utc_ms(), "state",
	    desk_states[DESK_WAITING]);

	/* Where numbers begin anew nobody waits any more. */
	if (tr->conf->restart == SERIES_DAILY)
		body_put(&call, "day", json_integer(tr->day));
	if (tr->old->state == DESK_WAITING)
		body_put(
		    &call, "waited", json_integer((json_int_t)tr->old->id));
	body_copy(&call, tr->body, same);
	return call;
}

static void
publish_transferred(const struct transfer *tr, const char *from)
{
	static const char *const same[] = { "by", NULL };
	json_t *event = json_pack("{s:O, s:s, s:s, s:s}", "id",
	    json_object_get(tr->r->body, "id"), "series", tr->conf->block.name,
	    "ticket", tr->ticket, "from", from);

	body_put(&event, "channels", reach_list_series(tr->t, tr->conf));
	body_copy(&event, tr->body, same);
	event_publish(
	    tr->t->server, EVENT_TRANSFERRED, NULL, SERVER_ANY_LEAD, 0, event);
}

static void
transfer_make(struct transfer *tr)
{
	struct ttsd *t = tr->t;
	const char *name = body_string(tr->old->told, "series");
	const struct conf_series *from = conf_series_find(&t->conf, name);
	bool waited = tr->old->state == DESK_WAITING;
	uint64_t id = tr->old->id;
	size_t ahead =
	    desk_count_waiting(&t->desk, tr->conf->block.name, tr->day);

	reply_set(tr->r, "ticket", json_string(tr->ticket));
	reply_set(tr->r, "series", json_string(tr->conf->block.name));
	reply_set(tr->r, "position", json_integer((json_int_t)ahead));
	if (!series_note(t, transfer_told(tr), NULL, tr->r))
		return;
	desk_take_up(&t->desk, waited ? id : 0, true);
	publish_transferred(tr, from ? from->block.name : "");
	series_publish(t, tr->conf);
	if (waited && from)
		series_publish(t, from);
}

/* An earlier request with that key did it. */
static void
transfer_repeat(const struct desk_call *old, struct reply *r)
{
	static const char *const told[] = { "id", "ticket", "series", NULL };

	if (old->state != DESK_WAITING && old->state != DESK_TRANSFERRED) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"key\" is that of an earlier call, which is no "
		    "transfer; nothing was transferred");
		return;
	}
	body_copy(&r->body, old->told, told);
	reply_set(r, "duplicate", json_true());
}

enum verdict
transfer_run(
    void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	struct transfer tr = { .t = ctx,
		.session = session,
		.body = body,
		.day = series_today(),
		.r = r };
	const struct desk_call *old;

	if (!durability_is_ready(tr.t))
		return OP_LATER;
	if (durability_recall(session, r))
		return durability_tell(tr.t, session, r);
	if (!check_alone(body, r) || !say_check_by(body, r) ||
	    !say_check_key(body, "key", r))
		return OP_DONE;
	old = series_find_key(tr.t, session, body);
	tr.conf =
	    reach_pick_series(tr.t, session, body_string(body, "series"), r);
	if (tr.conf && old)
		transfer_repeat(old, r);
	else if (tr.conf && find_ticket(&tr))
		transfer_make(&tr);
	return durability_tell(tr.t, session, r);
}
