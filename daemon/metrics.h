/*
 * Metrics as text, in Prometheus' exposition format 0.0.4.
 *
 * A daemon describes its metrics in tables: one row a metric, one group for
 * each kind of thing (the daemon itself, a channel, an output) that has them.
 * The tables are what docs/METRICS.md is held against. Pure: values come from
 * the rows' functions, text goes to a buf.
 *
 * Names end in their base unit (seconds, bytes) and counters in _total, as
 * Prometheus wants it.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <stddef.h>

#include "common/buf.h"
#include "daemon/histogram.h"

/* What an HTTP server calls the text. */
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* Where the values of a metric go; made by metrics_step(). */
struct metrics;

struct metric {
	const char *name;
	enum metric_type type;
	const char *label; /* one beside its group's, of its own; or NULL */
	const char *help;
	/* Puts the values that `thing` has of it. */
	void (*collect)(struct metrics *m, const void *thing);
};

struct metric_group {
	/* The label that tells things apart; NULL: `all` is the only thing. */
	const char *label;
	const struct metric *metrics;
	size_t count;
	/* Things that stay, by number; each is a step of its own. */
	size_t (*things)(const void *all);
	const void *(*thing)(const void *all, size_t i, const char **name);
	/* Or things that come and go, all of them in one step: the one after
	 * `last`, from NULL to NULL. */
	const void *(*next)(
	    const void *all, const void *last, const char **name);
};

/* Fills a row of a table of groups; the table ends in a row without metrics. */
#define METRIC_GROUP(table) \
	.metrics = (table), .count = sizeof(table) / sizeof((table)[0])

/* Appends the step-th piece, from 0 on: one metric of one thing, or of all
 * that come and go. Returns 1, or 0 after the last, or what buf_put() could
 * not do. */
int metrics_step(const struct metric_group *groups, const void *all,
    size_t step, struct buf *out);

/* ---- for `collect` ---------------------------------------------------- */

/* Puts the one value of the thing. */
void metrics_put(struct metrics *m, double value);
/* Puts one value of several, which the metric's label tells apart by `name`,
 * in UTF-8. */
void metrics_put_for(struct metrics *m, const char *name, double value);
void metrics_put_histogram(struct metrics *m, const struct histogram *h);

/* What each daemon has: `collect` of its version, which the label tells, and of
 * the log lines that were left out. */
void metrics_put_version(struct metrics *m, const void *thing);
void metrics_put_log_dropped(struct metrics *m, const void *thing);

const char *metric_type_name(enum metric_type type);

#endif
