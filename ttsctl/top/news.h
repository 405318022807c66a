/*
 * What both daemons tell, asked side by side (link.h): when something happens,
 * and each second.
 */
#ifndef TTSCTL_TOP_NEWS_H
#define TTSCTL_TOP_NEWS_H

#include "ttsctl/air.h"
#include "ttsctl/link.h"
#include "ttsctl/top/face.h"
#include "ttsctl/top/gateway.h"

/* One daemon, and what it said. */
struct side {
	struct call call;
	struct link link;
	json_t *status;  /* NULL: nothing yet */
	bool asked;      /* it has told all, or does not answer */
	bool again;      /* something has happened since */
	int64_t next_ns; /* it is not asked before */
};

struct news {
	const struct call *call;
	struct side ttsd, streamer;
	struct gateway gateway;
	struct air air;
	json_t *queues, *outputs, *receipts; /* as struct sight has them */
	void (*renewed)(void *arg);          /* something is new */
	void *arg;
};

/* `beats`: they are asked each second, too. Returns 0 or ERR_NOMEM; news_done()
 * is due either way. */
int news_init(struct news *n, const struct call *call, bool beats,
    void (*renewed)(void *arg), void *arg);
void news_done(struct news *n);

/* Begins with who is there: one of the two does. Where none is, ttsd is waited
 * for, if that was asked for; else it is said that it does not run. */
enum status news_begin(struct news *n);

/* Has each of them told all, or does not answer? */
bool news_are_complete(const struct news *n);

/* Asks again of what something was told since, but not too often: to be called
 * whenever what is new was looked at. */
void news_follow(struct news *n);

/* What there is to show by now; it is good until more is told. */
struct sight news_sight(struct news *n);

#endif
