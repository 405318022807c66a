/*
 * From a text as it was asked for to the pieces that engines are given: cut
 * into languages, codes spelled, words replaced by the dictionary. Pure.
 */
#ifndef TTSD_WORDING_H
#define TTSD_WORDING_H

#include <stdbool.h>

#include "ttsd/text/dictionary.h"
#include "ttsd/text/script.h"
#include "ttsd/text/spell.h"

struct wording {
	const char *language;  /* of all of it; NULL: not known */
	const char *languages; /* not NULL: cut by script, see script.h */
	bool spelled;
	enum spell spell;
	const struct dictionary *dictionary; /* NULL: none */
};

/* Rewrites that one piece goes through. */
#define PIECE_MAPS_MAX 2

struct piece {
	char *text;                             /* what is spoken; owned */
	char language[SCRIPT_LANGUAGE_MAX + 1]; /* "": as asked for */
	size_t offset; /* characters of the text before it */
	/* Back to the text, the last rewrite first. */
	struct textmap maps[PIECE_MAPS_MAX];
	size_t map_count;
};

struct pieces {
	struct piece *items;
	size_t count;
};

/* Longest text of one piece after its rewrites, in bytes. */
#define PIECE_TEXT_MAX (192 * 1024)

/* ERR_NOMEM; ERR_FULL when a rewrite makes it too long. `out` is then
 * empty. */
int wording_pieces(
    const struct wording *w, const char *text, struct pieces *out);
void pieces_done(struct pieces *p);

void piece_done(struct piece *p);

/* Where a span of what is spoken lies in the whole text, in characters. */
struct textmap_span piece_origin(
    const struct piece *p, struct textmap_span span);

#endif
