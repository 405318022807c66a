#include "ttsd/control/subscribe.h"

#include "common/control/session.h"

/* So much is remembered of what happened: it fits into what a client may leave
 * unread. */
#define REMEMBERED_BYTES ((size_t)2 * 1024 * 1024)

/* Numbers of events begin with the time of day, a million for a second: no
 * earlier ttsd has told any of them, unless the clock was set back. */
#define NUMBERS_PER_MS 1000

/* What is worth nothing once its moment is over, and comes by the hundred. */
#define OF_A_MOMENT                                                    \
	(1u << EVENT_WORD | 1u << EVENT_PHONEME | 1u << EVENT_VISEME | \
	    1u << EVENT_MARK)

const struct field subscribe_fields[] = {
	SESSION_SUBSCRIBE_FIELDS,
	{ .name = "since",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = INT64_MAX - 1 },
	{ .name = NULL },
};

void
subscribe_init(struct ttsd *t)
{
	server_number_events(t->server,
	    (uint64_t)clock_utc_ms() * NUMBERS_PER_MS,
	    ((1u << EVENT_COUNT) - 1) & ~OF_A_MOMENT, REMEMBERED_BYTES);
}

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

/* Tells up to where there are events, and from where on all of those that were
 * missed follow. A number that was never given comes from another count, such
 * as that of a ledger which is lost. */
static void
answer_who_was_away(
    const struct ttsd *t, struct session *s, int64_t since, struct reply *r)
{
	uint64_t last = server_last_number(t->server);
	uint64_t from = server_remembers_from(t->server);
	bool known = (uint64_t)since <= last;
	bool missed = !known || from > (uint64_t)since + 1;

	reply_set(r, "from",
	    json_integer((json_int_t)(missed ? from : (uint64_t)since + 1)));
	reply_set(r, "missed", json_boolean(missed));
	s->was_away = true;
	s->since = known ? (uint64_t)since : 0;
}

enum verdict
op_subscribe(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;

	if (body_string(body, "channel") && !ttsd_pick_channel(t, body, r))
		return OP_DONE;
	if (!has_room_for_lead(t->server, body_integer(body, "lead_ms", 0))) {
		reply_error(r, PROTO_UNAVAILABLE,
		    "subscribers use %d different \"lead_ms\" already; "
		    "ask for one of theirs",
		    LEADS_MAX);
		return OP_DONE;
	}
	session_op_subscribe(ctx, s, body, r);
	if (r->error)
		return OP_DONE;
	reply_set(
	    r, "seq", json_integer((json_int_t)server_last_number(t->server)));
	if (json_object_get(body, "since"))
		answer_who_was_away(t, s, body_integer(body, "since", 0), r);
	return OP_DONE;
}
