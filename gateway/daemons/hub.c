#include "gateway/daemons/hub.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/control/fields.h"
#include "common/err.h"
#include "common/list.h"
#include "daemon/control_link.h"

#define HELLO_MAX (HUB_NAMES_MAX + 128)

struct kept {
	char *line;
	size_t len;
	json_t *body;
	uint64_t number;
};

struct hub_listener {
	struct hub *hub;
	const struct hub_receiver *receiver;
	void *arg;
	uint64_t next; /* the event that it takes next, counted by the hub */
	bool told;     /* that the daemon has answered, or is away */
	struct hub_listener *following;
};

struct hub {
	struct hub **list;
	struct loop *loop;
	struct hub_question question;
	char hello[HELLO_MAX];
	struct control_link *link;
	struct timer *timer;
	bool answered; /* the link's first line was its reply */
	bool away;     /* the listeners were told so */
	struct kept kept[HUB_EVENTS_MAX];
	uint64_t first, end; /* of those that are kept, counted */
	size_t bytes;
	uint64_t last; /* number of the last event */
	/* Who has seen up to that number finds all later ones here. */
	uint64_t complete_since;
	struct hub_listener *listeners;
	/* The one that is told now, so that it may leave, and others. */
	struct hub_listener *cursor;
	bool over;
	struct loop_task release, ready;
	struct hub *next;
};

static struct kept *
kept_at(struct hub *h, uint64_t at)
{
	return &h->kept[at % HUB_EVENTS_MAX];
}

/* Calls something of each listener, which may leave meanwhile. */
#define TELL_ALL(h, ln, call)                  \
	for ((ln) = (h)->listeners; (ln);) {   \
		(h)->cursor = (ln)->following; \
		call;                          \
		(ln) = (h)->cursor;            \
	}

/* ---- what is kept ----------------------------------------------------- */

static void
drop_first(struct hub *h)
{
	struct kept *k = kept_at(h, h->first++);

	h->bytes -= k->len;
	if (k->number > 0)
		h->complete_since = k->number;
	json_decref(k->body);
	free(k->line);
}

static void
keep(struct hub *h, const char *line, size_t len, json_t *body)
{
	struct kept *k;

	while (h->end > h->first && (h->end - h->first == HUB_EVENTS_MAX ||
					h->bytes + len > HUB_BYTES_MAX))
		drop_first(h);
	k = kept_at(h, h->end);
	*k = (struct kept){ .line = malloc(len),
		.len = len,
		.body = body,
		.number = body_count(body, "seq") };
	if (k->line == NULL) {
		/* As if it had been dropped. */
		json_decref(body);
		if (k->number > 0)
			h->complete_since = k->number;
		return;
	}
	memcpy(k->line, line, len);
	h->bytes += len;
	h->end++;
	if (k->number > 0)
		h->last = k->number;
}

/* ---- the daemon ------------------------------------------------------- */

static void
write_hello(struct hub *h)
{
	const struct hub_question *q = &h->question;
	size_t at = 0;

	at += (size_t)snprintf(h->hello, HELLO_MAX, "{\"op\":\"subscribe\"");
	if (q->events[0])
		at += (size_t)snprintf(
		    h->hello + at, HELLO_MAX - at, ",\"events\":%s", q->events);
	if (q->lead_ms > 0)
		at += (size_t)snprintf(h->hello + at, HELLO_MAX - at,
		    ",\"lead_ms\":%" PRId64, q->lead_ms);
	if (h->last > 0)
		at += (size_t)snprintf(h->hello + at, HELLO_MAX - at,
		    ",\"since\":%" PRIu64, h->last);
	snprintf(h->hello + at, HELLO_MAX - at, "}\n");
}

static void
take_reply(struct hub *h, const char *line, size_t len, const json_t *reply)
{
	bool ok = json_is_true(json_object_get(reply, "ok"));
	struct hub_listener *ln;

	h->answered = true;
	h->away = false;
	if (ok && h->last == 0) {
		h->last = body_count(reply, "seq");
		h->complete_since = h->last;
	}
	for (ln = h->listeners; ln; ln = ln->following)
		ln->told = true;
	TELL_ALL(h, ln, ln->receiver->ready(ln->arg, ok, line, len));
}

static void
link_line(void *arg, const char *line, size_t len)
{
	struct hub *h = arg;
	struct hub_listener *ln;
	json_t *body = json_loadb(line, len, 0, NULL);

	if (!h->answered) {
		take_reply(h, line, len, body);
		json_decref(body);
		return;
	}
	keep(h, line, len, body);
	TELL_ALL(h, ln, ln->receiver->more(ln->arg));
}

static void
link_absent(void *arg, int err)
{
	struct hub *h = arg;
	struct hub_listener *ln;

	h->answered = false;
	write_hello(h);
	if (h->away)
		return;
	h->away = true;
	for (ln = h->listeners; ln; ln = ln->following)
		ln->told = true;
	TELL_ALL(h, ln, ln->receiver->absent(ln->arg, err));
}

static const struct control_link_events link_events = { .line = link_line,
	.absent = link_absent };

/* ---- life ------------------------------------------------------------- */

static void
hub_release(void *arg)
{
	struct hub *h = arg;

	control_link_free(h->link);
	timer_free(h->timer);
	while (h->first < h->end)
		drop_first(h);
	free(h);
}

/* Nobody listens any more. The last one may have left while it was told of a
 * line: the link is still needed there. */
static void
hub_end(struct hub *h)
{
	LIST_REMOVE(*h->list, h);
	h->over = true;
	h->release = (struct loop_task){ .fn = hub_release, .arg = h };
	loop_defer(h->loop, &h->release);
}

static void
beat(void *arg)
{
	struct hub *h = arg;
	struct hub_listener *ln;

	timer_at(h->timer, clock_awake_ns() + HUB_BEAT_NS);
	TELL_ALL(h, ln, ln->receiver->beat(ln->arg));
}

static void
tell_newcomer(struct hub *h, struct hub_listener *ln)
{
	char line[64];
	int n = snprintf(
	    line, sizeof(line), "{\"ok\":true,\"seq\":%" PRIu64 "}", h->last);

	if (ln->told)
		return;
	ln->told = true;
	if (h->answered)
		ln->receiver->ready(ln->arg, true, line, (size_t)n);
	else
		ln->receiver->absent(ln->arg, ERR_REFUSED);
}

/* Those who joined when the daemon had answered already, or was away. */
static void
tell_newcomers(void *arg)
{
	struct hub *h = arg;
	struct hub_listener *ln;

	if (!h->over && (h->answered || h->away))
		TELL_ALL(h, ln, tell_newcomer(h, ln));
}

static int
hub_new(struct hub **hubs, struct loop *l, const struct hub_question *question,
    struct hub **out)
{
	struct hub *h = calloc(1, sizeof(*h));
	int rc;

	if (h == NULL)
		return ERR_NOMEM;
	*h = (struct hub){ .list = hubs,
		.loop = l,
		.question = *question,
		.last = question->since,
		.complete_since = question->since };
	h->ready = (struct loop_task){ .fn = tell_newcomers, .arg = h };
	write_hello(h);
	rc = timer_new(l, TIMER_COARSE, beat, h, &h->timer);
	if (rc == 0)
		rc = control_link_new(
		    l, question->path, h->hello, &link_events, h, &h->link);
	if (rc < 0) {
		timer_free(h->timer);
		free(h);
		return rc;
	}
	timer_at(h->timer, clock_awake_ns() + HUB_BEAT_NS);
	LIST_APPEND(*hubs, h);
	*out = h;
	return 0;
}

/* Does this hub have all that is asked for? */
static bool
answers(const struct hub *h, const struct hub_question *q)
{
	return h->question.path == q->path &&
	       h->question.lead_ms == q->lead_ms &&
	       strcmp(h->question.events, q->events) == 0 &&
	       (q->since == 0 ||
		   (h->answered && q->since >= h->complete_since &&
		       q->since <= h->last));
}

static uint64_t
first_behind(struct hub *h, uint64_t since)
{
	uint64_t at = h->first;

	if (since == 0)
		return h->end;
	while (at < h->end && kept_at(h, at)->number <= since)
		at++;
	return at;
}

int
hub_join(struct hub **hubs, struct loop *l, const struct hub_question *question,
    const struct hub_receiver *receiver, void *arg, struct hub_listener **out)
{
	struct hub_listener *ln;
	struct hub *h = *hubs;
	size_t count = 0;
	int rc = 0;

	*out = NULL;
	for (; h && !answers(h, question); h = h->next)
		count++;
	if (h == NULL && count >= HUBS_MAX)
		return ERR_FULL;
	ln = calloc(1, sizeof(*ln));
	if (ln == NULL)
		return ERR_NOMEM;
	if (h == NULL)
		rc = hub_new(hubs, l, question, &h);
	if (rc < 0) {
		free(ln);
		return rc;
	}
	*ln = (struct hub_listener){ .hub = h,
		.receiver = receiver,
		.arg = arg,
		.next = first_behind(h, question->since),
		.following = h->listeners };
	h->listeners = ln;
	loop_defer(l, &h->ready);
	*out = ln;
	return 0;
}

void
hub_leave(struct hub_listener *ln)
{
	struct hub_listener **at;
	struct hub *h;

	if (ln == NULL)
		return;
	h = ln->hub;
	for (at = &h->listeners; *at != ln;)
		at = &(*at)->following;
	*at = ln->following;
	if (h->cursor == ln)
		h->cursor = ln->following;
	free(ln);
	if (h->listeners == NULL)
		hub_end(h);
}

bool
hub_take(struct hub_listener *ln, struct hub_event *out, bool *lost)
{
	struct hub *h = ln->hub;
	const char *name, *channel;
	struct kept *k;

	*lost = ln->next < h->first;
	if (*lost)
		ln->next = h->first;
	if (ln->next == h->end)
		return false;
	k = kept_at(h, ln->next++);
	name = body_string(k->body, "event");
	channel = body_string(k->body, "channel");
	*out = (struct hub_event){ .line = k->line,
		.len = k->len,
		.name = name ? name : "",
		.channel = channel ? channel : "",
		.number = k->number };
	return true;
}
