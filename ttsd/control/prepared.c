#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "ttsd/control/message.h"
#include "ttsd/control/prepared_internal.h"
#include "ttsd/control/say.h"

/* So long it goes on in one turn of the loop. */
#define TURN_NS (NS_PER_MS / 2)

const char *
prepared_channel(const struct prepared *p, size_t c)
{
	return conf_channel_at(&p->t->conf, c)->block.name;
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
	prepared_tell_place(m, c);
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
		    is_named(&p->t->conf, names, prepared_channel(p, c));
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
		rc = shelf_new(t->loop, prepared_item_changed, p, &p->shelf);
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
