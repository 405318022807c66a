/*
 * Keeps secrets out of what people see. A URL of an output may hold a password,
 * a stream key and tokens; status, events and log lines show it masked, and
 * lines of other programs that repeat it are masked on their way.
 *
 * common/net/url.h says which parts of a URL are secret. Of an address that is
 * not understood nothing is shown. Pure.
 */
#ifndef COMMON_NET_REDACT_H
#define COMMON_NET_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#define REDACT_MASK "***"
/* What is shown in place of an address that is not understood. */
#define REDACT_UNKNOWN "(an address that is not understood)"
/* How many secrets one struct redact holds. A URL has a password, a key, a
 * query, and parameters of the query that are secret by their name; an ffmpeg
 * that serves a group of outputs knows those of all its URLs. */
#define REDACT_SECRETS_MAX 64

/* The secrets of one program's addresses. Starts as zeroes. */
struct redact {
	char *secrets[REDACT_SECRETS_MAX]; /* owned */
	size_t count;
};

/* Adds the secrets of one more URL; the whole text where it is not understood.
 * Fails with ERR_NOMEM. */
int redact_add_url(struct redact *r, const char *url);
/* Adds a copy of one more secret, which replaces the last one where all
 * REDACT_SECRETS_MAX places are taken. Fails with ERR_NOMEM. */
int redact_add(struct redact *r, const char *secret);
/* Forgets all secrets and frees their copies. */
void redact_done(struct redact *r);

/* Is there a password in `url`, or a parameter that is secret by its name? */
bool redact_has_secret(const char *url);

/* Copies `url` with its secrets masked and cuts what does not fit; an empty one
 * stays empty. */
void redact_url(char *dst, size_t size, const char *url);

/* Copies `text` with every URL in it and every occurrence of the secrets
 * masked; cuts what does not fit. `r` NULL: no secrets are known. Secrets of
 * less than four bytes are masked in URLs only: elsewhere they would be found
 * by chance. */
void redact_text(
    const struct redact *r, char *dst, size_t size, const char *text);

/* Copies `text` of somebody who quotes keys with a part left out: every word
 * that holds a piece of a secret, or looks like a key of a service, is masked
 * whole. Cuts what does not fit; `r` as of redact_text(). */
void redact_words(
    const struct redact *r, char *dst, size_t size, const char *text);

#endif
