/*
 * Reads an SVG file into tokens, by a real XML parser. What is refused here
 * never reaches the library that draws: declarations, references out of the
 * folder, and more elements than a drawing of people has.
 */
#include <expat.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/format.h"
#include "streamer-supervisor/painter/layout/fill.h"
#include "streamer-supervisor/painter/layout/layout.h"
#include "streamer-supervisor/painter/layout/reference.h"
#include "streamer-supervisor/painter/layout/tag.h"

/* In these maps, the child of a definition, which every layer has. */
#define CHILD_SHARED (-1)

struct reader {
	XML_Parser parser;
	struct layout *layout;
	const char *name;
	char *why;
	size_t open[LAYOUT_DEPTH_MAX]; /* tokens */
	unsigned depth;
	unsigned in_text, in_style; /* elements that are open */
	size_t elements;
	struct buf text; /* since the last tag */
	json_t *ids;     /* id -> the child it is in */
	json_t *uses;    /* [id, the child that refers to it] */
	int rc;          /* nothing happens after an error */
};

static void
reader_stop(struct reader *r, int rc)
{
	if (r->rc == 0)
		r->rc = rc;
	XML_StopParser(r->parser, XML_FALSE);
}

__attribute__((format(printf, 2, 3))) static void
reader_refuse(struct reader *r, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (r->rc < 0)
		return;
	n = snprintf(r->why, LAYOUT_WHY_MAX, "%.80s:%lu: ", r->name,
	    (unsigned long)XML_GetCurrentLineNumber(r->parser));
	va_start(ap, fmt);
	vsnprintf(r->why + n, LAYOUT_WHY_MAX - (size_t)n, fmt, ap);
	va_end(ap);
	reader_stop(r, ERR_INVALID);
}

/* Room for one more in an array, which moves. */
static int
array_reserve(void **array, size_t count, size_t *cap, size_t bytes)
{
	size_t wanted = *cap ? *cap * 2 : 64;
	void *moved;

	if (count < *cap)
		return 0;
	moved = realloc(*array, wanted * bytes);
	if (moved == NULL)
		return ERR_NOMEM;
	*array = moved;
	*cap = wanted;
	return 0;
}

/* Adds a token that takes over `text`. NULL after an error. */
static struct token *
token_add(struct reader *r, enum token_kind kind, char *text)
{
	struct layout *l = r->layout;

	if (text == NULL || array_reserve((void **)&l->tokens, l->count,
				&l->cap, sizeof(*l->tokens)) < 0) {
		free(text);
		reader_stop(r, ERR_NOMEM);
		return NULL;
	}
	l->tokens[l->count] = (struct token){ .kind = kind, .text = text };
	return &l->tokens[l->count++];
}

/* "svg:rect" -> "rect" */
static const char *
local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

static bool
is_one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(name, *list) == 0)
			return true;
	return false;
}

static bool
is_definition(const char *name)
{
	static const char *const list[] = { "defs", "style", "linearGradient",
		"radialGradient", "symbol", "marker", "clipPath", "mask",
		"filter", "pattern", "title", "desc", "metadata", "namedview",
		NULL };

	return is_one_of(name, list);
}

/* ---- which child refers to which -------------------------------------------
 */

static json_int_t
current_child(const struct reader *r)
{
	const struct layout *l = r->layout;

	if (l->child_count == 0 ||
	    l->children[l->child_count - 1].is_definition)
		return CHILD_SHARED;
	return (json_int_t)l->child_count - 1;
}

static void
use_note(struct reader *r, const char *id, size_t len)
{
	if (json_array_append_new(
		r->uses, json_pack("[s%, I]", id, len, current_child(r))) < 0)
		reader_stop(r, ERR_NOMEM);
}

static void
uses_note(struct reader *r, const char *attribute, const char *value)
{
	size_t len;

	if (strcmp(attribute, "href") == 0 && *value == '#')
		use_note(r, value + 1, strlen(value + 1));
	while ((value = reference_next(value, &len)) != NULL) {
		use_note(r, value, len);
		value += len;
	}
}

/* Does an element refer to one that its layer might not have? */
static bool
is_knotted(const struct reader *r)
{
	json_int_t at, from;
	const char *id;
	json_t *use;
	size_t i;

	json_array_foreach(r->uses, i, use)
	{
		if (json_unpack(use, "[s, I]", &id, &from) < 0 ||
		    json_unpack(json_object_get(r->ids, id), "I", &at) < 0)
			continue;
		if (at != CHILD_SHARED && at != from)
			return true;
	}
	return false;
}

/* ---- attributes ------------------------------------------------------------
 */

static bool
side_is_sane(const char *value)
{
	char *end;
	double side;

	for (;; value = end) {
		value += strspn(value, " ,\t\r\n");
		side = strtod(value, &end);
		if (end == value)
			return true;
		if (!(side >= -LAYOUT_SIDE_MAX && side <= LAYOUT_SIDE_MAX))
			return false;
	}
}

static void
attribute_check(struct reader *r, const char *name, const char *value)
{
	static const char *const sides[] = { "width", "height", "viewBox",
		NULL };

	if (!reference_allowed(local_name(name), value))
		reader_refuse(r,
		    "%.20s=\"%.60s\": a layout refers to itself and to "
		    "pictures in its own folder alone",
		    name, value);
	else if (is_one_of(name, sides) && !side_is_sane(value))
		reader_refuse(r, "%.20s=\"%.40s\" is more than %d", name, value,
		    LAYOUT_SIDE_MAX);
	else
		uses_note(r, local_name(name), value);
}

static void
copy_attribute(char *out, size_t size, const char *value)
{
	snprintf(out, size, "%s", value);
}

static void
caption_attribute(struct layout_caption *c, const char *name, const char *value)
{
	if (strcmp(name, "color") == 0)
		copy_attribute(c->colour, sizeof(c->colour), value);
	else if (strcmp(name, "data-mark") == 0)
		copy_attribute(c->mark, sizeof(c->mark), value);
	else if (strcmp(name, "font-family") == 0)
		copy_attribute(c->font, sizeof(c->font), value);
	else if (strcmp(name, "font-size") == 0)
		c->size = strtod(value, NULL);
}

static void
id_note(struct reader *r, struct token *t, const char **attributes)
{
	struct layout_caption *c = &r->layout->caption;
	const char *id = tag_attribute(attributes, "id");

	if (id == NULL)
		return;
	if (json_object_set_new(r->ids, id, json_integer(current_child(r))) < 0)
		reader_stop(r, ERR_NOMEM);
	if (strchr(id, '-') != NULL && (t->id = strdup(id)) == NULL)
		reader_stop(r, ERR_NOMEM);
	if (strcmp(id, "caption") != 0)
		return;
	c->is_there = true;
	for (; *attributes; attributes += 2)
		caption_attribute(c, attributes[0], attributes[1]);
}

/* ---- the parser's handlers -------------------------------------------------
 */

static bool
element_fits(struct reader *r, const char *name)
{
	static const char *const refused[] = { "include", "script", NULL };

	if (r->depth == 0 && strcmp(name, "svg") != 0)
		reader_refuse(r, "this is no SVG: its root is <%.40s>", name);
	else if (is_one_of(name, refused))
		reader_refuse(r, "<%.40s> has no place in a layout", name);
	else if (r->depth == LAYOUT_DEPTH_MAX)
		reader_refuse(r, "more than %d elements within each other",
		    LAYOUT_DEPTH_MAX);
	else if (++r->elements > LAYOUT_ELEMENTS_MAX)
		reader_refuse(r, "more than %d elements", LAYOUT_ELEMENTS_MAX);
	return r->rc == 0;
}

static void
child_begin(struct reader *r, const char *name)
{
	struct layout *l = r->layout;

	if (array_reserve((void **)&l->children, l->child_count, &l->child_cap,
		sizeof(*l->children)) < 0) {
		reader_stop(r, ERR_NOMEM);
		return;
	}
	l->children[l->child_count++] =
	    (struct layout_child){ .begin = l->count,
		    .is_definition = is_definition(name) };
}

/* The parser hands a text over piece by piece; they are one token, or a field
 * would be cut. */
static void
text_end(struct reader *r)
{
	struct token *t;

	if (r->rc < 0 || buf_len(&r->text) == 0)
		return;
	t = token_add(r, TOKEN_TEXT,
	    strndup((const char *)buf_data(&r->text), buf_len(&r->text)));
	buf_done(&r->text);
	if (t == NULL)
		return;
	t->has_field = r->in_text > 0 && fill_has_field(t->text);
	if (r->in_style > 0 && !reference_style_allowed(t->text))
		reader_refuse(r, "a style sheet refers to another file");
}

static void
on_open(void *reader, const char *name, const char **attributes)
{
	struct reader *r = reader;
	const char *local = local_name(name);
	struct token *t;
	size_t i;

	text_end(r);
	if (r->rc < 0 || !element_fits(r, local))
		return;
	if (r->depth == 1)
		child_begin(r, local);
	for (i = 0; r->rc == 0 && attributes[i]; i += 2)
		attribute_check(r, attributes[i], attributes[i + 1]);
	if (r->rc < 0)
		return;
	t = token_add(r, TOKEN_OPEN, tag_text(name, attributes, r->depth == 0));
	if (t == NULL)
		return;
	id_note(r, t, attributes);
	r->open[r->depth++] = r->layout->count - 1;
	r->in_text += strcmp(local, "text") == 0;
	r->in_style += strcmp(local, "style") == 0;
}

static void
on_close(void *reader, const char *name)
{
	struct reader *r = reader;
	struct layout *l = r->layout;

	text_end(r);
	if (r->rc < 0 ||
	    token_add(r, TOKEN_CLOSE, format_text("</%s>", name)) == NULL)
		return;
	l->tokens[r->open[--r->depth]].end = l->count - 1;
	if (r->depth == 1)
		l->children[l->child_count - 1].end = l->count;
	r->in_text -= strcmp(local_name(name), "text") == 0;
	r->in_style -= strcmp(local_name(name), "style") == 0;
}

static void
on_text(void *reader, const char *text, int len)
{
	struct reader *r = reader;

	if (r->rc == 0 && r->depth >= 2 && len > 0 &&
	    buf_put(&r->text, text, (size_t)len) < 0)
		reader_stop(r, ERR_NOMEM);
}

static void
on_doctype(void *reader, const char *name, const char *system,
    const char *public, int declares)
{
	(void)name;
	(void)system;
	(void)public;
	if (declares)
		reader_refuse(reader, "a DOCTYPE may not declare anything");
}

static int
reader_init(struct reader *r)
{
	buf_init(&r->text, LAYOUT_BYTES_MAX);
	r->ids = json_object();
	r->uses = json_array();
	r->parser = XML_ParserCreate(NULL);
	if (r->parser == NULL || r->ids == NULL || r->uses == NULL)
		return ERR_NOMEM;
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_open, on_close);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	return 0;
}

static void
reader_done(struct reader *r)
{
	if (r->parser)
		XML_ParserFree(r->parser);
	buf_done(&r->text);
	json_decref(r->ids);
	json_decref(r->uses);
}

static void
reader_parse(struct reader *r, const char *text, size_t len)
{
	enum XML_Error error;

	if (XML_Parse(r->parser, text, (int)len, true) == XML_STATUS_OK)
		return;
	error = XML_GetErrorCode(r->parser);
	if (error == XML_ERROR_NO_MEMORY)
		reader_stop(r, ERR_NOMEM);
	else
		reader_refuse(r, "%s", XML_ErrorString(error));
}

int
layout_read(struct layout *l, const char *name, const char *text, size_t len,
    char why[LAYOUT_WHY_MAX])
{
	struct reader r = { .layout = l, .name = name, .why = why };

	*l = (struct layout){ 0 };
	r.rc = reader_init(&r);
	if (r.rc == 0 && len > LAYOUT_BYTES_MAX)
		reader_refuse(&r, "more than %u bytes", LAYOUT_BYTES_MAX);
	if (r.rc == 0)
		reader_parse(&r, text, len);
	if (r.rc == 0)
		l->is_knotted = is_knotted(&r);
	else
		layout_done(l);
	if (r.rc == ERR_NOMEM)
		snprintf(
		    why, LAYOUT_WHY_MAX, "%.80s: %s", name, err_text(r.rc));
	reader_done(&r);
	return r.rc;
}
