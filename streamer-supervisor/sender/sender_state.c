/* The state of a sender: every change of it happens here. What happens to a
 * sender, and what is asked of it, is in sender.c. */
#include "streamer-supervisor/sender/sender_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/utf8.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

/* ---- reasons ---------------------------------------------------------- */

void
sender_set_reason(struct sender *s, const char *reason)
{
	utf8_sanitise(s->reason, sizeof(s->reason), reason, strlen(reason));
}

void
sender_set_end(struct sender *s, enum cause cause, const char *reason)
{
	sender_set_reason(s, reason);
	memcpy(s->ended, s->reason, sizeof(s->ended));
	s->cause = cause;
}

void
sender_set_error(struct sender *s, enum cause cause, const char *reason)
{
	sender_set_end(s, cause, reason);
	memcpy(s->last_error, s->reason, sizeof(s->last_error));
}

/* ---- an attempt ------------------------------------------------------- */

/* Adds the end of the attempt to the history, unless it was to stop. */
static void
note_end(struct sender *s, const struct child *before)
{
	int64_t now = clock_awake_ns();

	if (before->state == CHILD_STOPPING && s->child.state == CHILD_STOPPED)
		return;
	history_add(&s->history, s->cause, s->ended, clock_utc_ms(),
	    before->ready ? (now - before->ready_ns) / NS_PER_MS : 0);
}

static enum child_action
sender_tell(struct sender *s, enum child_event event)
{
	struct child before = s->child;
	enum child_action action =
	    child_feed(&s->child, event, clock_awake_ns(), platform_random());

	if (child_alive(&before) &&
	    (event == CHILD_GONE || event == CHILD_FAILED))
		note_end(s, &before);
	return action;
}

/* ---- the two setters -------------------------------------------------- */

const char *const sender_wait_names[WAIT_COUNT] = {
#define X(name, text) [WAIT_##name] = text,
	SENDER_WAITS(X)
#undef X
};

void
sender_set_wait(struct sender *s, enum sender_wait wait)
{
	if (s->wait == wait)
		return;
	log_debug("output=%s waits_for=%s", s->label,
	    log_quote(sender_wait_names[wait]));
	s->wait = wait;
}

/* What a state means here; all else is the machine's (child.c). */
static const struct {
	bool on_air; /* ffmpeg is watched in this state */
	bool bad;    /* an operator should know */
} traits[CHILD_STATE_COUNT] = {
	[CHILD_RUNNING] = { .on_air = true },
	[CHILD_STALLED] = { .bad = true },
	[CHILD_BACKOFF] = { .bad = true },
	[CHILD_REJECTED] = { .bad = true },
};

/* Is this change one of the many that are alike, and not told any more? */
static bool
sender_folds(struct sender *s)
{
	enum child_state to = s->child.state;

	if (to == CHILD_STARTING || to == CHILD_STALLED)
		return repeats_are_folded(&s->repeats);
	if (to == CHILD_BACKOFF || to == CHILD_REJECTED)
		return !repeats_take(&s->repeats, s->reason, clock_awake_ns());
	repeats_end(&s->repeats);
	return false;
}

/* What is said of a wait: how long it is, and of how many alike. */
static void
describe_wait(const struct sender *s, char *out, size_t size)
{
	int64_t wait_ms = sender_backoff_ms(s);
	int n = 0;

	out[0] = '\0';
	if (wait_ms > 0)
		n = snprintf(out, size, " backoff_ms=%" PRId64, wait_ms);
	repeats_describe(
	    &s->repeats, clock_awake_ns(), out + n, size - (size_t)n);
}

static void
sender_announce(struct sender *s, enum child_state from, bool gave_up)
{
	enum child_state to = s->child.state;
	bool excused = s->wait == WAIT_SOURCE || s->wait == WAIT_PLAYER;
	bool bad =
	    gave_up || (traits[to].bad && !(to == CHILD_BACKOFF && excused));
	bool folded = sender_folds(s);
	char wait[128];

	describe_wait(s, wait, sizeof(wait));
	log_write(folded ? LOG_DEBUG
		  : bad  ? LOG_WARNING
			 : LOG_INFO,
	    "output=%s %s->%s reason=%s%s%s", s->label, child_state_name(from),
	    child_state_name(to), log_quote(s->reason), wait,
	    gave_up ? " (max_restarts reached)" : "");
	s->spec.changed(s->spec.arg, s, from, s->reason);
}

static int64_t
max_age_ns(const struct sender *s)
{
	const struct ffmpeg_protocol *p = s->launch.plan.protocol;

	if (p == NULL || s->spec.timing->max_age_ns)
		return s->spec.timing->max_age_ns;
	return p->max_age_ns;
}

/* Logs and tells a change, and sets the deadline; called after anything that
 * may have changed the state. */
static void
sender_settle(struct sender *s, enum child_state from, enum child_event event)
{
	enum child_state to = s->child.state;

	timer_at(s->deadline, s->child.deadline_ns);
	if (to == from)
		return;
	if (traits[to].on_air)
		monitor_start(&s->monitor, max_age_ns(s));
	else
		monitor_stop(&s->monitor);
	sender_announce(s, from,
	    to == CHILD_STOPPED && from != CHILD_STOPPING &&
		event != CHILD_STOP);
}

void
sender_go_on(struct sender *s)
{
	timer_at(s->deadline, s->child.deadline_ns);
	if (traits[s->child.state].on_air)
		monitor_go_on(&s->monitor, max_age_ns(s));
}

/* Feeds the machine with what came of a try. */
static void
sender_take(struct sender *s, enum launch_result result)
{
	static const struct {
		enum sender_wait wait;
		enum child_event event;
	} table[LAUNCH_RESULTS] = {
		[LAUNCH_UNSERVED] = { WAIT_SOURCE, CHILD_HOLD },
		[LAUNCH_LACKING] = { WAIT_PROGRAM, CHILD_FAILED },
		[LAUNCH_REFUSED] = { WAIT_RETRY, CHILD_FAILED },
		[LAUNCH_FAILED] = { WAIT_RETRY, CHILD_FAILED },
	};

	if (result == LAUNCH_DONE && sender_waits_for_player(s))
		log_info("output=%s waits for a player", s->label);
	if (result == LAUNCH_DONE || result == LAUNCH_PENDING)
		return;
	if (result == LAUNCH_UNSERVED)
		sender_set_reason(s, s->launch.why);
	else
		sender_set_error(s, s->launch.cause, s->launch.why);
	sender_set_wait(s, table[result].wait);
	if (result == LAUNCH_REFUSED || result == LAUNCH_LACKING)
		sender_tell(s, CHILD_REJECT);
	sender_tell(s, table[result].event);
}

/* Carries out what the machine wants. Returns true when that cancelled what was
 * pending, so that there is nothing to wait for. */
static bool
sender_act(struct sender *s, enum child_action action)
{
	if (action == CHILD_NOTHING)
		return false;
	if (action == CHILD_SPAWN) {
		sender_set_wait(s, WAIT_NOTHING);
		s->run.folded = repeats_are_folded(&s->repeats);
		sender_take(s, launch_try(&s->launch));
		return false;
	}
	if (action == CHILD_INTERRUPT)
		ffmpeg_run_interrupt(&s->run);
	else
		ffmpeg_run_kill(&s->run);
	return launch_cancel(&s->launch);
}

/* A try that came to nothing before there was a process. */
static void
sender_tell_vain(struct sender *s)
{
	bool folded = sender_folds(s);
	char wait[128];

	describe_wait(s, wait, sizeof(wait));
	log_write(folded ? LOG_DEBUG : LOG_WARNING,
	    "output=%s could not be started: reason=%s%s", s->label,
	    log_quote(s->reason), wait);
}

/* Every change of state happens here. `result` is that of the try under way, in
 * place of an event. */
static void
sender_change(
    struct sender *s, enum child_event event, const enum launch_result *result)
{
	enum child_state from = s->child.state;
	bool cancelled = false;
	uint64_t ends = s->history.count;

	if (result)
		sender_take(s, *result);
	else
		cancelled = sender_act(s, sender_tell(s, event));
	sender_settle(s, from, event);
	if (s->child.state == from && s->history.count != ends)
		sender_tell_vain(s);
	if (!cancelled)
		return;
	sender_set_wait(s, WAIT_RETRY);
	sender_change(s, CHILD_GONE, NULL);
}

void
sender_feed(struct sender *s, enum child_event event)
{
	sender_change(s, event, NULL);
}

void
sender_answered(void *arg, int err)
{
	struct sender *s = arg;
	enum launch_result result = launch_go_on(&s->launch, err);

	sender_change(s, CHILD_FAILED, &result);
}

void
sender_feed_because(
    struct sender *s, enum child_event event, const char *reason)
{
	sender_set_reason(s, reason);
	sender_feed(s, event);
}
