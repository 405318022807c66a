#include "ttsd/control/prepared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "ttsd/air/shelf.h"
#include "ttsd/control/message.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/say.h"

/* So long it goes on in one turn of the loop. */
#define TURN_NS (NS_PER_MS / 2)

/* A message on a channel. */
struct place {
	bool asked; /* it is to be ready there */
	struct shelf_item *item;
	char *why; /* it has no item; NULL: it was not looked at yet */
};

struct prepared_message {
	const struct prepared *all;
	const struct conf_message *conf;
	struct place *places; /* by channels, in the configuration's order */
};

struct prepared {
	struct ttsd *t;
	struct shelf *shelf;
	struct timer *turn;
	struct prepared_message *messages;
	size_t count;
	size_t channels;
	/* What is looked at next; `message` is `count`: nothing is. */
	size_t message, channel;
	bool later; /* some wait for engines to tell their voices */
	bool memory_short;
	bool stopped;
};

static const char *
channel_at(const struct prepared *p, size_t c)
{
	return conf_channel_at(&p->t->conf, c)->block.name;
}

/* ---- what is told of them ----------------------------------------------- */

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
		    (asks == NULL ||
			reach_has(m->all->t, asks, channel_at(m->all, i))))
			body_append(&names, json_string(channel_at(m->all, i)));
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

size_t
prepared_messages(const struct prepared *p)
{
	return p->count;
}

const struct prepared_message *
prepared_at(const struct prepared *p, size_t i, const char **name)
{
	*name = p->messages[i].conf->block.name;
	return &p->messages[i];
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
	    m->conf->block.name, channel_at(m->all, c), n.ready, n.wanted,
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
		    m->conf->block.name, channel_at(m->all, c), others,
		    (double)s.ms / 1000);
	else
		log_warning("message=%s channel=%s%s %s: %s reason=%s",
		    m->conf->block.name, channel_at(m->all, c), others,
		    s.ready ? "keeps what was prepared before"
			    : "is not prepared, and waits for its engine when "
			      "it is asked for",
		    advice(at), log_quote(s.why));
}

/* Tells of all channels where it is as on this one, the first. */
static void
place_tell(const struct prepared_message *m, size_t c)
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

static void
item_changed(void *arg, const struct shelf_item *item)
{
	const struct prepared *p = arg;
	size_t i, c;

	for (i = 0; i < p->count; i++)
		for (c = 0; c < p->channels; c++)
			if (p->messages[i].places[c].item == item)
				place_tell(&p->messages[i], c);
}

/* ---- looking at them ---------------------------------------------------- */

/* Returns the announcement that it would be there; NULL with an error in `r`,
 * or with `later` set. */
static struct announcement *
compose(
    const struct prepared_message *m, size_t c, struct reply *r, bool *later)
{
	struct ttsd *t = m->all->t;
	struct say_request s = { .t = t, .ch = t->channels[c], .r = r };
	json_t *named = json_pack("{s:s}", "message", m->conf->block.name);
	json_t *whole = named ? message_fill(m->conf, named, r) : NULL;

	s.body = whole;
	if (whole == NULL || !say_compose(&s)) {
		announcement_free(s.a);
		s.a = NULL;
	}
	if (s.a)
		s.a->playout = &s.ch->playout;
	*later = s.later;
	json_decref(whole);
	json_decref(named);
	return s.a;
}

static void
place_blame(const struct prepared_message *m, size_t c, const char *why)
{
	struct place *at = &m->places[c];

	if (at->why && strcmp(at->why, why) == 0 && !at->item)
		return;
	free(at->why);
	at->why = strdup(why);
	at->item = NULL;
	place_tell(m, c);
}

static void
place_put(struct prepared *p, struct place *at, struct announcement *a)
{
	struct shelf_item *item = shelf_put(p->shelf, a);

	if (item == NULL) {
		p->memory_short = true;
		return;
	}
	at->item = item;
	free(at->why);
	at->why = NULL;
}

static void
look_at(struct prepared *p, const struct prepared_message *m, size_t c)
{
	struct place *at = &m->places[c];
	struct reply r = { .body = NULL };
	struct announcement *a;
	bool later;

	if (!at->asked)
		return;
	a = compose(m, c, &r, &later);
	if (a)
		place_put(p, at, a);
	else if (later)
		p->later = true;
	else if (r.error == PROTO_OK || r.error == PROTO_UNAVAILABLE)
		p->memory_short = true;
	else
		place_blame(m, c, r.message);
	/* Unless it is to be another, what there was stays. */
	shelf_put_again(at->item);
}

static void
look_at_next(struct prepared *p)
{
	look_at(p, &p->messages[p->message], p->channel);
	if (++p->channel < p->channels)
		return;
	p->channel = 0;
	p->message++;
}

static void
prepared_end_round(struct prepared *p)
{
	shelf_settle(p->shelf);
	if (!p->memory_short)
		return;
	log_warning("not all messages that are to be prepared were looked at: "
		    "out of memory; it is tried again in a second");
	prepared_refresh(p);
	timer_at(p->turn, clock_awake_ns() + NS_PER_S);
}

static void
prepared_turn(void *arg)
{
	struct prepared *p = arg;
	int64_t end_ns = clock_awake_ns() + TURN_NS;

	while (p->message < p->count && clock_awake_ns() < end_ns)
		look_at_next(p);
	if (p->message < p->count)
		timer_at(p->turn, clock_awake_ns());
	else
		prepared_end_round(p);
}

void
prepared_refresh(struct prepared *p)
{
	if (p == NULL || p->stopped)
		return;
	p->message = p->channel = 0;
	p->later = p->memory_short = false;
	shelf_begin(p->shelf);
	timer_at(p->turn, clock_awake_ns());
}

void
prepared_hear(struct prepared *p)
{
	if (p->later)
		prepared_refresh(p);
}

void
prepared_make_again(struct prepared *p, const struct engine *e)
{
	shelf_make_again(p->shelf, e);
	prepared_refresh(p);
}

/* ---- life --------------------------------------------------------------- */

static bool
is_named(const struct conf *conf, char *const *names, const char *channel)
{
	while (*names && !conf_name_has(conf, *names, channel))
		names++;
	return *names != NULL;
}

static int
message_init(struct prepared_message *m, const struct prepared *p,
    const struct conf_message *conf)
{
	char *const *names = conf->channels;
	size_t c;

	*m = (struct prepared_message){ .all = p, .conf = conf };
	m->places = calloc(p->channels, sizeof(*m->places));
	for (c = 0; m->places && c < p->channels; c++)
		m->places[c].asked =
		    names == NULL || names[0] == NULL ||
		    is_named(&p->t->conf, names, channel_at(p, c));
	return m->places ? 0 : ERR_NOMEM;
}

static int
make_messages(struct prepared *p)
{
	const struct conf *conf = &p->t->conf;
	const struct conf_message *m;
	size_t i;
	int rc = 0;

	p->messages = calloc(conf->messages.count + 1, sizeof(*p->messages));
	if (p->messages == NULL)
		return ERR_NOMEM;
	for (i = 0; i < conf->messages.count && rc == 0; i++) {
		m = conf_message_at(conf, i);
		if (m->prepare)
			rc = message_init(&p->messages[p->count++], p, m);
	}
	p->message = p->count;
	return rc;
}

int
prepared_new(struct ttsd *t, struct prepared **out)
{
	struct prepared *p = calloc(1, sizeof(*p));
	int rc;

	*out = p;
	if (p == NULL)
		return ERR_NOMEM;
	*p = (struct prepared){ .t = t, .channels = t->conf.channels.count };
	rc = make_messages(p);
	if (rc == 0)
		rc = timer_new(
		    t->loop, TIMER_COARSE, prepared_turn, p, &p->turn);
	if (rc == 0)
		rc = shelf_new(t->loop, item_changed, p, &p->shelf);
	return rc;
}

static void
message_done(struct prepared_message *m)
{
	size_t c;

	for (c = 0; m->places && c < m->all->channels; c++)
		free(m->places[c].why);
	free(m->places);
}

void
prepared_free(struct prepared *p)
{
	size_t i;

	if (p == NULL)
		return;
	shelf_free(p->shelf);
	timer_free(p->turn);
	for (i = 0; i < p->count; i++)
		message_done(&p->messages[i]);
	free(p->messages);
	free(p);
}

void
prepared_stop(struct prepared *p)
{
	p->stopped = true;
	timer_at(p->turn, INT64_MAX);
	shelf_stop(p->shelf);
}

struct shelf *
prepared_shelf(const struct prepared *p)
{
	return p->shelf;
}
