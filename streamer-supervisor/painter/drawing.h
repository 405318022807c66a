/* Draws an SVG document by librsvg. */
#ifndef STREAMER_SUPERVISOR_PAINTER_DRAWING_H
#define STREAMER_SUPERVISOR_PAINTER_DRAWING_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

#define DRAWING_WHY_MAX 200

/* Draws the document onto all of `sheet`. Pictures that it names are looked for
 * beside the file `path`. Fails with ERR_INVALID, and `why` says what librsvg
 * said. */
int drawing_render(const struct buf *svg, const char *path,
    cairo_surface_t *sheet, char why[DRAWING_WHY_MAX]);

/* Finds where the element of this id ("#caption") lies on a sheet of this size,
 * in pixels, and how many pixels are one unit of the file. Returns false where
 * there is none. */
struct drawing_place {
	double x, y, width, height;
	double scale;
};
bool drawing_find(const struct buf *svg, const char *path, const char *id,
    int width, int height, struct drawing_place *out);

#endif
