/*
 * What is read of a text that is said: of SSML, what stands between the markup.
 * Pure.
 */
#ifndef STREAMER_SUPERVISOR_PICTURE_DIRECTOR_WORDING_H
#define STREAMER_SUPERVISOR_PICTURE_DIRECTOR_WORDING_H

#include <jansson.h>
#include <stddef.h>

struct wording {
	json_t *text;    /* a reference of its own; NULL: there is none */
	size_t from, to; /* characters of it: the word */
};

/* The text of a part of what began, and in it the word that stands at `offset`
 * in the text as it was asked for; `started` is ttsd's event, and may be
 * anything. */
struct wording wording_of(
    const json_t *started, json_int_t part, size_t offset, size_t length);

#endif
