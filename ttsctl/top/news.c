#include "ttsctl/top/news.h"

#include <string.h>

#include "ttsctl/table.h"

/* A daemon is asked no more often than this, whatever happens. */
#define ASK_NS (200 * NS_PER_MS)

static void
news_renewed(struct news *n)
{
	n->renewed(n->arg);
}

static void
side_troubled(struct link *l)
{
	struct news *n = l->arg;

	(l == &n->ttsd.link ? &n->ttsd : &n->streamer)->asked = true;
	news_renewed(n);
}

static void
side_lost(struct link *l, const char *how)
{
	(void)how;
	side_troubled(l);
}

static void
side_set_status(struct side *s, const json_t *status)
{
	json_decref(s->status);
	s->status = json_incref((json_t *)status);
}

/* ---- ttsd --------------------------------------------------------------- */

static json_t *
news_request(const struct news *n, const char *op)
{
	json_t *request = json_pack("{s:s}", "op", op),
	       *channel = json_object_get(n->call->request, "channel");

	if (channel)
		json_object_set(request, "channel", channel);
	return request;
}

/* What was told before is asked for, too: the text of what is on air by now,
 * the last receipts, and how fast it was spoken, for which the rates are asked
 * for first. */
static void
ttsd_begun(struct link *l)
{
	json_t *request = news_request(l->arg, "subscribe");

	client_send(&l->client, json_pack("{s:s}", "op", "channels"));
	json_object_set_new(request, "events",
	    json_pack("[s,s,s,s,s,s,s,s,s]", "queued", "started", "word",
		"preempted", "finished", "underrun", "subscriber", "worker",
		"receipt"));
	json_object_set_new(request, "since", json_integer(l->client.seen));
	client_send(&l->client, request);
}

static void
ttsd_ask(struct link *l)
{
	client_send(&l->client, news_request(l->arg, "status"));
}

static void
take_queues(struct news *n, json_t *queues)
{
	const char *channel;
	json_t *items;

	json_decref(n->queues);
	n->queues = json_incref(queues);
	json_object_foreach(queues, channel, items)
	{
		air_take_queue(&n->air, channel, items);
	}
	n->ttsd.asked = true;
	news_renewed(n);
}

static bool
has_queue(const json_t *channel)
{
	return strcmp(cell_text(channel, "state"), "idle") != 0 ||
	       json_integer_value(json_object_get(channel, "queue")) > 0;
}

/* Asks for the queues of those channels that have one. A thousand names, of 32
 * characters, have room in a request. */
static void
ask_queues(struct news *n, const json_t *channels)
{
	json_t *names = json_array(), *none = json_object();
	const json_t *channel;
	size_t i;

	json_array_foreach(channels, i, channel)
	{
		if (has_queue(channel))
			json_array_append(
			    names, json_object_get(channel, "name"));
		else
			air_take_queue(
			    &n->air, cell_text(channel, "name"), NULL);
	}
	if (json_array_size(names) > 0)
		client_send(&n->ttsd.link.client,
		    json_pack("{s:s, s:O, s:i}", "op", "queue", "channel",
			names, "limit", FACE_QUEUE_MAX));
	else
		take_queues(n, none);
	json_decref(names);
	json_decref(none);
}

/* Another ttsd says other announcements; nothing tells how those ended that
 * were on air. */
static void
forget_air(struct news *n)
{
	json_object_clear(n->air.known);
	json_object_clear(n->air.on);
}

static void
ttsd_replied(struct link *l, const json_t *reply)
{
	json_t *channels = json_object_get(reply, "channels");
	json_t *queues = json_object_get(reply, "queues");
	struct news *n = l->arg;

	if (json_is_true(json_object_get(reply, "missed")))
		forget_air(n);
	if (channels)
		air_take_channels(&n->air, channels);
	if (json_object_get(reply, "workers")) {
		side_set_status(&n->ttsd, reply);
		ask_queues(n, channels);
	}
	if (queues)
		take_queues(n, queues);
}

static void
ttsd_told(struct link *l, const json_t *event)
{
	const char *kind = cell_text(event, "event");
	struct news *n = l->arg;

	if (strcmp(kind, "receipt") == 0)
		json_object_set(
		    n->receipts, cell_text(event, "output"), (json_t *)event);
	else if (strcmp(kind, "word") != 0)
		n->ttsd.again = true;
	air_take_event(&n->air, event);
	news_renewed(n);
}

/* ---- streamer-supervisor ------------------------------------------------ */

static void
streamer_begun(struct link *l)
{
	client_send(&l->client, json_pack("{s:s, s:[s,s]}", "op", "subscribe",
				    "events", "output", "video"));
}

static void
streamer_ask(struct link *l)
{
	client_send(&l->client, json_pack("{s:s}", "op", "status"));
}

static void
streamer_replied(struct link *l, const json_t *reply)
{
	struct news *n = l->arg;

	if (json_object_get(reply, "outputs") == NULL)
		return; /* to the subscription */
	side_set_status(&n->streamer, reply);
	n->streamer.asked = true;
	news_renewed(n);
}

static void
streamer_told(struct link *l, const json_t *event)
{
	struct news *n = l->arg;

	(void)event;
	n->streamer.again = true;
	news_renewed(n);
}

/* ---- both ---------------------------------------------------------------- */

static int
side_init(struct side *s, struct news *n, bool beats, enum daemon daemon,
    const struct link_events *events)
{
	s->call = *n->call;
	s->call.daemon = daemon;
	return link_init(&s->link, &s->call, events, n, beats);
}

static void
side_done(struct side *s)
{
	link_close(&s->link);
	json_decref(s->status);
}

int
news_init(struct news *n, const struct call *call, bool beats,
    void (*renewed)(void *arg), void *arg)
{
	static const struct link_events of_ttsd = { .begun = ttsd_begun,
		.ask = ttsd_ask,
		.reply = ttsd_replied,
		.event = ttsd_told,
		.lost = side_lost,
		.troubled = side_troubled };
	static const struct link_events of_streamer = { .begun = streamer_begun,
		.ask = streamer_ask,
		.reply = streamer_replied,
		.event = streamer_told,
		.lost = side_lost,
		.troubled = side_troubled };
	int rc;

	*n = (struct news){ .call = call,
		.queues = json_object(),
		.outputs = json_array(),
		.receipts = json_object(),
		.renewed = renewed,
		.arg = arg };
	air_init(&n->air);
	gateway_init(&n->gateway, call);
	rc = side_init(&n->ttsd, n, beats, DAEMON_TTSD, &of_ttsd);
	if (rc == 0)
		rc = side_init(
		    &n->streamer, n, beats, DAEMON_STREAMER, &of_streamer);
	return rc;
}

void
news_done(struct news *n)
{
	side_done(&n->ttsd);
	side_done(&n->streamer);
	air_done(&n->air);
	json_decref(n->queues);
	json_decref(n->outputs);
	json_decref(n->receipts);
}

enum status
news_begin(struct news *n)
{
	enum status status = STATUS_DONE;

	link_start(&n->ttsd.link);
	link_start(&n->streamer.link);
	if (n->ttsd.link.gone && n->streamer.link.gone)
		status = link_open(&n->ttsd.link);
	return status;
}

bool
news_are_complete(const struct news *n)
{
	return n->ttsd.asked && n->streamer.asked;
}

/* One that was asked a moment ago is asked when this is called again. */
static void
side_follow(struct news *n, struct side *s)
{
	int64_t now = clock_awake_ns();

	if (!s->again)
		return;
	if (now < s->next_ns) {
		news_renewed(n);
		return;
	}
	s->again = false;
	s->next_ns = now + ASK_NS;
	link_ask(&s->link);
}

void
news_follow(struct news *n)
{
	side_follow(n, &n->ttsd);
	side_follow(n, &n->streamer);
}

/* Is it an output of a channel that is shown? */
static bool
is_shown(const struct news *n, const json_t *output)
{
	const json_t *channel;
	size_t i;

	if (json_object_get(n->call->request, "channel") == NULL)
		return true;
	json_array_foreach(
	    json_object_get(n->ttsd.status, "channels"), i, channel)
	{
		if (strcmp(cell_text(channel, "name"),
			cell_text(output, "channel")) == 0)
			return true;
	}
	return false;
}

static void
choose_outputs(struct news *n)
{
	json_t *all = json_object_get(n->streamer.status, "outputs"), *output;
	size_t i;

	json_array_clear(n->outputs);
	json_array_foreach(all, i, output)
	{
		if (is_shown(n, output))
			json_array_append(n->outputs, output);
	}
}

struct sight
news_sight(struct news *n)
{
	gateway_look(&n->gateway, n->call);
	choose_outputs(n);
	return (struct sight){
		.ttsd = { n->ttsd.status, n->ttsd.link.trouble },
		.streamer = { n->streamer.status, n->streamer.link.trouble },
		.gateway = n->gateway.at,
		.gateway_answers = n->gateway.answers,
		.air = &n->air,
		.queues = n->queues,
		.outputs = n->outputs,
		.receipts = n->receipts,
		.now_ms = clock_utc_ms(),
	};
}
