/*
 * The tokens by which others than the daemons' own user may ask the gateway:
 * a file of lines, one for each,
 *
 *   NAME sha256:HASH may=say,read channels=hall,cafe until=2027-01-01T00:00:00Z
 *
 * with the hash of the token in 64 hexadecimal digits: who reads the file can
 * ask for nothing. `channels` and `until` may be absent; blank lines and those
 * that begin with '#' say nothing. Pure.
 */
#ifndef COMMON_CONTROL_TOKEN_H
#define COMMON_CONTROL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/control/right.h"

/* Bytes of a name, as of a channel's; of a hash; of what the hash is made of,
 * and of a token as a client sends it: a prefix by which it is recognised where
 * it should not be, and 64 hexadecimal digits. */
#define TOKEN_NAME_MAX 32
#define TOKEN_HASH_BYTES 32
#define TOKEN_SECRET_BYTES 32
#define TOKEN_PREFIX "ttsd_"
#define TOKEN_TEXT_MAX (sizeof(TOKEN_PREFIX) + 2 * TOKEN_SECRET_BYTES)
/* Tokens of a file, and channels of a token. */
#define TOKENS_MAX 1000
#define TOKEN_CHANNELS_MAX 64
/* Bytes of the file. */
#define TOKENS_FILE_MAX ((size_t)512 * 1024)
/* How long one is good at most, unless it is for ever: its time is still to be
 * one that is written with four digits for the year. */
#define TOKEN_TTL_MAX_MS (INT64_C(1000) * 365 * 24 * 3600 * 1000)

struct token {
	char name[TOKEN_NAME_MAX + 1];
	uint8_t hash[TOKEN_HASH_BYTES];
	uint32_t rights; /* a bit for each enum right */
	char *channels;  /* names, NUL-terminated, an empty one behind the last;
			    owned. NULL: all */
	int64_t until_ms; /* UTC since 1970; 0: for ever */
};

/* ERR_NOMEM. */
int token_copy(struct token *to, const struct token *from);
void token_done(struct token *t);

/* Reads one line. Returns 0, ERR_END for one that says nothing, ERR_NOMEM, or
 * ERR_INVALID with `why` set to what was expected. */
int token_parse(
    const char *line, size_t len, struct token *out, const char **why);
/* Appends its line, with the newline. Fails as buf_put(). */
int token_write(const struct token *t, struct buf *out);

/* Names of rights, as words of a configuration (NULL: none), to bits; false
 * where one is none, or `none` stands beside others. */
bool token_read_words(char *const *words, uint32_t *out);

bool token_may(const struct token *t, enum right r);
bool token_may_channel(const struct token *t, const char *channel);
/* Do both allow the same? */
bool token_allows_same(const struct token *a, const struct token *b);
/* Takes as long for any two. */
bool token_hash_is(const struct token *t, const uint8_t *hash);

/* The token of a secret, as its owner gets it. */
void token_text(const uint8_t *secret, char out[TOKEN_TEXT_MAX]);

#endif
