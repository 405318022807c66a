#include "streamer-supervisor/painter/patch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

struct box {
	int left, top, right, bottom;
};

struct sheet {
	unsigned char *data;
	int width, height, stride;
};

cairo_surface_t *
patch_surface(int width, int height)
{
	cairo_surface_t *s =
	    cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);

	if (cairo_surface_status(s) == CAIRO_STATUS_SUCCESS)
		return s;
	cairo_surface_destroy(s);
	return NULL;
}

static struct sheet
sheet_of(cairo_surface_t *surface)
{
	cairo_surface_flush(surface);
	return (struct sheet){
		.data = cairo_image_surface_get_data(surface),
		.width = cairo_image_surface_get_width(surface),
		.height = cairo_image_surface_get_height(surface),
		.stride = cairo_image_surface_get_stride(surface),
	};
}

static const uint32_t *
sheet_row(const struct sheet *s, int y)
{
	return (const uint32_t *)(const void *)(s->data + y * s->stride);
}

/* Widens the box by what a row shows. */
static void
row_measure(const struct sheet *s, int y, struct box *b)
{
	const uint32_t *row = sheet_row(s, y);
	int left = 0, right = s->width;

	while (left < right && row[left] == 0)
		left++;
	if (left == right)
		return;
	while (row[right - 1] == 0)
		right--;
	b->left = left < b->left ? left : b->left;
	b->right = right > b->right ? right : b->right;
	b->top = y < b->top ? y : b->top;
	b->bottom = y + 1;
}

static struct box
sheet_measure(const struct sheet *s)
{
	struct box b = { s->width, s->height, 0, 0 };
	int y;

	for (y = 0; y < s->height; y++)
		row_measure(s, y, &b);
	return b;
}

static void
surface_copy(cairo_surface_t *to, cairo_surface_t *from, const struct box *b)
{
	cairo_t *cr = cairo_create(to);

	cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
	cairo_set_source_surface(cr, from, -b->left, -b->top);
	cairo_paint(cr);
	cairo_destroy(cr);
}

static void
surface_clear(cairo_surface_t *surface, const struct box *b)
{
	cairo_t *cr = cairo_create(surface);

	cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	cairo_rectangle(
	    cr, b->left, b->top, b->right - b->left, b->bottom - b->top);
	cairo_fill(cr);
	cairo_destroy(cr);
}

int
patch_take(struct patch *p, cairo_surface_t *surface)
{
	struct sheet sheet = sheet_of(surface);
	struct box box = sheet_measure(&sheet);

	*p = (struct patch){ .x = box.left, .y = box.top };
	if (box.bottom == 0)
		return 0;
	p->surface = patch_surface(box.right - box.left, box.bottom - box.top);
	if (p->surface)
		surface_copy(p->surface, surface, &box);
	surface_clear(surface, &box);
	return p->surface ? 0 : ERR_NOMEM;
}

void
patch_done(struct patch *p)
{
	if (p->surface)
		cairo_surface_destroy(p->surface);
	*p = (struct patch){ 0 };
}
