/* `say --wait`: what becomes of announcements, over restarts of ttsd too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/client.h"
#include "ttsctl/client.h"
#include "ttsctl/heard.h"
#include "ttsctl/progress.h"
#include "ttsctl/request.h"
#include "ttsctl/say.h"
#include "ttsctl/show.h"
#include "ttsctl/table.h"

#define WORDS_MAX (SAYING_UNDO_MAX + 120)

/* A reply comes when the announcements are on the disk: some may have ended
 * before. */
struct awaited {
	struct saying *saying;
	json_t *ids;    /* of those that have no outcome yet */
	json_t *early;  /* events that came until all were known */
	unsigned asked; /* questions after single ones that have no answer */
	bool kept;      /* ttsd has a ledger */
	bool gone;      /* the connection is, and another may do */
	struct absence absence;       /* of ttsd */
	struct absence of_the_ledger; /* of one that ttsd has */
	struct heard *heard; /* what was spoken is to be heard, too; or NULL */
	struct progress progress;
	enum status status;
	/* What is said when somebody ends us: the one that is in force, and the
	 * next. */
	char words[2][WORDS_MAX];
	unsigned turn;
};

/* Is there a request that has no answer yet? */
static bool
is_asking(const struct awaited *w)
{
	return w->saying->answered < json_array_size(w->saying->requests);
}

/* Tells what goes on without us, and how to end it. */
static void
tell_last_words(const struct client *c, struct awaited *w)
{
	char *text = w->words[w->turn ^= 1], undo[SAYING_UNDO_MAX];
	size_t count = json_array_size(w->ids);

	saying_undo(c->call, w->ids, undo, sizeof(undo));
	snprintf(text, WORDS_MAX,
	    "%sttsctl: what was asked for is still waiting, or on air; to take "
	    "%s back: %s\n",
	    w->progress.on                ? LINE_CLEAR
	    : client_output_is_terminal() ? "\n"
					  : "",
	    count > 1 ? "them" : "it", undo);
	client_last_words(count > 0 ? text : NULL);
}

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

static void
finish_if_over(struct client *c)
{
	const struct awaited *w = c->arg;

	if (is_asking(w))
		return;
	if (w->heard && w->heard->status == STATUS_FAILED)
		client_finish(c, STATUS_FAILED);
	else if (json_array_size(w->ids) > 0)
		return;
	else if (w->status != STATUS_DONE || w->heard == NULL)
		client_finish(c, w->status);
	else if (heard_is_over(w->heard))
		client_finish(c, w->heard->status);
}

static void
print_event(const struct client *c, const json_t *event)
{
	if (!call_flag(c->call, "json"))
		return;
	json_dumpf(event, stdout, JSON_COMPACT);
	putchar('\n');
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
	tell_last_words(c, w);
	print_event(c, event);
	cell(outcome, event, "outcome", NULL);
	cell(reason, event, "reason", NULL);
	if (strcmp(outcome, "spoken") != 0)
		w->status =
		    complain("announcement %" JSON_INTEGER_FORMAT ": %s (%s)",
			id, outcome, reason);
	else if (w->heard)
		heard_expect(w->heard, c, event);
}

static void
take_event(struct client *c, const json_t *event)
{
	const struct awaited *w = c->arg;

	if (strcmp(cell_text(event, "event"), "receipt") != 0) {
		take_end(c, event);
	} else if (w->heard && heard_awaits(w->heard, event)) {
		print_event(c, event);
		heard_take(w->heard, event);
	}
}

/* ---- another ttsd ------------------------------------------------------- */

static void
complain_unknown(struct awaited *w, json_int_t id, const char *why)
{
	complain("announcement %" JSON_INTEGER_FORMAT
		 ": what became of it is not known: %s",
	    id, why);
	w->status = STATUS_UNREACHABLE;
}

static void
ask_for(struct client *c, json_int_t id)
{
	struct awaited *w = c->arg;

	w->asked++;
	client_send(c,
	    json_pack("{s:s, s:I, s:I}", "op", "history", "id", id, "tag", id));
}

/* Nobody can tell what became of those that have no outcome yet. */
static void
give_up(struct client *c, const char *why)
{
	struct awaited *w = c->arg;
	json_t *id;
	size_t i;

	json_array_foreach(w->ids, i, id)
	{
		complain_unknown(w, json_integer_value(id), why);
	}
	client_finish(c, w->status);
}

/* Asks what became of those that may have ended, or been heard, while nobody
 * was told. Where nothing was kept, the history has at most others of the same
 * numbers. */
static void
ask_for_each(struct client *c)
{
	struct awaited *w = c->arg;
	const char *spoken;
	json_t *one;
	size_t i;

	if (!w->kept) {
		give_up(c, "ttsd had not kept it (durable = no)");
		return;
	}
	json_array_foreach(w->ids, i, one)
	{
		ask_for(c, json_integer_value(one));
	}
	json_object_foreach(w->heard ? w->heard->owed : NULL, spoken, one)
	{
		ask_for(c, strtoll(spoken, NULL, 10));
	}
}

/* The receipts that the history has of one that was spoken. */
static void
take_receipts(struct client *c, json_t *item)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(item, "receipts"), i, one)
	{
		json_object_set_new(one, "event", json_string("receipt"));
		json_object_set(one, "id", json_object_get(item, "id"));
		take_event(c, one);
	}
}

/* What the history has of one of them. Without an outcome it is still to be
 * said. */
static void
take_history(struct client *c, const json_t *reply)
{
	json_t *item = json_array_get(json_object_get(reply, "items"), 0);
	json_int_t id = json_integer_value(json_object_get(reply, "tag"));
	struct awaited *w = c->arg;

	w->asked--;
	if (item == NULL && awaited_take(w, id))
		complain_unknown(
		    w, id, "ttsd was started again, and knows nothing of it");
	if (json_object_get(item, "outcome")) {
		json_object_set_new(item, "event", json_string("finished"));
		take_end(c, item);
		take_receipts(c, item);
	}
	finish_if_over(c);
}

/* A ttsd that keeps nothing has no history; a ledger may not be open yet. */
static bool
was_refused(struct client *c, const char *why)
{
	struct awaited *w = c->arg;

	if (w->asked == 0)
		return saying_refused(w->saying, c->call, why);
	w->gone = w->kept && absence_goes_on(&w->of_the_ledger, c->call);
	if (w->gone) {
		client_finish(c, STATUS_UNREACHABLE);
		return true;
	}
	give_up(c, why);
	return true;
}

/* A request with a key may be sent again: but where it says so itself, one that
 * was spoken meanwhile would be spoken twice. */
static bool
may_ask_again(const json_t *request)
{
	return json_object_get(request, "key") &&
	       !json_is_true(json_object_get(request, "again"));
}

static void
lost(struct client *c, const char *how)
{
	struct awaited *w = c->arg;

	bool again = !is_asking(w) || may_ask_again(c->call->request);

	w->gone = again && absence_goes_on(&w->absence, c->call);
	if (w->gone)
		complain("ttsd at %s %s; waiting for it", c->path, how);
	else if (again)
		complain("ttsd at %s %s; its log says why", c->path, how);
	else
		complain("ttsd at %s %s; whether it has accepted what was "
			 "asked for is not known (a request with a --key, and "
			 "without --again, is sent again)",
		    c->path, how);
}

/* ---- one conversation --------------------------------------------------- */

/* A key that was spoken already has an outcome, and no event will follow. */
static void
await_one(struct awaited *w, json_t *id, const json_t *outcome)
{
	if (outcome == NULL)
		json_array_append(w->ids, id);
	else if (w->heard)
		heard_past(w->heard, id);
}

static void
await_reply(struct awaited *w, const json_t *reply)
{
	const json_t *outcomes = json_object_get(reply, "outcomes");
	json_t *id = json_object_get(reply, "id");
	const char *channel;

	saying_note(w->saying, reply);
	w->kept = json_object_get(reply, "durable") != NULL;
	if (id)
		await_one(w, id, json_object_get(reply, "outcome"));
	json_object_foreach(json_object_get(reply, "ids"), channel, id)
	{
		await_one(w, id, json_object_get(outcomes, channel));
	}
}

static void
take_ids(struct client *c, const json_t *reply)
{
	struct awaited *w = c->arg;
	enum status status;
	json_t *next;
	size_t i;

	await_reply(w, reply);
	tell_last_words(c, w);
	line_clear();
	request_show(c, reply);
	next = saying_next(w->saying);
	if (next) {
		client_send(c, next);
		return;
	}
	if (!output_flush(&status))
		client_finish(c, status);
	for (i = 0; i < json_array_size(w->early); i++)
		take_event(c, json_array_get(w->early, i));
	finish_if_over(c);
}

/* Takes the replies: that to the subscription, then the one with ids, of the
 * `say`, and what the history has. */
static void
replied(struct client *c, const json_t *reply)
{
	struct awaited *w = c->arg;

	w->absence.until_ns = 0;
	if (json_object_get(reply, "items"))
		take_history(c, reply);
	else if (json_object_get(reply, "id") || json_object_get(reply, "ids"))
		take_ids(c, reply);
	else if (json_is_true(json_object_get(reply, "missed")))
		ask_for_each(c);
	else
		finish_if_over(c);
}

static void
finished(struct client *c, const json_t *event)
{
	struct awaited *w = c->arg;

	if (is_asking(w)) {
		json_array_append_new(w->early, json_deep_copy(event));
		return;
	}
	take_event(c, event);
	finish_if_over(c);
}

static enum status
converse(struct client *c, struct awaited *w)
{
	json_t *subscribe = json_pack("{s:s, s:[s*, s*]}", "op", "subscribe",
	    "events", "finished", w->heard ? "receipt" : NULL);

	if (c->seen > 0)
		json_object_set_new(subscribe, "since", json_integer(c->seen));
	w->gone = false;
	w->asked = 0;
	client_send(c, subscribe);
	if (is_asking(w))
		client_send(c, saying_next(w->saying));
	return client_run(c);
}

static enum status
await(struct call *call, struct awaited *w)
{
	static const struct client_events events = { .reply = replied,
		.event = finished,
		.lost = lost,
		.refused = was_refused };
	struct client c;
	enum status status = client_open(&c, call, &events, w);

	while (status == STATUS_DONE) {
		status = converse(&c, w);
		if (!w->gone)
			break;
		status = client_reopen(&c, &w->absence);
	}
	client_last_words(NULL);
	client_close(&c);
	return status;
}

enum status
say_and_wait(struct call *call, struct saying *s)
{
	struct awaited w = { .saying = s,
		.ids = json_array(),
		.early = json_array(),
		.status = STATUS_DONE };
	struct heard heard;
	enum status status = STATUS_DONE;

	if (call_option(call, "wait")) {
		status = heard_init(&heard, call);
		w.heard = &heard;
	}
	if (status == STATUS_DONE) {
		progress_init(
		    &w.progress, call, w.ids, w.heard ? heard.owed : NULL);
		status = await(call, &w);
		progress_done(&w.progress);
	}
	if (w.heard)
		heard_done(&heard);
	json_decref(w.ids);
	json_decref(w.early);
	return status;
}
