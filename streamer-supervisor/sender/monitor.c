#include "streamer-supervisor/sender/monitor.h"

#include <inttypes.h>
#include <stdio.h>

#include "streamer-supervisor/ffmpeg/protocol.h"

#define DROPS_SAID_NS (10 * NS_PER_S)
/* The connections are looked at ten times within stall_timeout, but no oftener
 * and no more seldom than this. */
#define LOOK_MIN_NS (100 * NS_PER_MS)
#define LOOK_MAX_NS NS_PER_S
/* A stream that has become too old waits so long for an idle moment, but no
 * longer than half its age, and asks so often. */
#define IDLE_MAX_NS (60 * 60 * NS_PER_S)
#define IDLE_ASK_NS (250 * NS_PER_MS)

static void
look_later(struct monitor *w)
{
	int64_t period = w->timing->stall_timeout_ns / 10;

	if (period < LOOK_MIN_NS)
		period = LOOK_MIN_NS;
	if (period > LOOK_MAX_NS)
		period = LOOK_MAX_NS;
	w->next_ns += period;
	timer_at(w->timer, w->next_ns);
}

/* ---- the signs --------------------------------------------------------- */

static bool
is_taken(const struct monitor *w)
{
	return ffmpeg_run_stuck_bytes(w->run) == 0;
}

static void
describe_untaken(const struct monitor *w, char *out, size_t size)
{
	snprintf(out, size, "%" PRIu64 " bytes are unacknowledged",
	    ffmpeg_run_stuck_bytes(w->run));
}

static bool
has_socket(const struct monitor *w)
{
	return ffmpeg_run_has_socket(w->run);
}

/* Is ffmpeg quiet enough? One complaint is forgiven before the limit is
 * reached. */
static bool
is_quiet(const struct monitor *w)
{
	int64_t since = w->run->complained_ns;

	return since == 0 ||
	       clock_awake_ns() - since >= w->timing->stall_timeout_ns / 2;
}

static void
describe_complaint(const struct monitor *w, char *out, size_t size)
{
	ffmpeg_run_complaint(w->run, out, size);
	if (out[0] == '\0')
		snprintf(out, size, "nothing was sent");
}

/* The keeper tells of growth; lost, it says nothing any more. */
static bool
is_unwatched(const struct monitor *w)
{
	return keeping_is_blind(w->keeping);
}

static void
describe_unwritten(const struct monitor *w, char *out, size_t size)
{
	out[0] = '\0';
	if (w->run)
		ffmpeg_run_complaint(w->run, out, size);
	if (out[0] == '\0')
		snprintf(out, size, "nothing was written");
}

/* The reason is "WHAT 10000 ms: DETAIL". */
static const struct {
	bool (*good)(const struct monitor *w);
	enum cause cause;
	const char *what;
	void (*describe)(const struct monitor *w, char *out, size_t size);
} signs[SIGNS] = {
	[SIGN_TAKEN] = { is_taken, CAUSE_UNACKED,
	    "the server has taken nothing for", describe_untaken },
	[SIGN_SOCKET] = { has_socket, CAUSE_UNSENT, "there was no socket for",
	    describe_complaint },
	[SIGN_GROWTH] = { is_unwatched, CAUSE_UNSENT, "no file has grown for",
	    describe_unwritten },
	[SIGN_QUIET] = { is_quiet, CAUSE_UNSENT, "ffmpeg has complained for",
	    describe_complaint },
};

/* Members of a group differ: what they have in common is judged. */
static bool
goes_by(const struct monitor *w, enum protocol_sign sign)
{
	const struct ffmpeg_protocol *p = w->plan->protocol;

	return ((p ? p->signs : BIT(SIGN_TAKEN)) & BIT(sign)) != 0;
}

/* Segments of HLS and DASH come to the disk when they are whole. */
static int64_t
find_limit_ns(const struct monitor *w, enum protocol_sign sign)
{
	const struct ffmpeg_protocol *p = w->plan->protocol;
	int64_t limit = w->timing->stall_timeout_ns;

	if (sign != SIGN_GROWTH || p->pattern)
		return limit;
	if (w->conf->address.segment_ns > 0)
		return limit + w->conf->address.segment_ns;
	return limit + p->segment_s * NS_PER_S;
}

static void
look_at(struct monitor *w, enum protocol_sign sign)
{
	int64_t now = clock_awake_ns(), limit = find_limit_ns(w, sign);
	char why[REASON_MAX], detail[REASON_MAX - 80];

	if (signs[sign].good(w)) {
		health_good(&w->health, sign, now);
		return;
	}
	if (!health_missed(&w->health, sign, now, limit))
		return;
	signs[sign].describe(w, detail, sizeof(detail));
	snprintf(why, sizeof(why), "%s %" PRId64 " ms: %s", signs[sign].what,
	    limit / NS_PER_MS, detail);
	w->sick(w->arg, signs[sign].cause, why);
}

static void
look(void *arg)
{
	struct monitor *w = arg;
	enum protocol_sign sign;

	look_later(w);
	for (sign = 0; sign < SIGNS && w->on; sign++)
		if (goes_by(w, sign))
			look_at(w, sign);
}

void
monitor_grew(struct monitor *w)
{
	health_good(&w->health, SIGN_GROWTH, clock_awake_ns());
}

bool
monitor_may_start(const struct monitor *w)
{
	return !goes_by(w, SIGN_SOCKET) || has_socket(w);
}

/* ---- all else ---------------------------------------------------------- */

static void
unreadable(void *arg, const char *why)
{
	struct monitor *w = arg;

	w->sick(w->arg, CAUSE_PROBE, why);
}

void
monitor_lagging(struct monitor *w)
{
	int64_t now = clock_awake_ns();

	w->drops++;
	if (log_allow(&w->drops_said, now))
		log_warning(
		    "output=%s lost sound: its ffmpeg reads more slowly "
		    "than real time, so some was skipped; look at the "
		    "machine's load and at the server, drops=%" PRIu64,
		    w->name, w->drops);
	if (health_lag(&w->health, now, w->timing->stall_timeout_ns))
		w->sick(w->arg, CAUSE_LAG, "it does not keep up with ttsd");
}

/* The stream is to be another: asks whether this is a good moment to end it. */
static void
grow_old(void *arg)
{
	struct monitor *w = arg;
	int64_t now = clock_awake_ns();

	if (now >= w->old_ns + w->spare_ns) {
		w->aged(w->arg, w->cause, w->why);
		return;
	}
	timer_at(w->age, now + IDLE_ASK_NS);
	source_ask_idle(w->env->source, w->channel);
}

void
monitor_idle(struct monitor *w)
{
	if (w->on && clock_awake_ns() >= w->old_ns)
		w->aged(w->arg, w->cause, w->why);
}

void
monitor_renew(
    struct monitor *w, enum cause cause, const char *why, int64_t spare_ns)
{
	w->cause = cause;
	w->why = why;
	w->old_ns = clock_awake_ns();
	w->spare_ns = spare_ns;
	timer_at(w->age, w->old_ns);
}

void
monitor_start(struct monitor *w, int64_t max_age_ns)
{
	w->on = true;
	w->next_ns = clock_awake_ns();
	health_start(&w->health, w->next_ns);
	w->cause = CAUSE_AGE;
	w->why = "max_age is reached";
	w->spare_ns = max_age_ns / 2;
	if (w->spare_ns > IDLE_MAX_NS)
		w->spare_ns = IDLE_MAX_NS;
	w->old_ns = max_age_ns ? w->next_ns + max_age_ns : INT64_MAX;
	timer_at(w->age, w->old_ns);
	look_later(w);
	readback_start(w->readback, w->run && w->run->pictured);
	hearing_start(w->hearing, 0);
}

void
monitor_go_on(struct monitor *w, int64_t max_age_ns)
{
	int64_t old_ns = w->old_ns;

	monitor_start(w, max_age_ns);
	if (max_age_ns == 0)
		return;
	w->old_ns = old_ns;
	timer_at(w->age, old_ns);
}

void
monitor_stop(struct monitor *w)
{
	w->on = false;
	timer_at(w->timer, INT64_MAX);
	timer_at(w->age, INT64_MAX);
	readback_stop(w->readback);
	hearing_stop(w->hearing);
}

/* The connection of one among others may come up so late: ffmpeg is on air when
 * it has sent to any of them. */
void
monitor_attend(struct monitor *w, const struct ffmpeg_run *other)
{
	bool attends = other != NULL;

	if (w->attends == attends)
		return;
	w->attends = attends;
	if (attends) {
		readback_start(w->readback, other->pictured);
		hearing_start(w->hearing, w->timing->start_timeout_ns);
	} else {
		readback_stop(w->readback);
		hearing_stop(w->hearing);
	}
}

static void
tell_heard(void *arg, json_t *receipt)
{
	const struct monitor *w = arg;

	w->heard(w->arg, receipt);
}

/* Who listens all the time needs no readings of sound now and then; a picture
 * is not listened to. */
static int
init_readings(struct monitor *w)
{
	const struct readback_spec spec = { .loop = w->env->loop,
		.conf = w->conf,
		.at = w->probe,
		.program = w->env->program,
		.name = w->name,
		.failed = unreadable,
		.arg = w };
	const struct hearing_spec hearing = { .loop = w->env->loop,
		.conf = w->conf,
		.at = w->probe,
		.program = w->env->program,
		.name = w->name,
		.channel = w->channel,
		.marked = w->marked,
		.audio = w->audio,
		.control = w->env->control,
		.failed = unreadable,
		.receipt = tell_heard,
		.arg = w };
	int rc = 0;

	if (!w->conf->probe.hear || w->conf->picture)
		rc = readback_new(&spec, &w->readback);
	if (rc == 0 && w->conf->probe.hear)
		rc = hearing_new(&hearing, &w->hearing);
	return rc;
}

int
monitor_init(struct monitor *w)
{
	int rc = timer_new(w->env->loop, TIMER_COARSE, look, w, &w->timer);

	w->drops_said =
	    (struct log_limit){ .every_ns = DROPS_SAID_NS, .burst = 1 };
	if (rc == 0)
		rc =
		    timer_new(w->env->loop, TIMER_COARSE, grow_old, w, &w->age);
	if (rc == 0 && w->probe.url)
		rc = init_readings(w);
	return rc;
}

void
monitor_done(struct monitor *w)
{
	timer_free(w->timer);
	timer_free(w->age);
	readback_free(w->readback);
	hearing_free(w->hearing);
}
