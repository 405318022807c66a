#include "streamer-supervisor/painter/layout/layout.h"

#include <stdlib.h>

#include "common/err.h"
#include "streamer-supervisor/painter/layout/fill.h"

void
layout_done(struct layout *l)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		free(l->tokens[i].text);
		free(l->tokens[i].id);
	}
	free(l->tokens);
	free(l->children);
	*l = (struct layout){ 0 };
}

/* ---- cutting ---------------------------------------------------------------
 */

static bool
child_changes(const struct layout *l, const struct layout_child *child,
    const struct scene *scene)
{
	const struct token *t;
	size_t i;

	for (i = child->begin; i < child->end; i++) {
		t = &l->tokens[i];
		if (t->has_field || (t->id && scene_switches(scene, t->id)))
			return true;
	}
	return false;
}

static bool
definitions_change(const struct layout *l, const struct scene *scene)
{
	size_t i;

	for (i = 0; i < l->child_count; i++)
		if (l->children[i].is_definition &&
		    child_changes(l, &l->children[i], scene))
			return true;
	return false;
}

/* Children that stay belong to one layer; the last layer takes what is left. */
static bool
child_joins(const struct layout *l, bool changes)
{
	if (l->layer_count == 0)
		return false;
	return l->layer_count == LAYOUT_LAYERS_MAX || l->is_knotted ||
	       (!changes && !l->layers[l->layer_count - 1].changes);
}

void
layout_cut(struct layout *l, const struct scene *scene)
{
	bool all_change = definitions_change(l, scene), changes;
	struct layout_layer *layer;
	size_t i;

	l->layer_count = 0;
	for (i = 0; i < l->child_count; i++) {
		if (l->children[i].is_definition)
			continue;
		changes =
		    all_change || child_changes(l, &l->children[i], scene);
		if (!child_joins(l, changes))
			l->layers[l->layer_count++].begin = i;
		layer = &l->layers[l->layer_count - 1];
		layer->changes =
		    changes || (layer->begin != i && layer->changes);
		layer->end = i + 1;
	}
}

/* ---- filling ---------------------------------------------------------------
 */

static const char *
value_of_scene(const void *scene, const char *name)
{
	return scene_value(scene, name);
}

static bool
is_hidden(const struct token *t, const struct scene *scene)
{
	return t->id && scene_switches(scene, t->id) &&
	       !scene_shows(scene, t->id);
}

static int
token_write(const struct token *t, const struct scene *scene, struct buf *out)
{
	if (t->kind != TOKEN_TEXT)
		return buf_puts(out, t->text);
	if (t->has_field)
		return fill_text(out, t->text, value_of_scene, scene);
	return fill_escape(out, t->text, FILL_ALL);
}

/* Writes a child; nothing of what is hidden. */
static int
child_write(const struct layout *l, const struct layout_child *child,
    const struct scene *scene, struct buf *out)
{
	size_t i;
	int rc = 0;

	for (i = child->begin; rc == 0 && i < child->end; i++) {
		if (is_hidden(&l->tokens[i], scene))
			i = l->tokens[i].end;
		else
			rc = token_write(&l->tokens[i], scene, out);
	}
	return rc;
}

/* Writes the root's tag and all definitions. */
static int
head_write(const struct layout *l, const struct scene *scene, struct buf *out)
{
	size_t i;
	int rc = buf_puts(out, l->tokens[0].text);

	for (i = 0; rc == 0 && i < l->child_count; i++)
		if (l->children[i].is_definition)
			rc = child_write(l, &l->children[i], scene, out);
	return rc;
}

static int
children_write(const struct layout *l, size_t begin, size_t end,
    const struct scene *scene, struct buf *out)
{
	size_t head, i;
	int rc = head_write(l, scene, out);

	head = buf_len(out);
	for (i = begin; rc == 0 && i < end; i++)
		if (!l->children[i].is_definition)
			rc = child_write(l, &l->children[i], scene, out);
	if (rc == 0 && buf_len(out) == head)
		buf_clear(out);
	else if (rc == 0)
		rc = buf_puts(out, l->tokens[l->count - 1].text);
	return rc;
}

int
layout_fill(const struct layout *l, size_t layer, const struct scene *scene,
    struct buf *out)
{
	const struct layout_layer *cut = &l->layers[layer];

	return children_write(l, cut->begin, cut->end, scene, out);
}

int
layout_fill_all(
    const struct layout *l, const struct scene *scene, struct buf *out)
{
	return children_write(l, 0, l->child_count, scene, out);
}
