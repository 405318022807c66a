#include "streamer-supervisor/painter/layout/scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "streamer-supervisor/painter/layout/fill.h"

#define CALL "call."
#define LEVEL_MIN_DB (-99.0)

/* The parts of a line; NULL: not told. Borrowed from the line. */
struct scene_parts {
	json_t *id, *fields, *calls, *caption, *clock, *show, *blink, *level;
	json_t *text; /* of the caption */
	json_int_t from, to;
};

int
scene_init(struct scene *s)
{
	*s = (struct scene){ .fields = json_object(),
		.calls = json_array(),
		.show = json_pack("{s:s}", "mouth", "sil"),
		.caption = json_string(""),
		.clock = json_string(""),
		.level_db = LEVEL_MIN_DB };
	return s->fields && s->calls && s->show && s->caption && s->clock
		   ? 0
		   : ERR_NOMEM;
}

void
scene_done(struct scene *s)
{
	json_decref(s->fields);
	json_decref(s->calls);
	json_decref(s->show);
	json_decref(s->caption);
	json_decref(s->clock);
	*s = (struct scene){ 0 };
}

static bool
is_table_of_texts(const json_t *table, size_t max)
{
	const char *name;
	json_t *value;

	if (!json_is_object(table) || json_object_size(table) > max)
		return false;
	json_object_foreach((json_t *)table, name,
	    value) if (!json_is_string(value) ||
		       strlen(name) > FILL_NAME_MAX) return false;
	return true;
}

static bool
is_list_of_tables(const json_t *list)
{
	json_t *item;
	size_t i;

	if (!json_is_array(list))
		return false;
	json_array_foreach(list, i,
	    item) if (!is_table_of_texts(item, BOARD_KEPT_MAX)) return false;
	return true;
}

static bool
read_caption(struct scene_parts *p)
{
	if (json_unpack(p->caption, "{s:o, s?I, s?I}", "text", &p->text, "from",
		&p->from, "to", &p->to) < 0)
		return false;
	return json_is_string(p->text) && p->from >= 0 && p->to >= p->from;
}

static const char *
parts_fault(struct scene_parts *p)
{
	if (!json_is_integer(p->id))
		return "\"id\" is missing, or no whole number";
	if (p->fields && !is_table_of_texts(p->fields, BOARD_KEPT_MAX))
		return "\"fields\" is no object of at most 64 texts";
	if (p->show && !is_table_of_texts(p->show, SCENE_SHOWS_MAX))
		return "\"show\" is no object of at most 16 texts";
	if (p->calls && !is_list_of_tables(p->calls))
		return "\"calls\" is no list of objects of texts";
	if (p->caption && !read_caption(p))
		return "\"caption\" is no object with \"text\", and \"from\" "
		       "not behind \"to\"";
	if (p->clock && !json_is_string(p->clock))
		return "\"clock\" is no text";
	if (p->blink && !json_is_boolean(p->blink))
		return "\"blink\" is neither true nor false";
	if (p->level && !json_is_number(p->level))
		return "\"level\" is no number";
	return NULL;
}

static int
object_merge(json_t **object, const json_t *more, size_t max)
{
	json_t *merged = json_copy(*object);

	if (merged == NULL || json_object_update(merged, (json_t *)more) < 0) {
		json_decref(merged);
		return ERR_NOMEM;
	}
	if (json_object_size(merged) > max) {
		json_decref(merged);
		return ERR_FULL;
	}
	json_decref(*object);
	*object = merged;
	return 0;
}

static void
value_replace(json_t **held, json_t *value)
{
	json_t *before = *held;

	*held = json_incref(value);
	json_decref(before);
}

static void
level_write(struct scene *s, double level_db)
{
	if (!isfinite(level_db))
		level_db = LEVEL_MIN_DB;
	s->level_db = fmin(fmax(level_db, LEVEL_MIN_DB), 0);
	snprintf(s->level, sizeof(s->level), "%.0f", s->level_db);
}

/* Applies what cannot fail, after what can. */
static int
parts_apply(struct scene *s, const struct scene_parts *p)
{
	int rc = 0;

	if (p->fields)
		rc = object_merge(&s->fields, p->fields, BOARD_KEPT_MAX);
	if (rc == 0 && p->show)
		rc = object_merge(&s->show, p->show, SCENE_SHOWS_MAX);
	if (rc < 0)
		return rc;
	if (p->calls)
		value_replace(&s->calls, p->calls);
	if (p->caption) {
		value_replace(&s->caption, p->text);
		s->from = (size_t)p->from;
		s->to = (size_t)p->to;
	}
	if (p->clock)
		value_replace(&s->clock, p->clock);
	if (p->blink)
		s->blink = json_is_true(p->blink);
	if (p->level)
		level_write(s, json_number_value(p->level));
	s->id = json_integer_value(p->id);
	return 0;
}

static void
parts_find(struct scene_parts *p, const json_t *line)
{
	p->id = json_object_get(line, "id");
	p->fields = json_object_get(line, "fields");
	p->calls = json_object_get(line, "calls");
	p->caption = json_object_get(line, "caption");
	p->clock = json_object_get(line, "clock");
	p->show = json_object_get(line, "show");
	p->blink = json_object_get(line, "blink");
	p->level = json_object_get(line, "level");
}

int
scene_take(
    struct scene *s, const char *line, size_t len, char why[SCENE_WHY_MAX])
{
	struct scene_parts parts = { 0 };
	const char *fault;
	json_error_t e;
	json_t *root;
	int rc;

	rc = body_parse(line, len, JSON_REJECT_DUPLICATES, &root, &e);
	if (rc < 0) {
		snprintf(
		    why, SCENE_WHY_MAX, "a scene is no JSON: %.90s", e.text);
		return rc;
	}
	parts_find(&parts, root);
	fault = parts_fault(&parts);
	rc = fault ? ERR_INVALID : parts_apply(s, &parts);
	if (rc == ERR_FULL) {
		fault = "more than 64 fields, or 16 names to show, in all";
		rc = ERR_INVALID;
	}
	if (rc < 0)
		snprintf(why, SCENE_WHY_MAX, "a scene is refused: %s",
		    fault ? fault : err_text(rc));
	json_decref(root);
	return rc;
}

/* "1.ticket": the ticket of the newest call. */
static const char *
call_value(const struct scene *s, const char *name)
{
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	if (end == name || *end != '.' || number == 0)
		return NULL;
	return json_string_value(
	    json_object_get(json_array_get(s->calls, number - 1), end + 1));
}

const char *
scene_value(const struct scene *s, const char *name)
{
	if (strcmp(name, "caption") == 0)
		return json_string_value(s->caption);
	if (strcmp(name, "clock") == 0)
		return json_string_value(s->clock);
	if (strcmp(name, "level") == 0)
		return s->level;
	if (strncmp(name, CALL, strlen(CALL)) == 0)
		return call_value(s, name + strlen(CALL));
	return json_string_value(json_object_get(s->fields, name));
}

/* Parts "mouth-aa" at its first hyphen, and returns "aa". NULL: there is none,
 * or the name is too long to be one. */
static const char *
name_part(const char *id, char name[FILL_NAME_MAX + 1])
{
	size_t len = strcspn(id, "-");

	if (id[len] == '\0' || len > FILL_NAME_MAX)
		return NULL;
	memcpy(name, id, len);
	name[len] = '\0';
	return id + len + 1;
}

static bool
condition_holds(const struct scene *s, const char *condition)
{
	char name[FILL_NAME_MAX + 1];
	const char *wanted = name_part(condition, name);
	const char *value = scene_value(s, wanted ? name : condition);

	if (value == NULL)
		return false;
	return wanted ? strcmp(value, wanted) == 0 : *value != '\0';
}

bool
scene_switches(const struct scene *s, const char *id)
{
	char name[FILL_NAME_MAX + 1];

	if (name_part(id, name) == NULL)
		return false;
	return strcmp(name, "if") == 0 || strcmp(name, "eyes") == 0 ||
	       json_object_get(s->show, name) != NULL;
}

static const char *
shape_of(const struct scene *s, const char *name)
{
	const char *shape = json_string_value(json_object_get(s->show, name));

	if (strcmp(name, "eyes") != 0)
		return shape;
	if (s->blink)
		return "closed";
	return shape ? shape : "open";
}

bool
scene_shows(const struct scene *s, const char *id)
{
	char name[FILL_NAME_MAX + 1];
	const char *rest = name_part(id, name);
	const char *shape;

	if (rest == NULL)
		return true;
	if (strcmp(name, "if") == 0)
		return condition_holds(s, rest);
	shape = shape_of(s, name);
	return shape == NULL || strcmp(shape, rest) == 0;
}
