#include "streamer-supervisor/painter/raster.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/err.h"
#include "common/picture/image_file.h"

/* Of the picture's height. */
#define LOGO_SHARE 0.11
#define LOGO_MARGIN 0.035
/* Its width, in its heights. */
#define LOGO_WIDE 3

/* A box that a picture is fitted into, in pixels. */
struct box {
	int width, height;
	bool is_too_large; /* the picture is */
};

static double
box_scale(const struct box *b, int width, int height)
{
	return MIN((double)b->width / width, (double)b->height / height);
}

/* The reader asks as soon as it knows the size, before it allocates. Which way
 * is up is not known yet: what is read is large enough for either, and never
 * larger than the file's. */
static void
on_size(GdkPixbufLoader *loader, int width, int height, gpointer arg)
{
	struct box *box = arg;
	double scale;

	if (width > RASTER_SIDE_MAX || height > RASTER_SIDE_MAX ||
	    (long)width * height > RASTER_PIXELS_MAX) {
		box->is_too_large = true;
		gdk_pixbuf_loader_set_size(loader, 0, 0);
		return;
	}
	scale =
	    MAX(box_scale(box, width, height), box_scale(box, height, width));
	scale = MIN(scale, 1);
	gdk_pixbuf_loader_set_size(loader, MAX(1, (int)(width * scale + 0.5)),
	    MAX(1, (int)(height * scale + 0.5)));
}

static GdkPixbuf *
loader_run(GdkPixbufLoader *loader, const char *data, size_t len, struct box *b,
    GError **error)
{
	GdkPixbuf *pixbuf = NULL;

	g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), b);
	if (!gdk_pixbuf_loader_write(
		loader, (const guchar *)data, len, error)) {
		gdk_pixbuf_loader_close(loader, NULL);
		return NULL;
	}
	if (gdk_pixbuf_loader_close(loader, error))
		pixbuf = gdk_pixbuf_loader_get_pixbuf(loader);
	return pixbuf ? gdk_pixbuf_apply_embedded_orientation(pixbuf) : NULL;
}

static const char *
kind_name(const char *data, size_t len)
{
	switch (image_file_kind((const uint8_t *)data, len)) {
	case IMAGE_FILE_PNG:
		return "png";
	case IMAGE_FILE_JPEG:
		return "jpeg";
	case IMAGE_FILE_WEBP:
		return "webp";
	case IMAGE_FILE_OTHER:
		break;
	}
	return NULL;
}

static GdkPixbuf *
pixbuf_fail(char why[RASTER_WHY_MAX], const char *text)
{
	snprintf(why, RASTER_WHY_MAX, "%s", text);
	return NULL;
}

static GdkPixbuf *
pixbuf_read(
    const char *data, size_t len, struct box *box, char why[RASTER_WHY_MAX])
{
	const char *kind = kind_name(data, len);
	GdkPixbufLoader *loader;
	GError *error = NULL;
	GdkPixbuf *pixbuf;

	if (kind == NULL)
		return pixbuf_fail(why, "it is no PNG, JPEG or WebP");
	if (!image_file_is_whole((const uint8_t *)data, len))
		return pixbuf_fail(why, "its end is missing");
	loader = gdk_pixbuf_loader_new_with_type(kind, NULL);
	if (loader == NULL)
		return pixbuf_fail(why,
		    "it is a WebP, and what reads those is not installed "
		    "(Debian: webp-pixbuf-loader)");
	pixbuf = loader_run(loader, data, len, box, &error);
	if (pixbuf == NULL)
		pixbuf_fail(why, box->is_too_large
				     ? "it is more than 16,384 pixels wide or "
				       "high, or 32 million in all"
				 : error ? error->message
					 : "it cannot be read");
	g_clear_error(&error);
	g_object_unref(loader);
	return pixbuf;
}

/* A pixel as cairo has it: alpha on top, colours multiplied with it. */
static uint32_t
pixel_of(const guchar *p, int channels)
{
	uint32_t a = channels == 4 ? p[3] : 255;

	return a << 24 | (p[0] * a / 255) << 16 | (p[1] * a / 255) << 8 |
	       p[2] * a / 255;
}

static cairo_surface_t *
surface_of(const GdkPixbuf *from)
{
	int channels = gdk_pixbuf_get_n_channels(from), x, y;
	int width = gdk_pixbuf_get_width(from);
	int height = gdk_pixbuf_get_height(from);
	cairo_surface_t *to = patch_surface(width, height);
	const guchar *in;
	uint32_t *out;

	for (y = 0; to && y < height; y++) {
		in = gdk_pixbuf_read_pixels(from) +
		     y * gdk_pixbuf_get_rowstride(from);
		out = (uint32_t *)(void *)(cairo_image_surface_get_data(to) +
					   y * cairo_image_surface_get_stride(
						   to));
		for (x = 0; x < width; x++)
			out[x] = pixel_of(in + x * channels, channels);
	}
	if (to)
		cairo_surface_mark_dirty(to);
	return to;
}

static void
surface_stretch(cairo_surface_t *to, cairo_surface_t *from)
{
	double width = cairo_image_surface_get_width(from);
	double height = cairo_image_surface_get_height(from);
	cairo_t *cr = cairo_create(to);

	cairo_scale(cr, cairo_image_surface_get_width(to) / width,
	    cairo_image_surface_get_height(to) / height);
	cairo_set_source_surface(cr, from, 0, 0);
	/* Beyond its edge a picture is its edge, else it is seen through. */
	cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
	cairo_paint(cr);
	cairo_destroy(cr);
}

/* Makes the surface as large as fits into the box. NULL without memory. */
static cairo_surface_t *
surface_fit(cairo_surface_t *from, const struct box *box)
{
	int width = cairo_image_surface_get_width(from);
	int height = cairo_image_surface_get_height(from);
	double scale = box_scale(box, width, height);
	int fit_width = MAX(1, (int)(width * scale + 0.5));
	int fit_height = MAX(1, (int)(height * scale + 0.5));
	cairo_surface_t *to;

	if (fit_width == width && fit_height == height)
		return cairo_surface_reference(from);
	to = patch_surface(fit_width, fit_height);
	if (to)
		surface_stretch(to, from);
	return to;
}

/* Reads a picture that fits into the box, at the upper left corner. */
static int
patch_read(struct patch *p, const char *data, size_t len, struct box *box,
    char why[RASTER_WHY_MAX])
{
	GdkPixbuf *pixbuf;
	cairo_surface_t *read;

	*p = (struct patch){ 0 };
	pixbuf = pixbuf_read(data, len, box, why);
	if (pixbuf == NULL)
		return ERR_INVALID;
	read = surface_of(pixbuf);
	g_object_unref(pixbuf);
	if (read) {
		p->surface = surface_fit(read, box);
		cairo_surface_destroy(read);
	}
	if (p->surface)
		return 0;
	pixbuf_fail(why, err_text(ERR_NOMEM));
	return ERR_NOMEM;
}

int
raster_read_image(struct patch *p, const char *data, size_t len, int width,
    int height, char why[RASTER_WHY_MAX])
{
	struct box box = { width, height, false };
	int rc = patch_read(p, data, len, &box, why);

	if (rc < 0)
		return rc;
	p->x = (width - cairo_image_surface_get_width(p->surface)) / 2;
	p->y = (height - cairo_image_surface_get_height(p->surface)) / 2;
	return 0;
}

int
raster_read_logo(struct patch *p, const char *data, size_t len, int width,
    int height, char why[RASTER_WHY_MAX])
{
	int high = MAX(1, (int)(height * LOGO_SHARE));
	int margin = (int)(height * LOGO_MARGIN);
	struct box box = { high * LOGO_WIDE, high, false };
	int rc = patch_read(p, data, len, &box, why);

	if (rc < 0)
		return rc;
	p->x = width - margin - cairo_image_surface_get_width(p->surface);
	p->y = margin;
	return 0;
}
