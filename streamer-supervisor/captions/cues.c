#include "streamer-supervisor/captions/cues.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "streamer-supervisor/captions/line.h"

#define OPEN UINT64_MAX
/* From here on nobody parts words by blanks. */
#define FIRST_UNSPACED 0x2E80

/* ---- the text ---------------------------------------------------------- */

static void
text_begin(struct cues *c, uint64_t id, int64_t part)
{
	free(c->text);
	c->text = NULL;
	c->len = 0;
	c->id = id;
	c->part = part;
	c->whole = false;
}

/* Appends; the end of a text that would get too long is a beginning. */
static int
text_append(struct cues *c, const char *more, size_t len)
{
	char *grown;

	if (c->len + len > CUES_TEXT_MAX)
		text_begin(c, c->id, c->part);
	grown = realloc(c->text, c->len + len + 1);
	if (grown == NULL)
		return ERR_NOMEM;
	c->text = grown;
	memcpy(c->text + c->len, more, len);
	c->len += len;
	c->text[c->len] = '\0';
	return 0;
}

static bool
is_unspaced(const char *s, size_t len)
{
	uint32_t cp = 0;

	utf8_decode(s, len, &cp);
	return cp >= FIRST_UNSPACED;
}

/* Appends a word to a text that is made of words; tells where it stands. */
static int
text_grow(struct cues *c, const char *word, size_t len, size_t *at)
{
	int rc = 0;

	if (c->len > 0 && !is_unspaced(word, len))
		rc = text_append(c, " ", 1);
	if (rc == 0)
		rc = text_append(c, word, len);
	*at = c->len - len;
	return rc;
}

/* Finds a word at its place in a text that is known. */
static bool
text_find(const struct cues *c, const struct cues_word *w, size_t *at)
{
	size_t len = strlen(w->text);

	if (!c->whole || w->offset < 0)
		return false;
	*at = utf8_offset(c->text, c->len, (size_t)w->offset);
	return c->len - *at >= len && memcmp(c->text + *at, w->text, len) == 0;
}

static int
text_place(struct cues *c, const struct cues_word *w, size_t *at)
{
	if (c->id == w->id && c->part == w->part && text_find(c, w, at))
		return 0;
	if (c->id != w->id || c->part != w->part || c->whole)
		text_begin(c, w->id, w->part);
	return text_grow(c, w->text, strlen(w->text), at);
}

/* Makes what is shown for the word of `len` bytes at `at`; NULL without
 * memory. */
static char *
text_show(const struct cues *c, size_t at, size_t len)
{
	struct line line = line_at(c->text, c->len, at);
	size_t end = at + len < line.to ? at + len : line.to;
	size_t from = at > line.from ? at : line.from;
	char *text = NULL;
	struct buf out;

	if (from > end)
		from = end = line.from;
	buf_init(&out, LINE_BYTES * WEBVTT_ESCAPED + WEBVTT_MARK_BYTES);
	if (webvtt_text(&out, c->text + line.from, line.to - line.from,
		from - line.from, end - line.from) == 0)
		text = strndup((const char *)buf_data(&out), buf_len(&out));
	buf_done(&out);
	return text;
}

/* ---- words ------------------------------------------------------------- */

static void
items_drop(struct cues *c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(c->items[i].text);
	c->count -= n;
	memmove(c->items, c->items + n, c->count * sizeof(c->items[0]));
}

static void
last_close(struct cues *c, uint64_t after)
{
	struct cue *last = c->count ? &c->items[c->count - 1] : NULL;

	if (last && last->after > after)
		last->after = after;
}

void
cues_done(struct cues *c)
{
	items_drop(c, c->count);
	text_begin(c, 0, 0);
}

int
cues_started(struct cues *c, uint64_t id, const char *text)
{
	int rc;

	text_begin(c, id, -1);
	/* The places of words in SSML are places between its tags. */
	if (text[strspn(text, " \t\r\n")] == '<')
		return 0;
	rc = text_append(c, text, strlen(text));
	c->whole = rc == 0;
	return rc;
}

int
cues_word(struct cues *c, const struct cues_word *w)
{
	size_t at;
	char *text;
	int rc;

	last_close(c, w->sample);
	if (w->text[0] == '\0')
		return 0;
	rc = text_place(c, w, &at);
	text = rc == 0 ? text_show(c, at, strlen(w->text)) : NULL;
	if (text == NULL)
		return ERR_NOMEM;
	if (c->count == CUES_MAX)
		items_drop(c, 1);
	c->items[c->count++] = (struct cue){
		.id = w->id, .sample = w->sample, .after = OPEN, .text = text
	};
	return 0;
}

void
cues_end(struct cues *c, uint64_t id, uint64_t after)
{
	if (c->count && c->items[c->count - 1].id == id)
		last_close(c, after);
}

/* ---- cues -------------------------------------------------------------- */

static int
cue_write(const struct cue *cue, const struct timeline *t, int64_t from,
    int64_t to, struct buf *out)
{
	int64_t start = timeline_ticks(t, cue->sample);
	int64_t end = start + CUES_LONGEST_MS * PTS_PER_MS, after = end;

	if (cue->after != OPEN)
		after = timeline_ticks(t, cue->after);
	end = after < end ? after : end;
	end = (end < to ? end : to) / PTS_PER_MS;
	start = (start > from ? start : from) / PTS_PER_MS;
	return start < end ? webvtt_cue(out, start, end, cue->text) : 0;
}

int
cues_write(const struct cues *c, const struct timeline *t, int64_t from,
    int64_t to, struct buf *out)
{
	size_t i;
	int rc = 0;

	if (from < 0)
		from = 0;
	for (i = 0; rc == 0 && i < c->count; i++)
		rc = cue_write(&c->items[i], t, from, to, out);
	return rc;
}
