#include "streamer-supervisor/painter/signs.h"

#include "streamer-supervisor/painter/meter.h"
#include "streamer-supervisor/painter/writing.h"

/* Shares of the picture's height, and of its width. */
#define CAPTION_SIZE 0.05
#define CAPTION_FOOT 0.05
#define CAPTION_WIDTH 0.84
#define CLOCK_SIZE 0.042
#define CLOCK_MARGIN 0.06
/* Of the height of the layout's place. */
#define PLACE_SIZE 0.34

#define WHITE                          \
	{                              \
		0xffff, 0xffff, 0xffff \
	}
#define AMBER                          \
	{                              \
		0xffff, 0xcccc, 0x3333 \
	}

void
signs_forget(struct signs *s)
{
	patch_done(&s->caption);
	patch_done(&s->clock);
	patch_done(&s->level);
	s->has_level = false;
	json_decref(s->caption_text);
	json_decref(s->clock_text);
	s->caption_text = s->clock_text = NULL;
}

static struct writing_style
style_over(const struct signs_wishes *w)
{
	double margin = w->width * (1 - CAPTION_WIDTH) / 2;

	return (struct writing_style){ .x = margin,
		.width = w->width * CAPTION_WIDTH,
		.height = w->height * (1 - CAPTION_FOOT),
		.size = w->height * CAPTION_SIZE,
		.align = WRITING_CENTRE,
		.font = WRITING_FONT,
		.colour = WHITE,
		.mark = AMBER,
		.has_plate = true };
}

static struct writing_style
style_in_place(const struct signs_wishes *w)
{
	const struct drawing_place *p = w->place;
	const struct layout_caption *c = w->style;
	struct writing_style s = { .x = p->x,
		.y = p->y,
		.width = p->width,
		.height = p->height,
		.size = p->height * PLACE_SIZE,
		.align = WRITING_CENTRE,
		.font = *c->font ? c->font : WRITING_FONT,
		.colour = WHITE,
		.mark = AMBER };

	if (c->size > 0)
		s.size = c->size * p->scale;
	if (*c->colour)
		pango_color_parse(&s.colour, c->colour);
	if (*c->mark)
		pango_color_parse(&s.mark, c->mark);
	return s;
}

static void
text_draw(struct patch *p, cairo_surface_t *sheet, const struct page *page,
    const struct writing_style *style)
{
	patch_done(p);
	if (page->len > 0 && style->width >= 1)
		writing_draw(sheet, page, style);
	patch_take(p, sheet);
}

static void
caption_update(struct signs *s, const struct scene *scene,
    const struct signs_wishes *w, cairo_surface_t *sheet)
{
	struct writing_style style;
	struct page page;

	if (s->caption_text == scene->caption && s->from == scene->from &&
	    s->to == scene->to)
		return;
	json_decref(s->caption_text);
	s->caption_text = json_incref(scene->caption);
	s->from = scene->from;
	s->to = scene->to;
	style = w->place ? style_in_place(w) : style_over(w);
	page = page_find(json_string_value(scene->caption), s->from, s->to);
	text_draw(&s->caption, sheet, &page, &style);
}

static void
clock_update(struct signs *s, const struct scene *scene,
    const struct signs_wishes *w, cairo_surface_t *sheet)
{
	struct writing_style style = { .x = w->height * CLOCK_MARGIN,
		.width = w->width / 2.0,
		.height = w->height * (CLOCK_MARGIN + 1.6 * CLOCK_SIZE),
		.size = w->height * CLOCK_SIZE,
		.align = WRITING_LEFT,
		.font = WRITING_FONT,
		.colour = WHITE,
		.mark = AMBER,
		.has_plate = true };
	struct page page;

	if (s->clock_text == scene->clock)
		return;
	json_decref(s->clock_text);
	s->clock_text = json_incref(scene->clock);
	page = page_find(json_string_value(scene->clock), 0, 0);
	text_draw(&s->clock, sheet, &page, &style);
}

static void
level_update(
    struct signs *s, const struct scene *scene, const struct signs_wishes *w)
{
	int lit = meter_lit(scene->level_db);

	if (s->has_level && s->lit == lit)
		return;
	s->has_level = true;
	s->lit = lit;
	patch_done(&s->level);
	meter_draw(&s->level, lit, w->width, w->height);
}

void
signs_update(struct signs *s, const struct scene *scene,
    const struct signs_wishes *w, cairo_surface_t *sheet)
{
	if (w->caption || w->place)
		caption_update(s, scene, w, sheet);
	if (w->clock)
		clock_update(s, scene, w, sheet);
	if (w->level)
		level_update(s, scene, w);
}
