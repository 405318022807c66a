#include "common/control/token.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/net/encode.h"
#include "common/text/rfc3339.h"

#define SCHEME "sha256:"
#define BLANKS " \t\r"

/* Bytes of a list of channels. */
static size_t
channels_size(const char *channels)
{
	const char *at = channels;

	while (at && *at)
		at += strlen(at) + 1;
	return at ? (size_t)(at - channels) : 0;
}

void
token_done(struct token *t)
{
	free(t->channels);
	t->channels = NULL;
}

int
token_copy(struct token *to, const struct token *from)
{
	size_t n = channels_size(from->channels) + 1;

	*to = *from;
	if (from->channels == NULL)
		return 0;
	to->channels = malloc(n);
	if (to->channels == NULL)
		return ERR_NOMEM;
	memcpy(to->channels, from->channels, n);
	return 0;
}

/* ---- reading ---------------------------------------------------------- */

static bool
is_name(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' &&
		    text[i] != '-')
			return false;
	return len >= 1 && len <= TOKEN_NAME_MAX;
}

static bool
read_hash(const char *text, size_t len, uint8_t *out)
{
	size_t n = sizeof(SCHEME) - 1;

	return len > n && memcmp(text, SCHEME, n) == 0 &&
	       hex_read(text + n, len - n, out, TOKEN_HASH_BYTES) ==
		   TOKEN_HASH_BYTES;
}

/* Takes the next word of a list with commas; false behind the last one. */
static bool
next_word(const char **text, size_t *left, const char **word, size_t *len)
{
	const char *comma;

	if (*text == NULL)
		return false;
	comma = memchr(*text, ',', *left);
	*word = *text;
	*len = comma ? (size_t)(comma - *text) : *left;
	*left -= *len + (comma != NULL);
	*text = comma ? comma + 1 : NULL;
	return true;
}

/* "say,read", to bits; false where one is no right. */
static bool
read_rights(const char *text, size_t len, uint32_t *out)
{
	const char *word;
	size_t n;

	*out = 0;
	while (next_word(&text, &len, &word, &n)) {
		enum right r = right_find(word, n);

		if (r == RIGHT_COUNT)
			return false;
		*out |= RIGHT_BIT(r);
	}
	return true;
}

bool
token_read_words(char *const *words, uint32_t *out)
{
	uint32_t one;

	*out = 0;
	for (; words && *words; words++) {
		if (!read_rights(*words, strlen(*words), &one))
			return false;
		*out |= one;
	}
	/* Whoever says none and more may mean either. */
	return *out == RIGHT_BIT(RIGHT_NONE) ||
	       (*out & RIGHT_BIT(RIGHT_NONE)) == 0;
}

static int
read_channels(const char *text, size_t len, struct token *t)
{
	const char *word;
	size_t n, count = 0;
	char *at;

	/* Each comma becomes the end of a name. */
	free(t->channels);
	t->channels = at = calloc(1, len + 2);
	if (at == NULL)
		return ERR_NOMEM;
	while (next_word(&text, &len, &word, &n)) {
		if (!is_name(word, n) || ++count > TOKEN_CHANNELS_MAX)
			return ERR_INVALID;
		memcpy(at, word, n);
		at += n + 1;
	}
	return 0;
}

static bool
read_until(const char *text, size_t len, int64_t *out)
{
	char copy[64];

	if (len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return rfc3339_parse(copy, out);
}

static bool
begins(const char *word, size_t len, const char *key)
{
	size_t n = strlen(key);

	return len > n && memcmp(word, key, n) == 0;
}

/* Reads what stands behind the hash. */
static int
read_setting(const char *word, size_t len, struct token *t, const char **why)
{
	int rc = ERR_INVALID;

	if (begins(word, len, "may=")) {
		*why = "may= and names of rights";
		rc = read_rights(word + 4, len - 4, &t->rights) ? 0
								: ERR_INVALID;
	} else if (begins(word, len, "channels=")) {
		*why = "channels= and names of channels";
		rc = read_channels(word + 9, len - 9, t);
	} else if (begins(word, len, "until=")) {
		*why = "until= and a time such as 2027-01-01T00:00:00Z";
		rc = read_until(word + 6, len - 6, &t->until_ms) ? 0
								 : ERR_INVALID;
	} else {
		*why = "may=, channels= or until=";
	}
	return rc;
}

static const char *
next_part(const char **line, size_t *left, size_t *len)
{
	const char *at = *line, *end = *line + *left;

	while (at < end && memchr(BLANKS, *at, sizeof(BLANKS) - 1))
		at++;
	for (*line = at; *line < end; ++*line)
		if (memchr(BLANKS, **line, sizeof(BLANKS) - 1))
			break;
	*len = (size_t)(*line - at);
	*left = (size_t)(end - *line);
	return at;
}

static int
parse_parts(const char *line, size_t left, struct token *t, const char **why)
{
	size_t len;
	const char *part = next_part(&line, &left, &len);
	int rc = 0;

	if (len == 0 || *part == '#')
		return ERR_END;
	*why = "a name of up to 32 of a to z, A to Z, 0 to 9, '_' and '-'";
	if (!is_name(part, len))
		return ERR_INVALID;
	memcpy(t->name, part, len);
	part = next_part(&line, &left, &len);
	*why = "sha256: and 64 hexadecimal digits behind the name";
	if (!read_hash(part, len, t->hash))
		return ERR_INVALID;
	while (rc == 0) {
		part = next_part(&line, &left, &len);
		if (len == 0)
			break;
		rc = read_setting(part, len, t, why);
	}
	return rc;
}

int
token_parse(const char *line, size_t len, struct token *out, const char **why)
{
	int rc;

	*out = (struct token){ 0 };
	rc = parse_parts(line, len, out, why);
	if (rc < 0)
		token_done(out);
	return rc;
}

/* ---- writing ---------------------------------------------------------- */

static int
put_rights(struct buf *out, uint32_t rights)
{
	const char *sign = " may=";
	int r, rc = 0;

	for (r = 0; r < RIGHT_COUNT && rc == 0; r++)
		if (rights & RIGHT_BIT(r)) {
			rc = buf_putf(out, "%s%s", sign, right_name(r));
			sign = ",";
		}
	return rc;
}

static int
put_channels(struct buf *out, const char *name)
{
	const char *sign = " channels=";
	int rc = 0;

	for (; name && *name && rc == 0; name += strlen(name) + 1) {
		rc = buf_putf(out, "%s%s", sign, name);
		sign = ",";
	}
	return rc;
}

int
token_write(const struct token *t, struct buf *out)
{
	char hash[2 * TOKEN_HASH_BYTES + 1], until[32];
	int rc;

	hex_write(t->hash, TOKEN_HASH_BYTES, hash);
	rc = buf_putf(out, "%s " SCHEME "%s", t->name, hash);
	if (rc == 0)
		rc = put_rights(out, t->rights);
	if (rc == 0)
		rc = put_channels(out, t->channels);
	if (rc == 0 && t->until_ms != 0) {
		rfc3339_write(t->until_ms, until, sizeof(until));
		rc = buf_putf(out, " until=%s", until);
	}
	return rc < 0 ? rc : buf_puts(out, "\n");
}

void
token_text(const uint8_t *secret, char out[TOKEN_TEXT_MAX])
{
	memcpy(out, TOKEN_PREFIX, sizeof(TOKEN_PREFIX) - 1);
	hex_write(secret, TOKEN_SECRET_BYTES, out + sizeof(TOKEN_PREFIX) - 1);
}

/* ---- what it allows --------------------------------------------------- */

bool
token_may(const struct token *t, enum right r)
{
	return r == RIGHT_NONE || (t->rights & RIGHT_BIT(r)) != 0;
}

bool
token_may_channel(const struct token *t, const char *channel)
{
	const char *name = t->channels;

	if (name == NULL)
		return true;
	while (*name && strcmp(name, channel) != 0)
		name += strlen(name) + 1;
	return *name != '\0';
}

bool
token_allows_same(const struct token *a, const struct token *b)
{
	size_t n = channels_size(a->channels);

	if (a->rights != b->rights || n != channels_size(b->channels) ||
	    (a->channels == NULL) != (b->channels == NULL))
		return false;
	return n == 0 || memcmp(a->channels, b->channels, n) == 0;
}

bool
token_hash_is(const struct token *t, const uint8_t *hash)
{
	unsigned differ = 0, i;

	for (i = 0; i < TOKEN_HASH_BYTES; i++)
		differ |= t->hash[i] ^ hash[i];
	return differ == 0;
}
