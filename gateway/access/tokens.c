#include "gateway/access/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/lines.h"
#include "common/list.h"
#include "common/log.h"
#include "daemon/file_reader.h"
#include "platform/secret.h"

struct tokens_wait {
	struct tokens *tokens;
	uint8_t hash[TOKEN_HASH_BYTES];
	void (*fn)(void *arg, const struct token *token);
	void *arg;
	struct tokens_wait *next;
};

struct tokens {
	const char *path;
	struct file_reader *reader;
	struct timer *again; /* it is due when it is read for who waits */
	bool reading;
	int trouble;     /* why it was not read the last time; 0: it was */
	int64_t read_ns; /* the last time; 0: never */
	struct token *list;
	size_t count;
	/* What the list was read from, and whether others could read it. */
	uint8_t text[SECRET_SHA256_BYTES];
	bool was_private;
	struct tokens_wait *waits;
	void (*was_read)(void *arg);
	void *arg;
};

/* ---- the file --------------------------------------------------------- */

static void
drop_list(struct tokens *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		token_done(&t->list[i]);
	free(t->list);
	t->list = NULL;
	t->count = 0;
}

static void
take_line(struct tokens *t, const char *line, size_t len, unsigned number)
{
	const char *why = "";
	int rc;

	if (t->count == TOKENS_MAX) {
		log_warning("tokens=%s line %u: there are more than %d; it is "
			    "left out",
		    log_quote(t->path), number, TOKENS_MAX);
		return;
	}
	rc = token_parse(line, len, &t->list[t->count], &why);
	if (rc == 0)
		t->count++;
	else if (rc == ERR_INVALID)
		log_warning("tokens=%s line %u: expected %s; this token is "
			    "not known until the line is mended",
		    log_quote(t->path), number, why);
}

/* While somebody listens it is read each second: what was said of it once is
 * not said again. */
static bool
is_as_before(struct tokens *t)
{
	const struct buf *text = file_reader_text(t->reader);
	bool private = file_reader_is_private(t->reader), same;
	uint8_t hash[SECRET_SHA256_BYTES];

	secret_sha256(buf_data(text), buf_len(text), hash);
	same = t->list && private == t->was_private &&
	       memcmp(hash, t->text, sizeof(hash)) == 0;
	memcpy(t->text, hash, sizeof(hash));
	t->was_private = private;
	return same;
}

static void
take_text(struct tokens *t)
{
	const struct buf *text = file_reader_text(t->reader);
	const char *at = (const char *)buf_data(text), *line;
	size_t left = buf_len(text), len;
	unsigned number = 0;

	if (is_as_before(t))
		return;
	drop_list(t);
	t->list = calloc(TOKENS_MAX, sizeof(*t->list));
	if (t->list == NULL)
		return;
	while (at && lines_next(&at, &left, &line, &len))
		take_line(t, line, len, ++number);
	if (!file_reader_is_private(t->reader))
		log_warning("tokens=%s can be read by other users: chmod 600 "
			    "it",
		    log_quote(t->path));
}

static const struct token *
find(const struct tokens *t, const uint8_t *hash)
{
	const struct token *found = NULL;
	size_t i;

	/* All are looked at: the time tells nothing. */
	for (i = 0; i < t->count; i++)
		if (token_hash_is(&t->list[i], hash))
			found = &t->list[i];
	if (found && found->until_ms && found->until_ms <= clock_utc_ms())
		return NULL;
	return found;
}

/* While somebody listens it is tried each second: it is said once. */
static void
set_trouble(struct tokens *t, int trouble)
{
	if (trouble < 0 && trouble != t->trouble)
		log_warning("tokens=%s cannot be read: %s; those of before "
			    "are still good",
		    log_quote(t->path), file_reader_why(t->reader));
	else if (trouble == 0 && t->trouble < 0)
		log_info("tokens=%s can be read again", log_quote(t->path));
	t->trouble = trouble;
}

static void
was_read(void *arg, int rc)
{
	struct tokens *t = arg;
	struct tokens_wait *w;

	t->reading = false;
	t->read_ns = clock_awake_ns();
	set_trouble(t, rc == ERR_NOT_FOUND ? 0 : rc);
	if (rc == 0)
		take_text(t);
	else if (rc == ERR_NOT_FOUND)
		drop_list(t);
	while ((w = t->waits) != NULL) {
		t->waits = w->next;
		w->fn(w->arg, find(t, w->hash));
		free(w);
	}
	t->was_read(t->arg);
}

static void
read_again(void *arg)
{
	tokens_read(arg);
}

void
tokens_read(struct tokens *t)
{
	int rc;

	if (t->reading)
		return;
	t->reading = true;
	timer_at(t->again, INT64_MAX);
	rc = file_reader_start(t->reader, t->path);
	if (rc < 0)
		was_read(t, rc);
}

/* ---- who asks --------------------------------------------------------- */

static struct tokens_wait *
wait_for_file(struct tokens *t, const uint8_t *hash,
    void (*fn)(void *arg, const struct token *token), void *arg)
{
	struct tokens_wait *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		fn(arg, NULL);
		return NULL;
	}
	*w = (struct tokens_wait){ .tokens = t, .fn = fn, .arg = arg };
	memcpy(w->hash, hash, sizeof(w->hash));
	LIST_APPEND(t->waits, w);
	return w;
}

struct tokens_wait *
tokens_find(struct tokens *t, const char *text,
    void (*fn)(void *arg, const struct token *token), void *arg)
{
	uint8_t hash[SECRET_SHA256_BYTES];
	const struct token *token;
	int64_t due;

	secret_sha256(text, strlen(text), hash);
	token = find(t, hash);
	due = t->read_ns + (token ? TOKENS_AGE_NS : TOKENS_NEW_NS);
	if (t->read_ns == 0 || clock_awake_ns() >= due)
		tokens_read(t);
	/* Whoever waits is told when it was read, or could not be again. */
	if (token == NULL && !t->reading)
		timer_at(t->again, t->read_ns + TOKENS_NEW_NS);
	if (token == NULL)
		return wait_for_file(t, hash, fn, arg);
	fn(arg, token);
	return NULL;
}

void
tokens_forget(struct tokens_wait *w)
{
	LIST_REMOVE(w->tokens->waits, w);
	free(w);
}

const char *
tokens_trouble(const struct tokens *t)
{
	return t->trouble < 0 ? file_reader_why(t->reader) : NULL;
}

bool
tokens_has(const struct tokens *t, const struct token *token)
{
	const struct token *now = find(t, token->hash);

	return now && token_allows_same(now, token);
}

/* ---- life ------------------------------------------------------------- */

int
tokens_new(struct loop *l, const char *path, void (*was_read_fn)(void *arg),
    void *arg, struct tokens **out)
{
	struct tokens *t = calloc(1, sizeof(*t));
	int rc;

	*out = NULL;
	if (t == NULL)
		return ERR_NOMEM;
	t->path = path;
	t->was_read = was_read_fn;
	t->arg = arg;
	rc = timer_new(l, TIMER_COARSE, read_again, t, &t->again);
	if (rc == 0)
		rc = file_reader_new(
		    l, TOKENS_FILE_MAX, was_read, t, &t->reader);
	if (rc < 0) {
		timer_free(t->again);
		free(t);
		return rc;
	}
	*out = t;
	return 0;
}

void
tokens_free(struct tokens *t)
{
	struct tokens_wait *w;

	if (t == NULL)
		return;
	while ((w = t->waits) != NULL) {
		t->waits = w->next;
		free(w);
	}
	file_reader_free(t->reader);
	timer_free(t->again);
	drop_list(t);
	free(t);
}
