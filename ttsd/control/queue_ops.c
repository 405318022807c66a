#include "ttsd/control/queue_ops.h"

#include <inttypes.h>

#include "common/body.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/targets.h"

const struct field channel_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = NULL },
};

/* Each id of a list is looked for on every channel. */
#define IDS_MAX 100

const struct field cancel_fields[] = {
	{ .name = "id", .type = FIELD_ID },
	{ .name = "ids", .type = FIELD_IDS, .max = IDS_MAX },
	{ .name = NULL },
};

const struct field move_fields[] = {
	{ .name = "id", .type = FIELD_ID, .required = true },
	{ .name = "before", .type = FIELD_ID },
	{ .name = NULL },
};

static bool
cancel_one(struct ttsd *t, const struct session *s, uint64_t id)
{
	size_t i;

	for (i = 0; i < t->channel_count; i++)
		if (reach_has(t, s, channel_name(t->channels[i])) &&
		    playout_cancel(&t->channels[i]->playout, id, "cancelled"))
			return true;
	return false;
}

/* Cancels those of a list, or of an object by channel, that still can be;
 * returns how many. */
static size_t
cancel_each(struct ttsd *t, const struct session *s, const json_t *ids)
{
	struct channel *ch;
	const char *name;
	size_t i, done = 0;
	json_t *id;

	for (i = 0; i < json_array_size(ids); i++)
		done += cancel_one(t, s, id_read(json_array_get(ids, i)));
	json_object_foreach((json_t *)ids, name, id)
	{
		ch = ttsd_channel(t, name);
		done += ch && reach_has(t, s, name) &&
			playout_cancel(&ch->playout, id_read(id), "cancelled");
	}
	return done;
}

static void
cancel_all(
    struct ttsd *t, const struct session *s, const json_t *ids, struct reply *r)
{
	json_t *count = json_integer(0);
	size_t done;

	/* First the answer, for what is cancelled can't be taken back. */
	reply_set(r, "cancelled", count);
	if (r->error)
		return;
	done = cancel_each(t, s, ids);
	json_integer_set(count, (json_int_t)done);
	if (done == 0)
		reply_error(r, PROTO_NOT_FOUND,
		    "none of these announcements is waiting or on air");
}

static void
cancel_some(struct ttsd *t, const struct session *s, const json_t *body,
    struct reply *r)
{
	const json_t *ids = json_object_get(body, "ids");
	uint64_t id = body_id(body, "id");

	if ((id != 0) == (ids != NULL)) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"cancel\" needs one of \"id\" or \"ids\"");
		return;
	}
	if (ids) {
		cancel_all(t, s, ids, r);
		return;
	}
	reply_set(r, "outcome", json_string(outcome_name(OUTCOME_CANCELLED)));
	if (r->error == PROTO_OK && !cancel_one(t, s, id))
		reply_error(r, PROTO_NOT_FOUND,
		    "announcement %" PRIu64 " is neither waiting nor on air",
		    id);
}

enum verdict
op_cancel(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	if (!durability_is_ready(ctx))
		return OP_LATER;
	if (!durability_recall(s, r))
		cancel_some(ctx, s, body, r);
	return durability_settle(ctx, s, r);
}

/* The channel in whose queue an announcement is, and that one; or NULL. */
static struct channel *
find_waiting(struct ttsd *t, const struct session *s, uint64_t id,
    struct announcement **out)
{
	size_t i;

	for (i = 0; i < t->channel_count; i++) {
		if (!reach_has(t, s, channel_name(t->channels[i])))
			continue;
		*out = queue_find(&t->channels[i]->playout.queue, id);
		if (*out)
			return t->channels[i];
	}
	return NULL;
}

static void
move_one(struct ttsd *t, const struct session *s, uint64_t id, uint64_t before,
    struct reply *r)
{
	struct announcement *a, *other = NULL;
	struct channel *ch = find_waiting(t, s, id, &a);

	if (ch && before)
		other = queue_find(&ch->playout.queue, before);
	if (ch == NULL || (before && other == NULL))
		reply_error(r, PROTO_NOT_FOUND,
		    "announcement %" PRIu64 " does not wait%s",
		    ch ? before : id, ch ? " on that channel" : "");
	else if (!playout_move(&ch->playout, a, other))
		reply_error(r, PROTO_BAD_REQUEST,
		    "announcements change places where they wait for their "
		    "turn with the same priority");
	else
		reply_set(r, "position",
		    json_integer(
			(json_int_t)queue_position(&ch->playout.queue, a) +
			(ch->playout.current != NULL)));
}

enum verdict
op_move(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	if (!durability_is_ready(ctx))
		return OP_LATER;
	move_one(ctx, s, body_id(body, "id"), body_id(body, "before"), r);
	return OP_DONE;
}

/* What an operation does to each channel that it is asked of; first all add to
 * the answer, for what is done then can't be taken back. */
struct channel_op {
	void (*tell)(const struct targets *ts, const struct channel *ch,
	    const json_t *body, struct reply *r); /* NULL: nothing */
	void (*act)(struct channel *ch);          /* NULL: nothing */
	bool ends;                                /* announcements */
};

static void
act_on_channels(const struct channel_op *op, struct ttsd *t, const json_t *body,
    struct reply *r)
{
	struct targets ts;
	size_t i;

	if (targets_pick(t, body, r, &ts)) {
		for (i = 0; op->tell && i < ts.count; i++)
			op->tell(&ts, ts.channels[i], body, r);
		for (i = 0; op->act && i < ts.count && !r->error; i++)
			op->act(ts.channels[i]);
	}
	targets_done(&ts);
}

static enum verdict
run_of_channels(const struct channel_op *op, struct ttsd *t, struct session *s,
    const json_t *body, struct reply *r)
{
	if (!durability_is_ready(t))
		return OP_LATER;
	if (!durability_recall(s, r))
		act_on_channels(op, t, body, r);
	return op->ends ? durability_settle(t, s, r) : OP_DONE;
}

static void
tell_on_air(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	const struct announcement *a = ch->playout.current;

	(void)body;
	if (a)
		targets_answer(
		    ts, ch, r, "id", "ids", json_integer((json_int_t)a->id));
}

static void
channel_skip(struct channel *ch)
{
	playout_skip(&ch->playout);
}

enum verdict
op_skip(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_on_air, channel_skip, true };

	return run_of_channels(&op, ctx, s, body, r);
}

/* Adds to what those before it have waiting. */
static void
tell_waiting(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	json_int_t before =
	    json_integer_value(json_object_get(r->body, "cleared"));

	(void)ts;
	(void)body;
	reply_set(r, "cleared",
	    json_integer(before + (json_int_t)ch->playout.queue.count));
}

static void
channel_clear(struct channel *ch)
{
	playout_clear(&ch->playout, "cleared");
}

enum verdict
op_clear(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_waiting, channel_clear,
		true };

	return run_of_channels(&op, ctx, s, body, r);
}

static void
channel_pause(struct channel *ch)
{
	playout_pause(&ch->playout, true);
}

enum verdict
op_pause(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { NULL, channel_pause, false };

	return run_of_channels(&op, ctx, s, body, r);
}

static void
channel_resume(struct channel *ch)
{
	playout_pause(&ch->playout, false);
}

/* ---- all channels ------------------------------------------------------- */

/* Names all channels that are in reach, as a request would. */
static json_t *
name_all(const struct ttsd *t, const struct session *s)
{
	json_t *names = json_array();
	size_t i;

	for (i = 0; i < t->channel_count; i++)
		if (reach_has(t, s, channel_name(t->channels[i])))
			body_append(
			    &names, json_string(channel_name(t->channels[i])));
	return names;
}

static enum verdict
run_of_all(const struct channel_op *op, struct ttsd *t, struct session *s,
    struct reply *r)
{
	json_t *body = json_object();
	enum verdict verdict = OP_DONE;

	body_put(&body, "channel", name_all(t, s));
	if (body)
		verdict = run_of_channels(op, t, s, body, r);
	else
		reply_no_memory(r);
	json_decref(body);
	return verdict;
}

static void
tell_stopped(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	tell_on_air(ts, ch, body, r);
	targets_answer(ts, ch, r, "waiting", "waiting",
	    json_integer((json_int_t)playout_waiting(&ch->playout)));
}

static void
channel_stop(struct channel *ch)
{
	playout_stop(&ch->playout);
}

enum verdict
op_stop_all(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_stopped, channel_stop,
		true };

	(void)body;
	return run_of_all(&op, ctx, s, r);
}

const struct field resume_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "all", .type = FIELD_BOOLEAN },
	{ .name = NULL },
};

enum verdict
op_resume(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { NULL, channel_resume, false };

	if (!json_is_true(json_object_get(body, "all")))
		return run_of_channels(&op, ctx, s, body, r);
	/* Who may use some channels only has named one. */
	if (json_object_get(body, "channel") == NULL)
		return run_of_all(&op, ctx, s, r);
	reply_error(
	    r, PROTO_BAD_REQUEST, "\"channel\" and \"all\" exclude each other");
	return OP_DONE;
}

/* A thousand announcements that show much are no answer that anybody may leave
 * unread. */
const struct field queue_fields[] = {
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "limit", .type = FIELD_INTEGER, .min = 1, .max = INT32_MAX },
	{ .name = NULL },
};

static void
tell_queue(const struct targets *ts, const struct channel *ch,
    const json_t *body, struct reply *r)
{
	size_t limit = (size_t)body_integer(body, "limit", INT64_MAX);

	if (!ts->many)
		reply_set(r, "channel", json_string(channel_name(ch)));
	targets_answer(
	    ts, ch, r, "items", "queues", playout_list(&ch->playout, limit));
}

enum verdict
op_queue(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	static const struct channel_op op = { tell_queue, NULL, false };

	return run_of_channels(&op, ctx, s, body, r);
}
