#include "common/net/redact.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/net/url.h"

/* Bytes of the shortest secret that is masked outside URLs: a shorter one would
 * be found in other words by chance. */
#define SECRET_MIN 4
/* So many bytes of a secret in a row are no accident. Servers quote keys with
 * the middle left out. */
#define SECRET_PIECE 6
/* What keys of OpenAI and its kin begin with. */
#define KEY_PREFIX "sk-"
#define BLANKS " \t\r\n"
/* Bytes of the longest scheme that url_len() recognises in a line. */
#define SCHEME_MAX 16

/* A bounded string under construction. */
struct text {
	char *dst;
	size_t len, size;
};

static void
redact_put(struct text *t, const char *s, size_t len)
{
	if (len > t->size - 1 - t->len)
		len = t->size - 1 - t->len;
	memcpy(t->dst + t->len, s, len);
	t->len += len;
	t->dst[t->len] = '\0';
}

/* The length of the longest known secret with which the `len` bytes at `s`
 * begin; 0 where they begin with none. */
static size_t
secret_len(const struct redact *r, const char *s, size_t len)
{
	size_t i, n, longest = 0;

	for (i = 0; r && i < r->count; i++) {
		n = strlen(r->secrets[i]);
		if (n >= SECRET_MIN && n <= len && n > longest &&
		    memcmp(s, r->secrets[i], n) == 0)
			longest = n;
	}
	return longest;
}

static void
put_mask(struct text *t)
{
	redact_put(t, REDACT_MASK, strlen(REDACT_MASK));
}

/* Copies a part of a URL that is not secret by its place, but masks known
 * secrets in it: a server may repeat the key in its host name, say. */
static void
put_rest(struct text *t, const struct redact *r, const char *s, size_t len)
{
	size_t i, n;

	for (i = 0; i < len; i += n) {
		n = secret_len(r, s + i, len - i);
		if (n > 0)
			put_mask(t);
		else
			redact_put(t, s + i, n = 1);
	}
}

static void
put_url(struct text *t, const struct redact *r, const char *url, size_t len,
    const char *unknown)
{
	struct url_part secrets[URL_SECRETS_MAX];
	struct url u;
	size_t count, i, at = 0;

	url_parse(&u, url, len);
	if (u.kind == URL_UNKNOWN) {
		redact_put(t, unknown, strlen(unknown));
		return;
	}
	count = url_secrets(&u, secrets);
	for (i = 0; i < count; i++) {
		put_rest(t, r, url + at, secrets[i].at - at);
		put_mask(t);
		at = secrets[i].at + secrets[i].len;
	}
	put_rest(t, r, url + at, len - at);
}

void
redact_url(char *dst, size_t size, const char *url)
{
	struct text t = { .dst = dst, .size = size };

	*dst = '\0';
	if (*url)
		put_url(&t, NULL, url, strlen(url), REDACT_UNKNOWN);
}

bool
redact_has_secret(const char *url)
{
	struct url_parameter p = { .name.at = 0 };
	struct url u;

	url_parse(&u, url, strlen(url));
	if (u.password.len > 0)
		return true;
	while (url_parameter_next(&u, url, &p))
		if (p.value.len > 0 && url_parameter_is_secret(&p, url))
			return true;
	return false;
}

/* ---- what is known ---------------------------------------------------- */

/* Keeps `secret`, which now belongs to `r`. NULL, from a strdup() that failed,
 * is answered with ERR_NOMEM. */
static int
redact_keep(struct redact *r, char *secret)
{
	size_t i;

	if (secret == NULL)
		return ERR_NOMEM;
	for (i = 0; i < r->count; i++)
		if (strcmp(r->secrets[i], secret) == 0) {
			free(secret);
			return 0;
		}
	if (r->count == REDACT_SECRETS_MAX)
		free(r->secrets[--r->count]);
	r->secrets[r->count++] = secret;
	return 0;
}

int
redact_add(struct redact *r, const char *secret)
{
	return redact_keep(r, strdup(secret));
}

static int
keep_part(struct redact *r, const char *url, struct url_part p)
{
	return p.len ? redact_keep(r, strndup(url + p.at, p.len)) : 0;
}

int
redact_add_url(struct redact *r, const char *url)
{
	struct url_part secrets[URL_SECRETS_MAX];
	struct url_parameter p = { .name.at = 0 };
	struct url u;
	size_t count, i;
	int rc = 0;

	url_parse(&u, url, strlen(url));
	if (u.kind == URL_UNKNOWN)
		return *url ? redact_add(r, url) : 0;
	count = url_secrets(&u, secrets);
	for (i = 0; i < count && rc == 0; i++)
		rc = keep_part(r, url, secrets[i]);
	/* ffmpeg may print the value of a parameter without the query around
	 * it. */
	while (rc == 0 && url_parameter_next(&u, url, &p))
		if (url_parameter_is_secret(&p, url))
			rc = keep_part(r, url, p.value);
	return rc;
}

void
redact_done(struct redact *r)
{
	while (r->count > 0)
		free(r->secrets[--r->count]);
}

/* ---- lines of text ----------------------------------------------------- */

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The length of what looks like a URL at the start of `s`; 0 where there is
 * none. */
static size_t
url_len(const char *s)
{
	size_t n = 0;

	while (n < SCHEME_MAX &&
	       (is_letter(s[n]) ||
		   (n > 0 && s[n] && strchr("0123456789+-.", s[n]))))
		n++;
	if (n == 0 || strncmp(s + n, "://", 3) != 0)
		return 0;
	n += strcspn(s + n, " \t'\"<>");
	/* Punctuation at the end belongs to the sentence around the URL. */
	while (strchr(":,.;)]", s[n - 1]))
		n--;
	return n;
}

/* Makes the URL of `url` bytes at the start of `s` longer where a known secret
 * reaches over its end: a password may hold a quote, a key end in a full stop.
 */
static size_t
url_with_secrets(const struct redact *r, const char *s, size_t len, size_t url)
{
	size_t i, n;

	for (i = 0; i < url; i++) {
		n = secret_len(r, s + i, len - i);
		if (i + n > url)
			url = i + n;
	}
	return url;
}

void
redact_text(const struct redact *r, char *dst, size_t size, const char *text)
{
	struct text t = { .dst = dst, .size = size };
	const char *end = text + strlen(text);
	bool in_word = false;
	size_t n, url;

	*dst = '\0';
	for (; text < end && t.len < size - 1; text += n) {
		n = secret_len(r, text, (size_t)(end - text));
		url = in_word ? 0 : url_len(text);
		url = url_with_secrets(r, text, (size_t)(end - text), url);
		if (url > n)
			put_url(&t, r, text, n = url, REDACT_MASK);
		else if (n > 0)
			put_mask(&t);
		else
			redact_put(&t, text, n = 1);
		in_word = is_letter(text[n - 1]);
	}
}

/* ---- words -------------------------------------------------------------- */

static bool
word_holds(const char *word, size_t len, const char *piece, size_t n)
{
	size_t i;

	for (i = 0; n <= len && i <= len - n; i++)
		if (memcmp(word + i, piece, n) == 0)
			return true;
	return false;
}

/* Does the word look like a key, or hold a piece of a known secret? */
static bool
word_is_secret(const struct redact *r, const char *word, size_t len)
{
	size_t i, at, total, piece;

	if (word_holds(word, len, KEY_PREFIX, strlen(KEY_PREFIX)) ||
	    word_holds(word, len, REDACT_MASK, strlen(REDACT_MASK)))
		return true;
	for (i = 0; r && i < r->count; i++) {
		total = strlen(r->secrets[i]);
		piece = total < SECRET_PIECE ? total : SECRET_PIECE;
		for (at = 0; piece > 0 && at + piece <= total; at++)
			if (word_holds(word, len, r->secrets[i] + at, piece))
				return true;
	}
	return false;
}

void
redact_words(const struct redact *r, char *dst, size_t size, const char *text)
{
	struct text t = { .dst = dst, .size = size };
	size_t n;

	*dst = '\0';
	while (*text) {
		n = strspn(text, BLANKS);
		redact_put(&t, text, n);
		text += n;
		n = strcspn(text, BLANKS);
		if (n > 0 && word_is_secret(r, text, n))
			put_mask(&t);
		else
			redact_put(&t, text, n);
		text += n;
	}
}
