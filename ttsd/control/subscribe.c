#include "ttsd/control/subscribe.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/control/session.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/numbers.h"
#include "ttsd/control/targets.h"

/* The ledger tells so many ends at most to who was away. */
#define ENDS_MAX 1000

const struct field subscribe_fields[] = {
	SESSION_SUBSCRIBE_FIELDS,
	{ .name = "since",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = INT64_MAX - 1 },
	{ .name = NULL },
};

_Static_assert(LEADS_MAX <= SERVER_LEADS_MAX, "else one would be told of none");

/* Is there room for one more lead? Marks are told for only so many different
 * leads at once. */
static bool
has_room_for_lead(const struct server *sv, int64_t lead_ms)
{
	int64_t leads[LEADS_MAX];
	size_t i, n = server_leads(sv, leads, LEADS_MAX);

	for (i = 0; i < n; i++)
		if (leads[i] == lead_ms)
			return true;
	return n < LEADS_MAX;
}

/* ---- what only the ledger knows ----------------------------------------- */

/* A question to the ledger. The session of who asks may end meanwhile: what was
 * found is its memo's and ours. */
struct recall {
	struct ttsd *ttsd;
	json_t *found; /* "ends", the latest first; "from", the number from
			  which on none is missing; 0: more are to come */
	uint64_t since;
	uint64_t known; /* up to that number it knows of all */
	bool cut;       /* some of it there was no memory for */
};

static void
row_came(void *arg, const json_t *row)
{
	struct recall *re = arg;

	if (json_array_append(
		json_object_get(re->found, "ends"), (json_t *)row) < 0)
		re->cut = true;
}

static void
rows_came(void *arg, const json_t *answer)
{
	struct recall *re = arg;
	const json_t *ends = json_object_get(re->found, "ends");
	size_t count = json_array_size(ends);
	uint64_t from = re->since + 1;

	if (json_is_true(json_object_get(answer, "more")) && count > 0)
		from = body_id(json_array_get(ends, count - 1), "seq");
	if (answer == NULL || re->cut ||
	    re->known + 1 < server_remembers_from(re->ttsd->server))
		from = server_remembers_from(re->ttsd->server);
	json_integer_set(json_object_get(re->found, "from"), (json_int_t)from);
	server_retry(re->ttsd->server);
	json_decref(re->found);
	free(re);
}

/* Asks for the ends that were told behind the number `since`; the session keeps
 * what is found. */
static void
recall_begin(struct ttsd *t, struct session *s, uint64_t since)
{
	struct recall *re = calloc(1, sizeof(*re));
	const struct durable_answer answer = { row_came, rows_came, re };
	char request[120];

	s->memo = re ? json_pack("{s:[], s:i, s:b}", "ends", "from", 0,
			   SESSION_PASSING, true)
		     : NULL;
	if (s->memo == NULL) {
		free(re);
		return;
	}
	*re = (struct recall){ .ttsd = t,
		.found = json_incref(s->memo),
		.since = since,
		.known = durable_has_handed_over(t->durable)
			     ? server_last_number(t->server)
			     : 0 };
	snprintf(request, sizeof(request),
	    "{\"do\":\"ends\",\"since\":%" PRIu64 ",\"limit\":%d}", since,
	    ENDS_MAX);
	if (!numbers_are_known(t->numbers, since) ||
	    !durable_query(t->durable, request, &answer))
		rows_came(re, NULL);
}

/* The event of an end, as the ledger knows it. */
static json_t *
recalled_event(const json_t *row)
{
	json_t *e = json_pack("{s:s, s:O, s:O, s:O, s:O, s:b, s:O}", "event",
	    event_names[EVENT_FINISHED], "channel",
	    json_object_get(row, "channel"), "time",
	    json_object_get(row, "ended_ms"), "id", json_object_get(row, "id"),
	    "outcome", json_object_get(row, "outcome"), "recalled", 1, "seq",
	    json_object_get(row, "seq"));
	json_t *reason = json_object_get(row, "reason");

	if (reason)
		body_put(&e, "reason", json_incref(reason));
	return e;
}

/* Lists those that the subscriber wants, and that are not remembered, in their
 * order. */
static json_t *
recalled_events(
    const struct ttsd *t, const struct session *s, const json_t *ends)
{
	uint64_t before = server_remembers_from(t->server);
	json_t *events = json_array();
	const json_t *row;
	size_t i;

	for (i = json_array_size(ends); i > 0; i--) {
		row = json_array_get(ends, i - 1);
		if (body_id(row, "seq") < before &&
		    session_wants(
			s, EVENT_FINISHED, body_string(row, "channel")))
			body_append(&events, recalled_event(row));
	}
	return events;
}

/* ---- the operation ------------------------------------------------------ */

/* The number behind which a client was away. One that was never given comes
 * from another count, such as that of a ledger which is lost. */
static uint64_t
away_since(const struct ttsd *t, const json_t *body)
{
	uint64_t since = body_count(body, "since");

	return since <= server_last_number(t->server) ? since : 0;
}

/* Has the ledger been asked, where it has to be, and answered? */
static bool
has_recalled(struct ttsd *t, struct session *s, const json_t *body)
{
	uint64_t since = away_since(t, body);

	if (s->memo == NULL &&
	    (t->durable == NULL ||
		since + 1 >= server_remembers_from(t->server)))
		return true;
	if (s->memo == NULL && durable_is_opening(t->durable))
		return false;
	if (s->memo == NULL)
		recall_begin(t, s, since);
	return s->memo == NULL || body_id(s->memo, "from") > 0;
}

/* Tells from where on all follow that were missed. */
static void
answer_who_was_away(const struct ttsd *t, struct session *s, const json_t *body,
    struct reply *r)
{
	uint64_t since = away_since(t, body), next = since + 1;
	uint64_t from = server_remembers_from(t->server), ends_from;
	bool known = since == body_count(body, "since");

	if (from < next)
		from = next;
	ends_from = body_id(s->memo, "from");
	if (ends_from == 0 || ends_from > from)
		ends_from = from;
	reply_set(r, "from", json_integer((json_int_t)from));
	reply_set(r, "finished_from", json_integer((json_int_t)ends_from));
	reply_set(r, "missed", json_boolean(!known || from > next));
	s->was_away = true;
	s->since = since;
	s->earlier = recalled_events(t, s, json_object_get(s->memo, "ends"));
	if (s->earlier == NULL)
		session_break(s, "out of memory");
}

/* Subscribes, once it is known that nothing speaks against it. */
static void
subscribe(
    struct ttsd *t, struct session *s, const json_t *body, struct reply *r)
{
	/* Zones are all that are in them now; NULL: the events of all. */
	json_t *channels = targets_names(t, body, r);

	if (r->error == PROTO_OK)
		session_op_subscribe(t, s, body, r);
	if (r->error == PROTO_OK && channels)
		session_choose_channels(s, channels);
	json_decref(channels);
}

enum verdict
op_subscribe(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	bool away = json_object_get(body, "since") != NULL;

	if (away && !durability_is_ready(t))
		return OP_LATER;
	if (!has_room_for_lead(t->server, body_integer(body, "lead_ms", 0))) {
		reply_error(r, PROTO_UNAVAILABLE,
		    "subscribers use %d different \"lead_ms\" already; "
		    "ask for one of theirs",
		    LEADS_MAX);
		return OP_DONE;
	}
	if (away && !has_recalled(t, s, body))
		return OP_LATER;
	subscribe(t, s, body, r);
	if (r->error)
		return OP_DONE;
	reply_set(
	    r, "seq", json_integer((json_int_t)server_last_number(t->server)));
	if (away)
		answer_who_was_away(t, s, body, r);
	return OP_DONE;
}
