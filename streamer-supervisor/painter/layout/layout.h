/*
 * A layout: an SVG file, read into tokens and cut into layers. Pure.
 *
 * Each child of the root that changes with the scene is a layer, and so is each
 * run of those that do not. A layer is a whole document, with the root's
 * attributes, the definitions and the style sheets. Layers lie upon each other
 * in the order of the file. So what a scene changes is drawn again alone, and
 * all else is kept.
 *
 * Where an element refers to one of another layer, or there would be more than
 * LAYOUT_LAYERS_MAX, layers are joined; the picture is the same.
 */
#ifndef STREAMER_SUPERVISOR_PAINTER_LAYOUT_LAYOUT_H
#define STREAMER_SUPERVISOR_PAINTER_LAYOUT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "streamer-supervisor/painter/layout/scene.h"

#define LAYOUT_BYTES_MAX (2u << 20) /* of the file, and of a filled layer */
#define LAYOUT_ELEMENTS_MAX 50000
#define LAYOUT_DEPTH_MAX 100
#define LAYOUT_SIDE_MAX 100000 /* width, height, viewBox; units of the file */
#define LAYOUT_LAYERS_MAX 32
#define LAYOUT_WHY_MAX 200

enum token_kind { TOKEN_OPEN, TOKEN_CLOSE, TOKEN_TEXT };

struct token {
	enum token_kind kind;
	bool has_field; /* a text to be filled */
	char *text;     /* a tag as XML, or a text as it is meant */
	char *id;       /* of TOKEN_OPEN, where it may be a switch; or NULL */
	size_t end;     /* of TOKEN_OPEN: the index of its TOKEN_CLOSE */
};

/* A child of the root. */
struct layout_child {
	size_t begin, end;  /* its first token, and the one behind its last */
	bool is_definition; /* belongs to every layer */
};

struct layout_layer {
	size_t begin, end; /* children */
	bool changes;      /* with the scene */
};

/* How the caption that lies on the element with id="caption" is written. */
struct layout_caption {
	bool is_there;
	double size; /* units of the file; 0: not said */
	char colour[32], mark[32], font[64]; /* "": not said */
};

struct layout {
	struct token *tokens; /* the first is the root's tag */
	size_t count, cap;
	struct layout_child *children;
	size_t child_count, child_cap;
	struct layout_layer layers[LAYOUT_LAYERS_MAX];
	size_t layer_count;
	struct layout_caption caption;
	bool is_knotted; /* an element refers to another child's */
};

/* Reads a layout, of which `name` is said in errors, and cuts it for a scene.
 * Fails with ERR_INVALID, and `why` says where and what ("board.svg:12: ..."),
 * or ERR_NOMEM. layout_done() is due only where it does not fail. */
int layout_read(struct layout *l, const char *name, const char *text,
    size_t len, char why[LAYOUT_WHY_MAX]);
void layout_done(struct layout *l);

/* Cuts it into layers, by what the scene switches: again, when `show` has
 * learned a new name. */
void layout_cut(struct layout *l, const struct scene *scene);

/* Writes the document of a layer, filled with the scene, into `out`, which is
 * empty; nothing where nothing of it is shown. Fails with ERR_FULL past the
 * bound of `out`, or ERR_NOMEM. */
int layout_fill(const struct layout *l, size_t layer, const struct scene *scene,
    struct buf *out);

/* Writes the document that holds everything, for measuring. */
int layout_fill_all(
    const struct layout *l, const struct scene *scene, struct buf *out);

#endif
