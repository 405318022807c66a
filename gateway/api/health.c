/* Is the gateway alive, and can it do what it is there for? */
#include "common/err.h"
#include "gateway/api/api.h"

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

/* Without ttsd nothing can be said; without the supervisor nothing is sent, but
 * ttsd's own readers still hear. */
static void
answer_health(struct api *a, struct exchange *x, const int err[API_DAEMONS])
{
	const char *trouble = tokens_trouble(a->access.tokens);
	struct buf lines;
	int i;

	buf_init(&lines, LINES_MAX);
	if (err[API_TTSD] == 0)
		buf_puts(&lines, "ok\n");
	for (i = 0; i < API_DAEMONS; i++)
		if (err[i] < 0)
			buf_putf(&lines,
			    "%s cannot be reached at its socket: %s\n",
			    peer_name(a->peers[i].peer), err_text(err[i]));
	if (trouble)
		buf_putf(&lines, "the tokens cannot be read: %s\n", trouble);
	exchange_reply(x, err[API_TTSD] < 0 ? 503 : 200, PLAIN_TEXT,
	    buf_data(&lines), buf_len(&lines));
	buf_done(&lines);
}

void
readyz_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	(void)who;
	(void)rest;
	census_take(a, x, answer_health);
}
