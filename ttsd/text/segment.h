/*
 * From a text as it was asked for to the segments that engines are given:
 * forms folded, cut into languages, words replaced by the dictionary, codes
 * spelled. Pure.
 */
#ifndef TTSD_TEXT_SEGMENT_H
#define TTSD_TEXT_SEGMENT_H

#include <stdbool.h>

#include "ttsd/text/dictionary.h"
#include "ttsd/text/script.h"
#include "ttsd/text/spell.h"

struct segment_rules {
	const char *language;  /* of the whole text; NULL: not known */
	const char *languages; /* cut by script (script.h); NULL: not cut */
	bool spelled;
	enum spell spell;
	const struct dictionary *dictionary; /* NULL: none */
};

/* One segment goes through at most so many rewrites. */
#define SEGMENT_MAPS_MAX 3

struct segment {
	char *text;                      /* what is spoken; owned */
	char language[LANGUAGE_MAX + 1]; /* "": as asked for */
	size_t offset;                   /* is added to what the maps say */
	/* The way back to the text, the last rewrite first. */
	struct textmap maps[SEGMENT_MAPS_MAX];
	size_t map_count;
};

struct segments {
	struct segment *items;
	size_t count;
};

/* The text of one segment has at most so many bytes after its rewrites. */
#define SEGMENT_TEXT_MAX (192 * 1024)

/* Cuts and rewrites a text. Fails with ERR_NOMEM, or with ERR_FULL when a
 * rewrite makes it too long; `out` is then empty. */
int segment_text(
    const struct segment_rules *w, const char *text, struct segments *out);
void segments_done(struct segments *p);

void segment_done(struct segment *p);

/* Where a span of what is spoken lies in the whole text, in characters. */
struct textmap_span segment_origin(
    const struct segment *p, struct textmap_span span);

#endif
