/*
 * Secrets out of what people see. A URL of an output may hold a password, a
 * stream key and tokens; status, events and log lines show it masked, and
 * lines of other programs that repeat it are masked on their way.
 *
 * What is secret of a URL says common/url.h. An address that is not
 * understood shows nothing of itself. Pure.
 */
#ifndef COMMON_REDACT_H
#define COMMON_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#define REDACT_MASK "***"
/* In place of an address that is not understood. */
#define REDACT_UNKNOWN "(an address that is not understood)"
/* Secrets that are known at a time: those of one URL (password, key, query,
 * and what in the query is secret by its name), or of all URLs of a group. */
#define REDACT_SECRETS_MAX 64

/* The secrets of one program's addresses. Starts as zeroes. */
struct redact {
	char *secrets[REDACT_SECRETS_MAX]; /* owned */
	size_t count;
};

/* The secrets of one URL more; all of it, where it is not understood.
 * ERR_NOMEM. */
int redact_add_url(struct redact *r, const char *url);
/* One secret more. Where there is no room it takes the place of the last.
 * ERR_NOMEM. */
int redact_add(struct redact *r, const char *secret);
/* Forgets them all. */
void redact_done(struct redact *r);

/* Is there a password in `url`, or a parameter that is secret by its name? */
bool redact_has_secret(const char *url);

/* Copies `url` with its secrets masked, "" as it is; cuts what does not fit.
 */
void redact_url(char *dst, size_t size, const char *url);

/* Copies `text` with every URL in it and every occurrence of the secrets
 * masked; cuts what does not fit. `r` NULL: no secrets are known. Secrets of
 * less than four bytes are masked in URLs only: elsewhere they would be found
 * by chance. */
void redact_text(
    const struct redact *r, char *dst, size_t size, const char *text);

#endif
