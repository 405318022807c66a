#include "daemon/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct metrics {
	struct buf *out;
	const struct metric *metric;
	const char *label; /* of the group, and what it is for this thing */
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
put(struct metrics *m, const char *text)
{
	put_bytes(m, text, strlen(text));
}

/* With a backslash before each of `special`; a newline becomes \n. */
static void
put_escaped(struct metrics *m, const char *text, const char *special)
{
	size_t n;

	for (; *text; text += n) {
		n = strcspn(text, special);
		put_bytes(m, text, n);
		if (text[n] == '\0')
			return;
		put(m, "\\");
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
	put(m, *is_open ? "," : "{");
	*is_open = true;
	put(m, label);
	put(m, "=\"");
	put_escaped(m, value, "\\\"\n");
	put(m, "\"");
}

static void
put_number(struct metrics *m, double value)
{
	char text[32];

	if (isnan(value))
		put(m, "NaN");
	else if (isinf(value))
		put(m, value > 0 ? "+Inf" : "-Inf");
	else if (value == floor(value) && fabs(value) < 1e15)
		put_bytes(m, text,
		    (size_t)snprintf(
			text, sizeof(text), "%" PRId64, (int64_t)value));
	else
		put_bytes(m, text,
		    (size_t)snprintf(text, sizeof(text), "%.15g", value));
}

/* One line; `label` is one beside the group's, or NULL. */
static void
put_sample(struct metrics *m, const char *suffix, const char *label,
    const char *name, double value)
{
	bool is_open = false;

	put(m, m->metric->name);
	put(m, suffix);
	put_label(m, m->label, m->name, &is_open);
	put_label(m, label, name, &is_open);
	put(m, is_open ? "} " : " ");
	put_number(m, value);
	put(m, "\n");
}

static void
put_head(struct metrics *m)
{
	put(m, "# HELP ");
	put(m, m->metric->name);
	put(m, " ");
	put_escaped(m, m->metric->help, "\\\n");
	put(m, "\n# TYPE ");
	put(m, m->metric->name);
	put(m, " ");
	put(m, type_names[m->metric->type]);
	put(m, "\n");
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
