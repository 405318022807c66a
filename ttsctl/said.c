/* The answer to `say`, and with --wait what becomes of it. */
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "ttsctl/client.h"
#include "ttsctl/request.h"
#include "ttsctl/show.h"
#include "ttsctl/table.h"

/* What the answer tells as the field `one`; or, of one of several channels,
 * within `each`. */
static json_t *
told_of(
    const json_t *reply, const char *one, const char *each, const char *channel)
{
	return channel ? json_object_get(json_object_get(reply, each), channel)
		       : json_object_get(reply, one);
}

/* Prints one announcement's part of the answer; `channel` NULL: it is all. */
static void
show_one(const json_t *reply, const char *channel, const json_t *id)
{
	json_int_t before = json_integer_value(
	    told_of(reply, "position", "positions", channel));

	printf("announcement %" JSON_INTEGER_FORMAT, json_integer_value(id));
	if (told_of(reply, "outcome", "outcomes", channel))
		printf(", a duplicate: this key was spoken before");
	else if (told_of(reply, "duplicate", "duplicates", channel))
		printf(", a duplicate: this key was asked for before");
	if (before > 0)
		printf(", %" JSON_INTEGER_FORMAT " before it", before);
	if (json_is_true(told_of(reply, "held", "held", channel)))
		printf(", held: the channel is paused (ttsctl resume)");
	putchar('\n');
}

void
show_said(const struct call *call, const json_t *reply)
{
	const json_t *id = json_object_get(reply, "id");
	const char *channel;
	json_t *one;

	(void)call;
	if (id)
		show_one(reply, NULL, id);
	json_object_foreach(json_object_get(reply, "ids"), channel, one)
	{
		printf("%s: ", channel);
		show_one(reply, channel, one);
	}
	if (json_is_false(json_object_get(reply, "durable")))
		fputs("ttsctl: it is not kept over a restart of ttsd, whose "
		      "log says why\n",
		    stderr);
}

/* ---- --wait -------------------------------------------------------------- */

/* The reply comes when the announcements are on the disk: some may have ended
 * before. */
struct awaited {
	json_t *ids;   /* of those that have no outcome yet; NULL: not known */
	json_t *early; /* events that came until then */
	enum status status;
};

/* Forgets one; false where it was not awaited. */
static bool
awaited_take(struct awaited *w, json_int_t id)
{
	size_t i;

	for (i = 0; i < json_array_size(w->ids); i++)
		if (json_integer_value(json_array_get(w->ids, i)) == id) {
			json_array_remove(w->ids, i);
			return true;
		}
	return false;
}

/* A key that was spoken already has an outcome, and no event will follow. */
static void
await_reply(struct awaited *w, const json_t *reply)
{
	json_t *id = json_object_get(reply, "id");
	const char *channel;

	w->ids = json_array();
	if (id && json_object_get(reply, "outcome") == NULL)
		json_array_append(w->ids, id);
	json_object_foreach(json_object_get(reply, "ids"), channel, id)
	{
		if (told_of(reply, "outcome", "outcomes", channel) == NULL)
			json_array_append(w->ids, id);
	}
}

static void
finish_if_over(struct client *c)
{
	const struct awaited *w = c->arg;

	if (json_array_size(w->ids) == 0)
		client_finish(c, w->status);
}

/* Takes the end of an announcement, where it is one of those. */
static void
take_end(struct client *c, const json_t *event)
{
	json_int_t id = json_integer_value(json_object_get(event, "id"));
	char outcome[CELL_MAX], reason[CELL_MAX];
	struct awaited *w = c->arg;

	if (!awaited_take(w, id))
		return;
	if (call_flag(c->call, "json")) {
		json_dumpf(event, stdout, JSON_COMPACT);
		putchar('\n');
	}
	cell(outcome, event, "outcome", NULL);
	cell(reason, event, "reason", NULL);
	if (strcmp(outcome, "spoken") != 0)
		w->status =
		    complain("announcement %" JSON_INTEGER_FORMAT ": %s (%s)",
			id, outcome, reason);
}

/* Takes the replies: the first is the subscription's, the one with ids that of
 * the `say`. */
static void
said(struct client *c, const json_t *reply)
{
	struct awaited *w = c->arg;
	size_t i;

	if (json_object_get(reply, "id") == NULL &&
	    json_object_get(reply, "ids") == NULL)
		return;
	await_reply(w, reply);
	request_show(c, reply);
	for (i = 0; i < json_array_size(w->early); i++)
		take_end(c, json_array_get(w->early, i));
	finish_if_over(c);
}

static void
finished(struct client *c, const json_t *event)
{
	struct awaited *w = c->arg;

	if (w->ids == NULL) {
		json_array_append_new(w->early, json_deep_copy(event));
		return;
	}
	take_end(c, event);
	finish_if_over(c);
}

enum status
run_say(struct call *call)
{
	static const struct client_events events = { .reply = said,
		.event = finished };
	struct awaited w = { .early = json_array(), .status = STATUS_DONE };
	enum status status;

	if (call_flag(call, "wait"))
		status = request_converse(call, &events, &w,
		    json_pack("{s:s, s:[s]}", "op", "subscribe", "events",
			"finished"));
	else
		status = run_request(call);
	json_decref(w.ids);
	json_decref(w.early);
	return status;
}
