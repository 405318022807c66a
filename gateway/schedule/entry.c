#include "gateway/schedule/entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/args/words.h"
#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "common/log.h"
#include "common/text/rfc3339.h"
#include "daemon/schedule_say.h"
#include "daemon/section.h"
#include "platform/local_time.h"

/* A ttsd that is away is asked again after this time. */
#define RETRY_NS (1 * NS_PER_S)
#define TIME_MAX 32
#define DAY_MS INT64_C(86400000)

struct entry {
	const struct conf_schedule *conf;
	struct conf own; /* what that lies in, where ttsd keeps it */
	json_t *kept;    /* as ttsd tells of it; NULL: the configuration has it
			  */
	struct peer *peer;
	entry_changed *changed;
	void *arg;
	struct calendar calendar;
	int64_t next_ms; /* UTC; -1: not within CALENDAR_DAYS_MAX, and */
	int64_t look_ms; /* then it is looked for again */
	struct question *asked;
	int64_t retry_ns;
	char last[TIME_MAX]; /* the one before; "": none */
	char became[256];    /* of it */
};

static void
go_on(struct entry *e, int64_t after_ms)
{
	e->next_ms = calendar_next(&e->calendar, &local_time, after_ms);
	e->look_ms = after_ms + DAY_MS;
}

static int64_t
ttl_ms(const struct entry *e)
{
	return e->conf->ttl_ns / NS_PER_MS;
}

static void
note(struct entry *e, const char *became)
{
	rfc3339_write(e->next_ms, e->last, sizeof(e->last));
	snprintf(e->became, sizeof(e->became), "%s", became);
	go_on(e, e->next_ms);
}

static json_t *
request_of(const struct entry *e, int64_t now_ms)
{
	char at[TIME_MAX], key[TIME_MAX + CONF_NAME_MAX + 16];
	int64_t ahead_ms = e->next_ms - now_ms;
	json_t *body = schedule_say(e->conf);

	rfc3339_write(e->next_ms, at, sizeof(at));
	snprintf(key, sizeof(key), SCHEDULE_KEY "%s %s", entry_name(e), at);
	body_put(&body, "op", json_string("say"));
	body_put(&body, "key", json_string(key));
	if (body_string(e->kept, "by"))
		body_put(&body, "by", json_string(body_string(e->kept, "by")));
	if (ahead_ms > 0)
		body_put(&body, "at", json_string(at));
	/* Of one that is late, what is left of its time. */
	body_put(&body, "ttl_ms", json_integer(ttl_ms(e) + ahead_ms));
	return body;
}

/* ---- asking ----------------------------------------------------------- */

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
	e->changed(e->arg);
}

static void
ask(struct entry *e, int64_t now_ms)
{
	json_t *body = request_of(e, now_ms);
	int rc = peer_ask_body(e->peer, body, answered, e, &e->asked);

	json_decref(body);
	if (rc < 0)
		e->retry_ns = clock_awake_ns() + RETRY_NS;
}

/* Leaves out what is over; of many the log tells the first. */
static void
leave_out(struct entry *e, int64_t now_ms)
{
	if (e->next_ms < 0 || now_ms < e->next_ms + ttl_ms(e))
		return;
	refused(e, "ttsd did not answer in time");
	if (e->next_ms >= 0 && now_ms >= e->next_ms + ttl_ms(e))
		go_on(e, now_ms - ttl_ms(e));
}

int64_t
entry_look(struct entry *e, int64_t now_ns, int64_t now_ms)
{
	if (e->asked)
		return INT64_MAX;
	leave_out(e, now_ms);
	/* So far ahead nobody looked when it was looked for. */
	if (e->next_ms < 0 && now_ms >= e->look_ms)
		go_on(e, now_ms);
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

void
entry_clock_set(struct entry *e, int64_t now_ms)
{
	if (e->asked == NULL)
		go_on(e, now_ms - SCHEDULE_LATE_MS);
}

/* ---- life ------------------------------------------------------------- */

static struct entry *
entry_make(struct peer *peer, entry_changed *changed, void *arg)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (e) {
		e->peer = peer;
		e->changed = changed;
		e->arg = arg;
	}
	return e;
}

/* It was read before, so its calendar is good. */
static void
begin(struct entry *e, const struct conf_schedule *conf, int64_t after_ms)
{
	const char *key, *expected;

	e->conf = conf;
	conf_schedule_calendar(conf, &e->calendar, &key, &expected);
	go_on(e, after_ms);
}

struct entry *
entry_new(const struct conf_schedule *conf, struct peer *peer, int64_t after_ms,
    entry_changed *changed, void *arg)
{
	struct entry *e = entry_make(peer, changed, arg);

	if (e)
		begin(e, conf, after_ms);
	return e;
}

struct entry *
entry_read(const json_t *kept, struct peer *peer, int64_t after_ms,
    entry_changed *changed, void *arg)
{
	const char *name = body_string(kept, "name");
	char **settings =
	    name ? section_settings("schedule", name, kept) : NULL;
	struct entry *e = settings ? entry_make(peer, changed, arg) : NULL;
	struct conf_error why;

	if (e)
		e->kept = json_deep_copy(kept);
	if (e && (e->kept == NULL ||
		     conf_read_schedule(&e->own, name, settings, &why) < 0)) {
		log_error("schedule=%s is not said: %s", name,
		    e->kept ? why.text : "out of memory");
		entry_free(e);
		e = NULL;
	}
	words_free(settings);
	/* What was over when it was set is not said. */
	if (after_ms < body_integer(kept, "set_ms", 0))
		after_ms = body_integer(kept, "set_ms", 0);
	if (e)
		begin(e, conf_schedule_at(&e->own, 0), after_ms);
	return e;
}

void
entry_free(struct entry *e)
{
	if (e == NULL)
		return;
	if (e->asked)
		question_drop(e->asked);
	if (e->kept)
		conf_done(&e->own);
	json_decref(e->kept);
	free(e);
}

const char *
entry_name(const struct entry *e)
{
	return e->conf->block.name;
}

const json_t *
entry_kept(const struct entry *e)
{
	return e->kept;
}

static void
put_if(json_t **body, const char *name, const char *text)
{
	if (text[0])
		body_put(body, name, json_string(text));
}

static void
put_words(json_t **body, const char *name, char *const *words)
{
	json_t *list = json_array();

	for (; words && *words; words++)
		body_append(&list, json_string(*words));
	if (json_array_size(list) > 0)
		body_put(body, name, list);
	else
		json_decref(list);
}

/* One of the configuration: when, what, and where. */
static json_t *
tell_configured(const struct conf_schedule *s)
{
	json_t *one = json_object();
	int64_t seconds = s->every_ns / NS_PER_S;
	char every[TIME_MAX];

	body_put(&one, "name", json_string(s->block.name));
	put_words(&one, "at", s->at);
	if (seconds > 0) {
		snprintf(every, sizeof(every), "%" PRId64 "%s",
		    seconds % 60 ? seconds : seconds / 60,
		    seconds % 60 ? "s" : "m");
		body_put(&one, "every", json_string(every));
	}
	put_if(&one, "from", s->from);
	put_if(&one, "to", s->to);
	put_words(&one, "days", s->days);
	put_words(&one, "except", s->except);
	put_words(&one, "dates", s->dates);
	put_if(&one, "text", s->text);
	put_if(&one, "clip", s->clip);
	put_words(&one, "channel", s->channels);
	return one;
}

json_t *
entry_tell(const struct entry *e)
{
	json_t *one = e->kept ? json_copy(e->kept) : tell_configured(e->conf);
	char next[TIME_MAX];

	body_put(&one, "kept", json_boolean(e->kept != NULL));
	if (e->next_ms >= 0) {
		rfc3339_write(e->next_ms, next, sizeof(next));
		body_put(&one, "next", json_string(next));
	}
	put_if(&one, "last", e->last);
	put_if(&one, "became", e->became);
	return one;
}
