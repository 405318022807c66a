/*
 * What is spoken of a document of SSML, as a text that people read, and where
 * in it a place of the document is. Pure.
 *
 * It has the aliases of <sub>, CDATA and what references stand for. Blanks are
 * one each, and so are pauses and the borders of <p> and <s>.
 */
#ifndef TTSD_TEXT_SSML_SPOKEN_H
#define TTSD_TEXT_SSML_SPOKEN_H

#include "common/text/ssml.h"
#include "ttsd/text/textmap.h"

/* Starts as zeroes. */
struct ssml_spoken {
	char *text;
	struct textmap map; /* from the document to `text` */
};

/* `document` is what ssml_read() made of `source`. Fails with ERR_NOMEM; `out`
 * is then empty. */
int ssml_spoken_read(
    const struct ssml *document, const char *source, struct ssml_spoken *out);
void ssml_spoken_done(struct ssml_spoken *s);

/* Returns the characters of the text that a span of the document stands for;
 * of markup alone, none. */
struct textmap_span ssml_spoken_place(
    const struct ssml_spoken *s, struct textmap_span span);

#endif
