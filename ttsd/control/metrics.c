/* What there is to measure, for Prometheus; and what keeps ttsd from being
 * ready. docs/METRICS.md is held against these tables. */
#include "ttsd/control/prepared.h"
#include "ttsd/control/ttsd.h"

static double
seconds(int64_t ns)
{
	return (double)ns / NS_PER_S;
}

/* ---- of the daemon ---------------------------------------------------- */

static void
uptime(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	metrics_put(m, seconds(clock_now_ns() - t->epoch_ns));
}

static void
clients(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	metrics_put(m, (double)server_clients(t->server));
}

static void
clients_dropped(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	metrics_put(m, (double)server_dropped(t->server));
}

/* Where nothing is to be kept there is nothing to tell. */
static void
durable(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	if (t->durable)
		metrics_put(m, durable_keeps(t->durable));
}

static void
not_kept(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	if (t->durable)
		metrics_put(m, (double)t->not_kept);
}

static void
ledger_waiting(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	if (t->durable)
		metrics_put(m, (double)durable_count(t->durable).waiting);
}

static void
ledger_restarts(struct metrics *m, const void *thing)
{
	const struct ttsd *t = thing;

	if (t->durable)
		metrics_put(m, (double)durable_count(t->durable).restarts);
}

static const struct metric daemon_metrics[] = {
	{ "ttsd_build_info", METRIC_GAUGE, "version",
	    "Always 1; the version that runs.", metrics_put_version },
	{ "ttsd_uptime_seconds", METRIC_GAUGE, NULL, "Time since the start.",
	    uptime },
	{ "ttsd_clients", METRIC_GAUGE, NULL,
	    "Connections to the control socket.", clients },
	{ "ttsd_clients_dropped_total", METRIC_COUNTER, NULL,
	    "Control clients that did not read what they asked for.",
	    clients_dropped },
	{ "ttsd_log_lines_dropped_total", METRIC_COUNTER, NULL,
	    "Log lines left out because there were too many of their kind.",
	    metrics_put_log_dropped },
	{ "ttsd_durable", METRIC_GAUGE, NULL,
	    "1 while what is accepted is kept over a restart, 0 while it is "
	    "not.",
	    durable },
	{ "ttsd_not_durable_total", METRIC_COUNTER, NULL,
	    "Announcements whose reply said that they were not kept.",
	    not_kept },
	{ "ttsd_ledger_waiting", METRIC_GAUGE, NULL,
	    "What the ledger has still to write down.", ledger_waiting },
	{ "ttsd_ledger_restarts_total", METRIC_COUNTER, NULL,
	    "Times that the ledger was started again after it had ended.",
	    ledger_restarts },
};

/* ---- of a channel ----------------------------------------------------- */

static void
state(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;
	int i, now = (int)playout_state(&ch->playout);

	for (i = PLAYOUT_IDLE; i <= PLAYOUT_PAUSED; i++)
		metrics_put_for(
		    m, playout_state_name((enum playout_state)i), i == now);
}

static void
position(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)channel_position(thing, clock_now_ns()));
}

static void
drift(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;
	int64_t now = clock_now_ns();
	uint64_t at = channel_position(ch, now);

	metrics_put(m, seconds(pacer_time_ns(&ch->pacer, at) - now));
}

static void
lateness(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put_histogram(m, &ch->counters.lateness);
}

static void
clock_skips(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->counters.clock_skips);
}

static void
queued(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;
	int i;

	for (i = 0; i < PRIORITY_COUNT; i++)
		metrics_put_for(
		    m, priority_names[i], (double)ch->playout.queue.counts[i]);
}

static void
outcomes(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;
	int i;

	for (i = 0; i < OUTCOME_COUNT; i++)
		metrics_put_for(m, outcome_name((enum outcome)i),
		    (double)ch->playout.counters.outcomes[i]);
}

static void
preempted(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->playout.counters.preempted);
}

static void
underruns(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->playout.counters.underruns);
}

static void
starved(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m,
	    (double)ch->playout.counters.starved_samples / ch->pacer.rate_hz);
}

static void
subscribers(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->subscriber_count);
}

static void
joined(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->counters.subscribers);
}

static void
ttsd_metrics_refused(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->counters.refused);
}

static void
lag(struct metrics *m, const void *thing)
{
	metrics_put(m, seconds(channel_lag_ns(thing)));
}

static void
skips(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->counters.skips);
}

static void
drops(struct metrics *m, const void *thing)
{
	const struct channel *ch = thing;

	metrics_put(m, (double)ch->counters.drops);
}

static const struct metric channel_metrics[] = {
	{ "ttsd_channel_state", METRIC_GAUGE, "state",
	    "1 for the state that the channel is in, 0 for the others.",
	    state },
	{ "ttsd_channel_samples_total", METRIC_COUNTER, NULL,
	    "Position of the stream, in samples since the start.", position },
	{ "ttsd_channel_drift_seconds", METRIC_GAUGE, NULL,
	    "Position of the stream against the clock; between minus one "
	    "frame and zero, and never trending.",
	    drift },
	{ "ttsd_channel_lateness_seconds", METRIC_HISTOGRAM, NULL,
	    "How late frames were handed to the subscribers.", lateness },
	{ "ttsd_channel_clock_skips_total", METRIC_COUNTER, NULL,
	    "Times that the machine stood still and the stream skipped to "
	    "the present.",
	    clock_skips },
	{ "ttsd_channel_queue_announcements", METRIC_GAUGE, "priority",
	    "Announcements that wait.", queued },
	{ "ttsd_channel_announcements_total", METRIC_COUNTER, "outcome",
	    "Announcements that ended.", outcomes },
	{ "ttsd_channel_preemptions_total", METRIC_COUNTER, NULL,
	    "Times that an urgent announcement took another one off the air.",
	    preempted },
	{ "ttsd_channel_underruns_total", METRIC_COUNTER, NULL,
	    "Times that an engine was slower than its announcement.",
	    underruns },
	{ "ttsd_channel_starved_seconds_total", METRIC_COUNTER, NULL,
	    "Silence within announcements because of that.", starved },
	{ "ttsd_channel_subscribers", METRIC_GAUGE, NULL,
	    "Readers of the audio socket.", subscribers },
	{ "ttsd_channel_subscribers_joined_total", METRIC_COUNTER, NULL,
	    "Readers that came.", joined },
	{ "ttsd_channel_subscribers_refused_total", METRIC_COUNTER, NULL,
	    "Readers refused because there were too many.",
	    ttsd_metrics_refused },
	{ "ttsd_channel_lag_seconds", METRIC_GAUGE, NULL,
	    "What the slowest reader has not taken yet.", lag },
	{ "ttsd_channel_skips_total", METRIC_COUNTER, NULL,
	    "Times that a slow reader was moved to the present.", skips },
	{ "ttsd_channel_drops_total", METRIC_COUNTER, NULL,
	    "Readers disconnected because they were too slow.", drops },
};

static size_t
channels(const void *all)
{
	const struct ttsd *t = all;

	return t->channel_count;
}

static const void *
channel(const void *all, size_t i, const char **name)
{
	const struct ttsd *t = all;

	*name = channel_name(t->channels[i]);
	return t->channels[i];
}

/* ---- of an engine ----------------------------------------------------- */

static void
workers(struct metrics *m, const void *thing)
{
	int i;

	for (i = 0; i < CHILD_STATE_COUNT; i++)
		metrics_put_for(m, child_state_name((enum child_state)i),
		    (double)engine_workers(thing, (enum child_state)i));
}

static void
restarts(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)engine_counters(thing)->restarts);
}

static void
waiting(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)engine_waiting(thing));
}

static void
first_sound(struct metrics *m, const void *thing)
{
	metrics_put_histogram(m, &engine_counters(thing)->first_sound);
}

static void
synthesis(struct metrics *m, const void *thing)
{
	metrics_put_histogram(m, &engine_counters(thing)->synthesis);
}

static const struct metric engine_metrics[] = {
	{ "ttsd_engine_workers", METRIC_GAUGE, "state",
	    "Worker processes by state.", workers },
	{ "ttsd_engine_worker_restarts_total", METRIC_COUNTER, NULL,
	    "Workers started again after they had failed.", restarts },
	{ "ttsd_engine_jobs_waiting", METRIC_GAUGE, NULL,
	    "Parts of announcements that wait for a worker.", waiting },
	{ "ttsd_engine_first_sound_seconds", METRIC_HISTOGRAM, NULL,
	    "From the request for a part of an announcement to its first "
	    "sample.",
	    first_sound },
	{ "ttsd_engine_synthesis_seconds", METRIC_HISTOGRAM, NULL,
	    "From the request for a part of an announcement to its last "
	    "sample, less the time in which ttsd held the engine up.",
	    synthesis },
};

static size_t
engines(const void *all)
{
	const struct ttsd *t = all;

	return t->engine_count;
}

static const void *
engine(const void *all, size_t i, const char **name)
{
	const struct ttsd *t = all;

	*name = engine_name(t->engines[i]);
	return t->engines[i];
}

/* ---- of a message that is prepared ------------------------------------ */

static void
message_channels(struct metrics *m, const void *thing)
{
	struct prepared_count n = prepared_count(thing);

	metrics_put_for(m, "ready", (double)n.ready);
	metrics_put_for(m, "missing", (double)(n.wanted - n.ready));
}

static const struct metric message_metrics[] = {
	{ "ttsd_message_channels", METRIC_GAUGE, "state",
	    "Channels on which a message that is to be prepared is, and is "
	    "not.",
	    message_channels },
};

static size_t
messages(const void *all)
{
	const struct ttsd *t = all;

	return prepared_messages(t->prepared);
}

static const void *
message(const void *all, size_t i, const char **name)
{
	const struct ttsd *t = all;

	return prepared_at(t->prepared, i, name);
}

const struct metric_group ttsd_metrics[] = {
	{ METRIC_GROUP(daemon_metrics) },
	{ METRIC_GROUP(channel_metrics), .label = "channel", .things = channels,
	    .thing = channel },
	{ METRIC_GROUP(engine_metrics), .label = "engine", .things = engines,
	    .thing = engine },
	{ METRIC_GROUP(message_metrics), .label = "message", .things = messages,
	    .thing = message },
	{ 0 },
};

/* ---- is it ready? ----------------------------------------------------- */

/* Can the engine speak, as far as is known? One that was not asked yet may well
 * be able to. */
static bool
can_speak(const struct engine *e)
{
	const struct engine *second = engine_fallback(e);

	return engine_state(e) != ENGINE_FAILING ||
	       (second && engine_state(second) != ENGINE_FAILING);
}

int
ttsd_missing(const void *ttsd, struct buf *lines)
{
	const struct ttsd *t = ttsd;
	const struct engine *e;
	size_t i;
	int rc = 0;

	if (t->stopping)
		rc = buf_puts(lines, "ttsd is stopping\n");
	if (t->durable && !durable_keeps(t->durable) && rc == 0)
		rc = buf_putf(lines,
		    "what is accepted is not kept over a restart: %s\n",
		    durable_why(t->durable));
	for (i = 0; i < t->channel_count && rc == 0; i++) {
		e = t->channels[i]->defaults.engine;
		if (!can_speak(e))
			rc = buf_putf(lines,
			    "channel %s: no worker of engine %s runs: %s\n",
			    channel_name(t->channels[i]), engine_name(e),
			    engine_last_error(e));
	}
	return rc == 0 ? prepared_missing(t->prepared, lines) : rc;
}
