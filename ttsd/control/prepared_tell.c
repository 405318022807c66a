/* What is told of messages that are made ahead: to who asks, in the log, and as
 * events. */
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "ttsd/control/prepared_internal.h"
#include "ttsd/control/reach.h"

static const char not_yet[] = "it is being made";

static struct shelf_state
place_state(const struct place *at)
{
	struct shelf_state s = { .why = at->why ? at->why : not_yet };

	if (at->item)
		s = shelf_item_state(at->item);
	if (!s.ready && s.why[0] == '\0')
		s.why = not_yet;
	return s;
}

/* Do both have the same to tell? */
static bool
is_same_place(const struct place *a, const struct place *b)
{
	return a->asked == b->asked && a->item == b->item &&
	       (a->item ||
		   strcmp(a->why ? a->why : "", b->why ? b->why : "") == 0);
}

/* Is it the first channel where all is so? It stands for the others. */
static bool
is_first(const struct prepared_message *m, size_t c)
{
	size_t i;

	for (i = 0; i < c; i++)
		if (is_same_place(&m->places[i], &m->places[c]))
			return false;
	return true;
}

/* The names of the channels where all is as on channel `c`, the first one;
 * those that `asks` may use (NULL: all). */
static json_t *
names_of(const struct prepared_message *m, size_t c, const struct session *asks)
{
	json_t *names = json_array();
	size_t i;

	for (i = c; i < m->all->channels; i++)
		if (is_same_place(&m->places[i], &m->places[c]) &&
		    (asks == NULL || reach_has(m->all->t, asks,
					 prepared_channel(m->all, i))))
			body_append(
			    &names, json_string(prepared_channel(m->all, i)));
	return names;
}

static json_t *
describe_place(const struct place *at, json_t *names)
{
	struct shelf_state s = place_state(at);
	json_t *o = json_pack("{s:b}", "ready", (int)s.ready);

	body_put(&o, "channels", names);
	if (s.ready)
		body_put(&o, "duration_ms", json_integer((json_int_t)s.ms));
	if (s.why[0])
		body_put_text(&o, "why", s.why);
	return o;
}

static json_t *
describe_message(const struct prepared_message *m, const struct session *asks)
{
	json_t *list = json_array(), *names;
	size_t c;

	for (c = 0; c < m->all->channels; c++) {
		if (!m->places[c].asked || !is_first(m, c))
			continue;
		names = names_of(m, c, asks);
		if (names && json_array_size(names) == 0)
			json_decref(names);
		else
			body_append(
			    &list, describe_place(&m->places[c], names));
	}
	return list;
}

json_t *
prepared_describe(const struct prepared *p, const struct conf_message *m,
    const struct session *asks)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->messages[i].conf == m)
			return describe_message(&p->messages[i], asks);
	return NULL;
}

static bool
is_missing(const struct place *at)
{
	return at->asked && !place_state(at).ready;
}

struct prepared_count
prepared_count(const struct prepared_message *m)
{
	struct prepared_count n = { 0 };
	size_t c;

	for (c = 0; c < m->all->channels; c++) {
		n.wanted += m->places[c].asked;
		n.ready += m->places[c].asked && !is_missing(&m->places[c]);
	}
	return n;
}

static int
message_missing(const struct prepared_message *m, struct buf *lines)
{
	struct prepared_count n = prepared_count(m);
	size_t c = 0;

	if (n.ready == n.wanted)
		return 0;
	while (!is_missing(&m->places[c]))
		c++;
	return buf_putf(lines,
	    "message %s is not prepared on channel %s (it is on %zu of %zu): "
	    "%s\n",
	    m->conf->block.name, prepared_channel(m->all, c), n.ready, n.wanted,
	    place_state(&m->places[c]).why);
}

int
prepared_missing(const struct prepared *p, struct buf *lines)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < p->count && rc == 0; i++)
		rc = message_missing(&p->messages[i], lines);
	return rc;
}

/* What a person could do about it. */
static const char *
advice(const struct place *at)
{
	if (at->item == NULL)
		return "see 'voices', and clips, for what there is";
	if (shelf_item_state(at->item).again)
		return "it is tried again; 'engines' and 'status' tell how "
		       "they are";
	return "shorten its text, or set prepare = no";
}

static void
log_place(const struct prepared_message *m, size_t c, size_t more)
{
	const struct place *at = &m->places[c];
	struct shelf_state s = place_state(at);
	char others[40] = "";

	if (more > 0)
		snprintf(others, sizeof(others), " and %zu more", more);
	if (s.why[0] == '\0')
		log_info("message=%s channel=%s%s is prepared: it is on air at "
			 "once when it is asked for; seconds=%.1f",
		    m->conf->block.name, prepared_channel(m->all, c), others,
		    (double)s.ms / 1000);
	else
		log_warning("message=%s channel=%s%s %s: %s reason=%s",
		    m->conf->block.name, prepared_channel(m->all, c), others,
		    s.ready ? "keeps what was prepared before"
			    : "is not prepared, and waits for its engine when "
			      "it is asked for",
		    advice(at), log_quote(s.why));
}

void
prepared_tell_place(const struct prepared_message *m, size_t c)
{
	json_t *names, *o;
	size_t count;

	if (!is_first(m, c))
		return;
	names = names_of(m, c, NULL);
	count = json_array_size(names);
	log_place(m, c, count > 0 ? count - 1 : 0);
	o = describe_place(&m->places[c], names);
	body_put(&o, "message", json_string(m->conf->block.name));
	event_publish(
	    m->all->t->server, EVENT_PREPARED, NULL, SERVER_ANY_LEAD, 0, o);
}

void
prepared_item_changed(void *arg, const struct shelf_item *item)
{
	const struct prepared *p = arg;
	size_t i, c;

	for (i = 0; i < p->count; i++)
		for (c = 0; c < p->channels; c++)
			if (p->messages[i].places[c].item == item)
				prepared_tell_place(&p->messages[i], c);
}
