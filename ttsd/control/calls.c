#include "ttsd/control/calls.h"

#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/history.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/targets.h"

#define CALLS_MAX 1000
#define CALLS 100

const struct field calls_fields[] = {
	{ .name = "series", .type = FIELD_STRING },
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "limit", .type = FIELD_INTEGER, .min = 1, .max = CALLS_MAX },
	{ .name = NULL },
};

/* Is it of one of the channels? NULL: any will do. */
static bool
is_of(const struct desk_call *c, const json_t *channels)
{
	const json_t *own = json_object_get(c->told, "channels"), *one;
	size_t i, k;

	if (channels == NULL || c->state == DESK_SKIPPED)
		return true;
	json_array_foreach(own, i, one)
	{
		for (k = 0; k < json_array_size(channels); k++)
			if (json_equal(
				(json_t *)one, json_array_get(channels, k)))
				return true;
	}
	return false;
}

/* What has an announcement was heard on its channels. */
static bool
is_told_to(
    const struct ttsd *t, const struct session *s, const struct desk_call *c)
{
	return json_object_get(c->told, "channels") || reach_has_call(t, s, c);
}

/* The series in reach. */
static json_t *
list_series(const struct ttsd *t, const struct session *s)
{
	json_t *list = json_array();
	const struct conf_series *one;
	size_t i;

	for (i = 0; i < t->conf.series.count; i++) {
		one = conf_series_at(&t->conf, i);
		if (reach_has_series(t, s, one))
			body_append(&list, json_string(one->block.name));
	}
	return list;
}

/* The channels that are asked for, or all, as far as they are in reach. */
static json_t *
targets_within(struct ttsd *t, const struct session *s, const json_t *body,
    struct reply *r)
{
	json_t *asked = targets_names(t, body, r), *list = json_array();
	const char *name;
	size_t i;

	for (i = 0; asked == NULL && i < t->channel_count; i++) {
		name = channel_name(t->channels[i]);
		if (reach_has(t, s, name))
			body_append(&list, json_string(name));
	}
	for (i = 0; i < json_array_size(asked); i++) {
		name = json_string_value(json_array_get(asked, i));
		if (reach_has(t, s, name))
			body_append(&list, json_string(name));
	}
	json_decref(asked);
	return list;
}

/* As the ledger tells it, without receipts. */
static json_t *
describe(const struct desk_call *c)
{
	static const char *const told[] = { "id", "series", "ticket", "counter",
		"time", "by", "state", "outcome", "reason", NULL };
	json_t *one = json_object();

	body_copy(&one, c->told, told);
	if (c->state == DESK_SKIPPED)
		body_put(&one, "outcome", json_string(desk_states[c->state]));
	return one;
}

/* What the ledger cannot tell is told from memory. */
static void
tell_latest(const struct ttsd *t, const struct session *s, const json_t *body,
    const json_t *channels, struct reply *r)
{
	int64_t left = body_integer(body, "limit", CALLS);
	const char *series = body_string(body, "series");
	const struct desk_call *c;
	json_t *list = json_array();
	size_t i;

	for (i = t->desk.call_count; i > 0 && left > 0; i--) {
		c = &t->desk.calls[i - 1];
		if (!is_of(c, channels) || !is_told_to(t, s, c) ||
		    (series &&
			strcmp(body_string(c->told, "series"), series) != 0))
			continue;
		body_append(&list, describe(c));
		left--;
	}
	reply_set(r, "calls", list);
}

enum verdict
op_calls(
    void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	int64_t limit = body_integer(body, "limit", CALLS);
	struct ttsd *t = ctx;
	json_t *request, *channels;

	if (session->memo)
		return history_run(t, session, NULL, limit, "calls", NULL, r);
	if (!durability_is_ready(t))
		return OP_LATER;
	channels = session->only ? targets_within(t, session, body, r)
				 : targets_names(t, body, r);
	if (r->error)
		return OP_DONE;
	if (t->durable == NULL || !durable_keeps(t->durable)) {
		tell_latest(t, session, body, channels, r);
		json_decref(channels);
		return OP_DONE;
	}
	request = json_pack("{s:s}", "do", "calls");
	body_merge(&request, (json_t *)body);
	if (channels)
		body_put(&request, "channels", channels);
	if (session->only)
		body_put(&request, "among", list_series(t, session));
	return history_run(t, session, request, limit, "calls", NULL, r);
}
