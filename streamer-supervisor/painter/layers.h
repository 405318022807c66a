/* The layers of a layout, drawn, and kept as long as a scene leaves them so. */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYERS_H
#define STREAMER_SUPERVISOR_PAINTER_LAYERS_H

#include "streamer-supervisor/painter/drawing.h"
#include "streamer-supervisor/painter/layout/layout.h"
#include "streamer-supervisor/painter/patch.h"

#define LAYERS_WHY_MAX 256

struct layers_kept {
	char *document; /* what `patch` was drawn from; NULL: nothing yet */
	size_t len;
	struct patch patch;
	bool is_shown;
};

struct layers {
	const char *path;       /* of the layout; the caller's */
	cairo_surface_t *sheet; /* to draw on; the caller's, and transparent */
	struct layout layout;
	struct layers_kept kept[LAYOUT_LAYERS_MAX];
	size_t shows; /* names of `show` that it is cut for */
	bool has_place;
	struct drawing_place place; /* of the caption */
};

/* Reads a layout and draws it all. Fails with ERR_INVALID or ERR_NOMEM, and
 * `why` says why; then there is nothing to be done with. */
int layers_load(struct layers *l, const char *path, cairo_surface_t *sheet,
    const char *text, size_t len, const struct scene *scene,
    char why[LAYERS_WHY_MAX]);
void layers_done(struct layers *l);

/* Draws again what the scene changes. A layer that cannot be drawn stays as it
 * was; fails then as layers_load() does. */
int layers_update(
    struct layers *l, const struct scene *scene, char why[LAYERS_WHY_MAX]);

#endif
