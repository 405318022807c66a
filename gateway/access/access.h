/*
 * Who asks over HTTP, and what they may.
 *
 * A token comes in the header `Authorization: Bearer`, and nowhere else: never
 * in a URL, which is logged on the way, nor in a cookie, which a browser would
 * send for a page of somebody else. Without one, whoever asks from this machine
 * may what [http] `anonymous` says, and others nothing.
 */
#ifndef GATEWAY_ACCESS_ACCESS_H
#define GATEWAY_ACCESS_ACCESS_H

#include "common/conf/conf.h"
#include "daemon/allowance.h"
#include "gateway/access/tokens.h"
#include "gateway/http/exchange.h"

/* Tokens that are not known, of one source: one in ACCESS_GUESS_NS, and
 * ACCESS_GUESSES at once. */
#define ACCESS_GUESS_NS (6 * NS_PER_S)
#define ACCESS_GUESSES 10

/* Their tokens are looked up again this often. */
#define ACCESS_ROUND_NS (1 * NS_PER_S)

/* Who is told something for as long as it listens. */
struct guest {
	struct exchange *x;
	bool breaks; /* what is ended early is seen to be cut */
	struct token who;
	struct guest *next;
};

struct access {
	struct tokens *tokens;
	struct guest *guests; /* those that came with a token */
	struct timer *round;  /* it is due when theirs are looked up again */
	struct token anonymous;
	struct allowance guesses, requests;
	int64_t complained_ns;
	uint64_t refused; /* requests, for their token */
};

/* `path` of the file of tokens must outlive it. ERR_NOMEM; ERR_INVALID for
 * rights that there are not. */
int access_init(struct access *a, struct loop *l, const struct conf_http *conf,
    const char *path);
void access_done(struct access *a);

/* Reads a configuration's `anonymous`. */
bool access_read_rights(const struct conf_http *conf, uint32_t *out);

/* What is found out about an exchange: `fn` is called with who asks (valid
 * during the call), or has been answered, with 401 or 429, and `fn` is not
 * called. The exchange has the owner of this until then. */
void access_ask(struct access *a, struct exchange *x,
    void (*fn)(void *arg, struct exchange *x, const struct token *who),
    void *arg);

/* The exchange of `who` gets an answer that goes on: it is ended when the token
 * is not good any more, about ACCESS_ROUND_NS after it was changed or taken
 * out, or its time was over. `who` is copied. ERR_NOMEM; access_leave() is due
 * in any case, once or more often. */
int access_admit(struct access *a, struct guest *g, struct exchange *x,
    const struct token *who);
void access_leave(struct access *a, struct guest *g);

#endif
