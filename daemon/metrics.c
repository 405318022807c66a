#include "daemon/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "common/version.h"

struct metrics {
	struct buf *out;
	const struct metric *metric;
	const char *label; /* of the group; `name` is its value for the thing */
	const char *name;
	int rc;
};

static const char *const type_names[] = { [METRIC_COUNTER] = "counter",
	[METRIC_GAUGE] = "gauge",
	[METRIC_HISTOGRAM] = "histogram" };

const char *
metric_type_name(enum metric_type type)
{
	return type_names[type];
}

/* ---- text ------------------------------------------------------------- */

static void
put_bytes(struct metrics *m, const char *text, size_t len)
{
	if (m->rc == 0)
		m->rc = buf_put(m->out, text, len);
}

static void
metrics_append(struct metrics *m, const char *text)
{
	put_bytes(m, text, strlen(text));
}

/* Puts the text with a backslash before each of `special`; a newline becomes
 * \n. */
static void
put_escaped(struct metrics *m, const char *text, const char *special)
{
	size_t n;

	for (; *text; text += n) {
		n = strcspn(text, special);
		put_bytes(m, text, n);
		if (text[n] == '\0')
			return;
		metrics_append(m, "\\");
		put_bytes(m, text[n] == '\n' ? "n" : text + n, 1);
		n++;
	}
}

static void
put_label(
    struct metrics *m, const char *label, const char *value, bool *is_open)
{
	if (label == NULL)
		return;
	metrics_append(m, *is_open ? "," : "{");
	*is_open = true;
	metrics_append(m, label);
	metrics_append(m, "=\"");
	put_escaped(m, value, "\\\"\n");
	metrics_append(m, "\"");
}

static void
put_number(struct metrics *m, double value)
{
	char text[32];

	if (isnan(value))
		metrics_append(m, "NaN");
	else if (isinf(value))
		metrics_append(m, value > 0 ? "+Inf" : "-Inf");
	else if (value == floor(value) && fabs(value) < 1e15)
		put_bytes(m, text,
		    (size_t)snprintf(
			text, sizeof(text), "%" PRId64, (int64_t)value));
	else
		put_bytes(m, text,
		    (size_t)snprintf(text, sizeof(text), "%.15g", value));
}

/* Puts one line; `label` is the metric's own beside the group's, or NULL. */
static void
put_sample(struct metrics *m, const char *suffix, const char *label,
    const char *name, double value)
{
	bool is_open = false;

	metrics_append(m, m->metric->name);
	metrics_append(m, suffix);
	put_label(m, m->label, m->name, &is_open);
	put_label(m, label, name, &is_open);
	metrics_append(m, is_open ? "} " : " ");
	put_number(m, value);
	metrics_append(m, "\n");
}

static void
put_head(struct metrics *m)
{
	metrics_append(m, "# HELP ");
	metrics_append(m, m->metric->name);
	metrics_append(m, " ");
	put_escaped(m, m->metric->help, "\\\n");
	metrics_append(m, "\n# TYPE ");
	metrics_append(m, m->metric->name);
	metrics_append(m, " ");
	metrics_append(m, type_names[m->metric->type]);
	metrics_append(m, "\n");
}

/* ---- values ----------------------------------------------------------- */

void
metrics_put(struct metrics *m, double value)
{
	put_sample(m, "", NULL, NULL, value);
}

void
metrics_put_for(struct metrics *m, const char *name, double value)
{
	put_sample(m, "", m->metric->label, name, value);
}

void
metrics_put_version(struct metrics *m, const void *thing)
{
	(void)thing;
	metrics_put_for(m, TTSD_VERSION, 1);
}

void
metrics_put_log_dropped(struct metrics *m, const void *thing)
{
	(void)thing;
	metrics_put(m, (double)log_dropped());
}

void
metrics_put_histogram(struct metrics *m, const struct histogram *h)
{
	uint64_t below = 0;
	char bound[32];
	size_t i = 0;

	do {
		below += h->counts[i];
		if (h->bounds_ns[i] == INT64_MAX)
			snprintf(bound, sizeof(bound), "+Inf");
		else
			snprintf(bound, sizeof(bound), "%g",
			    (double)h->bounds_ns[i] / 1e9);
		put_sample(m, "_bucket", "le", bound, (double)below);
	} while (h->bounds_ns[i++] != INT64_MAX);
	put_sample(m, "_sum", NULL, NULL, (double)h->sum_ns / 1e9);
	put_sample(m, "_count", NULL, NULL, (double)below);
}

/* ---- pieces ----------------------------------------------------------- */

static size_t
steps_each(const struct metric_group *g, const void *all)
{
	return g->things ? g->things(all) : 1;
}

static void
collect(
    struct metrics *m, const struct metric_group *g, const void *all, size_t i)
{
	const void *thing = all;

	m->label = g->label;
	if (g->things)
		thing = g->thing(all, i, &m->name);
	else if (g->next)
		thing = g->next(all, NULL, &m->name);
	if (i == 0)
		put_head(m);
	while (thing) {
		m->metric->collect(m, thing);
		thing = g->next ? g->next(all, thing, &m->name) : NULL;
	}
}

int
metrics_step(const struct metric_group *groups, const void *all, size_t step,
    struct buf *out)
{
	struct metrics m = { .out = out };
	const struct metric_group *g;
	size_t each = 1;

	for (g = groups; g->metrics; g++) {
		each = steps_each(g, all);
		if (step < g->count * each)
			break;
		step -= g->count * each;
	}
	if (g->metrics == NULL)
		return 0;
	m.metric = &g->metrics[step / each];
	collect(&m, g, all, step % each);
	return m.rc < 0 ? m.rc : 1;
}
