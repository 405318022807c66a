#include "ttsd/air/event.h"

#include <stdlib.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "daemon/server.h"

struct event_entry {
	enum event event;
	int64_t lead_ms;
	uint64_t sample;
	json_t *body;
};

const char *const event_names[] = {
#define X(name, text) [EVENT_##name] = text,
	TTSD_EVENTS(X)
#undef X
	    NULL
};

void
event_publish(struct server *sv, enum event event, const char *channel,
    int64_t lead_ms, uint64_t sample, json_t *body)
{
	json_t *whole;

	if (!server_wants(sv, event, channel)) {
		json_decref(body);
		return;
	}
	whole = json_object();
	body_put(&whole, "event", json_string(event_names[event]));
	if (channel) {
		body_put(&whole, "channel", json_string(channel));
		body_put(&whole, "sample", json_integer((json_int_t)sample));
	}
	body_put(&whole, "time", json_integer(clock_utc_ms()));
	body_merge(&whole, body);
	json_decref(body);
	server_publish(sv, event, channel, lead_ms, whole);
}

static bool
make_room(struct event_queue *q)
{
	struct event_entry *entries;
	size_t cap = q->cap ? q->cap * 2 : 16;

	if (q->count < q->cap)
		return true;
	entries = realloc(q->entries, cap * sizeof(*entries));
	if (entries == NULL)
		return false;
	q->entries = entries;
	q->cap = cap;
	return true;
}

int
event_hold(struct event_queue *q, enum event event, int64_t lead_ms,
    uint64_t sample, json_t *body)
{
	size_t at = q->count;

	if (!make_room(q)) {
		json_decref(body);
		return ERR_NOMEM;
	}
	for (; at > 0 && q->entries[at - 1].sample > sample; at--)
		q->entries[at] = q->entries[at - 1];
	q->entries[at] = (struct event_entry){ event, lead_ms, sample, body };
	q->count++;
	return 0;
}

/* Publishes one that was held. */
static void
entry_publish(struct event_queue *q, struct server *sv, const char *channel,
    const struct event_entry *e)
{
	if (e->event == EVENT_FINISHED)
		q->telling(
		    q->arg, body_id(e->body, "id"), server_last_number(sv) + 1);
	event_publish(sv, e->event, channel, e->lead_ms, e->sample, e->body);
}

void
event_flush(struct event_queue *q, struct server *sv, const char *channel,
    uint64_t position, uint32_t rate_hz)
{
	const struct event_entry *e;
	size_t i, kept = 0;
	uint64_t lead;

	for (i = 0; i < q->count; i++) {
		e = &q->entries[i];
		lead =
		    e->lead_ms > 0 ? (uint64_t)e->lead_ms * rate_hz / 1000 : 0;
		if (!q->overdue && e->sample > lead &&
		    e->sample - lead > position)
			q->entries[kept++] = *e;
		else
			entry_publish(q, sv, channel, e);
	}
	q->count = kept;
	q->overdue = false;
}

json_t *
event_queue_save(const struct event_queue *q)
{
	json_t *list = json_array(), *one;
	const struct event_entry *e;
	size_t i;

	for (i = 0; i < q->count; i++) {
		e = &q->entries[i];
		one = json_pack("{s:s, s:I, s:I}", "event",
		    event_names[e->event], "lead_ms", (json_int_t)e->lead_ms,
		    "sample", (json_int_t)e->sample);
		if (e->body)
			body_put(&one, "body", json_incref(e->body));
		body_append(&list, one);
	}
	return list;
}

int
event_queue_restore(struct event_queue *q, const json_t *saved)
{
	const json_t *one;
	const char *name;
	int event, rc = 0;
	size_t i;

	for (i = 0; i < json_array_size(saved) && rc == 0; i++) {
		one = json_array_get(saved, i);
		name = body_string(one, "event");
		event = name ? word_index(event_names, name) : -1;
		if (event < 0)
			return ERR_INVALID;
		rc = event_hold(q, (enum event)event,
		    body_integer(one, "lead_ms", 0), body_count(one, "sample"),
		    json_incref(json_object_get(one, "body")));
	}
	return rc;
}

void
event_queue_done(struct event_queue *q)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		json_decref(q->entries[i].body);
	free(q->entries);
	*q = (struct event_queue){ 0 };
}
