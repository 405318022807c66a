#include "streamer-supervisor/painter/meter.h"

#include <math.h>
#include <stddef.h>

#include "common/err.h"

#define FLOOR_DB (-60.0)
#define GREEN_LAMPS 14
#define AMBER_LAMPS 4

/* Shares of the picture's height. */
#define TOP 0.28
#define HEIGHT 0.4
#define WIDTH 0.018
#define MARGIN 0.035
#define PAD 0.008
/* Of a lamp's height, the gap above it. */
#define GAP 0.28

#define PLATE 0.05, 0.07, 0.12, 0.74
#define DARK 0.18 /* of what shows of a lamp that is not lit */

int
meter_lit(double level_db)
{
	double lit = ceil((level_db - FLOOR_DB) * METER_LAMPS / -FLOOR_DB);

	return lit > 0 ? (int)fmin(lit, METER_LAMPS) : 0;
}

static void
lamp_colour(cairo_t *cr, int lamp, double alpha)
{
	if (lamp < GREEN_LAMPS)
		cairo_set_source_rgba(cr, 0.2, 0.8, 0.35, alpha);
	else if (lamp < GREEN_LAMPS + AMBER_LAMPS)
		cairo_set_source_rgba(cr, 1, 0.75, 0.15, alpha);
	else
		cairo_set_source_rgba(cr, 0.95, 0.25, 0.2, alpha);
}

/* Draws onto all of a surface, whose frame is `pad` wide. */
static void
lamps_draw(cairo_surface_t *surface, int lit, double pad)
{
	double width = cairo_image_surface_get_width(surface);
	double height = cairo_image_surface_get_height(surface);
	double step = (height - 2 * pad) / METER_LAMPS;
	cairo_t *cr = cairo_create(surface);
	int i;

	cairo_set_source_rgba(cr, PLATE);
	cairo_paint(cr);
	for (i = 0; i < METER_LAMPS; i++) {
		lamp_colour(cr, i, i < lit ? 1 : DARK);
		cairo_rectangle(cr, pad, height - pad - (i + 1 - GAP) * step,
		    width - 2 * pad, (1 - GAP) * step);
		cairo_fill(cr);
	}
	cairo_destroy(cr);
}

int
meter_draw(struct patch *p, int lit, int width, int height)
{
	double pad = PAD * height;
	int wide = (int)(WIDTH * height + 2 * pad + 0.5);
	int high = (int)(HEIGHT * height + 2 * pad + 0.5);

	*p = (struct patch){ .surface = patch_surface(wide, high),
		.x = width - (int)(MARGIN * height - pad) - wide,
		.y = (int)(TOP * height - pad) };
	if (p->surface == NULL)
		return ERR_NOMEM;
	lamps_draw(p->surface, lit, pad);
	return 0;
}
