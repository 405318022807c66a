#include "ttsd/control/receipt.h"

#include "common/body.h"
#include "common/control/session.h"

#define DELAY_MAX_MS 3600000
#define OUTPUT_MAX 64
#define REASON_MAX 500

static const char *const states[] = { "sent", "delivered", "heard", "missed",
	"unknown", NULL };

const struct field receipt_fields[] = {
	{ .name = "receipts",
	    .type = FIELD_ARRAY,
	    .max = RECEIPTS_MAX,
	    .required = true },
	{ .name = NULL },
};

static const struct field one_fields[] = {
	{ .name = "id",
	    .type = FIELD_INTEGER,
	    .min = 1,
	    .max = INT64_MAX,
	    .required = true },
	{ .name = "channel", .type = FIELD_STRING, .required = true },
	{ .name = "output", .type = FIELD_STRING, .required = true },
	{ .name = "state",
	    .type = FIELD_CHOICE,
	    .choices = states,
	    .required = true },
	{ .name = "time", .type = FIELD_INTEGER, .max = INT64_MAX },
	{ .name = "delay_ms", .type = FIELD_INTEGER, .max = DELAY_MAX_MS },
	{ .name = "confidence", .type = FIELD_FRACTION },
	{ .name = "reason", .type = FIELD_STRING },
	{ .name = NULL },
};

/* What is longer than anything that streamer-supervisor says is refused: the
 * history of one announcement is to fit a line. */
static bool
check_length(const json_t *one, const char *name, size_t max, struct reply *r)
{
	if (json_string_length(json_object_get(one, name)) <= max)
		return true;
	reply_error(
	    r, PROTO_BAD_REQUEST, "\"%s\" is longer than %zu bytes", name, max);
	return false;
}

/* All are looked at before the first is taken. */
static bool
check_all(const struct ttsd *t, const json_t *list, struct reply *r)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (!check_fields("receipts", one_fields, one, r) ||
		    !check_length(one, "output", OUTPUT_MAX, r) ||
		    !check_length(one, "reason", REASON_MAX, r))
			return false;
		if (ttsd_channel(t, body_string(one, "channel")))
			continue;
		reply_error(r, PROTO_UNKNOWN_CHANNEL,
		    "there is no channel '%.40s'; 'channels' lists them",
		    body_string(one, "channel"));
		return false;
	}
	return true;
}

/* Hands it to the ledger, whose columns have these names but for the time. */
static void
receipt_keep(struct ttsd *t, const json_t *one)
{
	json_t *body = json_object();

	body_merge(&body, (json_t *)one);
	body_put(&body, "time_ms",
	    json_integer(body_integer(one, "time", clock_utc_ms())));
	durable_receipt(t->durable, body_id(one, "id"), body);
}

static void
receipt_take(struct ttsd *t, const json_t *one)
{
	const struct channel *ch = ttsd_channel(t, body_string(one, "channel"));

	event_publish(t->server, EVENT_RECEIPT, channel_name(ch),
	    SERVER_ANY_LEAD, channel_position(ch, clock_now_ns()),
	    json_incref((json_t *)one));
	if (t->durable)
		receipt_keep(t, one);
}

enum verdict
op_receipt(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	const json_t *list = json_object_get(body, "receipts"), *one;
	size_t i;

	(void)s;
	if (!check_all(ctx, list, r))
		return OP_DONE;
	json_array_foreach(list, i, one)
	{
		receipt_take(ctx, one);
	}
	return OP_DONE;
}
