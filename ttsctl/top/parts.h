/* The parts of the screen: what face.c puts together. */
#ifndef TTSCTL_TOP_PARTS_H
#define TTSCTL_TOP_PARTS_H

#include <string.h>

#include "ttsctl/table.h"
#include "ttsctl/top/face.h"

/* How much of it is shown. */
struct detail {
	unsigned lines;   /* of a text that is on air; 1: with the rest of it */
	unsigned waiting; /* of a queue */
	bool notes;       /* what is wrong with outputs */
	bool gaps;        /* empty lines */
	bool well;        /* channels where nothing is, outputs that are well */
};

/* The daemons, a line for each. */
void face_write_head(struct page *p, const struct sight *s);
/* What is on air and what waits. */
void face_write_channels(
    struct page *p, const struct detail *d, const struct sight *s);
void face_write_outputs(
    struct page *p, const struct detail *d, const struct sight *s);

static inline json_int_t
face_number(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

static inline bool
face_is(const json_t *object, const char *field, const char *text)
{
	return strcmp(cell_text(object, field), text) == 0;
}

#endif
