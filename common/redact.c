#include "common/redact.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"

/* Shorter ones are looked for in URLs only. */
#define SECRET_MIN 4

struct span {
	size_t at, len;
};

struct spans {
	struct span span[REDACT_SECRETS_MAX];
	size_t count;
};

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

static void
add_span(struct spans *out, size_t from, size_t to)
{
	if (to > from)
		out->span[out->count++] = (struct span){ from, to - from };
}

static size_t
redact_find(const char *s, size_t from, size_t to, const char *set)
{
	while (from < to && strchr(set, s[from]) == NULL)
		from++;
	return from;
}

/* Of "user:password@host"; a URL's user part ends at its last '@'. */
static void
find_password(const char *url, size_t from, size_t to, struct spans *out)
{
	size_t at = to;

	while (at > from && url[at - 1] != '@')
		at--;
	if (at > from)
		add_span(out, redact_find(url, from, at - 1, ":") + 1, at - 1);
}

/* Of "/application/key"; a path of one element has no key. */
static void
find_key(const char *url, size_t from, size_t to, struct spans *out)
{
	size_t at;

	while (to > from && url[to - 1] == '/')
		to--;
	for (at = to; at > from && url[at - 1] != '/'; at--)
		;
	if (at > from + 1)
		add_span(out, at, to);
}

/* The secrets of the `len` bytes of a URL, in their order. */
static void
find_secrets(const char *url, size_t len, struct spans *out)
{
	const char *colon = memchr(url, ':', len);
	size_t host = colon ? (size_t)(colon - url) + 3 : len;
	size_t path, query;

	out->count = 0;
	/* A path of this machine may hold a colon too. */
	if (host >= len || memcmp(colon, "://", 3) != 0)
		return;
	path = redact_find(url, host, len, "/?#");
	query = redact_find(url, path, len, "?#");
	find_password(url, host, path, out);
	if (strncmp(url, "rtmp", 4) == 0)
		find_key(url, path, query, out);
	add_span(out, query + 1, len);
}

/* Bytes of the known secret that `s` of `len` bytes begins with; 0: none. */
static size_t
secret_len(const struct redact *r, const char *s, size_t len)
{
	size_t i, n;

	for (i = 0; r && i < r->count; i++) {
		n = strlen(r->secrets[i]);
		if (n >= SECRET_MIN && n <= len &&
		    memcmp(s, r->secrets[i], n) == 0)
			return n;
	}
	return 0;
}

static void
put_mask(struct text *t)
{
	redact_put(t, REDACT_MASK, strlen(REDACT_MASK));
}

/* Copies what should be harmless; known secrets are masked even so. */
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
put_url(struct text *t, const struct redact *r, const char *url, size_t len)
{
	struct spans secrets;
	size_t i, at = 0;

	find_secrets(url, len, &secrets);
	for (i = 0; i < secrets.count; i++) {
		put_rest(t, r, url + at, secrets.span[i].at - at);
		put_mask(t);
		at = secrets.span[i].at + secrets.span[i].len;
	}
	put_rest(t, r, url + at, len - at);
}

void
redact_url(char *dst, size_t size, const char *url)
{
	struct text t = { .dst = dst, .size = size };

	*dst = '\0';
	put_url(&t, NULL, url, strlen(url));
}

/* "passphrase=…" and the like: ffmpeg may tell of the value alone. */
static bool
names_secret(const char *name, size_t len)
{
	static const char *const parts[] = { "pass", "pwd", "key", "token",
		"secret", "auth", "sig", "streamid" };
	size_t i, at, n;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		n = strlen(parts[i]);
		for (at = 0; at + n <= len; at++)
			if (memcmp(name + at, parts[i], n) == 0)
				return true;
	}
	return false;
}

static void
find_parameters(const char *url, size_t len, struct spans *out)
{
	size_t at = redact_find(url, 0, len, "?"), name, value;

	while (at < len && out->count < REDACT_SECRETS_MAX) {
		name = at + 1;
		at = redact_find(url, name, len, "&");
		value = redact_find(url, name, at, "=");
		if (names_secret(url + name, value - name))
			add_span(out, value + 1, at);
	}
}

bool
redact_has_secret(const char *url)
{
	size_t len = strlen(url), host = redact_find(url, 0, len, ":") + 3;
	struct spans found = { .count = 0 };

	if (strstr(url, "://") == NULL)
		return false;
	find_password(url, host, redact_find(url, host, len, "/?#"), &found);
	find_parameters(url, len, &found);
	return found.count > 0;
}

int
redact_init(struct redact *r, const char *url)
{
	struct spans found;
	size_t i;

	*r = (struct redact){ 0 };
	find_secrets(url, strlen(url), &found);
	if (found.count > 0)
		find_parameters(url, strlen(url), &found);
	for (i = 0; i < found.count; i++) {
		r->secrets[r->count] =
		    strndup(url + found.span[i].at, found.span[i].len);
		if (r->secrets[r->count++] == NULL) {
			redact_done(r);
			return ERR_NOMEM;
		}
	}
	return 0;
}

int
redact_add(struct redact *r, const char *secret)
{
	char *copy;
	size_t i;

	for (i = 0; i < r->count; i++)
		if (strcmp(r->secrets[i], secret) == 0)
			return 0;
	copy = strdup(secret);
	if (copy == NULL)
		return ERR_NOMEM;
	if (r->count == REDACT_SECRETS_MAX)
		free(r->secrets[--r->count]);
	r->secrets[r->count++] = copy;
	return 0;
}

void
redact_done(struct redact *r)
{
	while (r->count > 0)
		free(r->secrets[--r->count]);
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Bytes of the URL that starts here; 0 where none does. */
static size_t
url_len(const char *s)
{
	size_t n = 0;

	while (is_letter(s[n]))
		n++;
	if (n == 0 || strncmp(s + n, "://", 3) != 0)
		return 0;
	n += strcspn(s + n, " \t'\"<>");
	/* Punctuation of the sentence around it. */
	while (strchr(":,.;)]", s[n - 1]))
		n--;
	return n;
}

void
redact_text(const struct redact *r, char *dst, size_t size, const char *text)
{
	struct text t = { .dst = dst, .size = size };
	const char *end = text + strlen(text);
	bool in_word = false;
	size_t n;

	*dst = '\0';
	for (; text < end && t.len < size - 1; text += n) {
		if (!in_word && (n = url_len(text)) > 0)
			put_url(&t, r, text, n);
		else if ((n = secret_len(r, text, (size_t)(end - text))) > 0)
			put_mask(&t);
		else
			redact_put(&t, text, n = 1);
		in_word = is_letter(text[n - 1]);
	}
}
