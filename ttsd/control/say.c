#include "ttsd/control/say.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf/schema.h"
#include "common/control/session.h"
#include "common/err.h"
#include "common/text/rfc3339.h"
#include "common/utf8.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/message.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/show.h"
#include "ttsd/control/targets.h"
#include "ttsd/queue/ensemble.h"

#define DAY_MS INT64_C(86400000)
#define TTL_MAX_MS (7 * DAY_MS)
/* Nothing can be scheduled further ahead than this. */
#define AHEAD_MAX_MS (366 * DAY_MS)
#define GAP_MAX_MS 3600000

const struct field say_fields[] = {
	{ .name = "text", .type = FIELD_STRING },
	{ .name = "ssml", .type = FIELD_STRING },
	{ .name = "message", .type = FIELD_STRING },
	{ .name = "fields", .type = FIELD_OBJECT },
	{ .name = "parts", .type = FIELD_ARRAY, .max = PARTS_MAX - 1 },
	{ .name = "channel", .type = FIELD_STRINGS },
	{ .name = "show", .type = FIELD_OBJECT },
	SPEECH_FIELDS,
	{ .name = "priority", .type = FIELD_CHOICE, .choices = priority_names },
	{ .name = "ttl_ms",
	    .type = FIELD_INTEGER,
	    .min = 1,
	    .max = TTL_MAX_MS },
	{ .name = "repeat",
	    .type = FIELD_INTEGER_OR_WORD,
	    .min = 1,
	    .max = CONF_REPEAT_MAX,
	    .choices = schema_repeats },
	{ .name = "gap_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = GAP_MAX_MS },
	{ .name = "chime", .type = FIELD_STRING },
	{ .name = "key", .type = FIELD_STRING },
	{ .name = "again", .type = FIELD_BOOLEAN },
	{ .name = "replaces", .type = FIELD_STRING },
	{ .name = "together", .type = FIELD_BOOLEAN },
	{ .name = "at", .type = FIELD_STRING },
	{ .name = "delay_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = AHEAD_MAX_MS },
	{ .name = "on_preempt",
	    .type = FIELD_CHOICE,
	    .choices = preemption_names },
	{ .name = "on_restart",
	    .type = FIELD_CHOICE,
	    .choices = schema_on_restarts },
	{ .name = "by", .type = FIELD_STRING },
	{ .name = NULL },
};

/* Turns `at` or `delay_ms` into the monotonic time at which the announcement is
 * to be said. */
static bool
set_time(struct say_request *s)
{
	const char *at = body_string(s->body, "at");
	int64_t delay_ms = body_integer(s->body, "delay_ms", 0), at_ms;

	if (at && json_object_get(s->body, "delay_ms")) {
		reply_error(s->r, PROTO_BAD_REQUEST,
		    "\"at\" and \"delay_ms\" exclude each other");
		return false;
	}
	if (at) {
		if (!rfc3339_parse(at, &at_ms)) {
			reply_error(s->r, PROTO_BAD_REQUEST,
			    "\"at\" must be a time as in "
			    "2026-11-20T09:00:00+01:00 (RFC 3339)");
			return false;
		}
		s->a->asked.by_wall = true;
		/* Our clock is cut to milliseconds: late rather than early. */
		delay_ms = at_ms + 1 - clock_utc_ms();
		if (delay_ms < 0 || delay_ms > AHEAD_MAX_MS) {
			reply_error(s->r, PROTO_BAD_REQUEST, "\"at\" is %s",
			    delay_ms < 0 ? "in the past"
					 : "more than a year ahead");
			return false;
		}
	}
	if (delay_ms > 0)
		s->a->asked.due_ns = clock_now_ns() + delay_ms * NS_PER_MS;
	return true;
}

static void
set_manners(struct say_request *s)
{
	const char *priority = body_string(s->body, "priority");
	const char *on_preempt = body_string(s->body, "on_preempt");
	int64_t ttl_ms = body_integer(s->body, "ttl_ms", 0);
	int64_t from = s->a->asked.due_ns ? s->a->asked.due_ns : clock_now_ns();

	s->a->asked.priority =
	    priority ? (enum priority)word_index(priority_names, priority)
		     : PRIORITY_NORMAL;
	if (on_preempt)
		s->a->asked.on_preempt =
		    (enum preemption)word_index(preemption_names, on_preempt);
	if (ttl_ms > 0)
		s->a->asked.expires_ns = from + ttl_ms * NS_PER_MS;
	/* A word is the only one there is. */
	s->a->asked.endless = body_string(s->body, "repeat") != NULL;
	if (!s->a->asked.endless)
		s->a->asked.repeat =
		    (unsigned)body_integer(s->body, "repeat", 1);
	s->a->asked.gap.pause_ms = body_count(s->body, "gap_ms");
}

static bool
set_origin(struct say_request *s)
{
	s->a->asked.origin.accepted_ms = clock_utc_ms();
	if (origin_read(&s->a->asked.origin, s->body) == 0)
		return true;
	reply_no_memory(s->r);
	return false;
}

static bool
set_show(struct say_request *s)
{
	json_t *show = json_object_get(s->body, "show");

	if (show && !show_check(show, s->r))
		return false;
	announcement_set_show(s->a, show);
	return true;
}

static bool
compose_saying(struct say_request *s)
{
	struct composition c = { .t = s->t,
		.what = "say",
		.kinds = "\"text\", \"ssml\", \"parts\" or \"message\"",
		.body = s->body,
		.own = &s->ch->defaults,
		.saying = s->a->asked.saying,
		.r = s->r };
	bool composed;

	if (s->alike) {
		announcement_say_as(s->a, s->alike->asked.saying);
		return true;
	}
	composed = compose_parts(&c);
	s->later = c.later;
	return composed;
}

bool
say_compose(struct say_request *s)
{
	s->a = announcement_new(s->ch->sample_bytes);
	if (s->a == NULL) {
		reply_no_memory(s->r);
		return false;
	}
	if (!set_show(s) || !set_origin(s) || !compose_saying(s) ||
	    (s->session && !set_time(s)))
		return false;
	set_manners(s);
	return true;
}

static void
remember_key(const struct say_request *s)
{
	struct announcement *a = s->a;
	int64_t now = clock_now_ns();

	a->asked.keyed = s->key != NULL;
	if (s->key && idempotency_add(&s->t->keys, s->ch, s->key, a->id,
			  a->asked.due_ns > now ? a->asked.due_ns : now) < 0)
		reply_no_memory(s->r);
}

/* Where several channels are asked, `each` holds the answers by channel. */
static void
say_answer(const struct say_request *s, const char *one, const char *each,
    json_t *value)
{
	targets_answer(s->targets, s->ch, s->r, one, each, value);
}

/* Was the key accepted before, and is it not to be said `again`, once that is
 * over? The reply then tells as which id, and the outcome where it has one. */
static bool
is_repeated(const struct say_request *s)
{
	bool spoken;
	uint64_t id;

	if (s->key == NULL)
		return false;
	id = idempotency_find(
	    &s->t->keys, s->ch, s->key, clock_now_ns(), &spoken);
	if (id == 0 ||
	    (spoken && json_is_true(json_object_get(s->body, "again"))))
		return false;
	say_answer(s, "id", "ids", json_integer((json_int_t)id));
	say_answer(s, "duplicate", "duplicates", json_true());
	if (spoken)
		say_answer(s, "outcome", "outcomes",
		    json_string(outcome_name(OUTCOME_SPOKEN)));
	return true;
}

/* Finds the announcement whose place is to be taken, if it still waits. One
 * that has begun is said to its end. */
static struct announcement *
find_old(const struct say_request *s)
{
	const char *key = body_string(s->body, "replaces");
	struct announcement *old;
	bool spoken;
	uint64_t id;

	if (key == NULL)
		return NULL;
	id = idempotency_find(&s->t->keys, s->ch, key, clock_now_ns(), &spoken);
	old = id ? queue_find(&s->ch->playout.queue, id) : NULL;
	return old && announcement_was_on_air(old) ? NULL : old;
}

static bool
has_room(const struct say_request *s)
{
	const struct queue *q = &s->ch->playout.queue;

	if (s->old ? queue_takes_instead(q, s->a, s->old)
		   : queue_takes(q, s->a))
		return true;
	reply_error(s->r, PROTO_QUEUE_FULL,
	    "channel '%s' has %zu announcements waiting: %s",
	    channel_name(s->ch), q->count, err_text(ERR_FULL));
	return false;
}

/* Gives the announcement its number and its answer, and remembers its key. That
 * comes before anything is queued, for then it can't be taken back. */
static void
number(struct say_request *s, uint64_t id)
{
	s->a->id = id;
	say_answer(s, "id", "ids", json_integer((json_int_t)id));
	s->position = json_integer(0);
	say_answer(s, "position", "positions", s->position);
	if (s->ch->playout.paused)
		say_answer(s, "held", "held", json_true());
	if (s->old)
		say_answer(s, "replaced", "replaced",
		    json_integer((json_int_t)s->old->id));
	remember_key(s);
}

static void
enqueue(struct say_request *s, const char *request)
{
	struct playout *p = &s->ch->playout;
	int place;

	durability_accept(s, request);
	if (s->called) {
		if (s->called->first_id == 0)
			s->called->first_id = s->a->id;
		s->called->last_id = s->a->id;
	}
	place = s->old ? playout_say_instead(p, s->old, s->a)
		       : playout_say(p, s->a);
	json_integer_set(s->position, place);
	s->a = NULL;
}

bool
say_check_by(const json_t *body, struct reply *r)
{
	const char *by = body_string(body, "by");

	if (by == NULL || (by[0] && utf8_is_line(by, BY_MAX)))
		return true;
	reply_error(r, PROTO_BAD_REQUEST,
	    "\"by\" is a name of 1 to %d bytes, without control characters",
	    BY_MAX);
	return false;
}

/* ---- all channels ------------------------------------------------------- */

/* One announcement for each channel: all of them are queued, or none. */
struct say {
	struct say_request *requests;
	size_t count;
	struct ensemble *ensemble; /* of the announcements; NULL: one alone */
};

bool
say_check_key(const json_t *body, const char *field, struct reply *r)
{
	const char *key = body_string(body, field);

	if (key == NULL || (key[0] && strlen(key) < IDEMPOTENCY_KEY_BYTES))
		return true;
	reply_error(r, PROTO_BAD_REQUEST, "\"%s\" has 1 to %d bytes", field,
	    IDEMPOTENCY_KEY_BYTES - 1);
	return false;
}

/* A key that replaced itself would not know a request that is sent again. */
static bool
check_keys(const json_t *body, struct reply *r)
{
	const char *key = body_string(body, "key");
	const char *old = body_string(body, "replaces");

	if (!say_check_key(body, "key", r) ||
	    !say_check_key(body, "replaces", r))
		return false;
	if (key == NULL && json_object_get(body, "again"))
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"again\" is said of a \"key\", which is missing");
	else if (key && old && strcmp(key, old) == 0)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"replaces\" is the key of an earlier request; \"key\" "
		    "must be another");
	return r->error == PROTO_OK;
}

static bool
say_init(struct say *all, const struct say_request *common)
{
	const struct targets *ts = common->targets;
	size_t i;

	all->requests = calloc(ts->count, sizeof(*all->requests));
	if (all->requests == NULL) {
		reply_no_memory(common->r);
		return false;
	}
	for (i = 0; i < ts->count; i++) {
		all->requests[i] = *common;
		all->requests[i].ch = ts->channels[i];
	}
	all->count = ts->count;
	return true;
}

static void
say_done(struct say *all)
{
	size_t i;

	for (i = 0; i < all->count; i++)
		announcement_free(all->requests[i].a);
	free(all->requests);
}

/* Brings the announcement together with those of the other channels. */
static bool
gather(struct say *all, const struct say_request *s)
{
	bool together = json_is_true(json_object_get(s->body, "together"));

	if (all->count == 1 ||
	    ensemble_join(&all->ensemble, s->a, together) == 0)
		return true;
	reply_no_memory(s->r);
	return false;
}

/* Does a text become the same on both channels? */
static bool
speaks_alike(const struct channel *a, const struct channel *b)
{
	return a->defaults.engine == b->defaults.engine &&
	       a->defaults.voice_chosen == b->defaults.voice_chosen &&
	       speech_parameters_same(&a->defaults.speech, &b->defaults.speech);
}

/* Finds, among the first `count`, an announcement that need not be composed
 * again: a long text takes milliseconds, and a zone may have many channels. */
static struct announcement *
find_alike(const struct say *all, size_t count, const struct channel *ch)
{
	const struct say_request *s = all->requests, *end = s + count;

	for (; s < end; s++)
		if (s->a && speaks_alike(s->ch, ch))
			return s->a;
	return NULL;
}

static bool
compose_next(struct say *all, struct say_request *s)
{
	s->alike = find_alike(all, (size_t)(s - all->requests), s->ch);
	if (say_compose(s))
		return true;
	targets_blame(s->targets, s->ch, s->r);
	return false;
}

/* Makes an announcement for each channel that does not know the key. */
static enum verdict
say_prepare(struct say *all)
{
	struct say_request *s;
	size_t i;

	for (i = 0; i < all->count; i++) {
		s = &all->requests[i];
		if (is_repeated(s))
			continue;
		if (!compose_next(all, s))
			return s->later ? OP_LATER : OP_DONE;
		s->old = find_old(s);
		if (!has_room(s) || !gather(all, s))
			return OP_DONE;
	}
	return OP_DONE;
}

/* Nothing was queued. */
static void
forget_keys(const struct say *all)
{
	const struct say_request *s = all->requests, *end = s + all->count;

	for (; s < end; s++)
		if (s->a && s->a->id)
			idempotency_end(&s->t->keys, s->a->id, false);
}

static void
say_enqueue(struct say *all, const struct reply *r)
{
	const struct say_request *any = all->requests;
	uint64_t id = durability_next_id(any->t);
	char *request = durability_request(any->t, any->body);
	size_t i;

	for (i = 0; i < all->count; i++)
		if (all->requests[i].a)
			number(&all->requests[i], id++);
	if (r->error)
		forget_keys(all);
	for (i = 0; i < all->count && r->error == PROTO_OK; i++)
		if (all->requests[i].a)
			enqueue(&all->requests[i], request);
	free(request);
}

static enum verdict
say_begin(const struct say_request *common)
{
	const struct targets *ts = common->targets;
	struct say all = { .count = 0 };
	enum verdict verdict = OP_DONE;

	if (say_init(&all, common))
		verdict = say_prepare(&all);
	if (verdict == OP_DONE && common->r->error == PROTO_OK) {
		say_enqueue(&all, common->r);
		/* One tick serves all channels. */
		ts->channels[0]->woken(ts->channels[0]->arg);
	}
	say_done(&all);
	return verdict;
}

enum verdict
say_run(struct ttsd *t, struct session *session, const json_t *body,
    struct called *called, struct reply *r)
{
	struct targets targets;
	struct say_request common = { .t = t,
		.targets = &targets,
		.body = body,
		.session = session,
		.key = body_string(body, "key"),
		.called = called,
		.r = r };
	enum verdict verdict = OP_DONE;
	/* It was done before, and waits for the ledger. */
	bool done = session->memo != NULL, good;

	good = targets_pick(t, body, r, &targets);
	if (good && !done && reach_check_priority(session, body, r) &&
	    say_check_by(body, r) && check_keys(body, r) &&
	    !durability_refuses(t, &targets, r))
		verdict = say_begin(&common);
	if (good && verdict == OP_DONE && r->error == PROTO_OK)
		verdict = durability_answer(t, &targets, session, r);
	targets_done(&targets);
	return verdict;
}

enum verdict
say_try(struct ttsd *t, const json_t *body, struct reply *r)
{
	struct targets targets;
	const struct say_request common = {
		.t = t, .targets = &targets, .body = body, .r = r
	};
	struct say all = { .count = 0 };
	bool good = targets_pick(t, body, r, &targets) &&
		    !durability_refuses(t, &targets, r) &&
		    say_init(&all, &common);
	size_t i, tried = 0;

	for (i = 0; i < all.count && good; i++, tried++)
		good = compose_next(&all, &all.requests[i]);
	good = good || tried == 0 || !all.requests[tried - 1].later;
	say_done(&all);
	targets_done(&targets);
	return good ? OP_DONE : OP_LATER;
}

enum verdict
op_say(void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	enum verdict verdict = OP_DONE;
	json_t *whole;

	if (!durability_is_ready(ctx))
		return OP_LATER;
	whole = json_incref(message_recall(session));
	if (whole == NULL)
		whole = message_word(ctx, session, body, r);
	if (whole)
		whole = reach_name_channel(ctx, session, whole, r);
	if (whole)
		verdict = say_run(ctx, session, whole, NULL, r);
	if (verdict == OP_LATER && whole != body)
		message_remember(session, whole);
	json_decref(whole);
	return verdict;
}
