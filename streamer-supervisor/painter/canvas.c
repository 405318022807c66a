#include "streamer-supervisor/painter/canvas.h"

#include <assert.h>
#include <stdlib.h>

#include "common/err.h"
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

static void
list_clear(struct canvas_list *l)
{
	while (l->count > 0)
		patch_done(&l->patches[--l->count]);
}

void
canvas_done(struct canvas *c)
{
	list_clear(&c->drawn);
	list_clear(&c->next);
	if (c->surface)
		cairo_surface_destroy(c->surface);
	free(c->frame);
	*c = (struct canvas){ 0 };
}

void
canvas_put(struct canvas *c, const struct patch *patch)
{
	struct patch *to;

	if (patch->surface == NULL)
		return;
	assert(c->next.count < CANVAS_PATCHES_MAX);
	to = &c->next.patches[c->next.count++];
	*to = *patch;
	cairo_surface_reference(to->surface);
}

/* ---- what is to be drawn anew ----------------------------------------------
 */

/* A surface that is held is nobody else's, so its address tells it. */
static bool
list_has(const struct canvas_list *l, const struct patch *p)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (l->patches[i].surface == p->surface &&
		    l->patches[i].x == p->x && l->patches[i].y == p->y)
			return true;
	return false;
}

/* Adds where `l` has patches that `other` has not. */
static void
damage_add(cairo_region_t *damage, const struct canvas_list *l,
    const struct canvas_list *other)
{
	cairo_rectangle_int_t box;
	const struct patch *p;
	size_t i;

	for (i = 0; i < l->count; i++) {
		p = &l->patches[i];
		if (list_has(other, p))
			continue;
		box = (cairo_rectangle_int_t){ p->x, p->y,
			cairo_image_surface_get_width(p->surface),
			cairo_image_surface_get_height(p->surface) };
		cairo_region_union_rectangle(damage, &box);
	}
}

static cairo_region_t *
canvas_damage(const struct canvas *c)
{
	cairo_rectangle_int_t all = { 0, 0, c->width, c->height };
	cairo_region_t *damage;

	if (!c->is_drawn)
		return cairo_region_create_rectangle(&all);
	damage = cairo_region_create();
	damage_add(damage, &c->drawn, &c->next);
	damage_add(damage, &c->next, &c->drawn);
	cairo_region_intersect_rectangle(damage, &all);
	return damage;
}

/* ---- drawing ---------------------------------------------------------------
 */

static void
background_draw(const struct canvas *c, cairo_t *cr)
{
	cairo_save(cr);
	if (c->is_overlay)
		cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
	cairo_set_source_rgb(cr, (c->background >> 16 & 0xff) / 255.0,
	    (c->background >> 8 & 0xff) / 255.0,
	    (c->background & 0xff) / 255.0);
	cairo_paint(cr);
	cairo_restore(cr);
}

static void
box_draw(struct canvas *c, const cairo_rectangle_int_t *box)
{
	cairo_t *cr = cairo_create(c->surface);
	const struct patch *p;
	size_t i;

	cairo_rectangle(cr, box->x, box->y, box->width, box->height);
	cairo_clip(cr);
	background_draw(c, cr);
	for (i = 0; i < c->next.count; i++) {
		p = &c->next.patches[i];
		cairo_set_source_surface(cr, p->surface, p->x, p->y);
		cairo_paint(cr);
	}
	cairo_destroy(cr);
}

/* Makes the frame's rows of those of a box: whole ones, in pairs. */
static void
box_convert(struct canvas *c, const cairo_rectangle_int_t *box)
{
	size_t from = (size_t)box->y & ~(size_t)1;
	size_t to = (size_t)(box->y + box->height + 1) & ~(size_t)1;
	struct bt709_picture picture;

	cairo_surface_flush(c->surface);
	picture = (struct bt709_picture){
		.pixels = cairo_image_surface_get_data(c->surface),
		.stride = (size_t)cairo_image_surface_get_stride(c->surface),
		.width = (size_t)c->width,
		.height = (size_t)c->height,
	};
	if (c->is_overlay)
		overlay_make(c->frame, &picture, from, to);
	else
		bt709_frame(c->frame, &picture, from, to);
}

void
canvas_finish(struct canvas *c)
{
	cairo_region_t *damage = canvas_damage(c);
	int i, count = cairo_region_num_rectangles(damage);
	cairo_rectangle_int_t box;

	for (i = 0; i < count; i++) {
		cairo_region_get_rectangle(damage, i, &box);
		box_draw(c, &box);
		box_convert(c, &box);
	}
	cairo_region_destroy(damage);
	list_clear(&c->drawn);
	c->drawn = c->next;
	c->next.count = 0;
	c->is_drawn = true;
}
