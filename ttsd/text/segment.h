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
	const char *language;  /* of all of it; NULL: not known */
	const char *languages; /* not NULL: cut by script, see script.h */
	bool spelled;
	enum spell spell;
	const struct dictionary *dictionary; /* NULL: none */
};

/* Rewrites that one segment goes through. */
#define SEGMENT_MAPS_MAX 3

struct segment {
	char *text;                      /* what is spoken; owned */
	char language[LANGUAGE_MAX + 1]; /* "": as asked for */
	size_t offset;                   /* added to what the maps say */
	/* Back to the text, the last rewrite first. */
	struct textmap maps[SEGMENT_MAPS_MAX];
	size_t map_count;
};

struct segments {
	struct segment *items;
	size_t count;
};

/* Longest text of one segment after its rewrites, in bytes. */
#define SEGMENT_TEXT_MAX (192 * 1024)

/* ERR_NOMEM; ERR_FULL when a rewrite makes it too long. `out` is then
 * empty. */
int segment_text(
    const struct segment_rules *w, const char *text, struct segments *out);
void segments_done(struct segments *p);

void segment_done(struct segment *p);

/* Where a span of what is spoken lies in the whole text, in characters. */
struct textmap_span segment_origin(
    const struct segment *p, struct textmap_span span);

#endif
