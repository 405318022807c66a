/* Texts that the painter writes itself, in any script: caption and clock. */
#ifndef STREAMER_SUPERVISOR_PAINTER_WRITING_H
#define STREAMER_SUPERVISOR_PAINTER_WRITING_H

#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>

#include "streamer-supervisor/painter/layout/page.h"

#define WRITING_FONT "DejaVu Sans, WenQuanYi Micro Hei, sans-serif"

enum writing_align { WRITING_LEFT, WRITING_CENTRE };

/* Where and how; lengths are pixels of the picture. */
struct writing_style {
	double x, y, width, height; /* the box that it lies in, in its middle */
	double size;                /* of the letters */
	enum writing_align align;
	const char *font;
	PangoColor colour, mark; /* of the text, and of the spoken word */
	bool has_plate;          /* lies on a dark plate, at its box's foot */
};

/* At most so many lines of a page are shown: those with the spoken word. */
#define WRITING_LINES_MAX 2

/* Draws a page of text; reports characters that no font has. */
void writing_draw(cairo_surface_t *sheet, const struct page *page,
    const struct writing_style *style);

/* A layout for looking at texts in the font that they are drawn in; the caller
 * unrefs it. */
PangoLayout *writing_layout(const char *font, double size);

#endif
