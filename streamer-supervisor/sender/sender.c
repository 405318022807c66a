#include "streamer-supervisor/sender/sender_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/list.h"

/* ---- what happens ----------------------------------------------------- */

static void
overdue(struct sender *s, enum cause cause, const char *what, int64_t limit_ns)
{
	char why[REASON_MAX];

	snprintf(
	    why, sizeof(why), "%s %" PRId64 " ms", what, limit_ns / NS_PER_MS);
	sender_set_error(s, cause, why);
}

/* What does not come of a running ffmpeg, and of one that starts? */
static const char *
describe_stall(const struct sender *s)
{
	return progress_lacks_frames(&s->run.progress)
		   ? "the sound goes on, but no picture for"
		   : "no progress for";
}

static const char *
describe_wait(const struct sender *s)
{
	if (!ffmpeg_run_alive(&s->run))
		return launch_late_text(&s->launch);
	return progress_lacks_frames(&s->run.progress)
		   ? "sound flowed, but no picture within"
		   : "no sound flowed within";
}

static void
sender_deadline(void *arg)
{
	struct sender *s = arg;
	const struct child_limits *limits = &s->child.limits;

	switch (s->child.state) {
	case CHILD_STARTING:
		overdue(s, CAUSE_LATE, describe_wait(s), limits->start_ns);
		break;
	case CHILD_RUNNING:
		overdue(s, CAUSE_STALL, describe_stall(s), limits->stall_ns);
		break;
	case CHILD_STOPPING:
		log_warning("output=%s ffmpeg did not end in time; it is "
			    "killed",
		    s->label);
		break;
	default:
		sender_set_reason(s, "another try");
		break;
	}
	sender_feed(s, CHILD_DEADLINE);
}

static void
sick(void *arg, enum cause cause, const char *why)
{
	struct sender *s = arg;

	if (s->monitor.attends) {
		s->spec.unheard(s->spec.arg, why);
		return;
	}
	sender_set_error(s, cause, why);
	sender_feed(s, CHILD_STALL);
}

static void
run_advanced(void *arg)
{
	struct sender *s = arg;

	/* Where the system takes its time to start a program, its process was
	 * not known before. */
	launch_caption(&s->launch);
	if (s->child.state != CHILD_STARTING)
		sender_feed(s, CHILD_PROGRESS);
	else if (monitor_may_start(&s->monitor))
		sender_feed_because(s, CHILD_READY, "sound flows");
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
		sender_set_end(s, CAUSE_LEFT,
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
		sender_set_error(s, cause, s->run.why);
	else
		sender_set_reason(s, s->run.exit);
	return unknown ? WAIT_PROGRAM : WAIT_RETRY;
}

/* Whoever listens to an output that was sent before finds it begun anew: its
 * time stamps start at zero. */
static void
sender_wake(struct sender *s)
{
	sender_feed_because(s, CHILD_WAKE,
	    s->run.started_ns ? "ttsd is on air again: the stream starts afresh"
			      : "ttsd is on air");
}

static void
run_gone(void *arg, bool unknown)
{
	struct sender *s = arg;
	bool played = s->child.state == CHILD_RUNNING;
	bool awake = s->wait == WAIT_AWAKE;

	launch_over(&s->launch);
	view_ended(&s->launch.view, s->child.state == CHILD_STARTING);
	sender_set_wait(s, judge_end(s, unknown));
	if (unknown) {
		probe_again(s->spec.env->probe);
		sender_feed(s, CHILD_REJECT);
	}
	if (s->wait == WAIT_PLAYER)
		backoff_reset(&s->child.backoff);
	sender_feed(s, CHILD_GONE);
	if (s->wait == WAIT_PLAYER && played)
		sender_feed_because(s, CHILD_WAKE, "waits for the next player");
	else if (awake && s->wait != WAIT_NOTHING)
		sender_wake(s);
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
	if (ffmpeg_run_alive(&s->run))
		sender_set_wait(s, WAIT_AWAKE);
	sender_wake(s);
}

/* Is what the sender has waited for there? */
static bool
sender_is_served(struct sender *s)
{
	return s->wait == WAIT_SOURCE && s->child.state == CHILD_BACKOFF &&
	       launch_is_served(&s->launch);
}

void
sender_source_absent(struct sender *s)
{
	if (sender_is_served(s))
		sender_feed_because(s, CHILD_WAKE, "the audio is served");
}

/* Does it send sound alone, though there is a picture? */
static bool
sender_lacks_picture(struct sender *s)
{
	return (s->child.state == CHILD_STARTING ||
		   s->child.state == CHILD_RUNNING) &&
	       ffmpeg_run_alive(&s->run) && launch_misses_picture(&s->launch);
}

static void
sender_look(struct sender *s)
{
	launch_caption(&s->launch);
	if (sender_is_served(s))
		sender_feed_because(s, CHILD_WAKE,
		    s->launch.view.state == PICTURE_SERVED
			? "the picture is served"
			: "there is no picture to wait for");
	else if (sender_lacks_picture(s))
		sender_restart(s, CAUSE_PICTURE, "the picture is served");
}

void
senders_look(struct environment *env)
{
	struct sender *s;

	for (s = env->senders; s; s = s->next)
		if (view_is_wanted(&s->launch.view))
			sender_look(s);
}

void
sender_probed(struct sender *s)
{
	if (s->wait == WAIT_PROGRAM && s->child.state == CHILD_REJECTED &&
	    launch_is_able(&s->launch))
		sender_feed_because(s, CHILD_START, "ffmpeg can do it now");
}

/* ---- is it well? ------------------------------------------------------ */

static void
aged(void *arg, enum cause cause, const char *why)
{
	sender_restart(arg, cause, why);
}

static void
heard(void *arg, json_t *receipt)
{
	const struct sender *s = arg;

	s->spec.heard(s->spec.arg, s, receipt);
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
	sender_feed_because(s, CHILD_START, reason);
}

void
sender_attend(struct sender *s, const struct sender *other)
{
	monitor_attend(&s->monitor, other ? &other->run : NULL);
}

bool
sender_cut(const struct sender *s, int receive_bytes)
{
	return ffmpeg_run_cut(&s->run, receive_bytes);
}

void
sender_go_alone(struct sender *s, enum cause cause, const char *why)
{
	sender_set_error(s, cause, why);
	history_add(&s->history, s->cause, s->ended, clock_utc_ms(), 0);
	sender_feed(s, CHILD_START);
}

void
sender_stop(struct sender *s, const char *reason)
{
	sender_feed_because(s, CHILD_STOP, reason);
}

void
sender_restart(struct sender *s, enum cause cause, const char *reason)
{
	sender_set_end(s, cause, reason);
	sender_feed(s, CHILD_RESTART);
}

void
sender_renew(
    struct sender *s, enum cause cause, const char *why, int64_t spare_ns)
{
	if (s->child.state == CHILD_RUNNING)
		monitor_renew(&s->monitor, cause, why, spare_ns);
}

void
sender_prepared(struct sender *s)
{
	sender_answered(s, 0);
}

void
sender_kill(struct sender *s)
{
	ffmpeg_run_kill(&s->run);
}

bool
sender_is_over(const struct sender *s)
{
	return sender_state(s) == CHILD_STOPPED &&
	       captioning_is_over(s->launch.captioning);
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
		.view = { .env = s->spec.env,
		    .name = s->label,
		    .channel = s->spec.channel->block.name,
		    .video = s->spec.video,
		    .encoder = s->spec.encoder },
		.run = &s->run,
		.answered = sender_answered,
		.grown = sender_grown,
		.arg = s,
		.group = s->spec.group,
		.group_arg = s->spec.arg };
	return launch_init(
	    &s->launch, s->spec.conf, s->spec.role == SENDER_BACKUP, e);
}

static struct reading_place
find_probe(const struct sender_spec *spec)
{
	struct reading_place at = { .key = "probe_url" };

	if (spec->conf)
		at.url = spec->conf->probe.url;
	if (spec->role == SENDER_BACKUP) {
		at.key = "backup_probe_url";
		at.url = spec->conf->probe.backup_url;
	}
	if (at.url && at.url[0] == '\0')
		at.url = NULL;
	return at;
}

static int
init_monitor(struct sender *s)
{
	const struct sender_spec *spec = &s->spec;

	s->monitor = (struct monitor){ .env = spec->env,
		.conf = spec->conf,
		.probe = find_probe(spec),
		.timing = spec->timing,
		.channel = spec->channel->block.name,
		.marked = spec->channel->watermark,
		.audio = spec->socket,
		.name = s->label,
		.plan = &s->launch.plan,
		.run = &s->run,
		.sick = sick,
		.heard = heard,
		.aged = aged,
		.arg = s };
	return monitor_init(&s->monitor);
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
