#include "streamer-supervisor/painter/painter.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/painter/canvas.h"
#include "streamer-supervisor/painter/layers.h"
#include "streamer-supervisor/painter/layout/uses.h"
#include "streamer-supervisor/painter/letters.h"
#include "streamer-supervisor/painter/posix/pipe.h"
#include "streamer-supervisor/painter/posix/watch.h"
#include "streamer-supervisor/painter/posix/window.h"
#include "streamer-supervisor/painter/raster_file.h"
#include "streamer-supervisor/painter/report.h"
#include "streamer-supervisor/painter/signs.h"

#define HEADER_MAX 128
/* Image, logo, caption, clock, level meter. */
#define PATCHES_BESIDE_LAYERS 5
#define US_PER_MS 1000.0

_Static_assert(LAYOUT_LAYERS_MAX + PATCHES_BESIDE_LAYERS <= CANVAS_PATCHES_MAX,
    "the canvas has room for all that is drawn");

struct painter {
	const struct painter_settings *settings;
	struct scene scene;
	struct canvas canvas;
	cairo_surface_t *sheet; /* where layers are drawn; transparent else */
	struct watch layout_file;
	struct raster_file image, logo;
	struct layers layers;
	bool has_layers, has_scene;
	unsigned of_layout; /* what it uses: enum use */
	unsigned uses;      /* as they were reported */
	struct signs signs;
	struct letters letters;
	struct two_frames window; /* without memory: there is none */
};

static int
canvas_begin(struct canvas *c, const struct painter_settings *s)
{
	if (s->is_overlay)
		return canvas_init_overlay(c, s->width, s->height);
	return canvas_init(c, s->width, s->height, s->background);
}

struct painter *
painter_new(const struct painter_settings *settings)
{
	struct painter *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->settings = settings;
	watch_init(&p->layout_file, settings->layout, LAYOUT_BYTES_MAX);
	raster_file_init(&p->image, settings->image, REPORT_IMAGE,
	    raster_read_image, settings->width, settings->height);
	raster_file_init(&p->logo, settings->logo, REPORT_LOGO,
	    raster_read_logo, settings->width, settings->height);
	p->sheet = patch_surface(settings->width, settings->height);
	if (scene_init(&p->scene) < 0 || p->sheet == NULL ||
	    canvas_begin(&p->canvas, settings) < 0) {
		painter_free(p);
		return NULL;
	}
	return p;
}

void
painter_free(struct painter *p)
{
	if (p == NULL)
		return;
	signs_forget(&p->signs);
	letters_done(&p->letters);
	if (p->has_layers)
		layers_done(&p->layers);
	watch_done(&p->layout_file);
	raster_file_done(&p->image);
	raster_file_done(&p->logo);
	if (p->sheet)
		cairo_surface_destroy(p->sheet);
	canvas_done(&p->canvas);
	scene_done(&p->scene);
	free(p);
}

int
painter_begin(struct painter *p)
{
	const struct painter_settings *s = p->settings;
	char line[HEADER_MAX];
	int rc, len;

	p->window.frame_bytes = p->canvas.frame_bytes;
	rc = s->frames_in ? window_open(&p->window, s->frames_in) : 0;
	if (rc < 0)
		return rc;
	len = snprintf(line, sizeof(line),
	    "YUV4MPEG2 W%d H%d F%u:1 Ip A1:1 C420jpeg XCOLORRANGE=LIMITED\n",
	    s->width, s->is_overlay ? 2 * s->height : s->height, s->fps);

	return pipe_write(line, (size_t)len);
}

/* ---- a frame ---------------------------------------------------------------
 */

static void
layers_put(struct painter *p)
{
	char why[LAYERS_WHY_MAX];
	size_t i;

	if (!p->has_layers)
		return;
	if (layers_update(&p->layers, &p->scene, why) < 0)
		report_trouble(REPORT_DRAWING, why);
	else
		report_mended(REPORT_DRAWING);
	for (i = 0; i < p->layers.layout.layer_count; i++)
		if (p->layers.kept[i].is_shown)
			canvas_put(&p->canvas, &p->layers.kept[i].patch);
}

static void
signs_put(struct painter *p)
{
	const struct painter_settings *s = p->settings;
	struct signs_wishes wishes = { .width = s->width,
		.height = s->height,
		.caption = s->caption,
		.clock = s->clock && !(p->of_layout & USE_CLOCK),
		.level = s->level && !(p->of_layout & USE_LEVEL) };

	if (p->has_layers && p->layers.has_place) {
		wishes.place = &p->layers.place;
		wishes.style = &p->layers.layout.caption;
	}
	signs_update(&p->signs, &p->scene, &wishes, p->sheet);
	canvas_put(&p->canvas, &p->signs.caption);
	canvas_put(&p->canvas, &p->signs.clock);
	canvas_put(&p->canvas, &p->signs.level);
	canvas_put(&p->canvas, &p->logo.patch);
}

/* Is what there is to draw not there, for its file could not be read yet? */
static bool
is_bare(const struct painter *p)
{
	return (p->settings->layout && !p->has_layers) ||
	       (p->settings->image && !p->image.is_there);
}

static int
frame_write(struct painter *p, double ms)
{
	char line[HEADER_MAX], where[32] = "";
	int len, rc;

	if (p->window.memory)
		snprintf(where, sizeof(where), " Xframe=%u",
		    (unsigned)two_frames_write(&p->window, p->canvas.frame));
	len = snprintf(line, sizeof(line),
	    "FRAME Xscene=%" JSON_INTEGER_FORMAT " Xms=%.1f%s%s\n", p->scene.id,
	    ms, is_bare(p) ? " Xbare=1" : "", where);
	rc = pipe_write(line, (size_t)len);
	if (rc < 0 || p->window.memory)
		return rc;
	return pipe_write(p->canvas.frame, p->canvas.frame_bytes);
}

static int
painter_draw(struct painter *p, int64_t begin_us)
{
	canvas_put(&p->canvas, &p->image.patch);
	layers_put(p);
	signs_put(p);
	canvas_finish(&p->canvas);
	return frame_write(
	    p, (double)(g_get_monotonic_time() - begin_us) / US_PER_MS);
}

int
painter_take(struct painter *p, const char *line, size_t len)
{
	int64_t begin_us = g_get_monotonic_time();
	char why[SCENE_WHY_MAX];

	if (scene_take(&p->scene, line, len, why) < 0) {
		report_trouble(REPORT_SCENE, why);
		return 0;
	}
	report_mended(REPORT_SCENE);
	p->has_scene = true;
	letters_check(&p->letters, &p->scene);
	return painter_draw(p, begin_us);
}

/* ---- files -----------------------------------------------------------------
 */

/* Takes the new layout in the place of the old one, when it can be drawn. */
static bool
layout_take(struct painter *p)
{
	struct layers fresh;
	char why[LAYERS_WHY_MAX];

	if (layers_load(&fresh, p->settings->layout, p->sheet,
		p->layout_file.text, p->layout_file.len, &p->scene, why) < 0) {
		report_trouble(REPORT_LAYOUT, why);
		return false;
	}
	if (p->has_layers)
		layers_done(&p->layers);
	p->layers = fresh;
	p->has_layers = true;
	p->of_layout = uses_of_layout(&p->layers.layout);
	signs_forget(&p->signs);
	report_mended(REPORT_LAYOUT);
	return true;
}

/* Returns true where the picture is another now. */
static bool
layout_look(struct painter *p)
{
	switch (watch_look(&p->layout_file)) {
	case WATCH_CHANGED:
		return layout_take(p);
	case WATCH_FAILED:
		report_file_trouble(
		    REPORT_LAYOUT, p->layout_file.path, p->layout_file.why);
		break;
	case WATCH_SAME:
		break;
	}
	return false;
}

static unsigned
uses_of(const struct painter *p)
{
	unsigned uses = p->of_layout;

	if (p->settings->caption)
		uses |= USE_CAPTION;
	if (p->settings->clock)
		uses |= USE_CLOCK;
	if (p->settings->level)
		uses |= USE_LEVEL;
	return uses;
}

static void
uses_look(struct painter *p)
{
	unsigned uses = uses_of(p);

	if (uses != p->uses)
		report_uses(uses);
	p->uses = uses;
}

int
painter_look(struct painter *p)
{
	int64_t begin_us = g_get_monotonic_time();
	bool layout = layout_look(p);
	bool image = raster_file_look(&p->image);
	bool logo = raster_file_look(&p->logo);

	uses_look(p);
	return (layout || image || logo) && p->has_scene
		   ? painter_draw(p, begin_us)
		   : 0;
}
