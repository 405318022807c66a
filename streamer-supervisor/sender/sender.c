#include "streamer-supervisor/sender/sender_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/list.h"
#include "common/utf8.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

/* Keeps the reason of a change as UTF-8, for it goes into JSON. */
static void
set_reason(struct sender *s, const char *reason)
{
	utf8_sanitise(s->reason, sizeof(s->reason), reason, strlen(reason));
}

/* Keeps a reason that ends the attempt too. */
static void
set_end(struct sender *s, enum cause cause, const char *reason)
{
	set_reason(s, reason);
	memcpy(s->ended, s->reason, sizeof(s->ended));
	s->cause = cause;
}

/* Keeps a reason that ends the attempt and is a failure. */
static void
set_error(struct sender *s, enum cause cause, const char *reason)
{
	set_end(s, cause, reason);
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

/* ---- the one setter --------------------------------------------------- */

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

static void
announce(struct sender *s, enum child_state from, bool gave_up)
{
	enum child_state to = s->child.state;
	int64_t wait_ms = sender_backoff_ms(s);
	bool excused = s->wait == WAIT_SOURCE || s->wait == WAIT_PLAYER;
	bool bad =
	    gave_up || (traits[to].bad && !(to == CHILD_BACKOFF && excused));
	char backoff[40] = "";

	if (wait_ms > 0)
		snprintf(
		    backoff, sizeof(backoff), " backoff_ms=%" PRId64, wait_ms);
	log_write(bad ? LOG_WARNING : LOG_INFO,
	    "output=%s %s->%s reason=%s%s%s", s->label, child_state_name(from),
	    child_state_name(to), log_quote(s->reason), backoff,
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
	announce(s, from,
	    to == CHILD_STOPPED && from != CHILD_STOPPING &&
		event != CHILD_STOP);
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
	set_error(s, s->launch.cause, s->launch.why);
	s->wait = table[result].wait;
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
		s->wait = WAIT_NOTHING;
		s->wakes = false;
		sender_take(s, launch_try(&s->launch));
		return false;
	}
	if (action == CHILD_INTERRUPT)
		ffmpeg_run_interrupt(&s->run);
	else
		ffmpeg_run_kill(&s->run);
	return launch_cancel(&s->launch);
}

/* Every change of state happens here. `result` is that of the try under way, in
 * place of an event. */
static void
sender_change(
    struct sender *s, enum child_event event, const enum launch_result *result)
{
	enum child_state from = s->child.state;
	bool cancelled = false;

	if (result)
		sender_take(s, *result);
	else
		cancelled = sender_act(s, sender_tell(s, event));
	sender_settle(s, from, event);
	if (!cancelled)
		return;
	s->wait = WAIT_RETRY;
	sender_change(s, CHILD_GONE, NULL);
}

static void
sender_feed(struct sender *s, enum child_event event)
{
	sender_change(s, event, NULL);
}

static void
sender_answered(void *arg, int err)
{
	struct sender *s = arg;
	enum launch_result result = launch_go_on(&s->launch, err);

	sender_change(s, CHILD_FAILED, &result);
}

static void
feed_because(struct sender *s, enum child_event event, const char *reason)
{
	set_reason(s, reason);
	sender_feed(s, event);
}

/* ---- what happens ----------------------------------------------------- */

static void
overdue(struct sender *s, enum cause cause, const char *what, int64_t limit_ns)
{
	char why[REASON_MAX];

	snprintf(
	    why, sizeof(why), "%s %" PRId64 " ms", what, limit_ns / NS_PER_MS);
	set_error(s, cause, why);
}

static void
sender_deadline(void *arg)
{
	struct sender *s = arg;
	const struct child_limits *limits = &s->child.limits;

	switch (s->child.state) {
	case CHILD_STARTING:
		overdue(s, CAUSE_LATE,
		    ffmpeg_run_alive(&s->run) ? "no sound flowed within"
					      : launch_late_text(&s->launch),
		    limits->start_ns);
		break;
	case CHILD_RUNNING:
		overdue(s, CAUSE_STALL, "no progress for", limits->stall_ns);
		break;
	case CHILD_STOPPING:
		log_warning("output=%s ffmpeg did not end in time; it is "
			    "killed",
		    s->label);
		break;
	default:
		set_reason(s, "another try");
		break;
	}
	sender_feed(s, CHILD_DEADLINE);
}

static void
sick(void *arg, enum cause cause, const char *why)
{
	set_error(arg, cause, why);
	sender_feed(arg, CHILD_STALL);
}

static void
run_advanced(void *arg)
{
	struct sender *s = arg;

	if (s->child.state != CHILD_STARTING)
		sender_feed(s, CHILD_PROGRESS);
	else if (monitor_may_start(&s->monitor))
		feed_because(s, CHILD_READY, "sound flows");
}

static void
run_refused(void *arg)
{
	sender_feed(arg, CHILD_REJECT);
}

/* Has the player of a listener left? A listener is not to blame for who comes
 * and goes. What keeps it from listening has an error of its own; only what a
 * client does is EIO. */
static bool
has_left(const struct sender *s, bool played)
{
	return sender_listens(s) && s->run.worst >= MESSAGE_VAGUE &&
	       (played || s->run.code == MESSAGE_IO);
}

/* Decides why the sender waits after the end of its ffmpeg, and says why that
 * ended. */
static enum sender_wait
judge_end(struct sender *s, bool unknown)
{
	bool played = s->child.state == CHILD_RUNNING;
	enum cause cause = CAUSE_EXIT;

	if (has_left(s, played)) {
		set_end(s, CAUSE_LEFT,
		    played ? "the player has left"
			   : "who connected was no player");
		return WAIT_PLAYER;
	}
	if (unknown)
		cause = CAUSE_PROGRAM;
	else if (s->child.rejected)
		cause = CAUSE_REFUSED;
	else if (s->run.killed)
		cause = CAUSE_KILLED;
	if (s->child.state == CHILD_STARTING || played)
		set_error(s, cause, s->run.why);
	else
		set_reason(s, s->run.exit);
	return unknown ? WAIT_PROGRAM : WAIT_RETRY;
}

static void
run_gone(void *arg, bool unknown)
{
	struct sender *s = arg;
	bool played = s->child.state == CHILD_RUNNING;

	launch_over(&s->launch);
	s->wait = judge_end(s, unknown);
	if (unknown) {
		probe_again(s->spec.env->probe);
		sender_feed(s, CHILD_REJECT);
	}
	if (s->wait == WAIT_PLAYER)
		backoff_reset(&s->child.backoff);
	sender_feed(s, CHILD_GONE);
	if (s->wait == WAIT_PLAYER && played)
		feed_because(s, CHILD_WAKE, "waits for the next player");
	else if (s->wakes)
		feed_because(s, CHILD_WAKE, "ttsd is on air");
}

static void
run_doomed(void *arg, const char *why)
{
	struct sender *s = arg;

	if (s->child.state == CHILD_STARTING || s->child.state == CHILD_RUNNING)
		sick(s, CAUSE_UNSENT, why);
}

static void
run_lost(void *arg, unsigned index, const char *why)
{
	struct sender *s = arg;

	if (s->spec.lost)
		s->spec.lost(s->spec.arg, index, why);
}

static const struct ffmpeg_run_events ffmpeg_run_events = {
	.advanced = run_advanced,
	.refused = run_refused,
	.doomed = run_doomed,
	.lost = run_lost,
	.gone = run_gone,
};

void
sender_source_up(struct sender *s)
{
	s->wakes = ffmpeg_run_alive(&s->run);
	feed_because(s, CHILD_WAKE, "ttsd is on air");
}

void
sender_source_absent(struct sender *s)
{
	if (s->wait == WAIT_SOURCE && s->child.state == CHILD_BACKOFF &&
	    launch_is_served(&s->launch))
		feed_because(s, CHILD_WAKE, "the audio is served");
}

void
sender_probed(struct sender *s)
{
	if (s->wait == WAIT_PROGRAM && s->child.state == CHILD_REJECTED &&
	    launch_is_able(&s->launch))
		feed_because(s, CHILD_START, "ffmpeg can do it now");
}

/* ---- is it well? ------------------------------------------------------ */

static void
aged(void *arg)
{
	sender_restart(arg, CAUSE_AGE, "max_age is reached");
}

void
sender_idle(struct sender *s)
{
	monitor_idle(&s->monitor);
}

void
sender_lagging(struct sender *s, int64_t pid)
{
	if (s->child.state == CHILD_RUNNING && ffmpeg_run_pid(&s->run) == pid)
		monitor_lagging(&s->monitor);
}

/* ---- what is asked ---------------------------------------------------- */

void
sender_start(struct sender *s, const char *reason)
{
	feed_because(s, CHILD_START, reason);
}

void
sender_take_over(struct sender *s, const char *why)
{
	set_error(s, CAUSE_EXIT, why);
	history_add(&s->history, s->cause, s->ended, clock_utc_ms(), 0);
	sender_feed(s, CHILD_START);
}

void
sender_stop(struct sender *s, const char *reason)
{
	feed_because(s, CHILD_STOP, reason);
}

void
sender_restart(struct sender *s, enum cause cause, const char *reason)
{
	set_end(s, cause, reason);
	sender_feed(s, CHILD_RESTART);
}

void
sender_kill(struct sender *s)
{
	ffmpeg_run_kill(&s->run);
}

/* ---- storage ---------------------------------------------------------- */

static void
init_child(struct sender *s)
{
	const struct conf_timing *t = s->spec.timing;
	bool listens = sender_listens(s);
	struct child_limits limits = {
		.start_ns = listens ? CHILD_NEVER : t->start_timeout_ns,
		.stall_ns = t->stall_timeout_ns,
		.grace_ns = t->stop_timeout_ns,
		.healthy_ns = listens ? 0 : t->healthy_after_ns,
		.reject_ns = t->backoff_max_ns,
		.max_restarts = (unsigned)t->max_restarts,
	};

	child_init(
	    &s->child, &limits, t->backoff_initial_ns, t->backoff_max_ns, true);
}

void
sender_retime(struct sender *s)
{
	uint64_t restarts = s->child.restarts, spawns = s->child.spawns;

	init_child(s);
	s->child.restarts = restarts;
	s->child.spawns = spawns;
}

static void
sender_grown(void *arg)
{
	struct sender *s = arg;

	monitor_grew(&s->monitor);
}

static int
init_launch(struct sender *s, struct conf_error *e)
{
	s->launch = (struct launch){ .env = s->spec.env,
		.channel = s->spec.channel,
		.socket = s->spec.socket,
		.run = &s->run,
		.answered = sender_answered,
		.grown = sender_grown,
		.arg = s,
		.argv = s->spec.argv,
		.argv_arg = s->spec.arg };
	return launch_init(
	    &s->launch, s->spec.conf, s->spec.role == SENDER_BACKUP, e);
}

static int
init_monitor(struct sender *s)
{
	const struct sender_spec *spec = &s->spec;
	bool probed = spec->conf && spec->role == SENDER_PRIMARY &&
		      spec->conf->probe.url[0] != '\0';

	s->monitor = (struct monitor){ .env = spec->env,
		.conf = spec->conf,
		.timing = spec->timing,
		.channel = spec->channel->block.name,
		.name = s->label,
		.plan = &s->launch.plan,
		.run = &s->run,
		.sick = sick,
		.aged = aged,
		.arg = s };
	return monitor_init(&s->monitor, probed ? spec->env->program : NULL);
}

int
sender_new(
    const struct sender_spec *spec, struct sender **out, struct conf_error *e)
{
	struct sender *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (s == NULL)
		return ERR_NOMEM;
	s->spec = *spec;
	snprintf(s->label, sizeof(s->label), "%s", spec->label);
	s->run = (struct ffmpeg_run){ .loop = spec->env->loop,
		.name = s->label,
		.redact = &s->launch.redact,
		.events = &ffmpeg_run_events,
		.arg = s };
	ffmpeg_run_init(&s->run);
	rc = timer_new(
	    spec->env->loop, TIMER_COARSE, sender_deadline, s, &s->deadline);
	if (rc == 0)
		rc = init_monitor(s);
	if (rc == 0)
		rc = init_launch(s, e);
	if (rc < 0) {
		sender_free(s);
		return rc;
	}
	init_child(s);
	s->monitor.keeping = s->launch.keeping;
	LIST_APPEND(spec->env->senders, s);
	*out = s;
	return 0;
}

struct sender *
sender_next(const struct environment *env, const struct sender *last)
{
	return last ? last->next : env->senders;
}

void
sender_free(struct sender *s)
{
	if (s == NULL)
		return;
	LIST_REMOVE(s->spec.env->senders, s);
	ffmpeg_run_done(&s->run);
	monitor_done(&s->monitor);
	launch_done(&s->launch);
	timer_free(s->deadline);
	free(s);
}
