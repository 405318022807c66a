/* A text on several lines whose present word is lit. Pure. */
#ifndef TTSCTL_TOP_LIT_H
#define TTSCTL_TOP_LIT_H

#include "ttsctl/air.h"
#include "ttsctl/page.h"

/* Appends the text of what is on air, behind `indent` blanks in each line; on a
 * terminal parted where words end. Of more than `lines` those are written that
 * have the word in them, the last one of which it is in. What is behind it is
 * dim; without colours the word stands in brackets. */
void lit_write(
    struct page *p, unsigned indent, unsigned lines, const struct utterance *u);

/* Writes the line of it that has the word in it, behind so many columns of the
 * line, and ends that. */
void lit_write_rest(struct page *p, size_t column, const struct utterance *u);

#endif
