#include "ttsd/text/textmap.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/text/character.h"

/* Finds the last edit that begins at or before a place of the new text; NULL
 * when there is none. */
static const struct textmap_edit *
find_edit(const struct textmap *m, size_t at)
{
	size_t lo = 0, hi = m->count, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (m->edits[mid].to.offset <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 ? &m->edits[lo - 1] : NULL;
}

/* Returns where one character of the new text comes from. */
static struct textmap_span
origin_of_char(const struct textmap *m, size_t at)
{
	const struct textmap_edit *e = find_edit(m, at);
	size_t past;

	if (e == NULL)
		return (struct textmap_span){ at, 1 };
	past = at - e->to.offset;
	if (past < e->to.length)
		return e->from;
	past -= e->to.length;
	return (
	    struct textmap_span){ e->from.offset + e->from.length + past, 1 };
}

struct textmap_span
textmap_origin(const struct textmap *m, struct textmap_span span)
{
	struct textmap_span first, last;

	if (span.offset >= m->to_length)
		return (struct textmap_span){ m->from_length, 0 };
	if (span.length > m->to_length - span.offset)
		span.length = m->to_length - span.offset;
	first = origin_of_char(m, span.offset);
	if (span.length == 0)
		return (struct textmap_span){ first.offset, 0 };
	last = origin_of_char(m, span.offset + span.length - 1);
	first.length = last.offset + last.length - first.offset;
	return first;
}

/* Cuts an edit to what lies in a piece of the new text; false when nothing
 * does. */
static bool
textmap_cut(struct textmap_edit *e, struct textmap_span piece)
{
	size_t end = e->to.offset + e->to.length;
	size_t piece_end = piece.offset + piece.length;

	if (e->to.offset >= piece_end || end < piece.offset ||
	    (end == piece.offset && e->to.length > 0))
		return false;
	if (end > piece_end)
		end = piece_end;
	if (e->to.offset < piece.offset)
		e->to.offset = piece.offset;
	e->to.length = end - e->to.offset;
	e->to.offset -= piece.offset;
	return true;
}

/* The map of a piece begins with an edit of nothing, which says where in the
 * original the piece begins. */
int
textmap_slice(
    const struct textmap *m, struct textmap_span piece, struct textmap *out)
{
	size_t i;

	*out = (struct textmap){ 0 };
	out->edits = calloc(m->count + 1, sizeof(*out->edits));
	if (out->edits == NULL)
		return ERR_NOMEM;
	out->cap = m->count + 1;
	out->from_length = m->from_length;
	out->to_length = piece.length;
	out->edits[0].from.offset =
	    textmap_origin(m, (struct textmap_span){ piece.offset, 0 }).offset;
	out->count = 1;
	for (i = 0; i < m->count; i++) {
		out->edits[out->count] = m->edits[i];
		if (textmap_cut(&out->edits[out->count], piece))
			out->count++;
	}
	return 0;
}

void
textmap_done(struct textmap *m)
{
	free(m->edits);
	*m = (struct textmap){ 0 };
}

void
rewrite_init(struct rewrite *r, size_t max)
{
	buf_init(&r->text, max < SIZE_MAX ? max + 1 : max);
	r->map = (struct textmap){ 0 };
}

void
rewrite_done(struct rewrite *r)
{
	buf_done(&r->text);
	textmap_done(&r->map);
}

/* Puts text and, behind the end, a terminator in room that is reserved. */
static int
textmap_put(struct rewrite *r, const char *text, size_t len)
{
	int rc;

	if (len >= SIZE_MAX)
		return ERR_FULL;
	rc = buf_reserve(&r->text, len + 1);
	if (rc == 0 && len > 0)
		rc = buf_put(&r->text, text, len);
	if (rc == 0)
		r->text.mem[r->text.end] = '\0';
	return rc;
}

int
rewrite_keep(struct rewrite *r, const char *text, size_t len)
{
	size_t chars = utf8_length(text, len);

	r->map.from_length += chars;
	r->map.to_length += chars;
	return textmap_put(r, text, len);
}

int
rewrite_replace(struct rewrite *r, const char *text, size_t len, const char *by,
    size_t by_len)
{
	struct textmap *m = &r->map;
	size_t cap = m->cap ? m->cap * 2 : 16;
	struct textmap_edit *e;

	if (m->count == m->cap) {
		e = realloc(m->edits, cap * sizeof(*e));
		if (e == NULL)
			return ERR_NOMEM;
		m->edits = e;
		m->cap = cap;
	}
	e = &m->edits[m->count++];
	e->from =
	    (struct textmap_span){ m->from_length, utf8_length(text, len) };
	e->to = (struct textmap_span){ m->to_length, utf8_length(by, by_len) };
	m->from_length += e->from.length;
	m->to_length += e->to.length;
	return textmap_put(r, by, by_len);
}

const char *
rewrite_text(const struct rewrite *r, size_t *len)
{
	*len = buf_len(&r->text);
	return r->text.mem ? (const char *)r->text.mem + r->text.start : "";
}
