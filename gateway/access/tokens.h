/*
 * Whom the file of tokens lets in. It is read by a child, for a disk may hang;
 * until it was read for the first time nobody is known.
 */
#ifndef GATEWAY_ACCESS_TOKENS_H
#define GATEWAY_ACCESS_TOKENS_H

#include "common/control/token.h"
#include "platform/platform.h"

/* It is read again where a token is used and this time has gone by, so that one
 * that was taken out is good for so much longer at most; and where one is not
 * known, for it may be new, but no more often than the other says: whoever has
 * it waits so long at most. */
#define TOKENS_AGE_NS (10 * NS_PER_S)
#define TOKENS_NEW_NS (200 * NS_PER_MS)

struct tokens;

/* `path` must outlive it. `was_read` is called each time the file was read, or
 * could not be. ERR_NOMEM. */
int tokens_new(struct loop *l, const char *path, void (*was_read)(void *arg),
    void *arg, struct tokens **out);
/* NULL is fine. */
void tokens_free(struct tokens *t);
/* Reads the file again. */
void tokens_read(struct tokens *t);

/* Calls `fn` once with the token that a client sent, or NULL where it is not
 * known or its time is over: at once, or when the file was read. It is valid
 * during the call. Returns what tokens_forget() takes while it waits, else
 * NULL. */
struct tokens_wait *tokens_find(struct tokens *t, const char *text,
    void (*fn)(void *arg, const struct token *token), void *arg);
void tokens_forget(struct tokens_wait *w);

/* Why the file could not be read the last time; NULL: it could, or is not
 * there. */
const char *tokens_trouble(const struct tokens *t);
/* Is it known still, as it was? */
bool tokens_has(const struct tokens *t, const struct token *token);

#endif
