#include "gateway/mqtt/receipts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/control/fields.h"
#include "common/log.h"

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

/* ---- the mark --------------------------------------------------------- */

/* Goes back to where an earlier gateway was. */
static void
take_mark(struct receipts *r)
{
	if (r->mark == 0 || r->mark >= r->question.since)
		return;
	r->question.since = r->mark;
	receipts_lost(r);
}

void
receipts_mark(struct receipts *r, uint64_t number)
{
	/* All but the first are our own. */
	if (r->mark > 0)
		return;
	r->mark = number;
	take_mark(r);
}

static uint64_t
publish_mark(struct receipts *r, const char *text, bool retain)
{
	return carrier_publish(r->carrier,
		   &(struct carrier_publication){ .topic = r->mark_topic,
		       .payload = text,
		       .qos = 1,
		       .retain = retain,
		       .number = r->numbered + 1 }) < 0
		   ? 0
		   : ++r->numbered;
}

static void
tell_mark(struct receipts *r)
{
	bool first = r->marked == 0;
	char text[24];

	if (r->marking > 0 || r->marked == r->question.since)
		return;
	snprintf(text, sizeof(text), "%" PRIu64, r->question.since);
	r->marking = publish_mark(r, text, true);
	if (r->marking == 0)
		return;
	r->marked = r->question.since;
	if (first)
		carrier_serve(r->carrier);
}

/* Returns false where it is not known yet from where on to tell. */
static bool
settle(struct receipts *r)
{
	if (!r->asked && r->asking == 0)
		r->asking = publish_mark(r, "", false);
	return r->asked && r->question.since > 0;
}

/* ---- receipts --------------------------------------------------------- */

void
receipts_up(struct receipts *r)
{
	r->asking = r->marking = r->marked = 0;
	receipts_go_on(r);
}

void
receipts_go_on(struct receipts *r)
{
	struct recent_event e;
	bool lost;

	if (!carrier_is_up(r->carrier) || !settle(r))
		return;
	tell_mark(r);
	while (r->listener && carrier_has_room(r->carrier) &&
	       r->count < RECEIPTS_OPEN_MAX &&
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

	if (number == r->asking) {
		r->asked = true;
		r->asking = 0;
	} else if (number == r->marking) {
		r->marking = 0;
	}
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

	if (body_count(reply, "finished_from") > r->question.since + 1)
		log_warning("mqtt some receipts are too long ago for ttsd to "
			    "tell them: ttsctl history has them");
	/* What comes after this is told. */
	if (ok && r->question.since == 0) {
		r->question.since = body_count(reply, "seq");
		take_mark(r);
	}
	json_decref(reply);
	receipts_go_on(r);
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
	topic_write(r->mark_topic, site, TOPIC_TOLD);
	rc = timer_new(l, TIMER_COARSE, receipts_retry, r, &r->timer);
	return rc < 0 ? rc : receipts_listen(r);
}

void
receipts_done(struct receipts *r)
{
	hub_leave(r->listener);
	timer_free(r->timer);
}
