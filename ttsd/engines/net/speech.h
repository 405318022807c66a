/*
 * A speech server with OpenAI's interface: one POST, sound in the answer,
 * passed on to the kit as it comes. Tries again while nothing was heard yet.
 *
 * Redirects are followed here and not by libcurl, so that the key
 * (secret_get()) goes where it was meant to go and nowhere else.
 */
#ifndef TTSD_ENGINES_NET_SPEECH_H
#define TTSD_ENGINES_NET_SPEECH_H

#include <stdbool.h>

struct speech_server {
	const char *url;
	const char *ca_file; /* NULL: the system's */
	bool raw;            /* PCM is asked for, else WAV */
	unsigned rate_hz;    /* of raw PCM */
	unsigned timeout_ms; /* without sound; 0: none */
	unsigned connect_timeout_ms;
	unsigned retries;
};

/* To be called once, first; the structure stays the caller's and in use. Fails
 * with ERR_NOMEM. */
int speech_init(const struct speech_server *s);

/* Sends the JSON `body`; `text` is what is to be spoken in it, and is kept
 * out of messages. For run() to return. */
int speech_ask(const char *text, const char *body);

#endif
