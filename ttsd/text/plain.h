/*
 * A text in characters that voices know: full-width, circled and other forms
 * folded to what they stand for (common/text/fold.h), with the way back.
 */
#ifndef TTSD_TEXT_PLAIN_H
#define TTSD_TEXT_PLAIN_H

#include "ttsd/text/textmap.h"

/* Rewrites `text` to `out`. Errors are those of rewrite_keep(). */
int plain(const char *text, size_t len, struct rewrite *out);

#endif
