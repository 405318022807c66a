#include "ttsd/air/shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/child/backoff.h"
#include "common/err.h"
#include "common/list.h"

#define RETRY_MIN_NS (2 * NS_PER_S)
#define RETRY_MAX_NS (300 * NS_PER_S)

struct shelf_item {
	struct shelf_item *next;
	struct announcement *asked;  /* nothing of it is ever made */
	struct announcement *kept;   /* made; NULL: not yet */
	struct announcement *making; /* NULL: nothing is */
	bool wanted;                 /* it was told, since shelf_begin() */
	bool refused;                /* it is too long */
	struct backoff backoff;
	int64_t try_ns; /* it is made then; INT64_MAX: it need not be */
	char why[200];
};

struct shelf {
	struct shelf_item *items; /* as they were told */
	struct timer *timer;
	void (*changed)(void *arg, const struct shelf_item *item);
	void *arg;
	bool stopped;
};

static const char why_makeshift[] = "the engine failed, and its fallback spoke";

/* ---- what there is ------------------------------------------------------ */

static uint64_t
announcement_ms(const struct announcement *a)
{
	return a ? a->made->samples * 1000 / a->playout->format.rate_hz : 0;
}

struct shelf_state
shelf_item_state(const struct shelf_item *item)
{
	return (struct shelf_state){ .ready = item->kept != NULL,
		.ms = announcement_ms(item->kept),
		.why = item->why,
		.again = item->try_ns < INT64_MAX };
}

static bool
is_same(const struct announcement *a, const struct announcement *other)
{
	return announcement_says_same(a, other) &&
	       playout_is_alike(a->playout, other->playout);
}

struct announcement *
shelf_find(const struct shelf *s, const struct announcement *a)
{
	struct shelf_item *it = s ? s->items : NULL;

	for (; it; it = it->next)
		if (it->kept && is_same(a, it->kept))
			return it->kept;
	return NULL;
}

static struct shelf_item *
find_making(const struct shelf *s, const struct announcement *a)
{
	struct shelf_item *it = s->items;

	while (it->making != a)
		it = it->next;
	return it;
}

/* ---- bounds ------------------------------------------------------------- */

/* How much of the whole is left for `a`, whose item gives up what it has. */
static uint64_t
ms_left(const struct shelf *s, const struct announcement *a)
{
	const struct shelf_item *it;
	uint64_t ms = 0;

	for (it = s->items; it; it = it->next)
		if (it->making != a)
			ms += announcement_ms(it->kept) +
			      announcement_ms(it->making);
	return ms < SHELF_MAX_MS ? SHELF_MAX_MS - ms : 0;
}

uint64_t
shelf_room(const struct shelf *s, const struct announcement *a)
{
	uint64_t left = ms_left(s, a);

	return playout_samples(
	    a->playout, left < SHELF_ITEM_MAX_MS ? left : SHELF_ITEM_MAX_MS);
}

const char *
shelf_refuse(struct shelf *s, const struct announcement *a)
{
	find_making(s, a)->refused = true;
	return ms_left(s, a) < SHELF_ITEM_MAX_MS
		   ? "all that is prepared would be longer than ten minutes"
		   : "it is longer than a minute, with its chime, pauses and "
		     "repetitions";
}

/* ---- making ------------------------------------------------------------- */

/* It is to be made now, whatever came of it before. */
static void
item_ask(struct shelf_item *it)
{
	it->refused = false;
	it->try_ns = 0;
	backoff_reset(&it->backoff);
}

void
shelf_made(struct shelf *s)
{
	if (!s->stopped)
		timer_at(s->timer, clock_awake_ns());
}

static void
drop(struct announcement *a)
{
	if (a)
		synthesis_stop(a);
	announcement_free(a);
}

/* It is not ready as it should be, because of `why`; that is told once. */
static void
item_fail(struct shelf *s, struct shelf_item *it, const char *why)
{
	bool told = strcmp(it->why, why) == 0;

	it->try_ns = INT64_MAX;
	if (!it->refused)
		it->try_ns = clock_awake_ns() +
			     backoff_next(&it->backoff, platform_random());
	snprintf(it->why, sizeof(it->why), "%s", why);
	if (!told)
		s->changed(s->arg, it);
}

static void
item_keep(struct shelf *s, struct shelf_item *it)
{
	bool first = it->kept == NULL;

	drop(it->kept);
	it->kept = it->making;
	it->making = NULL;
	if (it->kept->made->makeshift) {
		if (first)
			it->why[0] = '\0';
		item_fail(s, it, why_makeshift);
		return;
	}
	it->try_ns = INT64_MAX;
	it->why[0] = '\0';
	backoff_reset(&it->backoff);
	s->changed(s->arg, it);
}

/* Takes what has been made. */
static void
item_take(struct shelf *s, struct shelf_item *it)
{
	struct announcement *a = it->making;

	if (a->made->making == MAKING_DONE) {
		item_keep(s, it);
		return;
	}
	it->making = NULL;
	item_fail(s, it, a->made->reason);
	announcement_free(a);
}

/* Who makes the last of it: its text, behind a chime. */
static const struct engine *
maker_of(const struct shelf_item *it)
{
	const struct saying *say = it->asked->asked.saying;
	size_t i = say->part_count;

	while (i > 0 && say->parts[i - 1].engine == NULL)
		i--;
	return i > 0 ? say->parts[i - 1].engine : NULL;
}

static bool
maker_is_taken(const struct shelf *s, const struct shelf_item *it)
{
	const struct engine *e = maker_of(it);
	const struct shelf_item *other;

	for (other = s->items; other; other = other->next)
		if (other->making && maker_of(other) == e)
			return true;
	return false;
}

/* One that says the same, of which nothing is made; NULL without memory. */
static struct announcement *
say_same(const struct announcement *other)
{
	struct playout *p = other->playout;
	struct announcement *a = announcement_new(p->sample_bytes);

	if (a == NULL)
		return NULL;
	announcement_say_as(a, other->asked.saying);
	a->asked.repeat = other->asked.repeat;
	a->asked.gap = other->asked.gap;
	a->playout = p;
	return a;
}

static void
item_begin(struct shelf *s, struct shelf_item *it)
{
	struct announcement *a = say_same(it->asked);

	if (a == NULL) {
		item_fail(s, it, "out of memory");
		return;
	}
	a->shelf = s;
	it->making = a;
	it->try_ns = INT64_MAX;
	synthesis_continue(a->playout, a);
}

static void
shelf_step(void *arg)
{
	struct shelf *s = arg;
	struct shelf_item *it;
	int64_t now = clock_awake_ns(), next = INT64_MAX;

	for (it = s->items; it; it = it->next)
		if (it->making && announcement_is_made(it->making))
			item_take(s, it);
	for (it = s->items; it; it = it->next) {
		if (it->making || maker_is_taken(s, it))
			continue;
		if (it->try_ns <= now)
			item_begin(s, it);
		if (it->try_ns < next)
			next = it->try_ns;
	}
	/* One may have been made at once, and have asked for another step. */
	for (it = s->items; it; it = it->next)
		if (it->making && announcement_is_made(it->making))
			next = now;
	timer_at(s->timer, next);
}

/* ---- what is to be there ------------------------------------------------ */

int
shelf_new(struct loop *l,
    void (*changed)(void *arg, const struct shelf_item *item), void *arg,
    struct shelf **out)
{
	struct shelf *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct shelf){ .changed = changed, .arg = arg };
	rc = timer_new(l, TIMER_COARSE, shelf_step, s, &s->timer);
	if (rc == 0)
		*out = s;
	else
		free(s);
	return rc;
}

static void
item_free(struct shelf_item *it)
{
	drop(it->making);
	drop(it->kept);
	announcement_free(it->asked);
	free(it);
}

void
shelf_free(struct shelf *s)
{
	struct shelf_item *it;

	if (s == NULL)
		return;
	while ((it = s->items) != NULL) {
		s->items = it->next;
		item_free(it);
	}
	timer_free(s->timer);
	free(s);
}

void
shelf_stop(struct shelf *s)
{
	struct shelf_item *it;

	s->stopped = true;
	timer_at(s->timer, INT64_MAX);
	for (it = s->items; it; it = it->next) {
		drop(it->making);
		it->making = NULL;
	}
}

void
shelf_begin(struct shelf *s)
{
	struct shelf_item *it;

	for (it = s->items; it; it = it->next)
		it->wanted = false;
}

void
shelf_settle(struct shelf *s)
{
	struct shelf_item *it, *next;
	bool room = false;

	for (it = s->items; it; it = next) {
		next = it->next;
		if (it->wanted)
			continue;
		LIST_REMOVE(s->items, it);
		item_free(it);
		room = true;
	}
	for (it = s->items; it && room; it = it->next)
		if (it->refused)
			item_ask(it);
	shelf_made(s);
}

/* Takes over `a`, also without memory. */
static struct shelf_item *
item_add(struct shelf *s, struct announcement *a)
{
	struct shelf_item *it = calloc(1, sizeof(*it));

	if (it == NULL) {
		announcement_free(a);
		return NULL;
	}
	*it = (struct shelf_item){ .asked = a,
		.backoff = {
		    .initial_ns = RETRY_MIN_NS, .max_ns = RETRY_MAX_NS } };
	LIST_APPEND(s->items, it);
	return it;
}

struct shelf_item *
shelf_put(struct shelf *s, struct announcement *a)
{
	struct shelf_item *it = s->items;

	while (it && !is_same(a, it->asked))
		it = it->next;
	if (it)
		announcement_free(a);
	else
		it = item_add(s, a);
	if (it)
		it->wanted = true;
	return it;
}

const struct announcement *
shelf_next_made(const struct shelf *s, const struct shelf_item **at)
{
	const struct shelf_item *it = *at ? (*at)->next : s->items;

	while (it && it->kept == NULL)
		it = it->next;
	*at = it;
	return it ? it->kept : NULL;
}

int
shelf_put_made(struct shelf *s, struct announcement *a)
{
	struct announcement *asked = say_same(a);
	struct shelf_item *it = asked ? item_add(s, asked) : NULL;

	if (it == NULL) {
		announcement_free(a);
		return ERR_NOMEM;
	}
	a->shelf = s;
	it->kept = a;
	/* What a fallback has made is made anew at once. */
	if (a->made->makeshift)
		snprintf(it->why, sizeof(it->why), "%s", why_makeshift);
	else
		it->try_ns = INT64_MAX;
	return 0;
}

void
shelf_put_again(struct shelf_item *item)
{
	if (item)
		item->wanted = true;
}

static bool
has_part_of(const struct shelf_item *it, const struct engine *e)
{
	const struct saying *say = it->asked->asked.saying;
	size_t i;

	for (i = 0; i < say->part_count; i++)
		if (say->parts[i].engine == e)
			return true;
	return false;
}

void
shelf_make_again(struct shelf *s, const struct engine *e)
{
	struct shelf_item *it;

	for (it = s->items; it; it = it->next) {
		if (!has_part_of(it, e))
			continue;
		drop(it->making);
		it->making = NULL;
		item_ask(it);
	}
	shelf_made(s);
}
