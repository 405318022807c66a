#include "ttsd/control/say.h"

#include <inttypes.h>
#include <string.h>

#include "common/control/session.h"
#include "common/err.h"
#include "common/text/rfc3339.h"
#include "ttsd/control/compose.h"
#include "ttsd/control/show.h"

#define DAY_MS INT64_C(86400000)
#define TTL_MAX_MS (7 * DAY_MS)
/* Nothing can be scheduled further ahead than this. */
#define AHEAD_MAX_MS (366 * DAY_MS)
#define GAP_MAX_MS 3600000

const struct field say_fields[] = {
	{ .name = "text", .type = FIELD_STRING },
	{ .name = "ssml", .type = FIELD_STRING },
	{ .name = "parts", .type = FIELD_ARRAY, .max = PARTS_MAX - 1 },
	{ .name = "channel", .type = FIELD_STRING },
	{ .name = "show", .type = FIELD_OBJECT },
	SPEECH_FIELDS,
	{ .name = "priority", .type = FIELD_CHOICE, .choices = priority_names },
	{ .name = "ttl_ms",
	    .type = FIELD_INTEGER,
	    .min = 1,
	    .max = TTL_MAX_MS },
	{ .name = "repeat",
	    .type = FIELD_INTEGER,
	    .min = 1,
	    .max = REPEAT_MAX },
	{ .name = "gap_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = GAP_MAX_MS },
	{ .name = "chime", .type = FIELD_STRING },
	{ .name = "key", .type = FIELD_STRING },
	{ .name = "at", .type = FIELD_STRING },
	{ .name = "delay_ms",
	    .type = FIELD_INTEGER,
	    .min = 0,
	    .max = AHEAD_MAX_MS },
	{ .name = "on_preempt",
	    .type = FIELD_CHOICE,
	    .choices = preemption_names },
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
	s->a->asked.repeat = (unsigned)body_integer(s->body, "repeat", 1);
	s->a->asked.gap.pause_ms = (uint64_t)body_integer(s->body, "gap_ms", 0);
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
compose(struct say_request *s)
{
	s->a = announcement_new(s->ch->sample_bytes);
	if (s->a == NULL) {
		reply_no_memory(s->r);
		return false;
	}
	if (!set_show(s) || !compose_parts(s) || !set_time(s))
		return false;
	set_manners(s);
	return true;
}

/* Before it is queued, for it may end within that. */
static void
remember_key(const struct say_request *s)
{
	struct announcement *a = s->a;
	int64_t now = clock_now_ns();

	a->asked.keyed = s->key != NULL;
	if (s->key)
		idempotency_add(&s->t->keys, s->ch, s->key, a->id,
		    a->asked.due_ns > now ? a->asked.due_ns : now);
}

static void
enqueue(struct say_request *s)
{
	struct channel *ch = s->ch;
	json_t *position = json_integer(0);
	int place;

	/* First the answer, for the announcement can't be taken back. */
	s->a->id = s->t->announcements + 1;
	reply_set(s->r, "id", json_integer((json_int_t)s->a->id));
	reply_set(s->r, "position", position);
	if (ch->playout.paused)
		reply_set(s->r, "held", json_true());
	if (s->r->error)
		return;
	remember_key(s);
	place = playout_say(&ch->playout, s->a);
	if (place < 0) {
		idempotency_end(&s->t->keys, s->a->id, false);
		reply_error(s->r, PROTO_QUEUE_FULL,
		    "channel '%s' has %zu announcements waiting: %s",
		    channel_name(ch), ch->playout.queue.count, err_text(place));
		return;
	}
	s->a = NULL;
	s->t->announcements++;
	ch->woken(ch->arg);
	json_integer_set(position, place);
}

/* Was the key accepted before? The reply then tells as which id, and the
 * outcome where it has one. */
static bool
is_repeated(struct say_request *s)
{
	bool spoken;
	uint64_t id;

	if (s->key == NULL)
		return false;
	if (s->key[0] == '\0' || strlen(s->key) >= IDEMPOTENCY_KEY_BYTES) {
		reply_error(s->r, PROTO_BAD_REQUEST,
		    "\"key\" has 1 to %d bytes", IDEMPOTENCY_KEY_BYTES - 1);
		return true;
	}
	id = idempotency_find(
	    &s->t->keys, s->ch, s->key, clock_now_ns(), &spoken);
	if (id == 0)
		return false;
	reply_set(s->r, "id", json_integer((json_int_t)id));
	reply_set(s->r, "duplicate", json_true());
	if (spoken)
		reply_set(
		    s->r, "outcome", json_string(outcome_name(OUTCOME_SPOKEN)));
	return true;
}

enum verdict
op_say(void *ctx, struct session *session, const json_t *body, struct reply *r)
{
	struct say_request s = {
		.t = ctx, .body = body, .key = body_string(body, "key"), .r = r
	};

	(void)session;
	s.ch = ttsd_pick_channel(s.t, body, r);
	if (s.ch == NULL || is_repeated(&s))
		return OP_DONE;
	if (compose(&s))
		enqueue(&s);
	announcement_free(s.a);
	return s.later ? OP_LATER : OP_DONE;
}
