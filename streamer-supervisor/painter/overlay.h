/* Caption and clock, drawn over the picture or in the place that the layout
 * gives them, and kept as long as they stay the same. */
#ifndef STREAMER_SUPERVISOR_PAINTER_OVERLAY_H
#define STREAMER_SUPERVISOR_PAINTER_OVERLAY_H

#include <stdbool.h>

#include "streamer-supervisor/painter/drawing.h"
#include "streamer-supervisor/painter/layout/layout.h"
#include "streamer-supervisor/painter/patch.h"

/* Starts as zeroes. */
struct overlay {
	struct patch caption, clock;
	json_t *caption_text, *clock_text; /* that are drawn; NULL: none */
	size_t from, to;
};

struct overlay_wishes {
	int width, height;   /* of the picture, pixels */
	bool caption, clock; /* over the picture */
	/* The layout's place for the caption; NULL: it has none. */
	const struct drawing_place *place;
	const struct layout_caption *style;
};

/* Draws what the scene changes. `sheet` is transparent, before and after. */
void overlay_update(struct overlay *o, const struct scene *scene,
    const struct overlay_wishes *wishes, cairo_surface_t *sheet);

/* Releases what is kept: it is drawn again, where there is another update. */
void overlay_forget(struct overlay *o);

#endif
