#include "gateway/mqtt/receipts.h"

#include <string.h>

#define RETRY_NS (1 * NS_PER_S)
/* Bytes of an event, with a NUL. */
#define RECEIPT_MAX 4096

static int receipts_listen(struct receipts *r);

static void
receipts_retry(void *arg)
{
	struct receipts *r = arg;

	if (r->listener == NULL)
		receipts_lost(r);
}

/* Returns false where it is to be tried again. */
static bool
send_receipt(struct receipts *r, const struct recent_event *e)
{
	if (e->len >= RECEIPT_MAX)
		return true; /* no event of these is so long */
	if (carrier_publish(
		r->carrier, &(struct carrier_publication){ .topic = r->topic,
				.payload = e->line,
				.qos = 1,
				.number = r->numbered + 1 }) < 0)
		return false;
	r->open[r->count].number = ++r->numbered;
	r->open[r->count].event = e->number;
	r->open[r->count++].out = false;
	return true;
}

void
receipts_go_on(struct receipts *r)
{
	struct recent_event e;
	bool lost;

	while (r->listener && carrier_is_up(r->carrier) &&
	       carrier_has_room(r->carrier) && r->count < RECEIPTS_OPEN_MAX &&
	       hub_take(r->listener, &e, &lost)) {
		/* The daemon remembers more than its hub. */
		if (lost || !send_receipt(r, &e)) {
			receipts_lost(r);
			return;
		}
	}
}

void
receipts_published(struct receipts *r, uint64_t number)
{
	size_t i, out = 0;

	for (i = 0; i < r->count; i++)
		if (r->open[i].number == number)
			r->open[i].out = true;
	while (out < r->count && r->open[out].out)
		r->question.since = r->open[out++].event;
	r->count -= out;
	memmove(r->open, r->open + out, r->count * sizeof(r->open[0]));
	receipts_go_on(r);
}

void
receipts_lost(struct receipts *r)
{
	r->count = 0;
	hub_leave(r->listener);
	r->listener = NULL;
	if (receipts_listen(r) < 0)
		timer_at(r->timer, clock_awake_ns() + RETRY_NS);
}

/* ---- the daemon ------------------------------------------------------- */

static void
receipts_ready(void *arg, bool ok, const char *line, size_t len)
{
	struct receipts *r = arg;
	json_t *reply = json_loadb(line, len, 0, NULL);

	/* What comes after this is told. */
	if (ok && r->question.since == 0)
		r->question.since =
		    (uint64_t)json_integer_value(json_object_get(reply, "seq"));
	json_decref(reply);
}

static void
receipts_more(void *arg)
{
	receipts_go_on(arg);
}

static void
receipts_absent(void *arg, int err)
{
	(void)arg;
	(void)err;
}

static const struct hub_receiver receiver = { .ready = receipts_ready,
	.more = receipts_more,
	.absent = receipts_absent,
	.beat = receipts_more };

static int
receipts_listen(struct receipts *r)
{
	return hub_join(
	    r->hubs, r->loop, &r->question, &receiver, r, &r->listener);
}

int
receipts_init(struct receipts *r, struct loop *l, struct hub **hubs,
    const char *path, const char *site, struct carrier *carrier)
{
	int rc;

	*r = (struct receipts){ .loop = l, .hubs = hubs, .carrier = carrier };
	r->question = (struct hub_question){ .path = path,
		.events = "[\"finished\",\"receipt\"]" };
	topic_write(r->topic, site, TOPIC_RECEIPTS);
	rc = timer_new(l, TIMER_COARSE, receipts_retry, r, &r->timer);
	return rc < 0 ? rc : receipts_listen(r);
}

void
receipts_done(struct receipts *r)
{
	hub_leave(r->listener);
	timer_free(r->timer);
}
