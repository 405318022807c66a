/*
 * GET /v1/events, and /v1/outputs/events of the supervisor: server-sent events
 * (the HTML standard's text/event-stream). What a daemon tells is sent as it
 * is, one JSON line each; `id` is its number, so that a browser that lost us
 * goes on where it was.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "common/err.h"
#include "gateway/api/api.h"
#include "gateway/daemons/hub.h"
#include "gateway/http/answer.h"

/* An event is put to the others of an answer where so few bytes wait there. */
#define TELLING_ROOM (EXCHANGE_WAITING_MAX - (size_t)16 * 1024)

struct telling {
	struct api *api;
	const struct api_peer *peer;
	struct exchange *x;
	struct hub_question question;
	struct question *asked; /* which channels there are of that name */
	struct hub_listener *listener;
	struct guest guest;
	char channel[CONF_NAME_MAX + 1]; /* or a zone; "": all it may hear */
	json_t *channels; /* that ttsd has of it; NULL: ttsd was away */
	bool begun;
};

static void
telling_free(struct telling *t)
{
	if (t->asked)
		question_drop(t->asked);
	json_decref(t->channels);
	hub_leave(t->listener);
	t->api->tellings--;
	access_leave(&t->api->access, &t->guest);
	free(t);
}

static void
telling_gone(void *arg)
{
	telling_free(arg);
}

/* ---- what is told ----------------------------------------------------- */

/* An event of no channel that says which ones it is about: what desks do. */
static bool
is_about(const struct telling *t, const struct recent_event *e)
{
	json_t *body = json_loadb(e->line, e->len, 0, NULL);
	const json_t *list = json_object_get(body, "channels"), *one;
	bool all = json_array_size(list) > 0;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *name = json_string_value(one);

		all =
		    all && name && api_has_channel(t->api, &t->guest.who, name);
	}
	json_decref(body);
	return all;
}

/* Is the channel the one that was asked for, or of that zone? Our own
 * configuration may be older than ttsd's. */
static bool
is_named(const struct telling *t, const char *channel)
{
	const json_t *one;
	size_t i;

	if (t->channels == NULL)
		return conf_name_has(t->api->conf, t->channel, channel);
	json_array_foreach(t->channels, i, one)
	{
		const char *name = body_string(one, "name");

		if (name && strcmp(name, channel) == 0)
			return true;
	}
	return false;
}

static bool
is_wanted(const struct telling *t, const struct recent_event *e)
{
	if (t->channel[0])
		return is_named(t, e->channel);
	if (t->guest.who.channels == NULL)
		return true;
	return e->channel[0]
		   ? api_has_channel(t->api, &t->guest.who, e->channel)
		   : is_about(t, e);
}

static int
put_event(struct telling *t, uint64_t number, const char *name,
    const char *line, size_t len)
{
	char head[128];
	int n = 0, rc;

	if (exchange_room(t->x) < sizeof(head) + len + 16)
		return ERR_FULL;
	if (number > 0)
		n = snprintf(head, sizeof(head), "id: %" PRIu64 "\n", number);
	n += snprintf(
	    head + n, sizeof(head) - (size_t)n, "event: %.40s\ndata: ", name);
	rc = exchange_put(t->x, head, (size_t)n);
	if (rc == 0)
		rc = exchange_put(t->x, line, len);
	return rc < 0 ? rc : exchange_put(t->x, "\n\n", 2);
}

static void
tell(void *arg)
{
	struct telling *t = arg;
	struct recent_event e;
	bool lost;

	/* What is not taken now is taken when there is room (drained): the hub
	 * holds it once for all. */
	while (t->begun && exchange_room(t->x) >= TELLING_ROOM &&
	       hub_take(t->listener, &e, &lost)) {
		if (lost || (is_wanted(t, &e) && put_event(t, e.number, e.name,
						     e.line, e.len) < 0)) {
			/* It asks again, from the last one it has got. */
			exchange_end(t->x);
			return;
		}
	}
}

/* ---- the daemon ------------------------------------------------------- */

/* The daemon tells no such events. */
static void
telling_refused(struct telling *t, const char *line, size_t len)
{
	/* Who has heard some comes again, and is told why there are none. */
	if (t->begun) {
		exchange_end(t->x);
		return;
	}
	api_answer_line(t->x, t->peer, line, len);
	telling_free(t);
}

static void
telling_ready(void *arg, bool ok, const char *line, size_t len)
{
	struct telling *t = arg;

	if (!ok) {
		telling_refused(t, line, len);
		return;
	}
	if (!t->begun)
		t->begun = exchange_begin(t->x, 200, ANSWER_EVENTS);
	if (!t->begun) {
		telling_free(t);
		return;
	}
	put_event(t, 0, "subscribed", line, len);
	tell(t);
}

static void
telling_absent(void *arg, int err)
{
	struct telling *t = arg;
	char line[128];
	int n;

	if (!t->begun) {
		api_answer_absent(t->x, t->peer, err);
		telling_free(t);
		return;
	}
	n = snprintf(line, sizeof(line),
	    "{\"event\":\"absent\",\"daemon\":\"%s\",\"reason\":\"%s\"}",
	    peer_name(t->peer->peer), err_text(err));
	put_event(t, 0, "absent", line, (size_t)n);
}

/* A comment: a server or browser that hears nothing for long hangs up. */
static void
telling_beat(void *arg)
{
	struct telling *t = arg;

	if (t->begun && exchange_room(t->x) == EXCHANGE_WAITING_MAX)
		exchange_put(t->x, ":\n\n", 3);
}

static const struct hub_receiver receiver = { .ready = telling_ready,
	.more = tell,
	.absent = telling_absent,
	.beat = telling_beat };

static const struct exchange_owner telling_owner = { .gone = telling_gone,
	.drained = tell };

/* ---- the request ------------------------------------------------------ */

/* "word,started" to ["word","started"]. Other characters than those of names
 * are not let through: the daemon says what it does not know. */
static bool
read_names(const char *text, char *out, size_t size)
{
	json_t *list = json_array();
	char *json;
	size_t n;

	for (; *text; text += n + (text[n] == ',')) {
		n = strcspn(text, ",");
		body_append(&list, json_stringn(text, n));
	}
	json = body_text(list);
	json_decref(list);
	n = json ? strlen(json) : size;
	if (n < size)
		memcpy(out, json, n + 1);
	free(json);
	return n < size;
}

static bool
read_number(const char *text, uint64_t max, uint64_t *out)
{
	size_t digits = strspn(text, "0123456789");

	*out = strtoull(text, NULL, 10);
	return digits > 0 && digits < 20 && text[digits] == '\0' && *out <= max;
}

/* Reads the question; false where it has answered. */
static bool
read_question(struct exchange *x, struct hub_question *q)
{
	const char *events = exchange_query(x, "events");
	const char *lead = exchange_query(x, "lead_ms");
	const char *since = exchange_header(x, "Last-Event-ID");
	uint64_t number = 0;

	/* An EventSource that comes again has the address of before. */
	if (since == NULL || since[0] == '\0')
		since = exchange_query(x, "since");
	if (events && !read_names(events, q->events, sizeof(q->events)))
		answer_error(x, 0, "bad-request",
		    "events: expected names of events with commas between "
		    "them");
	else if (lead && !read_number(lead, SESSION_LEAD_MAX_MS, &number))
		answer_error(x, 0, "bad-request",
		    "lead_ms: expected a whole number from 0 to %d",
		    SESSION_LEAD_MAX_MS);
	else if (since && since[0] && !read_number(since, INT64_MAX, &q->since))
		answer_error(x, 0, "bad-request",
		    "since (or Last-Event-ID): expected the number of the "
		    "last event that was seen");
	else {
		q->lead_ms = (int64_t)number;
		return true;
	}
	return false;
}

/* Which peer a path is of. */
static struct api_peer *
peer_of(struct api *a, const struct exchange *x)
{
	return &a->peers[strstr(exchange_path(x), "/outputs/") ? API_STREAMER
							       : API_TTSD];
}

static void
telling_join(struct telling *t)
{
	int rc;

	if (strcmp(exchange_method(t->x), "HEAD") == 0) {
		exchange_reply(t->x, 200, ANSWER_EVENTS, "", 0);
		telling_free(t);
		return;
	}
	rc = hub_join(&t->api->hubs, t->api->loop, &t->question, &receiver, t,
	    &t->listener);
	if (rc == 0)
		return;
	answer_error(t->x, 0, "unavailable",
	    rc == ERR_FULL ? "too many different questions for events are "
			     "open; ask for the same ones as others do"
			   : "there is no memory for it");
	telling_free(t);
}

/* ttsd has told of the channel, or the channels of that zone. The supervisor's
 * events go on without it. */
static void
channel_told(void *arg, const char *line, size_t len, int err)
{
	struct telling *t = arg;
	const struct api_peer *ttsd = &t->api->peers[API_TTSD];
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;

	t->asked = NULL;
	t->channels = json_incref(json_object_get(reply, "channels"));
	json_decref(reply);
	if (t->channels || (line == NULL && t->peer != ttsd)) {
		telling_join(t);
		return;
	}
	if (line)
		api_answer_line(t->x, ttsd, line, len);
	else
		api_answer_absent(t->x, ttsd, err);
	telling_free(t);
}

/* Of what there is not, nothing would ever come. */
static void
ask_for_channel(struct telling *t, const char *channel)
{
	const struct api_peer *ttsd = &t->api->peers[API_TTSD];
	json_t *body = json_pack("{s:s}", "op", "status");
	int rc;

	snprintf(t->channel, sizeof(t->channel), "%s", channel);
	body_put_text(&body, "channel", channel);
	rc = peer_ask_body(ttsd->peer, body, channel_told, t, &t->asked);
	json_decref(body);
	if (rc == 0)
		return;
	api_answer_absent(t->x, ttsd, rc);
	telling_free(t);
}

/* Who asks, as a number that is not 0. */
static uint64_t
number_of(const struct token *who)
{
	uint64_t number;

	memcpy(&number, who->hash, sizeof(number));
	return number | 1;
}

/* What is of no channel is not for who is bound to some. */
static bool
may_listen(const struct api *a, struct exchange *x, const struct token *who,
    const struct api_peer *peer, const char *channel)
{
	if (who->channels && peer == &a->peers[API_STREAMER]) {
		answer_error(x, 0, "denied",
		    "'%s' is for some channels, and outputs are of none",
		    who->name);
		return false;
	}
	return channel == NULL || api_may_channel(a, x, who, channel);
}

void
events_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	const char *channel = exchange_query(x, "channel");
	struct api_peer *peer = peer_of(a, x);
	struct hub_question q = { .path = peer->path };
	struct telling *t;

	(void)rest;
	if (!may_listen(a, x, who, peer, channel) || !read_question(x, &q))
		return;
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		return;
	}
	*t = (struct telling){ .api = a, .peer = peer, .x = x, .question = q };
	t->question.by = number_of(who);
	a->tellings++;
	exchange_own(x, &telling_owner, t);
	if (access_admit(&a->access, &t->guest, x, who) < 0) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		telling_free(t);
	} else if (channel) {
		ask_for_channel(t, channel);
	} else {
		telling_join(t);
	}
}
