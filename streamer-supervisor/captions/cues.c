#include "streamer-supervisor/captions/cues.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "streamer-supervisor/captions/line.h"

#define OPEN UINT64_MAX
/* From here on nobody parts words by blanks. */
#define FIRST_UNSPACED 0x2E80

/* ---- a line of words --------------------------------------------------- */

static void
text_begin(struct cues *c, uint64_t id)
{
	free(c->text);
	c->text = NULL;
	c->len = 0;
	c->id = id;
}

/* Appends; the end of a text that would get too long is a beginning. */
static int
text_append(struct cues *c, const char *more, size_t len)
{
	char *grown;

	if (c->len + len > CUES_TEXT_MAX)
		text_begin(c, c->id);
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

/* Appends a word, behind a blank where words are parted so. */
static int
text_grow(struct cues *c, const char *word, size_t len)
{
	int rc = 0;

	if (c->len > 0 && !is_unspaced(word, len))
		rc = text_append(c, " ", 1);
	return rc < 0 ? rc : text_append(c, word, len);
}

/* ---- what is shown ----------------------------------------------------- */

/* A word in its text, in bytes. */
struct place {
	const char *text;
	size_t len, from, to;
};

/* Makes what is shown for a word: its line. NULL without memory. */
static char *
line_show(const struct place *p)
{
	struct line line = line_at(p->text, p->len, p->from);
	size_t from = p->from > line.from ? p->from : line.from;
	size_t to = p->to < line.to ? p->to : line.to;
	char *shown = NULL;
	struct buf out;

	if (from > to)
		from = to = line.from;
	buf_init(&out, LINE_BYTES * WEBVTT_ESCAPED + WEBVTT_MARK_BYTES);
	if (webvtt_text(&out, p->text + line.from, line.to - line.from,
		from - line.from, to - line.from) == 0)
		shown = strndup((const char *)buf_data(&out), buf_len(&out));
	buf_done(&out);
	return shown;
}

/* Finds a word in its text. */
static void
place_find(struct place *p, const struct cues_word *w)
{
	size_t len = strlen(w->text), from = utf8_offset(w->text, len, w->from);

	p->text = w->text;
	p->len = len;
	p->from = from;
	p->to = from + utf8_offset(w->text + from, len - from, w->to - w->from);
}

/* Puts a word at the end of what was said before it. */
static int
place_grow(struct place *p, struct cues *c, const struct cues_word *w)
{
	size_t len = strlen(w->word);
	int rc;

	if (c->id != w->id)
		text_begin(c, w->id);
	rc = text_grow(c, w->word, len);
	if (rc == 0)
		*p = (struct place){ c->text, c->len, c->len - len, c->len };
	return rc;
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
	text_begin(c, 0);
}

int
cues_word(struct cues *c, const struct cues_word *w)
{
	struct place place;
	char *text;
	int rc = 0;

	last_close(c, w->sample);
	if (w->text ? w->from >= w->to : w->word[0] == '\0')
		return 0;
	if (w->text)
		place_find(&place, w);
	else
		rc = place_grow(&place, c, w);
	text = rc == 0 ? line_show(&place) : NULL;
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
