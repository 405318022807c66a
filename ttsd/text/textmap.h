/*
 * From the characters of a rewritten text back to those of the original, so
 * that events about what is spoken can point into what was asked for.
 *
 * A rewrite is made in one pass from front to back: parts are kept or
 * replaced, and the map grows along. Everything outside the replaced parts
 * maps character by character; any part of a replacement maps to the whole of
 * what it replaced.
 *
 * Texts that are rewritten twice are mapped twice, the last rewrite first:
 *
 *	span = textmap_origin(&second.map, span);
 *	span = textmap_origin(&first.map, span);
 *
 * Offsets and lengths of spans are in characters (code points), those of
 * texts in bytes. Texts are valid UTF-8.
 */
#ifndef TTSD_TEXT_TEXTMAP_H
#define TTSD_TEXT_TEXTMAP_H

#include <stddef.h>

#include "common/buf.h"

struct textmap_span {
	size_t offset, length;
};

struct textmap_edit {
	struct textmap_span from; /* in the original */
	struct textmap_span to;   /* in the rewritten text */
};

struct textmap {
	struct textmap_edit *edits; /* in the order of the text */
	size_t count, cap;
	size_t from_length, to_length; /* of the two texts */
};

/* Returns the smallest span of the original that made this span of the
 * rewritten text. What reaches over the end is cut; a later span never maps to
 * an earlier place; a span of length 0, or of inserted text only, has length
 * 0. */
struct textmap_span textmap_origin(
    const struct textmap *m, struct textmap_span span);
/* Makes the map of a piece of the rewritten text, which leads back to the whole
 * original. Fails with ERR_NOMEM; `out` is then empty. */
int textmap_slice(
    const struct textmap *m, struct textmap_span piece, struct textmap *out);

void textmap_done(struct textmap *m);

struct rewrite {
	struct buf text;
	struct textmap map;
};

/* Begins a new text of at most `max` bytes. */
void rewrite_init(struct rewrite *r, size_t max);
void rewrite_done(struct rewrite *r);

/* Keeps the next `len` bytes of the original, at least 1, as they are. Fails
 * with ERR_FULL where the new text becomes too long, or with ERR_NOMEM; after
 * either the rewrite is of no more use. */
int rewrite_keep(struct rewrite *r, const char *text, size_t len);

/* Puts `by` in place of the next `len` bytes of the original, `text`; either
 * may be empty. Errors are the same. */
int rewrite_replace(struct rewrite *r, const char *text, size_t len,
    const char *by, size_t by_len);

/* Returns what was written so far, terminated, and its length without the
 * terminator; valid until the next call. */
const char *rewrite_text(const struct rewrite *r, size_t *len);

#endif
