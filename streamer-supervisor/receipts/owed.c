#include "streamer-supervisor/receipts/owed.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *const owed_state_names[] = {
#define X(name, text) [OWED_##name] = text,
	OWED_STATES(X)
#undef X
	    NULL
};

#define LATE "the output came on air only after it had begun"

static const struct owed_word nothing = { .state = OWED_STATE_COUNT };

static bool
is_said(const struct owed_word *w)
{
	return w->state != OWED_STATE_COUNT;
}

static void word_set(struct owed_word *w, enum owed_state state,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void
word_set(struct owed_word *w, enum owed_state state, const char *fmt, ...)
{
	va_list ap;

	*w = (struct owed_word){ .state = state };
	va_start(ap, fmt);
	vsnprintf(w->reason, sizeof(w->reason), fmt, ap);
	va_end(ap);
}

static void
owed_fail(struct owed *o, enum owed_state state, const char *why)
{
	o->phase = OWED_PASSED;
	word_set(&o->sending, state, "%s", why);
}

/* Was the ffmpeg started only after the first sample was on air? That is as
 * long ago as the announcement is long, at least. */
static bool
is_late(const struct owed_span *span, const struct owed_sender *s)
{
	uint64_t samples = span->end - span->from;

	return s->ran_ns < (int64_t)(samples * 1000000000 / span->rate_hz);
}

/* What is certain from the outset. */
static void
look_at_sender(
    struct owed *o, const struct owed_span *span, const struct owed_sender *s)
{
	if (s->pid == 0) {
		o->phase = OWED_PASSED;
		word_set(&o->sending, OWED_MISSED,
		    "the output was not sent: %s", s->why);
	} else if (is_late(span, s)) {
		owed_fail(o, OWED_MISSED, LATE);
	}
}

void
owed_begin(struct owed *o, const struct owed_span *span, bool hears,
    const struct owed_sender *s, int64_t now_ns)
{
	struct owed_word verdict = nothing;
	int64_t verdict_ns = 0;

	if (o->id == span->id) {
		verdict = o->verdict;
		verdict_ns = o->verdict_ns;
	}
	*o = (struct owed){ .id = span->id,
		.phase = OWED_PLACING,
		.from = span->from,
		.end = span->end,
		.pid = s->pid,
		.sends = s->sends,
		.sending = nothing,
		.listens = hears,
		.ear = s->ear,
		.verdict = verdict,
		.verdict_ns = verdict_ns,
		.begun_ns = now_ns };
	look_at_sender(o, span, s);
	if (hears && s->ear == 0 && !is_said(&o->verdict)) {
		word_set(&o->verdict, OWED_UNKNOWN, "nobody listened");
		o->verdict_ns = now_ns;
	}
}

void
owed_begin_early(struct owed *o, uint64_t id, int64_t now_ns)
{
	*o = (struct owed){ .id = id,
		.phase = OWED_EARLY,
		.sending = nothing,
		.listens = true,
		.verdict = nothing,
		.begun_ns = now_ns };
}

/* ---- where it lies ------------------------------------------------------ */

/* Some of it was left out, or its ffmpeg began after it had begun. What was
 * left out about its very end may have been all behind it. */
static void
owed_cut(struct owed *o, const struct owed_reader *r)
{
	if (r->edge == r->first_sample)
		owed_fail(o, OWED_MISSED, LATE);
	else if (r->edge < o->end)
		owed_fail(o, OWED_MISSED,
		    "its ffmpeg was too slow, and some of it was left out");
	else
		owed_fail(o, OWED_UNKNOWN,
		    "its ffmpeg was too slow, and sound was left out about its "
		    "end");
}

void
owed_place(struct owed *o, const struct owed_reader *r)
{
	uint64_t samples;

	if (o->phase != OWED_PLACING)
		return;
	if (r == NULL) {
		owed_fail(
		    o, OWED_MISSED, "its ffmpeg did not read the channel");
	} else if (r->edge > o->from) {
		owed_cut(o, r);
	} else if (r->reached >= o->end) {
		samples = o->end - r->first_sample - r->left_out;
		o->target_us = (int64_t)(samples * 1000000 / r->rate_hz);
		o->phase = OWED_SENDING;
	}
}

void
owed_displace(struct owed *o, const char *why)
{
	if (o->phase == OWED_PLACING)
		owed_fail(o, OWED_UNKNOWN, why);
}

void
owed_hear(struct owed *o, const struct owed_word *verdict, int64_t now_ns)
{
	/* It may be that what listened first knew less. */
	if (is_said(&o->verdict) && o->verdict.state != OWED_UNKNOWN)
		return;
	o->listens = true;
	o->verdict = *verdict;
	o->verdict_ns = now_ns;
}

/* ---- what there is to tell ---------------------------------------------- */

/* The ffmpeg that was to send it is gone. It may have sent more than it told
 * last, but nothing if it never told of any sound. */
static void
owed_orphan(struct owed *o, const char *why)
{
	char text[OWED_REASON_MAX];

	if (o->phase == OWED_ACKNOWLEDGING) {
		o->phase = OWED_PASSED;
		return;
	}
	snprintf(text, sizeof(text), "its ffmpeg ended before %s: %s",
	    o->sends ? "it was seen to be sent" : "any sound flowed", why);
	owed_fail(o, o->sends ? OWED_UNKNOWN : OWED_MISSED, text);
}

static bool
was_sent(struct owed *o, const struct owed_sender *s, struct owed_word *out)
{
	if (s->sent_us < o->target_us + OWED_MARGIN_US)
		return false;
	o->phase = s->acknowledges ? OWED_ACKNOWLEDGING : OWED_PASSED;
	o->due = s->acknowledged + s->unacknowledged;
	o->connections = s->connections;
	word_set(out, OWED_SENT, "%s", "");
	return true;
}

/* A connection that is another than before has counted nothing of it. */
static bool
was_delivered(
    struct owed *o, const struct owed_sender *s, struct owed_word *out)
{
	if (s->connections == 0 || s->connections != o->connections)
		o->phase = OWED_PASSED;
	if (o->phase == OWED_PASSED || s->acknowledged < o->due)
		return false;
	o->phase = OWED_PASSED;
	word_set(out, OWED_DELIVERED, "%s", "");
	return true;
}

static bool
has_passed_on(
    struct owed *o, const struct owed_sender *s, struct owed_word *out)
{
	if (o->phase != OWED_PASSED && o->phase != OWED_EARLY &&
	    o->pid != s->pid)
		owed_orphan(o, s->why);
	o->sends = o->sends || s->sends;
	if (o->phase == OWED_SENDING)
		return was_sent(o, s, out);
	return o->phase == OWED_ACKNOWLEDGING && was_delivered(o, s, out);
}

/* Was it waited for long enough? */
static bool
is_overdue(const struct owed *o, int64_t now_ns)
{
	return now_ns - o->begun_ns >= OWED_PATIENCE_NS;
}

static void
look_for_ear(struct owed *o, const struct owed_sender *s, int64_t now_ns)
{
	bool late = is_overdue(o, now_ns);
	struct owed_word word;

	if (!o->listens || is_said(&o->verdict) || o->phase == OWED_EARLY)
		return;
	if (late)
		word_set(
		    &word, OWED_UNKNOWN, "who listened did not tell in time");
	else
		word_set(&word, OWED_UNKNOWN,
		    "who listened ended before it was known%s%s",
		    s->ear_lost[0] ? ": " : "", s->ear_lost);
	if (late || s->ear != o->ear)
		owed_hear(o, &word, now_ns);
}

/* Is there no more to wait for of its sending? */
static void
look_for_end(struct owed *o, int64_t now_ns)
{
	bool late = is_overdue(o, now_ns);

	if (late && (o->phase == OWED_PLACING || o->phase == OWED_SENDING))
		owed_fail(
		    o, OWED_UNKNOWN, "it was not seen to be sent in time");
	if (late ||
	    (is_said(&o->verdict) && now_ns - o->verdict_ns >= OWED_HOLD_NS))
		o->phase = OWED_PASSED;
}

/* The verdict: the ear's, but where it does not know, what is known of the
 * sending. */
static const struct owed_word *
find_verdict(const struct owed *o)
{
	bool ear = is_said(&o->verdict);

	if (o->listens && !ear)
		return NULL;
	if (ear && o->verdict.state != OWED_UNKNOWN)
		return &o->verdict;
	if (is_said(&o->sending))
		return &o->sending;
	return ear ? &o->verdict : NULL;
}

bool
owed_next(struct owed *o, const struct owed_sender *s, int64_t now_ns,
    struct owed_word *out, bool *over)
{
	const struct owed_word *verdict;

	*over = false;
	if (has_passed_on(o, s, out))
		return true;
	look_for_ear(o, s, now_ns);
	look_for_end(o, now_ns);
	verdict = find_verdict(o);
	if (o->phase != OWED_PASSED || (verdict == NULL && o->listens))
		return false;
	*over = true;
	if (verdict)
		*out = *verdict;
	return verdict != NULL;
}

/* ---- upgrades ----------------------------------------------------------- */

static const char *const phase_names[] = {
#define X(name, text) [OWED_##name] = text,
	OWED_PHASES(X)
#undef X
};

static const char *const word_states[] = {
#define X(name, text) [OWED_##name] = text,
	OWED_STATES(X)
#undef X
	    [OWED_STATE_COUNT] = "none",
};

static const struct record_field word_fields[] = {
	RECORD_FIELD_CHOICE(owed_word, state, word_states),
	RECORD_FIELD(RECORD_INTEGER, owed_word, delay_ms),
	RECORD_FIELD(RECORD_NUMBER, owed_word, confidence),
	RECORD_FIELD_TEXT(owed_word, reason),
	RECORD_END,
};

const struct record_field owed_fields[] = {
	RECORD_FIELD(RECORD_COUNT, owed, id),
	RECORD_FIELD(RECORD_COUNT, owed, from),
	RECORD_FIELD(RECORD_COUNT, owed, end),
	RECORD_FIELD_CHOICE(owed, phase, phase_names),
	RECORD_FIELD(RECORD_INTEGER, owed, pid),
	RECORD_FIELD(RECORD_BOOL, owed, sends),
	RECORD_FIELD(RECORD_INTEGER, owed, target_us),
	RECORD_FIELD(RECORD_COUNT, owed, due),
	RECORD_FIELD(RECORD_SMALL, owed, connections),
	RECORD_FIELD_PART(owed, sending, word_fields),
	RECORD_FIELD(RECORD_BOOL, owed, listens),
	RECORD_FIELD(RECORD_COUNT, owed, ear),
	RECORD_FIELD_PART(owed, verdict, word_fields),
	RECORD_FIELD(RECORD_INTEGER, owed, verdict_ns),
	RECORD_FIELD(RECORD_INTEGER, owed, begun_ns),
	RECORD_END,
};
