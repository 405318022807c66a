#include "ttsd/control/numbers.h"

#include <stdlib.h>

#include "common/err.h"

/* So much is remembered of what happened: it fits into what a client may leave
 * unread. */
#define REMEMBERED_BYTES ((size_t)2 * 1024 * 1024)

/* Numbers begin with the time of day, as the ledger takes it for granted. */
#define NUMBERS_PER_MS 1000

#define LOOK_NS (1 * NS_PER_S)

/* What is worth nothing once its moment is over, and comes by the hundred. */
#define OF_A_MOMENT                                                    \
	(1u << EVENT_WORD | 1u << EVENT_PHONEME | 1u << EVENT_VISEME | \
	    1u << EVENT_MARK)

struct numbers {
	struct ttsd *ttsd;
	struct timer *timer;
	uint64_t first; /* of ours */
	uint64_t told;  /* by earlier ones, as the ledger knows */
};

static void
numbers_look(void *arg)
{
	struct numbers *n = arg;

	durable_events_told(
	    n->ttsd->durable, server_last_number(n->ttsd->server));
	timer_at(n->timer, clock_awake_ns() + LOOK_NS);
}

int
numbers_new(struct ttsd *t, struct numbers **out)
{
	struct numbers *n = calloc(1, sizeof(*n));
	int rc;

	*out = NULL;
	if (n == NULL)
		return ERR_NOMEM;
	n->ttsd = t;
	rc = timer_new(t->loop, TIMER_COARSE, numbers_look, n, &n->timer);
	if (rc < 0) {
		free(n);
		return rc;
	}
	server_number_events(t->server,
	    (uint64_t)clock_utc_ms() * NUMBERS_PER_MS,
	    ((1u << EVENT_COUNT) - 1) & ~OF_A_MOMENT, REMEMBERED_BYTES);
	n->first = server_last_number(t->server);
	*out = n;
	return 0;
}

void
numbers_free(struct numbers *n)
{
	if (n == NULL)
		return;
	timer_free(n->timer);
	free(n);
}

void
numbers_go_on(struct numbers *n, uint64_t told)
{
	n->told = told;
	server_leap(n->ttsd->server, told);
	numbers_look(n);
}

json_t *
numbers_save(const struct numbers *n)
{
	return json_pack("{s:I, s:I}", "first", (json_int_t)n->first, "told",
	    (json_int_t)n->told);
}

void
numbers_take(struct numbers *n, const json_t *saved)
{
	n->first = body_count(saved, "first");
	n->told = body_count(saved, "told");
	numbers_look(n);
}

bool
numbers_are_known(const struct numbers *n, uint64_t number)
{
	return number <= n->told || number >= n->first;
}
