/* GET /metrics: what there is to measure of the gateway itself, for Prometheus.
 * docs/METRICS.md is held against these tables. */
#include <stdlib.h>

#include "daemon/metrics.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

/* As large as they get, many times over. */
#define METRICS_MAX ((size_t)64 * 1024)

static void
uptime(struct metrics *m, const void *thing)
{
	const struct api *a = thing;

	metrics_put(m, (double)(clock_awake_ns() - a->started_ns) / NS_PER_S);
}

static void
requests(struct metrics *m, const void *thing)
{
	const struct api *a = thing;
	char name[] = "0xx";
	int class;

	for (class = 2; class < DOOR_CLASSES; class ++) {
		name[0] = (char)('0' + class);
		metrics_put_for(
		    m, name, (double)door_counts(a->door)->answers[class]);
	}
}

static void
seconds(struct metrics *m, const void *thing)
{
	const struct api *a = thing;

	metrics_put_histogram(m, &door_counts(a->door)->seconds);
}

static void
connections(struct metrics *m, const void *thing)
{
	const struct api *a = thing;

	metrics_put(m, (double)door_connections(a->door));
}

static void
exchanges(struct metrics *m, const void *thing)
{
	const struct api *a = thing;

	metrics_put(m, (double)door_counts(a->door)->open);
}

static void
listeners(struct metrics *m, const void *thing)
{
	const struct api *a = thing;

	metrics_put_for(m, "events", (double)a->tellings);
	metrics_put_for(m, "sound", (double)a->listeners);
}

static void
refused(struct metrics *m, const void *thing)
{
	const struct api *a = thing;

	metrics_put(m, (double)a->access.refused);
}

static const struct metric own[] = {
	{ "gateway_build_info", METRIC_GAUGE, "version",
	    "Always 1; the version that runs.", metrics_put_version },
	{ "gateway_uptime_seconds", METRIC_GAUGE, NULL, "Time since the start.",
	    uptime },
	{ "gateway_requests_total", METRIC_COUNTER, "status",
	    "Requests that were answered, by the class of their status.",
	    requests },
	{ "gateway_request_seconds", METRIC_HISTOGRAM, NULL,
	    "From a whole request to its answer, or to the beginning of one "
	    "without an end.",
	    seconds },
	{ "gateway_connections", METRIC_GAUGE, NULL, "Connections of clients.",
	    connections },
	{ "gateway_exchanges", METRIC_GAUGE, NULL,
	    "Requests that are read, answered or listened to now.", exchanges },
	{ "gateway_listeners", METRIC_GAUGE, "kind",
	    "Those of them that hear events or sound.", listeners },
	{ "gateway_tokens_refused_total", METRIC_COUNTER, NULL,
	    "Requests with a token that was not known, or after too many of "
	    "those.",
	    refused },
	{ "gateway_log_lines_dropped_total", METRIC_COUNTER, NULL,
	    "Log lines left out because there were too many of their kind.",
	    metrics_put_log_dropped },
};

/* ---- of a daemon ------------------------------------------------------ */

static size_t
daemons(const void *all)
{
	(void)all;
	return API_DAEMONS;
}

static const void *
daemon_at(const void *all, size_t i, const char **name)
{
	const struct api *a = all;

	*name = peer_name(a->peers[i].peer);
	return a->peers[i].peer;
}

static void
questions(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)peer_questions(thing));
}

static void
waiting(struct metrics *m, const void *thing)
{
	metrics_put(m, (double)peer_waiting(thing));
}

static const struct metric of_daemons[] = {
	{ "gateway_questions", METRIC_GAUGE, NULL,
	    "Questions that the daemon has not answered yet.", questions },
	{ "gateway_questions_waiting", METRIC_GAUGE, NULL,
	    "Those of them that wait for a connection to it.", waiting },
};

const struct metric_group gateway_metrics[] = {
	{ .label = NULL, METRIC_GROUP(own) },
	{ .label = "daemon",
	    METRIC_GROUP(of_daemons),
	    .things = daemons,
	    .thing = daemon_at },
	{ .metrics = NULL },
};

static int
put_groups(const struct metric_group *groups, const void *all, struct buf *out)
{
	size_t step = 0;
	int rc;

	do
		rc = metrics_step(groups, all, step++, out);
	while (rc == 1);
	return rc;
}

void
metrics_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	struct buf text;
	int rc;

	(void)who;
	(void)rest;
	buf_init(&text, METRICS_MAX);
	rc = put_groups(gateway_metrics, a, &text);
	if (rc == 0 && a->beside)
		rc = put_groups(a->beside, a->beside_of, &text);
	if (rc == 0)
		exchange_reply(
		    x, 200, METRICS_TYPE, buf_data(&text), buf_len(&text));
	else
		answer_error(x, 0, "unavailable", "there is no memory for it");
	buf_done(&text);
}
