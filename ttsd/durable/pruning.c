#include "ttsd/durable/pruning.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/control/fields.h"
#include "common/err.h"

/* Between two steps, and between two looks where there was nothing to do. */
#define STEP_NS (1 * NS_PER_S)
#define LOOK_NS (60 * NS_PER_S)

struct pruning {
	struct durable *durable;
	int64_t keep_ns, bytes_max;
	struct timer *timer;
};

static void
row_came(void *arg, const json_t *row)
{
	(void)arg;
	(void)row;
}

static void
step_done(void *arg, const json_t *answer)
{
	struct pruning *p = arg;
	bool more = answer && body_integer(answer, "pruned", 0) > 0;

	timer_at(p->timer, clock_awake_ns() + (more ? STEP_NS : LOOK_NS));
}

static void
prune(void *arg)
{
	struct pruning *p = arg;
	const struct durable_answer answer = { row_came, step_done, p };
	char request[120];

	snprintf(request, sizeof(request),
	    "{\"do\":\"prune\",\"before_ms\":%" PRId64 ",\"bytes\":%" PRId64
	    "}",
	    clock_utc_ms() - p->keep_ns / NS_PER_MS, p->bytes_max);
	if (!durable_query(p->durable, request, &answer))
		step_done(p, NULL);
}

int
pruning_new(struct loop *l, struct durable *d, int64_t keep_ns,
    int64_t bytes_max, struct pruning **out)
{
	struct pruning *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	*p = (struct pruning){
		.durable = d, .keep_ns = keep_ns, .bytes_max = bytes_max
	};
	rc = timer_new(l, TIMER_COARSE, prune, p, &p->timer);
	if (rc < 0) {
		free(p);
		return rc;
	}
	timer_at(p->timer, clock_awake_ns() + LOOK_NS);
	*out = p;
	return 0;
}

void
pruning_free(struct pruning *p)
{
	if (p == NULL)
		return;
	timer_free(p->timer);
	free(p);
}
