/*
 * What is said: texts as they were asked for, and the parts that engines make
 * of them, one after the other. Who says it, where and when, it does not know.
 * Pure.
 */
#ifndef TTSD_QUEUE_SAYING_H
#define TTSD_QUEUE_SAYING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ttsd/text/segment.h"
#include "ttsd/text/speech.h"
#include "ttsd/text/ssml_spoken.h"

struct engine;

/* Something that is said, or a pause. */
struct part {
	struct engine *engine; /* NULL: a pause */
	struct speech speech;
	uint64_t pause_ms;
	unsigned source;        /* which of the texts... */
	struct segment segment; /* ...which segment; its text is in `speech` */
};

void part_done(struct part *part);
/* Would both become the same sound? */
bool part_is_same(const struct part *a, const struct part *b);

/* How many parts one announcement may have, repetitions not counted. */
#define PARTS_MAX 64

struct saying_text {
	char *asked;               /* as it was asked for */
	struct ssml_spoken spoken; /* of SSML; of others it has no text */
};

/* It is not changed once several hold it. */
struct saying {
	size_t holders;
	struct saying_text *texts; /* by the number of the source */
	size_t text_count;
	struct part *parts;
	size_t part_count;
};

/* Makes an empty one, which the caller holds; NULL without memory. */
struct saying *saying_new(void);
/* Hold it, and let it go. NULL is fine. */
struct saying *saying_hold(struct saying *s);
void saying_release(struct saying *s);

/* Takes over `text`; returns its number as a source, or ERR_NOMEM. */
int saying_add_text(struct saying *s, char *text);
/* Adds a part and takes over what it holds, even when this fails (ERR_NOMEM,
 * ERR_FULL). */
int saying_add_part(struct saying *s, struct part *part);

/* Adds to `body` the place of a word in the text as it was asked for, and what
 * stands there: that of an engine's `mark` of part number `part`. A place that
 * does not lie in the text leaves the word empty. */
void saying_add_word(
    const struct saying *s, size_t part, const json_t *mark, json_t **body);

bool saying_is_same(const struct saying *a, const struct saying *b);

#endif
