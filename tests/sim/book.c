#include "tests/sim/book.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/test.h"

struct entry {
	bool queued, ended;
};

struct book {
	struct client *client;
	struct entry *entries; /* by id */
	size_t cap;
	uint64_t last;
};

struct book *
book_open(void)
{
	struct book *b = calloc(1, sizeof(*b));

	b->client = client_open(STATION_CONTROL);
	assert_true(reply_ok(client_ask(b->client,
	    "{'op':'subscribe','events':['queued','started','finished']}")));
	return b;
}

void
book_close(struct book *b)
{
	client_close(b->client);
	free(b->entries);
	free(b);
}

static struct entry *
entry_of(struct book *b, uint64_t id)
{
	size_t cap = b->cap;

	while (id >= cap)
		cap = cap ? 2 * cap : 1024;
	if (cap > b->cap) {
		b->entries = realloc(b->entries, cap * sizeof(*b->entries));
		memset(b->entries + b->cap, 0,
		    (cap - b->cap) * sizeof(*b->entries));
		b->cap = cap;
	}
	return &b->entries[id];
}

static const char *
take_finished(struct entry *e, const json_t *event)
{
	int64_t first = json_number(event, "first_sample");
	int64_t last = json_number(event, "last_sample");
	bool spoken = strcmp(json_text(event, "outcome"), "spoken") == 0;

	if (!e->queued)
		return "ended and was never queued";
	if (e->ended)
		return "ended twice";
	if (last < first)
		return "ended before it began";
	if (spoken && !json_object_get(event, "first_sample"))
		return "spoken without a sample";
	e->ended = true;
	return NULL;
}

static const char *
take_event(struct book *b, const json_t *event)
{
	const char *name = json_text(event, "event");
	uint64_t id = (uint64_t)json_number(event, "id");
	struct entry *e = entry_of(b, id);

	if (strcmp(name, "finished") == 0)
		return take_finished(e, event);
	if (strcmp(name, "started") == 0)
		return !e->queued || e->ended ? "started out of turn" : NULL;
	if (e->queued)
		return "queued twice";
	e->queued = true;
	if (id > b->last)
		b->last = id;
	return NULL;
}

const char *
book_check(struct book *b)
{
	const json_t *event;
	const char *wrong;

	while ((event = client_event(b->client)) != NULL) {
		wrong = take_event(b, event);
		if (wrong)
			return wrong;
	}
	return peer_ended(client_peer(b->client)) ? "the book was dropped"
						  : NULL;
}

const char *
book_accepted(struct book *b, uint64_t id)
{
	const char *wrong = book_check(b);

	if (wrong)
		return wrong;
	return entry_of(b, id)->queued ? NULL : "accepted and never queued";
}

uint64_t
book_last(const struct book *b)
{
	return b->last;
}

const char *
book_settle(struct book *b)
{
	const json_t *event;
	const char *wrong;
	uint64_t id;

	/* The daemon is gone: what it said last has arrived. */
	while ((event = client_event(b->client)) != NULL) {
		wrong = take_event(b, event);
		if (wrong)
			return wrong;
	}
	for (id = 1; id <= b->last; id++)
		if (!entry_of(b, id)->ended)
			return "an announcement has no outcome";
	return NULL;
}
