#include "gateway/daemons/recent.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/control/fields.h"

static struct recent_event *
recent_at(struct recent *r, uint64_t at)
{
	return &r->kept[at % RECENT_EVENTS_MAX];
}

void
recent_init(struct recent *r, uint64_t since)
{
	*r = (struct recent){ .last = since, .complete_since = since };
}

/* Nobody finds what is up to that number. */
static void
recent_forget(struct recent *r, uint64_t number)
{
	if (number > r->complete_since)
		r->complete_since = number;
}

static void
drop_first(struct recent *r)
{
	struct recent_event *e = recent_at(r, r->first++);

	r->bytes -= e->len;
	recent_forget(r, e->number);
	free((char *)(uintptr_t)e->line);
}

void
recent_done(struct recent *r)
{
	while (r->first < r->end)
		drop_first(r);
}

void
recent_begin(struct recent *r, uint64_t number)
{
	if (r->last == 0)
		r->last = r->complete_since = number;
}

/* Puts the line and the two names into one piece of memory. */
static bool
copy_event(struct recent_event *e, const char *line, const char *name,
    const char *channel)
{
	size_t n = strlen(name) + 1, c = strlen(channel) + 1;
	char *copy = malloc(e->len + 1 + n + c);

	if (copy == NULL)
		return false;
	e->line = copy;
	e->name = copy + e->len + 1;
	e->channel = e->name + n;
	memcpy(copy, line, e->len);
	copy[e->len] = '\0';
	memcpy(copy + e->len + 1, name, n);
	memcpy(copy + e->len + 1 + n, channel, c);
	return true;
}

void
recent_keep(struct recent *r, const char *line, size_t len)
{
	json_t *body = json_loadb(line, len, 0, NULL);
	const char *name = body_string(body, "event");
	const char *channel = body_string(body, "channel");
	struct recent_event e = { .len = len,
		.number = body_count(body, "seq") };

	if (name && copy_event(&e, line, name, channel ? channel : "")) {
		while (r->end > r->first &&
		       (r->end - r->first == RECENT_EVENTS_MAX ||
			   r->bytes + len > RECENT_BYTES_MAX))
			drop_first(r);
		*recent_at(r, r->end++) = e;
		r->bytes += len;
	} else if (name) {
		recent_forget(r, e.number);
	}
	if (name && e.number > r->last)
		r->last = e.number;
	json_decref(body);
}

uint64_t
recent_place(const struct recent *r, uint64_t since)
{
	uint64_t at = r->first;

	if (since == 0)
		return r->end;
	while (at < r->end && r->kept[at % RECENT_EVENTS_MAX].number <= since)
		at++;
	return at;
}

bool
recent_take(const struct recent *r, uint64_t *place, struct recent_event *out,
    bool *lost)
{
	*lost = *place < r->first;
	if (*lost)
		*place = r->first;
	if (*place == r->end)
		return false;
	*out = r->kept[(*place)++ % RECENT_EVENTS_MAX];
	return true;
}
