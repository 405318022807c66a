/* Is the gateway alive, and can it do what it is there for? */
#include <stdlib.h>

#include "common/err.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"
/* A line for each daemon, and one for the tokens. */
#define LINES_MAX 4096

void
healthz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	(void)a;
	(void)who;
	(void)rest;
	exchange_reply(x, 200, PLAIN_TEXT, "ok\n", 3);
}

struct health {
	struct api *api;
	struct exchange *x;
	struct roster_wait *wait;
	int next;        /* the daemon that is asked for next */
	unsigned status; /* of the answer */
	struct buf lines;
};

static void
health_free(struct health *h)
{
	buf_done(&h->lines);
	free(h);
}

static void
health_gone(void *arg)
{
	struct health *h = arg;

	if (h->wait)
		roster_forget(h->wait);
	health_free(h);
}

static const struct exchange_owner health_owner = { .gone = health_gone };

/* Without ttsd nothing can be said; without the supervisor nothing is sent, but
 * ttsd's own readers still hear. */
static void
note_absent(struct health *h, enum api_daemon which, int err)
{
	buf_putf(&h->lines, "%s cannot be reached at its socket: %s\n",
	    peer_name(h->api->peers[which].peer), err_text(err));
	if (which == API_TTSD)
		h->status = 503;
}

static void
health_answer(struct health *h)
{
	struct exchange *x = h->x;

	if (tokens_trouble(h->api->access.tokens))
		buf_putf(&h->lines, "the tokens cannot be read: %s\n",
		    tokens_trouble(h->api->access.tokens));
	exchange_reply(
	    x, h->status, PLAIN_TEXT, buf_data(&h->lines), buf_len(&h->lines));
	health_free(h);
}

static void
health_known(void *arg, int err)
{
	struct health *h = arg;
	struct roster_wait *wait;

	h->wait = NULL;
	if (err < 0)
		note_absent(h, (enum api_daemon)(h->next - 1), err);
	else if (h->next - 1 == API_TTSD)
		buf_puts(&h->lines, "ok\n");
	if (h->next == API_DAEMONS) {
		health_answer(h);
		return;
	}
	wait = roster_await(h->api->peers[h->next++].roster, health_known, h);
	if (wait)
		h->wait = wait;
}

void
readyz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	struct health *h = calloc(1, sizeof(*h));

	(void)who;
	(void)rest;
	if (h == NULL) {
		answer_error(x, 0, "unavailable", "there is no memory for it");
		return;
	}
	*h = (struct health){ .api = a, .x = x, .status = 200 };
	buf_init(&h->lines, LINES_MAX);
	exchange_own(x, &health_owner, h);
	health_known(h, 0);
}
