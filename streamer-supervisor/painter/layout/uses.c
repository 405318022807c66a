#include "streamer-supervisor/painter/layout/uses.h"

#include <stddef.h>
#include <string.h>

#include "common/body.h"
#include "streamer-supervisor/painter/layout/fill.h"

static const struct {
	const char *name;
	enum use use;
} names[] = {
#define X(name, text, bit) { text, USE_##name },
	USES(X)
#undef X
};

/* Beginnings of the ids of shapes. */
#define SHAPE_OF_FIELD "if-"
static const char *const faces[] = { "mouth-", "eyes-" };

static void
uses_add(unsigned *uses, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			*uses |= names[i].use;
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void
uses_add_id(unsigned *uses, const char *id)
{
	size_t i;

	for (i = 0; i < sizeof(faces) / sizeof(faces[0]); i++)
		if (begins(id, faces[i]))
			*uses |= USE_FACE;
	if (!begins(id, SHAPE_OF_FIELD))
		return;
	id += strlen(SHAPE_OF_FIELD);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (begins(id, names[i].name))
			*uses |= names[i].use;
}

static void
name_found(void *uses, const char *name)
{
	uses_add(uses, name);
}

unsigned
uses_of_layout(const struct layout *l)
{
	unsigned uses = l->caption.is_there ? USE_CAPTION : 0;
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (l->tokens[i].has_field)
			fill_each_name(l->tokens[i].text, name_found, &uses);
		if (l->tokens[i].id)
			uses_add_id(&uses, l->tokens[i].id);
	}
	return uses;
}

json_t *
uses_to_json(unsigned uses)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (uses & names[i].use)
			body_append(&list, json_string(names[i].name));
	return list;
}

unsigned
uses_from_json(const json_t *list)
{
	unsigned uses = 0;
	const char *name;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		name = json_string_value(json_array_get(list, i));
		if (name)
			uses_add(&uses, name);
	}
	return uses;
}
