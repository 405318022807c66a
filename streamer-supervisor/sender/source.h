/*
 * The link to ttsd's control socket: is ttsd on air, which of its subscribers
 * lag, and is a channel idle?
 *
 * It says in the log only when ttsd comes and goes. ttsd counts as on air from
 * its answer to the subscription on: its audio sockets are open by then.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_SOURCE_H
#define STREAMER_SUPERVISOR_SENDER_SOURCE_H

#include "platform/platform.h"

struct source;

struct source_events {
	/* ttsd came on air. */
	void (*up)(void *arg);
	/* Nobody answered another try. */
	void (*absent)(void *arg);
	/* The subscriber with this process id does not keep up. */
	void (*lagging)(void *arg, int64_t pid);
	/* Answers source_ask_idle(): nothing is being said on the channel. */
	void (*idle)(void *arg, const char *channel);
};

/* Makes a link to ttsd's control socket at `path`, which with `events` must
 * outlive the link. Fails with ERR_NOMEM or as timer_new(). */
int source_new(struct loop *l, const char *path,
    const struct source_events *events, void *arg, struct source **out);
/* NULL is fine. */
void source_free(struct source *s);

bool source_is_up(const struct source *s);

/* ttsd was on air when another program looked last: that it still is, is no
 * news. */
void source_go_on(struct source *s);

/* Asks whether a channel is idle; `idle` follows when nothing is being said. */
void source_ask_idle(struct source *s, const char *channel);

#endif
