#include "streamer-supervisor/painter/writing.h"

#include <math.h>
#include <string.h>

#include "streamer-supervisor/painter/glyphs.h"

/* In heights of a letter. */
#define PAD_X 0.75
#define PAD_Y 0.38
#define ROUND 0.45
#define PLATE 0.05, 0.07, 0.12, 0.74

/* The lines that are shown. */
struct lines_shown {
	int first, end;
	PangoRectangle extents; /* of them together, in Pango's units */
};

PangoLayout *
writing_layout(const char *font, double size)
{
	PangoFontDescription *d = pango_font_description_from_string(font);
	PangoContext *context =
	    pango_font_map_create_context(pango_cairo_font_map_get_default());
	PangoLayout *layout = pango_layout_new(context);

	pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, d);
	pango_font_description_free(d);
	g_object_unref(context);
	return layout;
}

static void
word_mark(PangoLayout *layout, const struct page *p, const PangoColor *c)
{
	PangoAttrList *list = pango_attr_list_new();
	PangoAttribute *a =
	    pango_attr_foreground_new(c->red, c->green, c->blue);

	a->start_index = (guint)p->from;
	a->end_index = (guint)p->to;
	pango_attr_list_insert(list, a);
	pango_layout_set_attributes(layout, list);
	pango_attr_list_unref(list);
}

/* Controls are drawn as boxes: blanks of as many bytes take their place, so
 * that the spoken word stays where it is. */
static void
text_set(PangoLayout *layout, const struct page *p)
{
	char *copy = g_strndup(p->text, p->len), *s, *next;

	for (s = copy; *s; s = next) {
		next = g_utf8_next_char(s);
		if (!g_unichar_isprint(g_utf8_get_char(s)) &&
		    !g_unichar_iszerowidth(g_utf8_get_char(s)))
			memset(s, ' ', (size_t)(next - s));
	}
	pango_layout_set_text(layout, copy, -1);
	g_free(copy);
}

static PangoLayout *
page_layout(const struct page *p, const struct writing_style *s)
{
	PangoLayout *layout = writing_layout(s->font, s->size);

	text_set(layout, p);
	pango_layout_set_single_paragraph_mode(layout, TRUE);
	pango_layout_set_width(layout, (int)(s->width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_line_spacing(layout, 1.12f);
	if (s->align == WRITING_CENTRE)
		pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	if (p->to > p->from)
		word_mark(layout, p, &s->mark);
	return layout;
}

static void
extents_join(PangoRectangle *all, const PangoRectangle *line)
{
	int right = MAX(all->x + all->width, line->x + line->width);
	int bottom = MAX(all->y + all->height, line->y + line->height);

	if (all->height == 0) {
		*all = *line;
		return;
	}
	all->x = MIN(all->x, line->x);
	all->y = MIN(all->y, line->y);
	all->width = right - all->x;
	all->height = bottom - all->y;
}

typedef void line_fn(PangoLayoutIter *iter, void *arg);

static void
lines_each(PangoLayout *layout, const struct lines_shown *shown, line_fn *fn,
    void *arg)
{
	PangoLayoutIter *iter = pango_layout_get_iter(layout);
	int i = 0;

	do {
		if (i >= shown->first && i < shown->end)
			fn(iter, arg);
		i++;
	} while (pango_layout_iter_next_line(iter));
	pango_layout_iter_free(iter);
}

static void
line_measure(PangoLayoutIter *iter, void *arg)
{
	PangoRectangle line;

	pango_layout_iter_get_line_extents(iter, NULL, &line);
	extents_join(arg, &line);
}

/* Lines are shown two by two, so that they do not move while they are read. */
static struct lines_shown
lines_choose(PangoLayout *layout, const struct page *p)
{
	struct lines_shown shown = { 0 };
	int line, x;

	pango_layout_index_to_line_x(layout, (int)p->from, FALSE, &line, &x);
	shown.first = line - line % WRITING_LINES_MAX;
	shown.end = shown.first + WRITING_LINES_MAX;
	lines_each(layout, &shown, line_measure, &shown.extents);
	return shown;
}

struct pen {
	cairo_t *cr;
	double x, y; /* of the layout's origin */
};

static void
line_draw(PangoLayoutIter *iter, void *arg)
{
	struct pen *pen = arg;
	PangoRectangle line;

	pango_layout_iter_get_line_extents(iter, NULL, &line);
	cairo_move_to(pen->cr, pen->x + (double)line.x / PANGO_SCALE,
	    pen->y +
		(double)pango_layout_iter_get_baseline(iter) / PANGO_SCALE);
	pango_cairo_show_layout_line(
	    pen->cr, pango_layout_iter_get_line_readonly(iter));
}

static void
plate_draw(
    cairo_t *cr, double x, double y, double width, double height, double radius)
{
	cairo_new_sub_path(cr);
	cairo_arc(cr, x + width - radius, y + radius, radius, -M_PI / 2, 0);
	cairo_arc(
	    cr, x + width - radius, y + height - radius, radius, 0, M_PI / 2);
	cairo_arc(cr, x + radius, y + height - radius, radius, M_PI / 2, M_PI);
	cairo_arc(cr, x + radius, y + radius, radius, M_PI, 3 * M_PI / 2);
	cairo_close_path(cr);
	cairo_set_source_rgba(cr, PLATE);
	cairo_fill(cr);
}

static struct pen
pen_place(cairo_t *cr, const PangoRectangle *e, const struct writing_style *s)
{
	double height = (double)e->height / PANGO_SCALE;
	double top = s->has_plate ? s->y + s->height - height - s->size * PAD_Y
				  : s->y + (s->height - height) / 2;

	return (struct pen){
		.cr = cr, .x = s->x, .y = top - (double)e->y / PANGO_SCALE
	};
}

void
writing_draw(cairo_surface_t *sheet, const struct page *page,
    const struct writing_style *s)
{
	PangoLayout *layout = page_layout(page, s);
	struct lines_shown shown = lines_choose(layout, page);
	const PangoRectangle *e = &shown.extents;
	cairo_t *cr = cairo_create(sheet);
	struct pen pen = pen_place(cr, e, s);

	if (s->has_plate)
		plate_draw(cr,
		    pen.x + (double)e->x / PANGO_SCALE - s->size * PAD_X,
		    pen.y + (double)e->y / PANGO_SCALE - s->size * PAD_Y,
		    (double)e->width / PANGO_SCALE + 2 * s->size * PAD_X,
		    (double)e->height / PANGO_SCALE + 2 * s->size * PAD_Y,
		    s->size * ROUND);
	cairo_set_source_rgb(cr, s->colour.red / 65535.0,
	    s->colour.green / 65535.0, s->colour.blue / 65535.0);
	lines_each(layout, &shown, line_draw, &pen);
	glyphs_check(layout);
	cairo_destroy(cr);
	g_object_unref(layout);
}
