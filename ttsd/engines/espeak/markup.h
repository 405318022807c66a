/*
 * SSML in stretches of text, each for one voice and without a pause in it.
 * The library is given what it does right (prosody, say-as and the like), and
 * text that is escaped; voices, pauses and marks are ours.
 */
#ifndef TTSD_ENGINES_ESPEAK_MARKUP_H
#define TTSD_ENGINES_ESPEAK_MARKUP_H

#include "common/text/ssml.h"
#include "ttsd/engines/espeak/choice.h"
#include "ttsd/engines/espeak/spoken.h"

struct markup {
	const struct ssml *ssml;
	size_t next;                                  /* item */
	const struct ssml_item *tags[SSML_DEPTH_MAX]; /* that are open */
	size_t tag_count;
	struct choice voices[SSML_DEPTH_MAX + 1]; /* within each other */
	bool changed[SSML_DEPTH_MAX + 1];         /* from the one around */
	size_t voice;                             /* who speaks */
	bool ended_clause;                        /* the text so far */
	bool after_phonemes;                      /* nothing but blanks yet */
	unsigned spoken_for; /* open phonemes that are spoken for their text */
};

/* The alphabet of the phonemes that the library reads; it does not read IPA. */
#define MARKUP_ALPHABET "x-espeak"

struct markup_stretch {
	struct spoken spoken; /* SSML, as the library counts it */
	bool has_text;
	bool joined; /* to the text before, with which it is one clause */
	bool has_pause;
	unsigned pause_ms; /* behind it */
};

/* Begins a document with the voice that the library is set to. */
void markup_begin(
    struct markup *m, const struct ssml *ssml, struct choice voice);

/* Are its phonemes such as the library reads? Else the text in it is spoken. */
bool markup_can_speak(const struct ssml_item *phoneme);

/* Makes the next stretch and its marks, and sets the library to its voice.
 * Returns false after the last. `stretch->spoken` is initialised, and written
 * over. *rc: 0, ERR_NOMEM, or what kit_fail() returned for a text that its
 * voice cannot read. */
bool markup_next(struct markup *m, struct markup_stretch *stretch, int *rc);

#endif
