#include "ttsd/control/durability.h"

#include <inttypes.h>
#include <string.h>

#include "common/body.h"
#include "common/control/session.h"
#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/control/numbers.h"
#include "ttsd/control/remainder.h"
#include "ttsd/control/restore.h"
#include "ttsd/durable/pruning.h"

/* The ledger keeps so many characters of a text beside the whole request, for
 * lists. */
#define SHOWN_CHARACTERS 120

static enum conf_durable
policy_of(const struct ttsd *t, const struct channel *ch)
{
	return conf_durable_of(&t->conf, ch->conf);
}

/* ---- what is told to the ledger ----------------------------------------- */

/* A monotonic time, as the wall tells it. */
static int64_t
utc_of_ns(int64_t ns)
{
	return clock_utc_ms() + (ns - clock_now_ns()) / NS_PER_MS;
}

static json_t *
shown_text(const struct announcement *a)
{
	const char *text = announcement_title(a);

	return json_stringn(
	    text, utf8_offset(text, strlen(text), SHOWN_CHARACTERS));
}

static json_int_t
readers_of(const struct channel *ch)
{
	return (json_int_t)ch->subscriber_count;
}

static json_t *
acceptance(const struct say_request *s)
{
	const struct announcement *a = s->a;
	json_t *body = json_object();
	const char *by = body_string(s->body, "by");

	body_put(&body, "channel", json_string(channel_name(s->ch)));
	body_put(&body, "text", shown_text(a));
	body_put(&body, "accepted_ms", json_integer(clock_utc_ms()));
	if (s->key)
		body_put(&body, "key", json_string(s->key));
	if (a->asked.due_ns)
		body_put(
		    &body, "due_ms", json_integer(utc_of_ns(a->asked.due_ns)));
	if (a->asked.expires_ns != INT64_MAX)
		body_put(&body, "expires_ms",
		    json_integer(utc_of_ns(a->asked.expires_ns)));
	body_put(&body, "readers", json_integer(readers_of(s->ch)));
	if (s->session->peer_pid)
		body_put(&body, "pid", json_integer(s->session->peer_pid));
	if (s->session->peer_uid >= 0)
		body_put(&body, "uid", json_integer(s->session->peer_uid));
	if (by)
		body_put(&body, "by", json_string(by));
	if (s->called)
		body_merge(&body, s->called->told);
	return body;
}

char *
durability_request(const struct ttsd *t, const json_t *body)
{
	return t->durable ? body_text(body) : NULL;
}

void
durability_accept(const struct say_request *s, const char *request)
{
	s->t->last_id = s->a->id;
	if (s->t->durable)
		durable_accept(s->t->durable, s->a->id, acceptance(s), request);
}

/* May an earlier ttsd have begun it, and the note of that be lost? A disk that
 * answers in time loses no more than what was begun within that time, on each
 * channel: what begins within it now. */
static bool
is_doubtful(const struct announcement *a)
{
	struct playout *p = a->playout;
	int64_t now = clock_now_ns();

	if (!a->asked.doubtful)
		return false;
	if (p->doubt_ends_ns == 0)
		p->doubt_ends_ns = now + DURABLE_PATIENCE_NS;
	return now <= p->doubt_ends_ns;
}

static void
announcement_begun(void *arg, const struct announcement *a)
{
	struct ttsd *t = arg;
	const struct channel *ch;
	json_t *body;

	if (t->durable == NULL)
		return;
	ch = ttsd_channel(t, a->playout->channel);
	body = json_pack("{s:I}", "started_ms", (json_int_t)clock_utc_ms());
	if (ch)
		body_put(&body, "readers", json_integer(readers_of(ch)));
	if (is_doubtful(a))
		body_put(&body, "again", json_integer(1));
	durable_started(t->durable, a->id, body);
}

static json_t *
ending(enum outcome outcome, const char *reason)
{
	json_t *body = json_pack("{s:I, s:s}", "ended_ms",
	    (json_int_t)clock_utc_ms(), "outcome", outcome_name(outcome));

	if (reason[0])
		body_put_text(&body, "reason", reason);
	return body;
}

static void
announcement_telling(void *arg, uint64_t id, uint64_t number)
{
	struct ttsd *t = arg;

	if (t->durable)
		durable_numbered(t->durable, id,
		    json_pack("{s:I}", "seq", (json_int_t)number));
}

void
durability_ended(struct ttsd *t, const char *channel, uint64_t id,
    enum outcome outcome, const char *reason)
{
	json_t *body = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)id,
	    "outcome", outcome_name(outcome), "reason", reason);

	desk_note_end(&t->desk, id, outcome_name(outcome), reason);
	durable_ended(t->durable, id, ending(outcome, reason));
	announcement_telling(t, id, server_last_number(t->server) + 1);
	event_publish(
	    t->server, EVENT_FINISHED, channel, SERVER_ANY_LEAD, 0, body);
}

/* Withdraws the key of an announcement that was not spoken, so that it may be
 * asked for again. */
static void
announcement_ended(void *arg, const struct announcement *a,
    enum outcome outcome, const char *reason)
{
	struct ttsd *t = arg;
	json_t *body;

	desk_note_end(&t->desk, a->id, outcome_name(outcome), reason);
	if (a->asked.keyed) {
		idempotency_end(&t->keys, a->id, outcome == OUTCOME_SPOKEN);
		remainder_note_end(
		    t->remainder, a->id, outcome == OUTCOME_SPOKEN);
	}
	if (t->durable == NULL)
		return;
	body = ending(outcome, reason);
	if (announcement_was_heard(a)) {
		body_put(&body, "first_sample",
		    json_integer((json_int_t)a->played.first_sample));
		body_put(&body, "last_sample",
		    json_integer((json_int_t)a->played.last_sample));
	}
	if (a->asked.endless)
		body_put(&body, "rounds",
		    json_integer((json_int_t)a->played.rounds));
	durable_ended(t->durable, a->id, body);
}

/* One of which a client was told that it is not kept ends with us; one that is
 * on its way to the disk may be kept, so it does not. */
static bool
announcement_outlives(void *arg, const struct announcement *a)
{
	const struct ttsd *t = arg;
	const struct channel *ch = ttsd_channel(t, a->playout->channel);

	return t->durable && ch && !ch->leaving &&
	       policy_of(t, ch) != KEPT_NO &&
	       durable_is_kept(t->durable, a->id) != DURABLE_NO;
}

const struct playout_owner durability_owner = {
	.begun = announcement_begun,
	.ended = announcement_ended,
	.telling = announcement_telling,
	.outlives = announcement_outlives,
};

/* ---- what is told to clients -------------------------------------------- */

bool
durability_is_ready(const struct ttsd *t)
{
	return t->remainder == NULL &&
	       (t->durable == NULL || durable_is_ready(t->durable));
}

uint64_t
durability_next_id(struct ttsd *t)
{
	uint64_t id = t->durable ? durable_next_id(t->durable) : 0;

	/* The ttsd that this one is the successor of may have kept nothing, or
	 * other than this one does. */
	return id > t->last_id ? id : t->last_id + 1;
}

/* Has the session keep what was done for its next run: the reply, and how much
 * the ledger was told by then. Without memory for that nobody waits. */
static bool
remember(const struct ttsd *t, struct session *session, const struct reply *r)
{
	if (session->memo == NULL)
		session->memo = json_pack("{s:O, s:I}", "reply", r->body,
		    "told", (json_int_t)durable_told(t->durable));
	return session->memo != NULL;
}

bool
durability_recall(const struct session *session, struct reply *r)
{
	if (session->memo)
		body_merge(&r->body, json_object_get(session->memo, "reply"));
	return session->memo != NULL;
}

/* What the ledger had been told when the request was carried out. */
static uint64_t
told_to(const struct ttsd *t, const struct session *session)
{
	return session->memo ? body_count(session->memo, "told")
			     : durable_told(t->durable);
}

enum verdict
durability_settle(struct ttsd *t, struct session *session, struct reply *r)
{
	if (t->durable == NULL || r->error != PROTO_OK ||
	    durable_is_written(t->durable, told_to(t, session)) != DURABLE_WAIT)
		return OP_DONE;
	return remember(t, session, r) ? OP_LATER : OP_DONE;
}

enum verdict
durability_tell(struct ttsd *t, struct session *session, struct reply *r)
{
	enum verdict verdict = durability_settle(t, session, r);
	bool kept;

	if (verdict == OP_LATER || t->durable == NULL || r->error != PROTO_OK)
		return verdict;
	kept =
	    durable_is_written(t->durable, told_to(t, session)) == DURABLE_YES;
	reply_set(r, "durable", json_boolean(kept));
	if (!kept)
		body_put_text(&r->body, "reason", durable_why(t->durable));
	return OP_DONE;
}

/* The first of the channels that takes only what is kept; NULL: none does. */
static const struct channel *
find_demanding(const struct ttsd *t, const struct targets *ts)
{
	size_t i;

	for (i = 0; i < ts->count; i++)
		if (policy_of(t, ts->channels[i]) == KEPT_REQUIRED)
			return ts->channels[i];
	return NULL;
}

static void
refuse(const struct ttsd *t, const struct channel *ch, struct reply *r)
{
	reply_error(r, PROTO_UNAVAILABLE,
	    "channel '%s' takes only what can be kept over a restart, and "
	    "nothing can: %s",
	    channel_name(ch),
	    t->durable ? durable_why(t->durable) : "durable = no in [ttsd]");
}

bool
durability_refuses(
    const struct ttsd *t, const struct targets *ts, struct reply *r)
{
	const struct channel *ch = find_demanding(t, ts);

	if (ch == NULL || (t->durable && durable_keeps(t->durable)))
		return false;
	refuse(t, ch, r);
	return true;
}

/* What the reply tells of one of the channels, under either of those names. */
static const json_t *
answered(const struct targets *ts, const struct channel *ch,
    const struct reply *r, const char *one, const char *each)
{
	return ts->many ? json_object_get(
			      json_object_get(r->body, each), channel_name(ch))
			: json_object_get(r->body, one);
}

static enum durable_word
word_on(const struct ttsd *t, const struct targets *ts,
    const struct channel *ch, const struct reply *r)
{
	const json_t *id = answered(ts, ch, r, "id", "ids");

	return policy_of(t, ch) == KEPT_NO
		   ? DURABLE_NO
		   : durable_is_kept(
			 t->durable, (uint64_t)json_integer_value(id));
}

/* Is the end of those whose place was taken written down, so that no ttsd says
 * them beside the new ones? And a number that a desk calls, so that none calls
 * it again? */
static enum durable_word
word_on_old(
    const struct ttsd *t, const struct session *session, const struct reply *r)
{
	return json_object_get(r->body, "replaced") ||
		       json_object_get(r->body, "ticket")
		   ? durable_is_written(t->durable, told_to(t, session))
		   : DURABLE_YES;
}

/* The worst that is to be said of any of the channels, but that one has to wait
 * before more can be said. */
static enum durable_word
word_on_all(const struct ttsd *t, const struct targets *ts,
    const struct session *session, const struct reply *r)
{
	enum durable_word all = word_on_old(t, session, r), word;
	size_t i;

	for (i = 0; i < ts->count && all != DURABLE_WAIT; i++) {
		word = word_on(t, ts, ts->channels[i], r);
		if (word != DURABLE_YES)
			all = word;
	}
	return all;
}

/* All were accepted together, and are taken back together; not what an earlier
 * request has already asked for. */
static void
take_back(const struct targets *ts, const struct reply *r)
{
	struct channel *ch;
	size_t i;

	for (i = 0; i < ts->count; i++) {
		ch = ts->channels[i];
		if (!answered(ts, ch, r, "duplicate", "duplicates"))
			playout_cancel(&ch->playout,
			    (uint64_t)json_integer_value(
				answered(ts, ch, r, "id", "ids")),
			    "it could not be kept");
	}
}

/* Is one of those that are to be kept not? */
static bool
is_broken_word(
    const struct ttsd *t, const struct targets *ts, const struct reply *r)
{
	size_t i;

	for (i = 0; i < ts->count; i++)
		if (policy_of(t, ts->channels[i]) != KEPT_NO &&
		    word_on(t, ts, ts->channels[i], r) == DURABLE_NO)
			return true;
	return false;
}

/* Why what was to be kept is not; NULL: it is, or the configuration wanted none
 * of it kept. */
static const char *
find_fault(const struct ttsd *t, const struct targets *ts,
    const struct session *session, const struct reply *r,
    enum durable_word word)
{
	if (word == DURABLE_WAIT)
		return "there is no memory to wait for the ledger";
	if (is_broken_word(t, ts, r) ||
	    word_on_old(t, session, r) == DURABLE_NO)
		return durable_why(t->durable);
	return NULL;
}

enum verdict
durability_answer(struct ttsd *t, const struct targets *ts,
    struct session *session, struct reply *r)
{
	const struct channel *demanding = find_demanding(t, ts);
	enum durable_word word;
	const char *why;

	durability_recall(session, r);
	if (t->durable == NULL)
		return OP_DONE;
	word = word_on_all(t, ts, session, r);
	if (word == DURABLE_WAIT && remember(t, session, r))
		return OP_LATER;
	reply_set(r, "durable", json_boolean(word == DURABLE_YES));
	why = find_fault(t, ts, session, r, word);
	if (why)
		body_put_text(&r->body, "reason", why);
	if (!is_broken_word(t, ts, r))
		return OP_DONE;
	t->not_kept++;
	if (demanding) {
		take_back(ts, r);
		refuse(t, demanding, r);
	}
	return OP_DONE;
}

/* ---- life --------------------------------------------------------------- */

static void
durable_settled(void *arg)
{
	struct ttsd *t = arg;

	server_retry(t->server);
	restore_go_on(t->restore);
	if (t->stopping)
		ttsd_stop_if_done(t);
}

static void
durable_changed(void *arg, bool keeps, const char *why)
{
	struct ttsd *t = arg;
	json_t *body = json_pack("{s:b}", "durable", (int)keeps);

	if (!keeps)
		body_put_text(&body, "reason", why);
	event_publish(t->server, EVENT_DURABLE, NULL, SERVER_ANY_LEAD, 0, body);
}

static void
durable_numbers(void *arg, uint64_t told)
{
	struct ttsd *t = arg;

	numbers_go_on(t->numbers, told);
}

static void
durable_restore(void *arg, uint64_t first_id)
{
	struct ttsd *t = arg;

	restore_begin(t->restore, first_id);
}

static const struct durable_events durable_events = {
	.settled = durable_settled,
	.changed = durable_changed,
	.told = durable_numbers,
	.restore = durable_restore,
};

int
durability_open(struct ttsd *t)
{
	int rc;

	t->desk.known = t->conf.ttsd.durable == KEPT_NO;
	if (t->desk.known)
		return 0;
	rc = restore_new(t, &t->restore);
	if (rc == 0)
		rc = durable_new(t->loop, t->conf.ttsd.state_dir,
		    &durable_events, t, &t->durable);
	if (rc == 0)
		rc = pruning_new(t->loop, t->durable,
		    t->conf.ttsd.history_keep_ns, t->conf.ttsd.history_max,
		    &t->pruning);
	return rc;
}

void
durability_close(struct ttsd *t)
{
	/* First, for it ends what those have asked. */
	durable_free(t->durable);
	pruning_free(t->pruning);
	restore_free(t->restore);
}

json_t *
durability_status(const struct ttsd *t)
{
	struct durable_counters counted;
	bool keeps;

	if (t->durable == NULL)
		return json_null();
	keeps = durable_keeps(t->durable);
	counted = durable_count(t->durable);
	return json_pack("{s:b, s:s, s:I, s:I}", "keeps", keeps, "why",
	    keeps ? "" : durable_why(t->durable), "waiting",
	    (json_int_t)counted.waiting, "restarts",
	    (json_int_t)counted.restarts);
}
