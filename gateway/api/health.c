/* Is the gateway alive, and can it do what it is there for? */
#include "gateway/api/api.h"
#include "gateway/http/answer.h"
#include <stdlib.h>

void
healthz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	(void)a;
	(void)who;
	(void)rest;
	exchange_reply(x, 200, "text/plain; charset=utf-8", "ok\n", 3);
}

struct health {
	struct api *api;
	struct exchange *x;
	struct roster_wait *wait;
};

static void
health_gone(void *arg)
{
	struct health *h = arg;

	if (h->wait)
		roster_forget(h->wait);
	free(h);
}

static const struct exchange_owner health_owner = { .gone = health_gone };

static void
ttsd_known(void *arg, int err)
{
	struct health *h = arg;

	if (err < 0)
		api_answer_absent(h->x, &h->api->peers[API_TTSD], err);
	else
		healthz_serve(h->api, h->x, NULL, "");
	free(h);
}

/* Without ttsd nothing can be said; without the supervisor nothing is sent, but
 * that ttsd's own readers still hear. */
void
readyz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	struct health *h = calloc(1, sizeof(*h));
	struct roster_wait *wait;

	(void)who;
	(void)rest;
	if (h == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		return;
	}
	*h = (struct health){ .api = a, .x = x };
	exchange_own(x, &health_owner, h);
	wait = roster_await(a->peers[API_TTSD].roster, ttsd_known, h);
	if (wait)
		h->wait = wait;
}
