#include "streamer-supervisor/painter/canvas.h"

#include <stdlib.h>

#include "common/err.h"
#include "common/picture/bt709.h"
#include "common/picture/overlay.h"
#include "common/picture/y4m.h"

/* Gives a canvas of that size its memory. */
static int
canvas_allocate(struct canvas *c)
{
	c->surface = patch_surface(c->width, c->height);
	c->frame = malloc(c->frame_bytes);
	return c->surface && c->frame ? 0 : ERR_NOMEM;
}

int
canvas_init(struct canvas *c, int width, int height, uint32_t background)
{
	*c = (struct canvas){ .width = width,
		.height = height,
		.background = background,
		.frame_bytes =
		    y4m_frame_bytes((unsigned)width, (unsigned)height) };
	return canvas_allocate(c);
}

int
canvas_init_overlay(struct canvas *c, int width, int height)
{
	*c = (struct canvas){ .width = width,
		.height = height,
		.is_overlay = true,
		.frame_bytes = overlay_bytes((size_t)width, (size_t)height) };
	return canvas_allocate(c);
}

void
canvas_done(struct canvas *c)
{
	if (c->surface)
		cairo_surface_destroy(c->surface);
	free(c->frame);
	*c = (struct canvas){ 0 };
}

void
canvas_clear(struct canvas *c)
{
	cairo_t *cr = cairo_create(c->surface);

	if (c->is_overlay)
		cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	cairo_set_source_rgb(cr, (c->background >> 16 & 0xff) / 255.0,
	    (c->background >> 8 & 0xff) / 255.0,
	    (c->background & 0xff) / 255.0);
	cairo_paint(cr);
	cairo_destroy(cr);
}

void
canvas_put(struct canvas *c, const struct patch *patch)
{
	cairo_t *cr;

	if (patch->surface == NULL)
		return;
	cr = cairo_create(c->surface);
	cairo_set_source_surface(cr, patch->surface, patch->x, patch->y);
	cairo_paint(cr);
	cairo_destroy(cr);
}

void
canvas_convert(struct canvas *c)
{
	size_t stride = (size_t)cairo_image_surface_get_stride(c->surface);
	const uint8_t *pixels;

	cairo_surface_flush(c->surface);
	pixels = cairo_image_surface_get_data(c->surface);
	if (c->is_overlay)
		overlay_make(c->frame, pixels, stride, (size_t)c->width,
		    (size_t)c->height);
	else
		bt709_frame(c->frame, pixels, stride, (size_t)c->width,
		    (size_t)c->height);
}
