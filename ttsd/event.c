#include "ttsd/event.h"

#include <stdlib.h>

#include "platform/server.h"

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
	json_object_set_new(whole, "event", json_string(event_names[event]));
	if (channel) {
		json_object_set_new(whole, "channel", json_string(channel));
		json_object_set_new(
		    whole, "sample", json_integer((json_int_t)sample));
	}
	json_object_set_new(whole, "time", json_integer(clock_utc_ms()));
	json_object_update(whole, body);
	json_decref(body);
	server_publish(sv, event, channel, lead_ms, whole);
}

void
event_hold(struct event_queue *q, enum event event, int64_t lead_ms,
    uint64_t sample, json_t *body)
{
	struct event_entry *entries;
	size_t cap;

	if (q->count == q->cap) {
		cap = q->cap ? q->cap * 2 : 16;
		entries = realloc(q->entries, cap * sizeof(*entries));
		if (entries == NULL) {
			json_decref(body);
			return;
		}
		q->entries = entries;
		q->cap = cap;
	}
	q->entries[q->count++] =
	    (struct event_entry){ event, lead_ms, sample, body };
}

void
event_flush(struct event_queue *q, struct server *sv, const char *channel)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		event_publish(sv, q->entries[i].event, channel,
		    q->entries[i].lead_ms, q->entries[i].sample,
		    q->entries[i].body);
	q->count = 0;
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
