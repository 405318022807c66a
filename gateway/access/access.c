#include "gateway/access/access.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err.h"
#include "common/list.h"
#include "common/log.h"
#include "gateway/http/answer.h"

/* The log says once in this time that somebody guesses. */
#define COMPLAINT_NS (60 * NS_PER_S)

/* One exchange whose token is looked for. */
struct asking {
	struct access *access;
	struct exchange *x;
	struct tokens_wait *wait;
	void (*fn)(void *arg, struct exchange *x, const struct token *who);
	void *arg;
};

static void
refuse_for_now(struct exchange *x, int64_t wait_ns, const char *why)
{
	char seconds[32];

	snprintf(seconds, sizeof(seconds), "%" PRId64,
	    (wait_ns + NS_PER_S - 1) / NS_PER_S);
	exchange_set(x, "Retry-After", seconds);
	answer_error(x, 429, "denied", "%s; try again in %s s", why, seconds);
}

static void
refuse_unknown(struct exchange *x, const char *why)
{
	exchange_set(x, "WWW-Authenticate", "Bearer realm=\"ttsd\"");
	answer_error(x, 401, "denied", "%s", why);
}

static const char guesses_over[] = "too many tokens that are not known";

/* The token that was sent is not known. */
static void
refuse_guess(struct access *a, struct exchange *x)
{
	int64_t now = clock_awake_ns(), wait;

	a->refused++;
	/* Others may have been looked up beside it. */
	wait = allowance_wait_ns(&a->guesses, exchange_source(x), now);
	allowance_take(&a->guesses, exchange_source(x), now);
	if (now - a->complained_ns > COMPLAINT_NS) {
		a->complained_ns = now;
		log_warning("somebody asks with a token that is not known, or "
			    "no more; `ttsctl token list` tells which are");
	}
	if (wait > 0)
		refuse_for_now(x, wait, guesses_over);
	else
		refuse_unknown(x, "this token is not known, or its time is "
				  "over; `ttsctl token add` "
				  "makes one");
}

static void
refuse_late_guess(struct access *a, struct exchange *x, int64_t wait_ns)
{
	a->refused++;
	refuse_for_now(x, wait_ns, guesses_over);
}

static void
asking_gone(void *arg)
{
	struct asking *q = arg;

	tokens_forget(q->wait);
	free(q);
}

static const struct exchange_owner asking_owner = { .gone = asking_gone };

static void
found(void *arg, const struct token *token)
{
	struct asking *q = arg, copy = *q;

	if (q->wait) {
		exchange_own(q->x, NULL, NULL);
		free(q);
	}
	if (token)
		copy.fn(copy.arg, copy.x, token);
	else
		refuse_guess(copy.access, copy.x);
}

static void
look_up(struct asking *now, const char *text)
{
	struct asking *q;

	/* It may be answered at once, or last longer than this call. */
	q = malloc(sizeof(*q));
	if (q == NULL) {
		answer_error(now->x, 503, "unavailable",
		    "there is no memory for it now");
		return;
	}
	*q = *now;
	q->wait = tokens_find(now->access->tokens, text, found, q);
	if (q->wait)
		exchange_own(now->x, &asking_owner, q);
	else
		free(q);
}

void
access_ask(struct access *a, struct exchange *x,
    void (*fn)(void *arg, struct exchange *x, const struct token *who),
    void *arg)
{
	static const char scheme[] = "Bearer ";
	const char *header = exchange_header(x, "Authorization");
	int64_t now = clock_awake_ns(), wait;
	struct asking asking = { .access = a, .x = x, .fn = fn, .arg = arg };

	wait = allowance_wait_ns(&a->requests, exchange_source(x), now);
	if (wait > 0) {
		refuse_for_now(x, wait, "too many requests");
		return;
	}
	allowance_take(&a->requests, exchange_source(x), now);
	wait = allowance_wait_ns(&a->guesses, exchange_source(x), now);
	if (header == NULL && exchange_is_local(x))
		fn(arg, x, &a->anonymous);
	else if (header == NULL)
		refuse_unknown(x,
		    "whoever asks from another machine needs a token: "
		    "Authorization: Bearer TOKEN; `ttsctl token add` makes "
		    "one");
	else if (strncasecmp(header, scheme, sizeof(scheme) - 1) != 0)
		refuse_unknown(x, "expected Authorization: Bearer TOKEN");
	else if (wait > 0)
		refuse_late_guess(a, x, wait);
	else
		look_up(&asking, header + sizeof(scheme) - 1);
}

/* ---- who stays -------------------------------------------------------- */

static void
look_again(void *arg)
{
	struct access *a = arg;

	tokens_read(a->tokens);
	timer_at(a->round, clock_awake_ns() + ACCESS_ROUND_NS);
}

static void
guest_end(struct guest *g)
{
	if (g->breaks)
		exchange_break(g->x);
	exchange_let_go(g->x);
}

static void
tokens_were_read(void *arg)
{
	struct access *a = arg;
	struct guest *g;

	for (g = a->guests; g; g = g->next)
		if (!tokens_has(a->tokens, &g->who))
			guest_end(g);
}

int
access_admit(struct access *a, struct guest *g, struct exchange *x,
    const struct token *who)
{
	int rc;

	*g = (struct guest){ .x = x };
	rc = token_copy(&g->who, who);
	if (rc < 0 || who == &a->anonymous)
		return rc;
	if (a->guests == NULL)
		timer_at(a->round, clock_awake_ns() + ACCESS_ROUND_NS);
	g->next = a->guests;
	a->guests = g;
	return 0;
}

void
access_leave(struct access *a, struct guest *g)
{
	LIST_REMOVE(a->guests, g);
	token_done(&g->who);
	if (a->guests == NULL)
		timer_at(a->round, INT64_MAX);
}

/* ---- life ------------------------------------------------------------- */

bool
access_read_rights(const struct conf_http *conf, uint32_t *out)
{
	return token_read_words(conf->anonymous, out);
}

int
access_init(struct access *a, struct loop *l, const struct conf_http *conf,
    const char *path)
{
	int rc;

	*a = (struct access){ .anonymous = { .name = "local" },
		.complained_ns = -COMPLAINT_NS };
	allowance_init(&a->guesses, ACCESS_GUESS_NS, ACCESS_GUESSES);
	allowance_init(&a->requests, ALLOWANCE_REQUEST_NS, ALLOWANCE_REQUESTS);
	if (!access_read_rights(conf, &a->anonymous.rights))
		return ERR_INVALID;
	rc = timer_new(l, TIMER_COARSE, look_again, a, &a->round);
	return rc < 0 ? rc
		      : tokens_new(l, path, tokens_were_read, a, &a->tokens);
}

void
access_done(struct access *a)
{
	tokens_free(a->tokens);
	timer_free(a->round);
}
