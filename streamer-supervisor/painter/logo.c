#include "streamer-supervisor/painter/logo.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/err.h"

/* Of the picture's height. */
#define LOGO_SHARE 0.11
#define MARGIN_SHARE 0.035
/* Its width, in its heights. */
#define LOGO_WIDE 3

struct logo_fit {
	int width, height; /* at most */
	bool is_too_large;
};

/* The reader asks as soon as it knows the size, before it allocates. */
static void
on_size(GdkPixbufLoader *loader, int width, int height, gpointer arg)
{
	struct logo_fit *fit = arg;
	double x = (double)fit->width / width;
	double y = (double)fit->height / height;
	double scale = x < y ? x : y;

	if (width > LOGO_SIDE_MAX || height > LOGO_SIDE_MAX) {
		fit->is_too_large = true;
		gdk_pixbuf_loader_set_size(loader, 0, 0);
		return;
	}
	gdk_pixbuf_loader_set_size(loader, MAX(1, (int)(width * scale)),
	    MAX(1, (int)(height * scale)));
}

static bool
has_begin(const char *data, size_t len, const char *begin, size_t n)
{
	return len >= n && memcmp(data, begin, n) == 0;
}

/* gdk-pixbuf takes a PNG or JPEG that is cut for one whose rest is clear: it
 * would go on air half written. */
static bool
is_cut(const char *data, size_t len)
{
	if (has_begin(data, len, "\x89PNG", 4))
		return memmem(data, len, "IEND", 4) == NULL;
	if (has_begin(data, len, "\xff\xd8", 2))
		return memmem(data, len, "\xff\xd9", 2) == NULL;
	return false;
}

static GdkPixbuf *
pixbuf_read(const char *data, size_t len, struct logo_fit *fit, GError **error)
{
	GdkPixbufLoader *loader = gdk_pixbuf_loader_new();
	GdkPixbuf *pixbuf = NULL;

	g_signal_connect(loader, "size-prepared", G_CALLBACK(on_size), fit);
	if (gdk_pixbuf_loader_write(loader, (const guchar *)data, len, error)) {
		if (gdk_pixbuf_loader_close(loader, error))
			pixbuf = gdk_pixbuf_loader_get_pixbuf(loader);
	} else {
		gdk_pixbuf_loader_close(loader, NULL);
	}
	if (pixbuf)
		g_object_ref(pixbuf);
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

static void
pixels_copy(cairo_surface_t *to, const GdkPixbuf *from)
{
	unsigned char *data = cairo_image_surface_get_data(to);
	int stride = cairo_image_surface_get_stride(to);
	int channels = gdk_pixbuf_get_n_channels(from);
	int width = gdk_pixbuf_get_width(from);
	const guchar *pixels = gdk_pixbuf_read_pixels(from), *in;
	uint32_t *out;
	int x, y;

	for (y = 0; y < gdk_pixbuf_get_height(from); y++) {
		in = pixels + y * gdk_pixbuf_get_rowstride(from);
		out = (uint32_t *)(void *)(data + y * stride);
		for (x = 0; x < width; x++)
			out[x] = pixel_of(in + x * channels, channels);
	}
	cairo_surface_mark_dirty(to);
}

int
logo_read(struct patch *p, const char *data, size_t len, int width, int height,
    char why[LOGO_WHY_MAX])
{
	struct logo_fit fit = { .height = (int)(height * LOGO_SHARE) };
	int margin = (int)(height * MARGIN_SHARE), rc = 0;
	GError *error = NULL;
	GdkPixbuf *pixbuf;

	*p = (struct patch){ .y = margin };
	fit.width = fit.height * LOGO_WIDE;
	if (is_cut(data, len)) {
		snprintf(why, LOGO_WHY_MAX, "its end is missing");
		return ERR_INVALID;
	}
	pixbuf = pixbuf_read(data, len, &fit, &error);
	if (pixbuf == NULL) {
		snprintf(why, LOGO_WHY_MAX, "%s",
		    fit.is_too_large
			? "it is more than 8192 pixels wide or high"
		    : error ? error->message
			    : "it is no picture");
		g_clear_error(&error);
		return ERR_INVALID;
	}
	p->x = width - margin - gdk_pixbuf_get_width(pixbuf);
	p->surface = patch_surface(
	    gdk_pixbuf_get_width(pixbuf), gdk_pixbuf_get_height(pixbuf));
	if (p->surface)
		pixels_copy(p->surface, pixbuf);
	else
		rc = ERR_NOMEM;
	g_object_unref(pixbuf);
	return rc;
}
