#include "ttsd/text/segment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/utf8.h"
#include "ttsd/text/plain.h"

void
segment_done(struct segment *p)
{
	size_t i;

	free(p->text);
	for (i = 0; i < p->map_count; i++)
		textmap_done(&p->maps[i]);
	*p = (struct segment){ 0 };
}

void
segments_done(struct segments *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		segment_done(&p->items[i]);
	free(p->items);
	*p = (struct segments){ 0 };
}

struct textmap_span
segment_origin(const struct segment *p, struct textmap_span span)
{
	size_t i;

	for (i = 0; i < p->map_count; i++)
		span = textmap_origin(&p->maps[i], span);
	span.offset += p->offset;
	return span;
}

/* Puts a rewrite in place of the segment's text, its map before the others. */
static int
take_rewrite(struct segment *p, struct rewrite *r)
{
	size_t len;
	const char *text = rewrite_text(r, &len);
	char *copy = text ? strndup(text, len) : strdup("");

	if (copy == NULL)
		return ERR_NOMEM;
	free(p->text);
	p->text = copy;
	memmove(p->maps + 1, p->maps, p->map_count * sizeof(*p->maps));
	p->maps[0] = r->map;
	p->map_count++;
	r->map = (struct textmap){ 0 };
	return 0;
}

static int
spell_piece(struct segment *p, enum spell mode)
{
	struct rewrite r;
	int rc;

	rewrite_init(&r, SEGMENT_TEXT_MAX);
	rc = spell(p->text, strlen(p->text), mode, &r);
	if (rc == 0)
		rc = take_rewrite(p, &r);
	rewrite_done(&r);
	return rc;
}

static int
replace_words(
    struct segment *p, const struct dictionary *d, const char *language)
{
	struct rewrite r;
	int rc;

	rewrite_init(&r, SEGMENT_TEXT_MAX);
	rc = dictionary_apply(d, language, p->text, strlen(p->text), &r);
	if (rc == 0)
		rc = take_rewrite(p, &r);
	rewrite_done(&r);
	return rc;
}

/* Rewrites one segment: by the dictionary first, because that looks for whole
 * words, then by spelling. */
static int
make_piece(const struct segment_rules *w, struct segment *p)
{
	const char *language = p->language[0] ? p->language : w->language;
	int rc = 0;

	if (w->dictionary)
		rc = replace_words(p, w->dictionary, language);
	if (rc == 0 && w->spelled)
		rc = spell_piece(p, w->spell);
	return rc;
}

static int
cut(const struct segment_rules *w, const char *text, struct script_runs *runs)
{
	size_t len = strlen(text);

	if (w->languages)
		return script_split(text, len, w->languages, runs);
	runs->runs = calloc(1, sizeof(*runs->runs));
	if (runs->runs == NULL)
		return ERR_NOMEM;
	runs->runs[0].len = len;
	runs->count = 1;
	return 0;
}

/* Adds the map from the segment, a piece of the folded text, back to the text
 * as it was asked for. */
static int
place_piece(
    struct segment *p, const struct textmap *folded, struct textmap_span piece)
{
	if (folded->count == 0) {
		p->offset = piece.offset;
		return 0;
	}
	p->map_count = 1;
	return textmap_slice(folded, piece, &p->maps[0]);
}

static int
segment_folded(const struct segment_rules *w, const char *text,
    const struct textmap *folded, struct segments *out)
{
	struct script_runs runs = { 0 };
	struct textmap_span piece = { 0, 0 };
	struct segment *p;
	size_t i;
	int rc = cut(w, text, &runs);

	if (rc == 0)
		out->items = calloc(runs.count, sizeof(*out->items));
	if (rc == 0 && out->items == NULL)
		rc = ERR_NOMEM;
	for (i = 0; i < runs.count && rc == 0; i++) {
		p = &out->items[out->count++];
		p->text = strndup(text + runs.runs[i].offset, runs.runs[i].len);
		memcpy(p->language, runs.runs[i].language, sizeof(p->language));
		piece.length =
		    utf8_length(text + runs.runs[i].offset, runs.runs[i].len);
		rc = p->text ? place_piece(p, folded, piece) : ERR_NOMEM;
		piece.offset += piece.length;
		if (rc == 0)
			rc = make_piece(w, p);
	}
	script_runs_done(&runs);
	return rc;
}

int
segment_text(
    const struct segment_rules *w, const char *text, struct segments *out)
{
	struct rewrite r;
	size_t len;
	int rc;

	*out = (struct segments){ 0 };
	rewrite_init(&r, SEGMENT_TEXT_MAX);
	rc = plain(text, strlen(text), &r);
	if (rc == 0)
		rc = segment_folded(w, rewrite_text(&r, &len), &r.map, out);
	rewrite_done(&r);
	if (rc < 0)
		segments_done(out);
	return rc;
}
