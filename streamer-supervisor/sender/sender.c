#include "streamer-supervisor/sender/leg_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "streamer-supervisor/ffmpeg/protocol.h"

/* It goes into JSON, so it must be UTF-8. */
static void
set_reason(struct leg *l, const char *reason)
{
	utf8_sanitise(l->reason, sizeof(l->reason), reason, strlen(reason));
}

/* A reason that ends the attempt too. */
static void
set_end(struct leg *l, enum cause cause, const char *reason)
{
	set_reason(l, reason);
	memcpy(l->ended, l->reason, sizeof(l->ended));
	l->cause = cause;
}

/* One that is a failure. */
static void
set_error(struct leg *l, enum cause cause, const char *reason)
{
	set_end(l, cause, reason);
	memcpy(l->last_error, l->reason, sizeof(l->last_error));
}

/* ---- an attempt ------------------------------------------------------- */

/* Its end is history, unless it was to stop. */
static void
note_end(struct leg *l, const struct child *before)
{
	int64_t now = clock_now_ns();

	if (before->state == CHILD_STOPPING && l->child.state == CHILD_STOPPED)
		return;
	history_add(&l->history, l->cause, l->ended, clock_utc_ms(),
	    before->ready ? (now - before->ready_ns) / NS_PER_MS : 0);
}

static enum child_action
tell(struct leg *l, enum child_event event)
{
	struct child before = l->child;
	enum child_action action =
	    child_feed(&l->child, event, clock_now_ns(), platform_random());

	if (child_alive(&before) &&
	    (event == CHILD_GONE || event == CHILD_FAILED))
		note_end(l, &before);
	return action;
}

static void
take(struct leg *l, enum launch_result result)
{
	if (result == LAUNCH_DONE && leg_waits_for_player(l))
		log_info("output=%s waits for a player", l->label);
	if (result == LAUNCH_DONE || result == LAUNCH_PENDING)
		return;
	set_error(l, l->launch.cause, l->launch.why);
	l->held = result == LAUNCH_UNSERVED;
	if (result == LAUNCH_REFUSED)
		tell(l, CHILD_REJECT);
	tell(l, l->held ? CHILD_HOLD : CHILD_FAILED);
}

/* ---- the one setter --------------------------------------------------- */

static void
announce(struct leg *l, enum child_state from, bool gave_up)
{
	enum child_state to = l->child.state;
	int64_t wait_ms = leg_backoff_ms(l);
	bool bad = gave_up || to == CHILD_STALLED || to == CHILD_REJECTED ||
		   (to == CHILD_BACKOFF && !l->held && !l->left);
	char backoff[40] = "";

	if (wait_ms > 0)
		snprintf(
		    backoff, sizeof(backoff), " backoff_ms=%" PRId64, wait_ms);
	log_write(bad ? LOG_WARNING : LOG_INFO,
	    "output=%s %s->%s reason=\"%s\"%s%s", l->label,
	    child_state_name(from), child_state_name(to), l->reason, backoff,
	    gave_up ? " (max_restarts reached)" : "");
	l->spec.changed(l->spec.arg, l, from, l->reason);
}

static int64_t
max_age_ns(const struct leg *l)
{
	const struct ffmpeg_protocol *p = l->launch.plan.protocol;

	if (p == NULL || l->spec.conf->max_age_ns)
		return l->spec.conf->max_age_ns;
	return p->max_age_ns;
}

/* After anything that may have changed the state. */
static void
settle(struct leg *l, enum child_state from, enum child_event event)
{
	enum child_state to = l->child.state;

	timer_at(l->deadline, l->child.deadline_ns);
	if (to == from)
		return;
	if (to == CHILD_RUNNING)
		watch_start(&l->watch, max_age_ns(l));
	else
		watch_stop(&l->watch);
	announce(l, from,
	    to == CHILD_STOPPED && from != CHILD_STOPPING &&
		event != CHILD_STOP);
}

/* Every change of state happens here, and in answered(). */
static void
feed(struct leg *l, enum child_event event)
{
	enum child_state from = l->child.state;
	enum child_action action = tell(l, event);
	bool cancelled = false;

	if (action == CHILD_SPAWN) {
		l->held = l->woken = l->left = false;
		take(l, launch_try(&l->launch));
	} else if (action != CHILD_NOTHING) {
		cancelled = launch_cancel(&l->launch);
	}
	if (action == CHILD_INTERRUPT)
		run_interrupt(&l->run);
	else if (action == CHILD_KILL)
		run_kill(&l->run);
	settle(l, from, event);
	if (cancelled)
		feed(l, CHILD_GONE);
}

static void
answered(void *arg, int err)
{
	struct leg *l = arg;
	enum child_state from = l->child.state;

	take(l, launch_go_on(&l->launch, err));
	settle(l, from, CHILD_FAILED);
}

static void
feed_because(struct leg *l, enum child_event event, const char *reason)
{
	set_reason(l, reason);
	feed(l, event);
}

/* ---- what happens ----------------------------------------------------- */

static void
overdue(struct leg *l, enum cause cause, const char *what, int64_t limit_ns)
{
	char why[REASON_MAX];

	snprintf(
	    why, sizeof(why), "%s %" PRId64 " ms", what, limit_ns / NS_PER_MS);
	set_error(l, cause, why);
}

static void
deadline(void *arg)
{
	struct leg *l = arg;
	const struct child_limits *limits = &l->child.limits;

	switch (l->child.state) {
	case CHILD_STARTING:
		overdue(l, CAUSE_LATE,
		    run_alive(&l->run) ? "no sound flowed within"
				       : "url_command gave no answer within",
		    limits->start_ns);
		break;
	case CHILD_RUNNING:
		overdue(l, CAUSE_STALL, "no progress for", limits->stall_ns);
		break;
	case CHILD_STOPPING:
		log_warning("output=%s ffmpeg did not end in time; it is "
			    "killed",
		    l->label);
		break;
	default:
		set_reason(l, "another try");
		break;
	}
	feed(l, CHILD_DEADLINE);
}

static void
run_advanced(void *arg)
{
	struct leg *l = arg;

	if (l->child.state == CHILD_STARTING)
		feed_because(l, CHILD_READY, "sound flows");
	else
		feed(l, CHILD_PROGRESS);
}

static void
run_refused(void *arg)
{
	feed(arg, CHILD_REJECT);
}

/* A listener is not to blame for who comes and goes. What keeps it from
 * listening has an error of its own; only what a client does is EIO, for which
 * Windows has another word. */
static bool
has_left(const struct leg *l, bool played)
{
	const char *said = l->run.complaint;

	return l->spec.conf->listen && l->run.worst >= REPORT_ERROR &&
	       (played || strstr(said, "Input/output error") ||
		   strstr(said, "I/O error"));
}

static void
run_gone(void *arg, bool unknown)
{
	struct leg *l = arg;
	enum cause cause = CAUSE_EXIT;
	bool played = l->child.state == CHILD_RUNNING;

	if (unknown)
		cause = CAUSE_PROGRAM;
	else if (l->child.rejected)
		cause = CAUSE_REFUSED;
	else if (l->run.killed)
		cause = CAUSE_KILLED;
	l->left = has_left(l, played);
	if (l->left)
		set_end(l, CAUSE_LEFT,
		    played ? "the player has left"
			   : "who connected was no player");
	else if (l->child.state == CHILD_STARTING ||
		 l->child.state == CHILD_RUNNING)
		set_error(l, cause, l->run.why);
	else
		set_reason(l, l->run.exit);
	if (unknown) {
		l->launch.lacking = true;
		probe_again(l->spec.env->probe);
		tell(l, CHILD_REJECT);
	}
	if (l->left)
		backoff_reset(&l->child.backoff);
	feed(l, CHILD_GONE);
	if (l->left && played)
		feed_because(l, CHILD_WAKE, "waits for the next player");
	else if (l->woken)
		feed_because(l, CHILD_WAKE, "ttsd is on air");
}

static void
run_lost(void *arg, unsigned index, const char *why)
{
	struct leg *l = arg;

	if (l->spec.lost)
		l->spec.lost(l->spec.arg, index, why);
}

static const struct run_events run_events = {
	.advanced = run_advanced,
	.refused = run_refused,
	.lost = run_lost,
	.gone = run_gone,
};

void
leg_source_up(struct leg *l)
{
	l->woken = run_alive(&l->run);
	feed_because(l, CHILD_WAKE, "ttsd is on air");
}

void
leg_source_absent(struct leg *l)
{
	if (l->held && l->child.state == CHILD_BACKOFF &&
	    launch_is_served(&l->launch))
		feed_because(l, CHILD_WAKE, "the audio is served");
}

void
leg_probed(struct leg *l)
{
	if (l->child.state == CHILD_REJECTED && launch_is_able(&l->launch))
		feed_because(l, CHILD_START, "ffmpeg can do it now");
}

/* ---- is it well? ------------------------------------------------------ */

static void
sick(void *arg, enum cause cause, const char *why)
{
	set_error(arg, cause, why);
	feed(arg, CHILD_STALL);
}

static void
aged(void *arg)
{
	leg_restart(arg, CAUSE_AGE, "max_age is reached");
}

void
leg_idle(struct leg *l)
{
	watch_idle(&l->watch);
}

void
leg_lagging(struct leg *l, int64_t pid)
{
	if (l->child.state == CHILD_RUNNING && run_pid(&l->run) == pid)
		watch_lagging(&l->watch);
}

/* ---- what is asked ---------------------------------------------------- */

void
leg_start(struct leg *l, const char *reason)
{
	feed_because(l, CHILD_START, reason);
}

void
leg_take_over(struct leg *l, const char *why)
{
	set_error(l, CAUSE_EXIT, why);
	history_add(&l->history, l->cause, l->ended, clock_utc_ms(), 0);
	feed(l, CHILD_START);
}

void
leg_stop(struct leg *l, const char *reason)
{
	feed_because(l, CHILD_STOP, reason);
}

void
leg_restart(struct leg *l, enum cause cause, const char *reason)
{
	set_end(l, cause, reason);
	feed(l, CHILD_RESTART);
}

void
leg_kill(struct leg *l)
{
	run_kill(&l->run);
}

/* ---- storage ---------------------------------------------------------- */

static void
init_child(struct leg *l)
{
	const struct conf_output *c = l->spec.conf;
	struct child_limits limits = {
		.start_ns = c->listen ? CHILD_NEVER : c->start_timeout_ns,
		.stall_ns = c->stall_timeout_ns,
		.grace_ns = c->stop_timeout_ns,
		.healthy_ns = c->listen ? 0 : c->healthy_after_ns,
		.reject_ns = c->backoff_max_ns,
		.max_restarts = (unsigned)c->max_restarts,
	};

	child_init(
	    &l->child, &limits, c->backoff_initial_ns, c->backoff_max_ns, true);
}

void
leg_retime(struct leg *l)
{
	uint64_t restarts = l->child.restarts, spawns = l->child.spawns;

	init_child(l);
	l->child.restarts = restarts;
	l->child.spawns = spawns;
}

static int
init_launch(struct leg *l, struct conf_error *e)
{
	const struct conf_output *c = l->spec.conf;
	const char *url = c->url[0] ? c->url : NULL;
	struct conf_error first;
	int rc;

	if (l->spec.role == LEG_BACKUP)
		url = c->backup_url;
	l->launch = (struct launch){ .env = l->spec.env,
		.channel = l->spec.channel,
		.socket = l->spec.socket,
		.run = &l->run,
		.answered = answered,
		.arg = l,
		.argv = l->spec.argv,
		.argv_arg = l->spec.arg };
	rc = launch_init(&l->launch, c, url, e);
	if (rc < 0 && l->spec.role == LEG_BACKUP) {
		first = *e;
		snprintf(
		    e->text, sizeof(e->text), "backup_url: %.490s", first.text);
	}
	return rc;
}

static int
init_watch(struct leg *l)
{
	const struct leg_spec *spec = &l->spec;
	bool probed =
	    spec->role == LEG_PRIMARY && spec->conf->probe_url[0] != '\0';

	l->watch = (struct watch){ .env = spec->env,
		.conf = spec->conf,
		.channel = spec->channel->block.name,
		.name = l->label,
		.run = &l->run,
		.sick = sick,
		.aged = aged,
		.arg = l };
	return watch_init(&l->watch, probed ? spec->env->program : NULL);
}

static void
enlist(struct leg *l)
{
	struct leg **at = &l->spec.env->legs;

	while (*at)
		at = &(*at)->next;
	*at = l;
}

static void
delist(struct leg *l)
{
	struct leg **at = &l->spec.env->legs;

	while (*at && *at != l)
		at = &(*at)->next;
	if (*at)
		*at = l->next;
}

int
leg_new(const struct leg_spec *spec, struct leg **out, struct conf_error *e)
{
	struct leg *l = calloc(1, sizeof(*l));
	int rc;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (l == NULL)
		return ERR_NOMEM;
	l->spec = *spec;
	snprintf(l->label, sizeof(l->label), "%s", spec->label);
	init_child(l);
	l->run = (struct run){ .loop = spec->env->loop,
		.name = l->label,
		.redact = &l->launch.redact,
		.events = &run_events,
		.arg = l };
	run_init(&l->run);
	rc =
	    timer_new(spec->env->loop, TIMER_COARSE, deadline, l, &l->deadline);
	if (rc == 0)
		rc = init_watch(l);
	if (rc == 0)
		rc = init_launch(l, e);
	if (rc < 0) {
		leg_free(l);
		return rc;
	}
	enlist(l);
	*out = l;
	return 0;
}

struct leg *
leg_next(const struct environment *env, const struct leg *last)
{
	return last ? last->next : env->legs;
}

void
leg_free(struct leg *l)
{
	if (l == NULL)
		return;
	delist(l);
	run_done(&l->run);
	watch_done(&l->watch);
	launch_done(&l->launch);
	timer_free(l->deadline);
	free(l);
}
