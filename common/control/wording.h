/*
 * What people read while a word is said, from ttsd's events. Pure.
 */
#ifndef COMMON_CONTROL_WORDING_H
#define COMMON_CONTROL_WORDING_H

#include <jansson.h>
#include <stddef.h>

struct wording {
	json_t *text;    /* a reference of its own; NULL: it is not known */
	size_t from, to; /* characters of it: the word */
};

/* The text in which a word stands, of SSML what is spoken of it. `started` is
 * the event that began its announcement, `word` its own; without it, the first
 * text is meant, and no word. Both may be anything, and NULL. */
struct wording wording_of(const json_t *started, const json_t *word);

/* All that is spoken of an announcement, as people read it: its texts with
 * blanks between them. A new string; NULL where there is none. */
json_t *wording_whole(const json_t *started);

#endif
