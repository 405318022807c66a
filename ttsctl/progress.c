#include "ttsctl/progress.h"

#include <stdio.h>
#include <string.h>

#include "common/text/width.h"
#include "common/utf8.h"
#include "platform/client.h"
#include "ttsctl/table.h"

/* Who waits behind more than so many is told that these are before it. */
#define QUEUE_MAX 100
#define PROGRESS_MAX 1024

/* ---- the line ----------------------------------------------------------- */

/* Returns how many bytes are to be left out at the beginning of a text that the
 * rest fits in so many columns. */
static size_t
excess(const char *text, size_t len, size_t columns)
{
	size_t width = width_text(text, len), at = 0;
	uint32_t cp;

	while (at < len && width > columns) {
		at += utf8_decode(text + at, len - at, &cp);
		width -= width_of(cp);
	}
	return at;
}

/* Appends the end of what was said by now, which the line has room for. */
static void
append_said(char *out, size_t size, unsigned columns, const struct utterance *u)
{
	size_t used = strlen(out), all = strlen(u->text), len, skip;
	size_t room =
	    columns > page_width(out) + 4 ? columns - page_width(out) - 2 : 0;
	char said[PROGRESS_MAX];

	if (u->length == 0 || room == 0)
		return;
	len = utf8_offset(u->text, all, u->at + u->length);
	skip = excess(u->text, len, room);
	if (skip > 0)
		skip = excess(u->text, len, room - 1);
	utf8_sanitise(said, sizeof(said), u->text + skip, len - skip);
	snprintf(out + used, size - used, ": %s%s", skip > 0 ? "…" : "", said);
}

static void
write_on_air(
    char *out, size_t size, unsigned columns, const struct utterance *u)
{
	char on[CELL_MAX], left[CELL_MAX];
	size_t n;

	n = (size_t)snprintf(out, size,
	    "announcement %" JSON_INTEGER_FORMAT " is on air", u->id);
	if (u->for_ms >= 0 && n < size)
		n += (size_t)snprintf(out + n, size - n, " %.16s",
		    clock_text(on, sizeof(on), u->for_ms));
	if (u->left_ms >= 0 && n < size)
		snprintf(out + n, size - n, ", %s%.16s left",
		    u->guessed ? "~" : "",
		    clock_text(left, sizeof(left), u->left_ms));
	append_said(out, size, columns, u);
}

static bool
is_awaited(const json_t *ids, json_int_t id)
{
	const json_t *one;
	size_t i;

	json_array_foreach(ids, i, one)
	{
		if (json_integer_value(one) == id)
			return true;
	}
	return false;
}

/* One of those that are waited for that is on air; false: none is. */
static bool
find_on_air(const struct waiting *w, int64_t now_ms, struct utterance *out)
{
	const char *channel;
	json_t *id;

	json_object_foreach(w->air->on, channel, id)
	{
		if (air_find(w->air, channel, now_ms, false, out) &&
		    is_awaited(w->ids, out->id))
			return true;
	}
	return false;
}

static void
write_place(char *out, size_t size, const json_t *item, size_t before)
{
	const char *state = cell_text(item, "state");
	char due[CELL_MAX];
	size_t n;

	n = (size_t)snprintf(out, size, "announcement %" JSON_INTEGER_FORMAT,
	    json_integer_value(json_object_get(item, "id")));
	if (json_object_get(item, "due_ms"))
		snprintf(out + n, size - n, " is due in %.16s",
		    clock_text(due, sizeof(due),
			json_integer_value(json_object_get(item, "due_ms"))));
	else if (strcmp(state, "preempted") == 0)
		snprintf(out + n, size - n,
		    " was taken off the air by a more urgent one");
	else if (strcmp(state, "waits-for-readers") == 0)
		snprintf(
		    out + n, size - n, " waits for the readers of its channel");
	else if (before > 0)
		snprintf(
		    out + n, size - n, " is queued, %zu before it", before);
	else
		snprintf(out + n, size - n, " is the next one");
}

/* Of those that wait, the first one that a queue has. */
static void
write_waiting(char *out, size_t size, const struct waiting *w)
{
	const json_t *item;
	const char *channel;
	json_t *items;
	size_t i;

	json_object_foreach((json_t *)w->queues, channel, items)
	{
		json_array_foreach(items, i, item)
		{
			if (!is_awaited(
				w->ids, json_integer_value(
					    json_object_get(item, "id"))))
				continue;
			write_place(out, size, item, i);
			return;
		}
		if (i >= QUEUE_MAX)
			snprintf(out, size, "queued, %d and more before it",
			    QUEUE_MAX);
	}
}

/* All were spoken; who is to hear them has not told yet. */
static void
write_owed(char *out, size_t size, const json_t *owed)
{
	char names[CELL_MAX];
	json_t *outputs;
	const char *id;

	json_object_foreach((json_t *)owed, id, outputs)
	{
		if (json_array_size(outputs) == 0)
			continue;
		cell_plain(outputs, names, sizeof(names));
		snprintf(out, size,
		    "announcement %s was spoken; waiting for the receipts of "
		    "%.200s",
		    id, names);
		return;
	}
}

void
progress_write(char *out, size_t size, unsigned columns,
    const struct waiting *w, int64_t now_ms)
{
	struct utterance u;

	out[0] = '\0';
	if (json_array_size(w->ids) == 0)
		write_owed(out, size, w->owed);
	else if (find_on_air(w, now_ms, &u))
		write_on_air(out, size, columns, &u);
	else
		write_waiting(out, size, w);
	page_cut(out, size, columns);
}

/* ---- its connection ----------------------------------------------------- */

/* The last column stays free: a terminal would begin another line. */
static void
progress_draw(struct progress *p)
{
	char text[PROGRESS_MAX];
	unsigned columns;

	if (client_error_columns(&columns) < 0 || columns < 2)
		return;
	progress_write(
	    text, sizeof(text), columns - 1, &p->waiting, clock_utc_ms());
	if (text[0])
		line_show(text);
}

static void
progress_subscribe(struct progress *p)
{
	client_send(&p->link.client,
	    json_pack("{s:s, s:[s,s,s,s], s:O}", "op", "subscribe", "events",
		"started", "word", "preempted", "finished", "channel",
		p->channels));
}

static void
progress_begun(struct link *l)
{
	struct progress *p = l->arg;

	if (p->channels)
		progress_subscribe(p);
}

static void
progress_ask(struct link *l)
{
	const struct progress *p = l->arg;

	if (json_object_size(p->air.rates) == 0)
		client_send(&l->client, json_pack("{s:s}", "op", "channels"));
	else
		client_send(&l->client,
		    json_pack("{s:s, s:O, s:i}", "op", "queue", "channel",
			p->channels, "limit", QUEUE_MAX));
}

/* Without a name the first channel is meant. */
static void
take_channels(struct progress *p, const json_t *channels)
{
	const json_t *first = json_array_get(channels, 0);

	air_take_channels(&p->air, channels);
	if (first == NULL)
		return;
	if (p->channels == NULL) {
		p->channels = json_pack("[O]", json_object_get(first, "name"));
		progress_subscribe(p);
	}
	link_ask(&p->link);
}

static void
progress_replied(struct link *l, const json_t *reply)
{
	json_t *queues = json_object_get(reply, "queues"), *items;
	struct progress *p = l->arg;
	const char *channel;

	if (json_object_get(reply, "channels"))
		take_channels(p, json_object_get(reply, "channels"));
	json_object_foreach(queues, channel, items)
	{
		air_take_queue(&p->air, channel, items);
	}
	if (queues) {
		json_decref(p->queues);
		p->queues = json_incref(queues);
		p->waiting.queues = queues;
		progress_draw(p);
	}
}

static void
progress_told(struct link *l, const json_t *event)
{
	struct progress *p = l->arg;

	air_take_event(&p->air, event);
	progress_draw(p);
}

static void
progress_lost(struct link *l, const char *how)
{
	(void)l;
	(void)how;
	line_clear();
}

void
progress_init(struct progress *p, const struct call *call, const json_t *ids,
    const json_t *owed)
{
	static const struct link_events events = { .begun = progress_begun,
		.ask = progress_ask,
		.reply = progress_replied,
		.event = progress_told,
		.lost = progress_lost };
	const json_t *channel = json_object_get(call->request, "channel");
	unsigned columns;

	*p = (struct progress){ .on = !call_flag(call, "json") &&
				      !call_flag(call, "quiet") &&
				      client_error_columns(&columns) == 0 };
	if (!p->on)
		return;
	air_init(&p->air);
	p->waiting =
	    (struct waiting){ .air = &p->air, .ids = ids, .owed = owed };
	if (channel)
		p->channels = json_is_array(channel)
				  ? json_copy((json_t *)channel)
				  : json_pack("[O]", channel);
	if (link_init(&p->link, call, &events, p, true) == 0)
		link_start(&p->link);
}

void
progress_done(struct progress *p)
{
	if (!p->on)
		return;
	line_clear();
	link_close(&p->link);
	air_done(&p->air);
	json_decref(p->channels);
	json_decref(p->queues);
}
