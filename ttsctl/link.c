#include "ttsctl/link.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "ttsctl/table.h"

#define PERIOD_NS NS_PER_S
#define RETRY_NS (250 * NS_PER_MS)

static void
link_say_trouble(struct link *l, const char *how)
{
	char now[16];

	time_text(now, sizeof(now), "%H:%M:%S", clock_utc_ms());
	snprintf(l->trouble, sizeof(l->trouble), "%s (%s)", how, now);
}

void
link_ask(struct link *l)
{
	l->again = l->gone || l->client.awaited > 0;
	if (!l->again)
		l->events->ask(l);
}

/* ---- of its client ------------------------------------------------------ */

static void
link_replied(struct client *c, const json_t *reply)
{
	struct link *l = c->arg;

	l->trouble[0] = '\0';
	l->events->reply(l, reply);
	if (l->again && c->awaited == 0 && !c->finished)
		link_ask(l);
}

static void
link_told(struct client *c, const json_t *event)
{
	struct link *l = c->arg;

	l->events->event(l, event);
}

/* Only marks it: the client is in use until its callback has returned. */
static void
link_lost(struct client *c, const char *how)
{
	struct link *l = c->arg;

	l->gone = true;
	link_say_trouble(l, how);
	timer_at(l->timer, clock_awake_ns() + RETRY_NS);
	if (l->events->lost)
		l->events->lost(l, how);
}

static bool
link_refused(struct client *c, const char *why)
{
	char said[1100];

	snprintf(said, sizeof(said), "says '%s'", why);
	link_lost(c, said);
	return true;
}

static const struct client_events link_client_events = { .reply = link_replied,
	.event = link_told,
	.lost = link_lost,
	.refused = link_refused };

/* ---- time --------------------------------------------------------------- */

static void
link_begin(struct link *l)
{
	l->gone = l->again = false;
	l->due_ns = clock_awake_ns() + PERIOD_NS;
	timer_at(l->timer, l->beats ? l->due_ns : INT64_MAX);
	if (l->events->begun)
		l->events->begun(l);
	if (!l->client.finished)
		l->events->ask(l);
}

static void
link_say_absence(struct link *l, int err)
{
	if (err == ERR_NOT_FOUND || err == ERR_REFUSED)
		link_say_trouble(l, "is not running");
	else
		link_say_trouble(l, err_text(err));
}

/* A daemon that was there keeps the words that it was lost with. */
static void
link_connect(struct link *l)
{
	json_int_t seen = l->client.seen;
	int rc;

	client_close(&l->client);
	rc = client_connect(&l->client, l->call, &link_client_events, l);
	l->client.seen = seen;
	l->gone = rc < 0;
	if (rc == 0) {
		link_begin(l);
		return;
	}
	timer_at(l->timer, clock_awake_ns() + RETRY_NS);
	if (l->trouble[0] == '\0')
		link_say_absence(l, rc);
	if (l->events->troubled)
		l->events->troubled(l);
}

static void
link_tick(void *arg)
{
	struct link *l = arg;

	if (l->gone) {
		link_connect(l);
		return;
	}
	l->due_ns += PERIOD_NS;
	timer_at(l->timer, l->due_ns);
	if (l->client.awaited == 0) {
		link_ask(l);
		return;
	}
	if (l->trouble[0] == '\0')
		link_say_trouble(l, "does not answer");
	if (l->events->troubled)
		l->events->troubled(l);
}

/* ---- its life ----------------------------------------------------------- */

int
link_init(struct link *l, const struct call *call,
    const struct link_events *events, void *arg, bool beats)
{
	*l = (struct link){ .call = call,
		.events = events,
		.arg = arg,
		.beats = beats,
		.gone = true };
	return timer_new(call->loop, TIMER_COARSE, link_tick, l, &l->timer);
}

enum status
link_open(struct link *l)
{
	enum status status;

	client_close(&l->client);
	status = client_open(&l->client, l->call, &link_client_events, l);
	if (status == STATUS_DONE)
		link_begin(l);
	return status;
}

void
link_start(struct link *l)
{
	link_connect(l);
}

bool
link_is_over(const struct link *l)
{
	return l->client.finished && !l->gone;
}

void
link_write_trouble(
    struct page *p, const char *lead, const char *daemon, const char *trouble)
{
	page_line(p, RED, "%s  %s %s; waiting for it", lead, daemon, trouble);
}

void
link_close(struct link *l)
{
	client_close(&l->client);
	if (l->timer)
		timer_free(l->timer);
}
