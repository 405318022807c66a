/* What there is to measure of Wyoming, for Prometheus. */
#include "gateway/wyoming/wyoming.h"

static void
connections(struct metrics *m, const void *thing)
{
	const struct wyoming *w = thing;

	metrics_put(m, (double)w->slots.taken);
}

static void
speaking(struct metrics *m, const void *thing)
{
	const struct wyoming *w = thing;

	metrics_put(m, (double)w->speaking);
}

static void
spoken(struct metrics *m, const void *thing)
{
	const struct wyoming *w = thing;

	metrics_put(m, (double)w->counts.spoken);
}

static void
errors(struct metrics *m, const void *thing)
{
	const struct wyoming *w = thing;

	metrics_put(m, (double)w->counts.errors);
}

static void
turned_away(struct metrics *m, const void *thing)
{
	const struct wyoming *w = thing;

	metrics_put(m, (double)w->counts.turned_away);
}

static const struct metric rows[] = {
	{ "gateway_wyoming_connections", METRIC_GAUGE, NULL,
	    "Connections of clients of Wyoming.", connections },
	{ "gateway_wyoming_speaking", METRIC_GAUGE, NULL,
	    "Texts that are spoken for them now.", speaking },
	{ "gateway_wyoming_texts_total", METRIC_COUNTER, NULL,
	    "Texts that were spoken to their end.", spoken },
	{ "gateway_wyoming_errors_total", METRIC_COUNTER, NULL,
	    "Connections that were ended with an `error`.", errors },
	{ "gateway_wyoming_turned_away_total", METRIC_COUNTER, NULL,
	    "Connections of machines that `allow` does not name.",
	    turned_away },
};

const struct metric_group wyoming_metrics[] = {
	{ .label = NULL, METRIC_GROUP(rows) },
	{ .metrics = NULL },
};
