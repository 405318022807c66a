#include "gateway/schedule/schedule.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/body.h"
#include "common/conf/schema.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/log.h"
#include "common/text/rfc3339.h"
#include "platform/local_time.h"

/* A ttsd that is away is asked again after this time. */
#define RETRY_NS (1 * NS_PER_S)
/* The clock of the wall is looked at so often, for it may be set. */
#define LOOK_NS (10 * NS_PER_S)
/* It was set when it has gone so much more, or less, than time has. */
#define SET_MS 60000
#define TIME_MAX 32

struct entry {
	struct schedules *all;
	const struct conf_schedule *conf;
	struct calendar calendar;
	int64_t next_ms; /* UTC; -1: never */
	struct question *asked;
	int64_t retry_ns;
	char last[TIME_MAX]; /* the one before; "": none */
	char became[256];    /* of it */
};

struct schedules {
	struct peer *peer;
	struct timer *timer;
	int64_t offset_ms; /* of the wall's clock to that which only goes on */
	size_t count;
	struct entry entries[];
};

static int64_t
clock_offset_ms(void)
{
	return clock_utc_ms() - clock_now_ns() / NS_PER_MS;
}

/* ---- one of them ------------------------------------------------------ */

static void
go_on(struct entry *e, int64_t after_ms)
{
	e->next_ms = calendar_next(&e->calendar, &local_time, after_ms);
}

static void
note(struct entry *e, const char *became)
{
	rfc3339_write(e->next_ms, e->last, sizeof(e->last));
	snprintf(e->became, sizeof(e->became), "%s", became);
	go_on(e, e->next_ms);
}

static json_t *
words_of(char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		body_append(&list, json_string(*words));
	return list;
}

static json_t *
part_of(const char *kind, const char *what)
{
	json_t *one = json_object();

	body_put(&one, kind, json_string(what));
	return one;
}

/* A clip, a text, or a text behind a clip. */
static void
put_parts(json_t **body, const struct conf_schedule *c)
{
	json_t *parts = json_array();

	body_append(&parts, part_of("clip", c->clip));
	if (c->text[0])
		body_append(&parts, part_of("text", c->text));
	body_put(body, "parts", parts);
}

static void
put_if(json_t **body, const char *name, const char *text)
{
	if (text[0])
		body_put(body, name, json_string(text));
}

static json_t *
request_of(const struct entry *e, int64_t now_ms)
{
	const struct conf_schedule *c = e->conf;
	json_t *body = json_object();
	char at[TIME_MAX], key[TIME_MAX + CONF_NAME_MAX + 16];
	int64_t ahead_ms = e->next_ms - now_ms;

	rfc3339_write(e->next_ms, at, sizeof(at));
	snprintf(key, sizeof(key), "schedule %s %s", c->block.name, at);
	body_put(&body, "op", json_string("say"));
	body_put(&body, "key", json_string(key));
	if (ahead_ms > 0)
		body_put(&body, "at", json_string(at));
	else
		ahead_ms = 0;
	body_put(
	    &body, "ttl_ms", json_integer(c->ttl_ns / NS_PER_MS + ahead_ms));
	if (c->clip[0])
		put_parts(&body, c);
	else
		put_if(&body, "text", c->text);
	put_if(&body, "chime", c->chime);
	put_if(&body, "voice", c->voice);
	put_if(&body, "language", c->language);
	if (c->channels && *c->channels)
		body_put(&body, "channel", words_of(c->channels));
	body_put(
	    &body, "priority", json_string(schema_priorities[c->priority]));
	if (c->repeat == CONF_UNTIL_CANCELLED)
		put_if(&body, "repeat", schema_repeats[c->repeat]);
	else
		body_put(&body, "repeat", json_integer(c->repeat));
	body_put(&body, "gap_ms", json_integer(c->gap_ns / NS_PER_MS));
	return body;
}

/* ---- asking ----------------------------------------------------------- */

static void look(void *arg);

static void
refused(struct entry *e, const char *why)
{
	log_error(
	    "schedule=%s is not said: %s", e->conf->block.name, log_quote(why));
	note(e, why);
}

static void
answered(void *arg, const char *line, size_t len, int err)
{
	struct entry *e = arg;
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;
	const char *why = body_string(reply, "message");

	e->asked = NULL;
	if (json_is_true(json_object_get(reply, "ok"))) {
		log_info("schedule=%s is asked for", e->conf->block.name);
		note(e, "asked for");
	} else if (line) {
		refused(e, why ? why : "ttsd refuses");
	} else {
		log_debug("schedule=%s ttsd does not answer: %s",
		    e->conf->block.name, err_text(err));
		e->retry_ns = clock_awake_ns() + RETRY_NS;
	}
	json_decref(reply);
	look(e->all);
}

static void
ask(struct entry *e, int64_t now_ms)
{
	json_t *body = request_of(e, now_ms);
	int rc = peer_ask_body(e->all->peer, body, answered, e, &e->asked);

	json_decref(body);
	if (rc < 0)
		e->retry_ns = clock_awake_ns() + RETRY_NS;
}

/* Does what is due of one, and returns when to look again. */
static int64_t
look_at(struct entry *e, int64_t now_ns, int64_t now_ms)
{
	if (e->asked)
		return INT64_MAX;
	if (e->next_ms >= 0 &&
	    now_ms > e->next_ms + e->conf->ttl_ns / NS_PER_MS)
		refused(e, "ttsd did not answer in time");
	if (e->next_ms < 0)
		return INT64_MAX;
	if (e->next_ms - SCHEDULE_LEAD_MS > now_ms)
		return now_ns +
		       (e->next_ms - SCHEDULE_LEAD_MS - now_ms) * NS_PER_MS;
	if (e->retry_ns > now_ns)
		return e->retry_ns;
	ask(e, now_ms);
	return e->asked ? INT64_MAX : e->retry_ns;
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
		if (was_set && s->entries[i].asked == NULL)
			go_on(&s->entries[i], now_ms);
		at = look_at(&s->entries[i], now_ns, now_ms);
		if (at < next)
			next = at;
	}
	timer_at(s->timer, next);
}

/* ---- life ------------------------------------------------------------- */

json_t *
schedules_tell(const struct schedules *s)
{
	json_t *list = json_array();
	char next[TIME_MAX];
	size_t i;

	for (i = 0; i < s->count; i++) {
		const struct entry *e = &s->entries[i];
		json_t *one = json_object();

		body_put(&one, "name", json_string(e->conf->block.name));
		put_if(&one, "text", e->conf->text);
		put_if(&one, "clip", e->conf->clip);
		if (e->conf->channels && *e->conf->channels)
			body_put(&one, "channel", words_of(e->conf->channels));
		if (e->next_ms >= 0) {
			rfc3339_write(e->next_ms, next, sizeof(next));
			body_put(&one, "next", json_string(next));
		}
		put_if(&one, "last", e->last);
		put_if(&one, "became", e->became);
		body_append(&list, one);
	}
	return list;
}

int
schedules_new(struct loop *l, const struct conf *conf, struct peer *peer,
    struct schedules **out)
{
	size_t count = conf->schedules.count, i;
	struct schedules *s =
	    calloc(1, sizeof(*s) + count * sizeof(struct entry));
	const char *key, *expected;
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct schedules){
		.peer = peer, .offset_ms = clock_offset_ms(), .count = count
	};
	rc = timer_new(l, TIMER_COARSE, look, s, &s->timer);
	if (rc < 0) {
		free(s);
		return rc;
	}
	for (i = 0; i < count; i++) {
		struct entry *e = &s->entries[i];

		e->all = s;
		e->conf = conf_schedule_at(conf, i);
		/* It was read before, when the configuration was checked. */
		conf_schedule_calendar(e->conf, &e->calendar, &key, &expected);
		go_on(e, clock_utc_ms() - SCHEDULE_LATE_MS);
	}
	timer_at(s->timer, 0);
	*out = s;
	return 0;
}

void
schedules_free(struct schedules *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->count; i++)
		if (s->entries[i].asked)
			question_drop(s->entries[i].asked);
	timer_free(s->timer);
	free(s);
}
