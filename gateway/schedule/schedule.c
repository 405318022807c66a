#include "gateway/schedule/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/log.h"
#include "gateway/daemons/hub.h"
#include "gateway/schedule/entry.h"

/* The clock of the wall is looked at so often, for it may be set. */
#define LOOK_NS (10 * NS_PER_S)
/* It was set when it has gone so much more, or less, than time has. */
#define SET_MS 60000

struct schedules {
	const struct conf *conf;
	struct peer *peer;
	struct timer *timer;
	int64_t offset_ms; /* of the wall's clock to that which only goes on */
	/* Those of the configuration, and behind them what ttsd keeps. */
	struct entry **entries;
	size_t count;
	struct hub *hubs;
	struct hub_listener *news; /* of what it keeps */
	struct question *asked;
	bool stale; /* it is to be asked */
};

/* ---- when ------------------------------------------------------------- */

static int64_t
clock_offset_ms(void)
{
	return clock_utc_ms() - clock_now_ns() / NS_PER_MS;
}

static void
look(void *arg)
{
	struct schedules *s = arg;
	int64_t now_ns = clock_awake_ns(), now_ms = clock_utc_ms();
	int64_t offset_ms = clock_offset_ms(), next = now_ns + LOOK_NS, at;
	int64_t set_by_ms = offset_ms - s->offset_ms;
	bool was_set = set_by_ms > SET_MS || set_by_ms < -SET_MS;
	size_t i;

	s->offset_ms = offset_ms;
	for (i = 0; i < s->count; i++) {
		if (was_set)
			entry_clock_set(s->entries[i], now_ms);
		at = entry_look(s->entries[i], now_ns, now_ms);
		if (at < next)
			next = at;
	}
	timer_at(s->timer, next);
}

/* ---- what ttsd keeps -------------------------------------------------- */

/* Takes the entry that was read from the same out of the list. NULL: there is
 * none. */
static struct entry *
take_same(struct schedules *s, const json_t *kept)
{
	struct entry *e;
	size_t i;

	for (i = s->conf->schedules.count; i < s->count; i++) {
		e = s->entries[i];
		if (e && json_equal(entry_kept(e), kept)) {
			s->entries[i] = NULL;
			return e;
		}
	}
	return NULL;
}

static struct entry *
entry_of(struct schedules *s, const json_t *kept)
{
	struct entry *e = take_same(s, kept);

	return e ? e
		 : entry_read(kept, s->peer, clock_utc_ms() - SCHEDULE_LATE_MS,
		       look, s);
}

/* The name is the configuration's, where that has it, too. */
static bool
is_taken(const struct schedules *s, const json_t *kept)
{
	const char *name = body_string(kept, "name");

	return name == NULL || conf_schedule_find(s->conf, name);
}

static int
take_list(struct schedules *s, const json_t *list)
{
	size_t fixed = s->conf->schedules.count, count = fixed, i;
	struct entry **entries =
	    calloc(fixed + json_array_size(list) + 1, sizeof(*entries));
	json_t *kept;

	if (entries == NULL)
		return ERR_NOMEM;
	memcpy(entries, s->entries, fixed * sizeof(*entries));
	json_array_foreach(list, i, kept)
	{
		json_object_del(kept, "next");
		if (is_taken(s, kept))
			continue;
		entries[count] = entry_of(s, kept);
		count += entries[count] != NULL;
	}
	for (i = fixed; i < s->count; i++)
		entry_free(s->entries[i]);
	free(s->entries);
	s->entries = entries;
	s->count = count;
	look(s);
	return 0;
}

static void ask(struct schedules *s);

static void
told(void *arg, const char *line, size_t len, int err)
{
	struct schedules *s = arg;
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;
	const json_t *list = json_object_get(reply, "schedules");
	bool again = s->stale;

	(void)err;
	s->asked = NULL;
	/* Where there is none, or no memory, it is asked at the next beat. */
	s->stale = !json_is_array(list) || take_list(s, list) < 0;
	if (again)
		ask(s);
	json_decref(reply);
}

static void
ask(struct schedules *s)
{
	json_t *body;

	if (s->asked)
		return;
	body = json_pack("{s:s}", "op", "schedules");
	s->stale = peer_ask_body(s->peer, body, told, s, &s->asked) < 0;
	json_decref(body);
}

static void
news_ready(void *arg, bool ok, const char *line, size_t len)
{
	struct schedules *s = arg;

	(void)line;
	(void)len;
	/* An older ttsd keeps none. */
	if (!ok)
		return;
	s->stale = true;
	ask(s);
}

static void
news_more(void *arg)
{
	struct schedules *s = arg;
	struct recent_event e;
	bool lost;

	while (hub_take(s->news, &e, &lost))
		s->stale = true;
	if (s->stale)
		ask(s);
}

static const struct hub_receiver news_receiver = {
	.ready = news_ready, .more = news_more, .beat = news_more
};

/* ---- life ------------------------------------------------------------- */

json_t *
schedules_tell(const struct schedules *s)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < s->count; i++)
		body_append(&list, entry_tell(s->entries[i]));
	return list;
}

static int
add_configured(struct schedules *s)
{
	size_t count = s->conf->schedules.count;
	struct entry *e;

	s->entries = calloc(count + 1, sizeof(*s->entries));
	while (s->entries && s->count < count) {
		e = entry_new(conf_schedule_at(s->conf, s->count), s->peer,
		    clock_utc_ms() - SCHEDULE_LATE_MS, look, s);
		if (e == NULL)
			return ERR_NOMEM;
		s->entries[s->count++] = e;
	}
	return s->entries ? 0 : ERR_NOMEM;
}

int
schedules_new(struct loop *l, const struct conf *conf, struct peer *peer,
    const char *path, struct schedules **out)
{
	const struct hub_question question = { .path = path,
		.events = "[\"schedule\"]" };
	struct schedules *s = calloc(1, sizeof(*s));
	int rc;

	*out = s;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct schedules){
		.conf = conf, .peer = peer, .offset_ms = clock_offset_ms()
	};
	rc = timer_new(l, TIMER_COARSE, look, s, &s->timer);
	if (rc == 0)
		rc = add_configured(s);
	if (rc == 0)
		rc = hub_join(
		    &s->hubs, l, &question, &news_receiver, s, &s->news);
	if (rc == 0)
		timer_at(s->timer, 0);
	return rc;
}

void
schedules_free(struct schedules *s)
{
	size_t i;

	if (s == NULL)
		return;
	hub_leave(s->news);
	if (s->asked)
		question_drop(s->asked);
	for (i = 0; i < s->count; i++)
		entry_free(s->entries[i]);
	free(s->entries);
	timer_free(s->timer);
	free(s);
}
