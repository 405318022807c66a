/*
 * The link to ttsd's control socket: is ttsd on air, which of its subscribers
 * lag, is a channel idle, what has been said; and the way of receipts to it.
 *
 * It says in the log only when ttsd comes and goes. ttsd counts as on air from
 * its answer to the subscription on: its audio sockets are open by then.
 */
#ifndef STREAMER_SUPERVISOR_SENDER_SOURCE_H
#define STREAMER_SUPERVISOR_SENDER_SOURCE_H

#include <jansson.h>

#include "platform/platform.h"

struct source;

struct source_events {
	/* ttsd came on air. */
	void (*up)(void *arg);
	/* ttsd answers over another link: it may be that it never went. */
	void (*linked)(void *arg);
	/* Nobody answered another try. */
	void (*absent)(void *arg);
	/* An announcement has begun or ended: the event `started` or
	 * `finished`. */
	void (*tells)(void *arg, const json_t *event);
	/* The subscriber with this process id does not keep up. */
	void (*lagging)(void *arg, int64_t pid);
	/* Answers source_ask_idle(): nothing is being said on the channel. */
	void (*idle)(void *arg, const char *channel);
	/* Answers source_ask_readers(): what `status` says of the channel. */
	void (*readers)(void *arg, const char *name, const json_t *channel);
	/* An announcement has ended whose samples were `from` to before `end`.
	 */
	void (*spoken)(void *arg, const char *channel, uint64_t id,
	    uint64_t from, uint64_t end);
	/* ttsd has answered what source_post() sent, or cannot any more. */
	void (*posted)(void *arg, bool answered);
	/* What ended lately, before that link: the items of a `history`. */
	void (*ended)(void *arg, const json_t *items);
};

/* Makes a link to ttsd's control socket at `path`, which with `events` must
 * outlive the link. Fails with ERR_NOMEM or as timer_new(). */
int source_new(struct loop *l, const char *path,
    const struct source_events *events, void *arg, struct source **out);
/* NULL is fine. */
void source_free(struct source *s);

bool source_is_up(const struct source *s);

/* The number of the last event that ttsd has told; 0: of none. */
uint64_t source_seen(const struct source *s);
/* ttsd was on air when another program looked last, which had seen its events
 * up to that number: that it still is, is no news, and what it has told
 * meanwhile it tells again. To be called before the loop runs. */
void source_go_on(struct source *s, uint64_t seen);

/* Asks whether a channel is idle; `idle` follows when nothing is being said. */
void source_ask_idle(struct source *s, const char *channel);
/* Asks who reads a channel, and how far they are. */
void source_ask_readers(struct source *s, const char *channel);

/* Does ttsd take receipts now? source_post() then sends some
 * (receipts/post.h); `posted` follows. */
bool source_takes_post(const struct source *s);
void source_post(struct source *s, const char *line);

#endif
