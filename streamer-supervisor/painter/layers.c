#include "streamer-supervisor/painter/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

#define DOCUMENT_MAX (2 * LAYOUT_BYTES_MAX)

static const char *
file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void
kept_done(struct layers_kept *k)
{
	free(k->document);
	patch_done(&k->patch);
	*k = (struct layers_kept){ 0 };
}

void
layers_done(struct layers *l)
{
	size_t i;

	for (i = 0; i < LAYOUT_LAYERS_MAX; i++)
		kept_done(&l->kept[i]);
	layout_done(&l->layout);
	*l = (struct layers){ 0 };
}

static bool
is_as_drawn(const struct layers_kept *k, const struct buf *document)
{
	return k->document && k->len == buf_len(document) &&
	       memcmp(k->document, buf_data(document), k->len) == 0;
}

/* Draws a document, and keeps both in the place of what was kept. */
static int
kept_draw(struct layers *l, struct layers_kept *k, const struct buf *document,
    char why[DRAWING_WHY_MAX])
{
	int drawn = drawing_render(document, l->path, l->sheet, why);
	struct patch patch;
	char *copy;
	int rc = patch_take(&patch, l->sheet);

	copy = malloc(buf_len(document));
	if (drawn < 0 || rc < 0 || copy == NULL) {
		free(copy);
		patch_done(&patch);
		return drawn < 0 ? drawn : ERR_NOMEM;
	}
	kept_done(k);
	memcpy(copy, buf_data(document), buf_len(document));
	*k = (struct layers_kept){
		.document = copy, .len = buf_len(document), .patch = patch
	};
	return 0;
}

static int
layer_update(struct layers *l, size_t i, const struct scene *scene,
    char why[DRAWING_WHY_MAX])
{
	struct layers_kept *k = &l->kept[i];
	struct buf document;
	int rc;

	if (k->document && !l->layout.layers[i].changes)
		return 0;
	buf_init(&document, DOCUMENT_MAX);
	rc = layout_fill(&l->layout, i, scene, &document);
	if (rc < 0)
		snprintf(why, DRAWING_WHY_MAX, "%s", err_text(rc));
	else if (buf_len(&document) > 0 && !is_as_drawn(k, &document))
		rc = kept_draw(l, k, &document, why);
	if (rc == 0)
		k->is_shown = buf_len(&document) > 0;
	buf_done(&document);
	return rc;
}

static void
layers_cut(struct layers *l, const struct scene *scene)
{
	size_t i;

	for (i = 0; i < LAYOUT_LAYERS_MAX; i++)
		kept_done(&l->kept[i]);
	layout_cut(&l->layout, scene);
	l->shows = json_object_size(scene->show);
}

int
layers_update(
    struct layers *l, const struct scene *scene, char why[LAYERS_WHY_MAX])
{
	char said[DRAWING_WHY_MAX];
	size_t i;
	int rc, all = 0;

	if (l->shows != json_object_size(scene->show))
		layers_cut(l, scene);
	for (i = 0; i < l->layout.layer_count; i++) {
		rc = layer_update(l, i, scene, said);
		if (rc < 0 && all == 0)
			snprintf(why, LAYERS_WHY_MAX, "%.50s: %s",
			    file_name(l->path), said);
		all = all < 0 ? all : rc;
	}
	return all;
}

static void
caption_find(struct layers *l, const struct scene *scene)
{
	struct buf all;

	buf_init(&all, DOCUMENT_MAX);
	if (l->layout.caption.is_there &&
	    layout_fill_all(&l->layout, scene, &all) == 0)
		l->has_place = drawing_find(&all, l->path, "#caption",
		    cairo_image_surface_get_width(l->sheet),
		    cairo_image_surface_get_height(l->sheet), &l->place);
	buf_done(&all);
}

int
layers_load(struct layers *l, const char *path, cairo_surface_t *sheet,
    const char *text, size_t len, const struct scene *scene,
    char why[LAYERS_WHY_MAX])
{
	int rc;

	*l = (struct layers){ .path = path, .sheet = sheet };
	rc = layout_read(&l->layout, file_name(path), text, len, why);
	if (rc < 0)
		return rc;
	layers_cut(l, scene);
	rc = layers_update(l, scene, why);
	if (rc < 0)
		layers_done(l);
	else
		caption_find(l, scene);
	return rc;
}
