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

struct hub_listener {
	struct hub *hub;
	const struct hub_receiver *receiver;
	void *arg;
	uint64_t place; /* in what the hub keeps */
	uint64_t since; /* it has seen all up to that number */
	bool told;      /* that the daemon has answered, or is away */
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
	bool refused;  /* and it tells no such events */
	bool away;     /* the listeners were told so */
	struct recent recent;
	uint64_t now; /* number of the last event, as its reply told */
	struct hub_listener *listeners;
	/* The one that is told now, so that it may leave, and others. */
	struct hub_listener *cursor;
	bool over;
	struct loop_task release, ready;
	struct hub *next;
};

/* Calls something of each listener, which may leave meanwhile. */
#define TELL_ALL(h, ln, call)                  \
	for ((ln) = (h)->listeners; (ln);) {   \
		(h)->cursor = (ln)->following; \
		call;                          \
		(ln) = (h)->cursor;            \
	}

static void
tell_ready(struct hub_listener *ln, bool ok, const char *line, size_t len)
{
	if (ln->receiver->ready)
		ln->receiver->ready(ln->arg, ok, line, len);
}

static void
tell_absent(struct hub_listener *ln, int err)
{
	if (ln->receiver->absent)
		ln->receiver->absent(ln->arg, err);
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
	if (h->recent.last > 0)
		at += (size_t)snprintf(h->hello + at, HELLO_MAX - at,
		    ",\"since\":%" PRIu64, h->recent.last);
	snprintf(h->hello + at, HELLO_MAX - at, "}\n");
}

/* What a listener asked for may be of another daemon's count: then that number
 * is as none. */
static void
check_since(struct hub *h)
{
	struct hub_listener *ln;

	for (ln = h->listeners; ln; ln = ln->following)
		if (ln->since > h->now)
			ln->since = 0;
}

static void
take_reply(struct hub *h, const char *line, size_t len)
{
	json_t *reply = json_loadb(line, len, 0, NULL);
	bool ok = json_is_true(json_object_get(reply, "ok"));
	struct hub_listener *ln;

	h->answered = true;
	h->refused = !ok;
	h->away = false;
	if (ok) {
		h->now = body_count(reply, "seq");
		recent_begin(&h->recent, h->now);
		check_since(h);
	}
	json_decref(reply);
	for (ln = h->listeners; ln; ln = ln->following)
		ln->told = true;
	TELL_ALL(h, ln, tell_ready(ln, ok, line, len));
}

static void
link_line(void *arg, const char *line, size_t len)
{
	struct hub *h = arg;
	struct hub_listener *ln;

	if (!h->answered) {
		take_reply(h, line, len);
		return;
	}
	recent_keep(&h->recent, line, len);
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
	TELL_ALL(h, ln, tell_absent(ln, err));
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
	recent_done(&h->recent);
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
	int n = snprintf(line, sizeof(line),
	    "{\"ok\":true,\"seq\":%" PRIu64 "}", h->recent.last);

	if (ln->told)
		return;
	ln->told = true;
	if (h->answered)
		tell_ready(ln, true, line, (size_t)n);
	else
		tell_absent(ln, ERR_REFUSED);
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
	*h = (struct hub){ .list = hubs, .loop = l, .question = *question };
	recent_init(&h->recent, question->since);
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

/* Has this hub all behind that number, or will it? Until the daemon has told
 * what was since, it asks for what is behind the first one. */
static bool
reaches_back(const struct hub *h, uint64_t since)
{
	const struct recent *r = &h->recent;

	if (since == 0)
		return h->answered || h->question.since == 0;
	return r->complete_since > 0 && since >= r->complete_since &&
	       (!h->answered || since <= r->last);
}

static bool
hub_answers(const struct hub *h, const struct hub_question *q)
{
	return !h->refused && h->question.path == q->path &&
	       h->question.lead_ms == q->lead_ms &&
	       strcmp(h->question.events, q->events) == 0 &&
	       reaches_back(h, q->since);
}

/* Is there room for one more, of that one's? */
static bool
hubs_have_room(const struct hub *h, uint64_t by)
{
	size_t count = 0, own = 0;

	for (; h; h = h->next) {
		count++;
		own += h->question.by == by;
	}
	return count < HUBS_MAX && (by == 0 || own < HUBS_OWN_MAX);
}

/* Does that one ask for that lead already, or may ask for one more? */
static bool
leads_have_room(const struct hub *h, const struct hub_question *q)
{
	int64_t leads[HUBS_OWN_LEADS_MAX];
	size_t i, n = 0;

	for (; h; h = h->next) {
		if (h->question.by != q->by)
			continue;
		if (h->question.lead_ms == q->lead_ms)
			return true;
		for (i = 0; i < n && leads[i] != h->question.lead_ms;)
			i++;
		if (i == n && n < HUBS_OWN_LEADS_MAX)
			leads[n++] = h->question.lead_ms;
	}
	return q->by == 0 || n < HUBS_OWN_LEADS_MAX;
}

int
hub_join(struct hub **hubs, struct loop *l, const struct hub_question *question,
    const struct hub_receiver *receiver, void *arg, struct hub_listener **out)
{
	struct hub_listener *ln;
	struct hub *h = *hubs;
	int rc = 0;

	*out = NULL;
	while (h && !hub_answers(h, question))
		h = h->next;
	if (h == NULL && !(hubs_have_room(*hubs, question->by) &&
			     leads_have_room(*hubs, question)))
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
		.place = recent_place(&h->recent, question->since),
		.since = question->since ? question->since : h->now,
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
hub_take(struct hub_listener *ln, struct recent_event *out, bool *lost)
{
	const struct recent *r = &ln->hub->recent;

	/* Others of this hub have asked for more of what was. */
	do {
		if (!recent_take(r, &ln->place, out, lost))
			return false;
	} while (!*lost && out->number > 0 && out->number <= ln->since);
	return true;
}
