#include "streamer-supervisor/painter/drawing.h"

#include <librsvg/rsvg.h>
#include <stdio.h>

#include "common/err.h"

static RsvgHandle *
handle_new(const struct buf *svg, const char *path, GError **error)
{
	GInputStream *stream = g_memory_input_stream_new_from_data(
	    buf_data(svg), (gssize)buf_len(svg), NULL);
	GFile *file = g_file_new_for_path(path);
	RsvgHandle *handle = rsvg_handle_new_from_stream_sync(
	    stream, file, RSVG_HANDLE_FLAGS_NONE, NULL, error);

	g_object_unref(file);
	g_object_unref(stream);
	return handle;
}

static bool
handle_draw(RsvgHandle *handle, cairo_surface_t *sheet, GError **error)
{
	RsvgRectangle all = { 0, 0, cairo_image_surface_get_width(sheet),
		cairo_image_surface_get_height(sheet) };
	cairo_t *cr = cairo_create(sheet);
	bool is_drawn = rsvg_handle_render_document(handle, cr, &all, error);

	cairo_destroy(cr);
	return is_drawn;
}

int
drawing_render(const struct buf *svg, const char *path, cairo_surface_t *sheet,
    char why[DRAWING_WHY_MAX])
{
	GError *error = NULL;
	RsvgHandle *handle = handle_new(svg, path, &error);
	bool is_drawn = handle && handle_draw(handle, sheet, &error);

	if (!is_drawn)
		snprintf(why, DRAWING_WHY_MAX, "%s",
		    error ? error->message : "it cannot be drawn");
	g_clear_error(&error);
	g_clear_object(&handle);
	return is_drawn ? 0 : ERR_INVALID;
}

/* Pixels of one unit: the smaller one, where the drawing is fitted in. */
static double
handle_scale(RsvgHandle *handle, int width, int height)
{
	gboolean has_width, has_height, has_box;
	RsvgLength w, h;
	RsvgRectangle box;
	double x, y;

	rsvg_handle_get_intrinsic_dimensions(
	    handle, &has_width, &w, &has_height, &h, &has_box, &box);
	if (!has_box || box.width <= 0 || box.height <= 0)
		return 1;
	x = width / box.width;
	y = height / box.height;
	return x < y ? x : y;
}

bool
drawing_find(const struct buf *svg, const char *path, const char *id, int width,
    int height, struct drawing_place *out)
{
	RsvgRectangle all = { 0, 0, width, height }, ink, logical;
	RsvgHandle *handle = handle_new(svg, path, NULL);
	bool is_there = handle && rsvg_handle_get_geometry_for_layer(
				      handle, id, &all, &ink, &logical, NULL);

	if (is_there)
		*out = (struct drawing_place){ ink.x, ink.y, ink.width,
			ink.height, handle_scale(handle, width, height) };
	g_clear_object(&handle);
	return is_there;
}
