/*
 * The link to ttsd's control socket: is it on air, which of its subscribers
 * lag, and is a channel idle?
 *
 * Tries every SOURCE_RETRY_NS for as long as it lives, and says in the log
 * only when ttsd comes and goes. ttsd counts as on air from its answer to
 * our subscription on: its audio sockets are open by then.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_SOURCE_H
#define STREAMER_SUPERVISOR_SENDER_SOURCE_H

#include "platform/platform.h"

#define SOURCE_RETRY_NS (200 * NS_PER_MS)

struct source;

struct source_events {
	/* ttsd came on air. */
	void (*up)(void *arg);
	/* Once more, nobody answered. */
	void (*absent)(void *arg);
	/* The subscriber with this process id does not keep up. */
	void (*lagging)(void *arg, int64_t pid);
	/* An answer to source_ask_idle(). */
	void (*idle)(void *arg, const char *channel);
};

/* `path` of ttsd's control socket; it and `events` must outlive the link. */
int source_new(struct loop *l, const char *path,
    const struct source_events *events, void *arg, struct source **out);
/* NULL is fine. */
void source_free(struct source *s);

bool source_is_up(const struct source *s);

/* Asks whether nothing is being said on a channel; `idle` follows if so. */
void source_ask_idle(struct source *s, const char *channel);

#endif
