/* Caption, clock and level meter, drawn over the picture or, the caption, in
 * the place that the layout gives it, and kept as long as they stay the same.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_SIGNS_H
#define STREAMER_SUPERVISOR_PAINTER_SIGNS_H

#include <stdbool.h>

#include "streamer-supervisor/painter/drawing.h"
#include "streamer-supervisor/painter/layout/layout.h"
#include "streamer-supervisor/painter/patch.h"

/* Starts as zeroes. */
struct signs {
	struct patch caption, clock, level;
	json_t *caption_text, *clock_text; /* that are drawn; NULL: none */
	size_t from, to;
	bool has_level;
	int lit; /* lamps of the meter that is drawn */
};

struct signs_wishes {
	int width, height;          /* of the picture, pixels */
	bool caption, clock, level; /* over the picture */
	/* The layout's place for the caption; NULL: it has none. */
	const struct drawing_place *place;
	const struct layout_caption *style;
};

/* Draws what the scene changes. `sheet` is transparent, before and after. */
void signs_update(struct signs *s, const struct scene *scene,
    const struct signs_wishes *wishes, cairo_surface_t *sheet);

/* Releases what is kept: it is drawn again, where there is another update. */
void signs_forget(struct signs *s);

#endif
