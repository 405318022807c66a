/* Asks the daemons, one after the other, what they can be asked for. */
#include <stdlib.h>

#include "gateway/api/api.h"
#include "gateway/http/answer.h"

struct census {
	struct api *api;
	struct exchange *x;
	census_answer *fn;
	struct roster_wait *wait;
	int next; /* the daemon that is asked next */
	int err[API_DAEMONS];
};

static void
census_gone(void *arg)
{
	struct census *c = arg;

	if (c->wait)
		roster_forget(c->wait);
	free(c);
}

static const struct exchange_owner census_owner = { .gone = census_gone };

static void census_go_on(struct census *c);

static void
known(void *arg, int err)
{
	struct census *c = arg;

	c->wait = NULL;
	c->err[c->next++] = err;
	census_go_on(c);
}

static void
census_go_on(struct census *c)
{
	struct roster_wait *wait;

	if (c->next == API_DAEMONS) {
		c->fn(c->api, c->x, c->err);
		free(c);
		return;
	}
	wait = roster_ask(c->api->peers[c->next].roster, known, c);
	/* Without one it was told at once, and may be over. */
	if (wait)
		c->wait = wait;
}

void
census_take(struct api *a, struct exchange *x, census_answer *fn)
{
	struct census *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		return;
	}
	*c = (struct census){ .api = a, .x = x, .fn = fn };
	exchange_own(x, &census_owner, c);
	census_go_on(c);
}
