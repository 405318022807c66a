#include "streamer-supervisor/output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "common/words.h"
#include "streamer-supervisor/key.h"
#include "streamer-supervisor/run.h"

/* A configured URL whose masks are longer than its secrets. */
#define URL_MAX 2100
#define DROPS_SAID_NS (10 * NS_PER_S)

struct output {
	const struct output_env *env;
	const struct conf_output *conf;
	const struct conf_channel *channel;
	char *socket;
	struct ffmpeg_plan plan;
	struct redact redact;
	char url[URL_MAX]; /* masked */

	struct child child;
	struct timer *deadline;
	struct run run;
	bool off;     /* nobody wants it */
	bool pending; /* starts by itself once the supervisor is up */
	bool held;    /* in back-off because nobody serves the audio */
	bool woken;   /* ttsd came back during this run */
	bool lacking; /* rejected because of what ffmpeg is */
	bool left;    /* the player of a listener has gone */

	char reason[RUN_REASON_MAX]; /* of the change of state under way */
	char last_error[RUN_REASON_MAX];
	uint64_t drops;
	struct log_limit drops_said;
};

/* It goes into JSON, so it must be UTF-8. */
static void
set_reason(struct output *o, const char *reason)
{
	utf8_sanitise(o->reason, sizeof(o->reason), reason, strlen(reason));
}

/* A reason that is a failure too. */
static void
set_error(struct output *o, const char *reason)
{
	set_reason(o, reason);
	memcpy(o->last_error, o->reason, sizeof(o->last_error));
}

/* Until then ffmpeg doesn't read its input, though it has opened it. */
static bool
waits_for_player(const struct output *o)
{
	return o->conf->listen && o->child.state == CHILD_STARTING;
}

/* ---- may it start? ---------------------------------------------------- */

static void
ignore_data(void *arg, const uint8_t *data, size_t len)
{
	(void)arg;
	(void)data;
	(void)len;
}

static void
ignore_end(void *arg, int err)
{
	(void)arg;
	(void)err;
}

/* Is somebody there to read from? ttsd says so itself; without it, whoever
 * listens will do. */
static bool
is_served(const struct output *o)
{
	static const struct stream_events ignored = { .data = ignore_data,
		.ended = ignore_end };
	struct stream *s;
	int rc;

	if (source_is_up(o->env->source))
		return true;
	rc = stream_connect(o->env->loop, o->socket, &ignored, NULL, &s);
	stream_close(s);
	return rc == 0 || rc == ERR_AGAIN;
}

static int
spawn(struct output *o, const struct secret *secret)
{
	char **argv = ffmpeg_argv(&o->plan, o->conf, o->channel, secret,
	    o->env->program, o->socket, probe_is_modern(o->env->probe));
	int rc = argv ? run_start(&o->run, argv, secret->preset) : ERR_NOMEM;

	words_free(argv);
	return rc;
}

static enum child_action
tell(struct output *o, enum child_event event)
{
	return child_feed(&o->child, event, clock_now_ns(), platform_random());
}

static void
try_spawn(struct output *o)
{
	char why[RUN_REASON_MAX];
	struct secret secret = { .url = NULL };
	int rc;

	o->held = o->woken = o->left = false;
	o->lacking = probe_lacks(o->env->probe, &o->plan, why, sizeof(why));
	if (o->lacking) {
		set_error(o, why);
		probe_again(o->env->probe);
		tell(o, CHILD_REJECT);
		tell(o, CHILD_FAILED);
	} else if (key_part(o->conf, &o->plan, &o->redact, &secret, why,
		       sizeof(why)) < 0) {
		set_error(o, why);
		tell(o, CHILD_REJECT);
		tell(o, CHILD_FAILED);
	} else if (!is_served(o)) {
		set_error(o, "ttsd is not on air: nobody serves the audio");
		o->held = true;
		tell(o, CHILD_HOLD);
	} else if ((rc = spawn(o, &secret)) < 0) {
		set_error(o, err_text(rc));
		tell(o, CHILD_FAILED);
	} else if (o->conf->listen) {
		log_info("output=%s waits for a player", output_name(o));
	}
	secret_done(&secret);
}

/* ---- the one setter --------------------------------------------------- */

static void
announce(struct output *o, enum child_state from, enum child_event event)
{
	enum child_state to = o->child.state;
	int64_t wait_ms = output_backoff_ms(o);
	bool gave_up = to == CHILD_STOPPED && event != CHILD_STOP &&
		       from != CHILD_STOPPING;
	bool bad = gave_up || to == CHILD_STALLED || to == CHILD_REJECTED ||
		   (to == CHILD_BACKOFF && !o->held && !o->left);
	char backoff[40] = "";

	if (wait_ms > 0)
		snprintf(
		    backoff, sizeof(backoff), " backoff_ms=%" PRId64, wait_ms);
	log_write(bad ? LOG_WARNING : LOG_INFO,
	    "output=%s %s->%s reason=\"%s\"%s%s", output_name(o),
	    child_state_name(from), child_state_name(to), o->reason, backoff,
	    gave_up ? " (max_restarts reached)" : "");
	o->env->changed(o->env->arg, o, from, o->reason);
}

/* Every change of state happens here. */
static void
feed(struct output *o, enum child_event event)
{
	enum child_state from = o->child.state;
	enum child_action action = tell(o, event);

	if (action == CHILD_SPAWN)
		try_spawn(o);
	else if (action == CHILD_INTERRUPT)
		run_interrupt(&o->run);
	else if (action == CHILD_KILL)
		run_kill(&o->run);
	timer_at(o->deadline, o->child.deadline_ns);
	if (o->child.state != from)
		announce(o, from, event);
}

static void
feed_because(struct output *o, enum child_event event, const char *reason)
{
	set_reason(o, reason);
	feed(o, event);
}

/* ---- what happens ----------------------------------------------------- */

static void
overdue(struct output *o, const char *what, int64_t limit_ns)
{
	char why[RUN_REASON_MAX];

	snprintf(
	    why, sizeof(why), "%s %" PRId64 " ms", what, limit_ns / NS_PER_MS);
	set_error(o, why);
}

static void
deadline(void *arg)
{
	struct output *o = arg;

	switch (o->child.state) {
	case CHILD_STARTING:
		overdue(o, "no sound flowed within", o->child.limits.start_ns);
		break;
	case CHILD_RUNNING:
		overdue(o, "no progress for", o->child.limits.stall_ns);
		break;
	case CHILD_STOPPING:
		log_warning("output=%s ffmpeg did not end in time; it is "
			    "killed",
		    output_name(o));
		break;
	default:
		set_reason(o, "another try");
		break;
	}
	feed(o, CHILD_DEADLINE);
}

static void
run_advanced(void *arg)
{
	struct output *o = arg;

	if (o->child.state == CHILD_STARTING)
		feed_because(o, CHILD_READY, "sound flows");
	else
		feed(o, CHILD_PROGRESS);
}

static void
run_refused(void *arg)
{
	feed(arg, CHILD_REJECT);
}

static void
run_gone(void *arg, bool unknown)
{
	struct output *o = arg;

	o->left = o->conf->listen && o->child.state == CHILD_RUNNING &&
		  o->run.worst >= REPORT_ERROR;
	if (o->left)
		set_reason(o, "the player has left");
	else if (o->child.state == CHILD_STARTING ||
		 o->child.state == CHILD_RUNNING)
		set_error(o, o->run.why);
	else
		set_reason(o, o->run.exit);
	if (unknown) {
		o->lacking = true;
		probe_again(o->env->probe);
		tell(o, CHILD_REJECT);
	}
	feed(o, CHILD_GONE);
	if (o->left)
		feed_because(o, CHILD_WAKE, "waits for the next player");
	else if (o->woken)
		feed_because(o, CHILD_WAKE, "ttsd is on air");
}

static const struct run_events run_events = {
	.advanced = run_advanced,
	.refused = run_refused,
	.gone = run_gone,
};

void
output_source_up(struct output *o)
{
	o->woken = run_alive(&o->run);
	feed_because(o, CHILD_WAKE, "ttsd is on air");
}

void
output_source_absent(struct output *o)
{
	if (o->held && o->child.state == CHILD_BACKOFF && is_served(o))
		feed_because(o, CHILD_WAKE, "the audio is served");
}

void
output_lagging(struct output *o, int64_t pid)
{
	if (!run_alive(&o->run) || run_pid(&o->run) != pid ||
	    waits_for_player(o))
		return;
	o->drops++;
	if (log_allow(&o->drops_said, clock_now_ns()))
		log_warning("output=%s does not keep up: ttsd skipped sound "
			    "for it, drops=%" PRIu64,
		    output_name(o), o->drops);
}

void
output_probed(struct output *o)
{
	char why[RUN_REASON_MAX];

	if (o->child.state == CHILD_REJECTED && o->lacking &&
	    !probe_lacks(o->env->probe, &o->plan, why, sizeof(why)))
		feed_because(o, CHILD_START, "ffmpeg can do it now");
}

/* ---- what is asked ---------------------------------------------------- */

void
output_start(struct output *o)
{
	o->pending = o->off = false;
	feed_because(o, CHILD_START, "start was asked for");
}

void
output_stop(struct output *o)
{
	o->pending = false;
	o->off = true;
	feed_because(o, CHILD_STOP, "stop was asked for");
}

void
output_restart(struct output *o)
{
	o->pending = o->off = false;
	feed_because(o, CHILD_RESTART, "restart was asked for");
}

void
output_begin(struct output *o)
{
	if (!o->pending)
		return;
	o->pending = false;
	feed_because(o, CHILD_START, "starts by itself");
}

void
output_kill(struct output *o)
{
	run_kill(&o->run);
}

/* ---- what is known ---------------------------------------------------- */

const char *
output_name(const struct output *o)
{
	return o->conf->block.name;
}

const struct conf_output *
output_conf(const struct output *o)
{
	return o->conf;
}

bool
output_is_off(const struct output *o)
{
	return o->off;
}

const char *
output_channel(const struct output *o)
{
	return o->channel->block.name;
}

enum child_state
output_state(const struct output *o)
{
	return o->child.state;
}

int64_t
output_backoff_ms(const struct output *o)
{
	if (o->child.state != CHILD_BACKOFF && o->child.state != CHILD_REJECTED)
		return 0;
	return o->child.wait_ns / NS_PER_MS;
}

json_t *
output_status(const struct output *o)
{
	const struct report_progress *progress = &o->run.progress;
	bool running = o->child.state == CHILD_RUNNING;
	int64_t up = running ? clock_now_ns() - o->child.ready_ns : 0;

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s, s:s, s:I,"
			 " s:I, s:f, s:f, s:I, s:s, s:s}",
	    "name", output_name(o), "channel", output_channel(o), "url", o->url,
	    "state", child_state_name(o->child.state), "pid",
	    (json_int_t)run_pid(&o->run), "uptime_ms",
	    (json_int_t)(up / NS_PER_MS), "restarts",
	    (json_int_t)o->child.restarts, "last_exit", o->run.exit,
	    "last_error", o->last_error, "backoff_ms",
	    (json_int_t)output_backoff_ms(o), "out_time_ms",
	    (json_int_t)(progress->out_time_us / 1000), "bitrate_kbps",
	    progress->bitrate_kbps, "speed", progress->speed, "drops",
	    (json_int_t)o->drops, "active", "primary", "waits_for",
	    waits_for_player(o) ? "a player" : "");
}

/* ---- storage ---------------------------------------------------------- */

static void
init_child(struct output *o)
{
	const struct conf_output *c = o->conf;
	struct child_limits limits = {
		.start_ns = c->listen ? CHILD_NEVER : c->start_timeout_ns,
		.stall_ns = c->stall_timeout_ns,
		.grace_ns = c->stop_timeout_ns,
		.healthy_ns = c->listen ? 0 : c->healthy_after_ns,
		.reject_ns = c->backoff_max_ns,
		.max_restarts = (unsigned)c->max_restarts,
	};

	child_init(
	    &o->child, &limits, c->backoff_initial_ns, c->backoff_max_ns, true);
}

static int
prepare(struct output *o, const char *socket)
{
	int rc = redact_init(&o->redact, o->conf->url);

	o->socket = strdup(socket);
	if (o->socket == NULL)
		rc = ERR_NOMEM;
	redact_url(o->url, sizeof(o->url), o->conf->url);
	key_guard(o->conf, &o->plan);
	init_child(o);
	o->run = (struct run){ .loop = o->env->loop,
		.name = output_name(o),
		.redact = &o->redact,
		.events = &run_events,
		.arg = o };
	run_init(&o->run);
	return rc;
}

int
output_new(const struct output_env *env, const struct conf_output *conf,
    const struct conf_channel *channel, const char *socket, struct output **out,
    struct conf_error *e)
{
	struct output *o = calloc(1, sizeof(*o));
	int rc;

	*out = NULL;
	snprintf(e->text, sizeof(e->text), "out of memory");
	if (o == NULL)
		return ERR_NOMEM;
	*o = (struct output){ .env = env,
		.conf = conf,
		.channel = channel,
		.off = !conf->autostart,
		.pending = conf->autostart,
		.drops_said = { .every_ns = DROPS_SAID_NS, .burst = 1 } };
	rc = ffmpeg_plan(conf, &o->plan, e);
	if (rc == 0)
		rc = prepare(o, socket);
	if (rc == 0)
		rc = timer_new(
		    env->loop, TIMER_COARSE, deadline, o, &o->deadline);
	if (rc < 0) {
		output_free(o);
		return rc;
	}
	*out = o;
	return 0;
}

void
output_free(struct output *o)
{
	if (o == NULL)
		return;
	run_done(&o->run);
	timer_free(o->deadline);
	redact_done(&o->redact);
	free(o->socket);
	free(o);
}
