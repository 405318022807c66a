/*
 * A text that ttsd speaks for the gateway, on no channel: one connection to its
 * speech socket (docs/PROTOCOL.md, Speech without a channel).
 */
#ifndef GATEWAY_SOUND_SPEAKER_H
#define GATEWAY_SOUND_SPEAKER_H

#include <jansson.h>

#include "platform/platform.h"

/* What sound has where nothing else is asked for, as OpenAI's. */
#define SPEAKER_RATE_HZ 24000

struct speaker;

struct speaker_events {
	/* Samples, as they are made. */
	void (*sound)(void *arg, const uint8_t *pcm, size_t len);
	/* A word, a phoneme or a mark, before the sound that it lies in. */
	void (*mark)(void *arg, const json_t *mark);
	/* It is over: `code` is NULL, or says with `message` why it was refused
	 * or failed, in the words of the protocol. Comes once, and nothing
	 * after it. */
	void (*ended)(void *arg, const char *code, const char *message);
};

/* Connects to the socket at `path` and asks; `line` is copied, and ends with
 * its newline. No event comes before it returns. Fails as stream_connect(). */
int speaker_new(struct loop *l, const char *path, const char *line,
    const struct speaker_events *events, void *arg, struct speaker **out);
/* Holds ttsd up, or no longer. */
void speaker_hold(struct speaker *s, bool held);
/* Nobody wants the rest. May be called from an event. NULL is fine. */
void speaker_free(struct speaker *s);

#endif
