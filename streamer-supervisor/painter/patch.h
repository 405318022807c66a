/* A part of the picture, with what is transparent around it left out. */
#ifndef STREAMER_SUPERVISOR_PAINTER_PATCH_H
#define STREAMER_SUPERVISOR_PAINTER_PATCH_H

#include <cairo.h>

struct patch {
	cairo_surface_t *surface; /* NULL: nothing to be seen */
	int x, y;                 /* pixels, of its upper left corner */
};

/* A transparent surface of this size, which the caller destroys; NULL where
 * there is no memory. */
cairo_surface_t *patch_surface(int width, int height);

/* Takes what was drawn on `sheet`, an ARGB32 surface, and makes the sheet
 * transparent again. Fails with ERR_NOMEM. patch_done() is due. */
int patch_take(struct patch *p, cairo_surface_t *sheet);
void patch_done(struct patch *p);

#endif
