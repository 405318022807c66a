#include "daemon/section.h"

#include <stdlib.h>

#include "common/args/words.h"
#include "common/conf/schema.h"
#include "common/format.h"

static enum field_type
type_of(const struct schema_key *key)
{
	switch (key->type) {
	case SCHEMA_INTEGER:
		return FIELD_INTEGER;
	case SCHEMA_INTEGER_OR_WORD:
		return FIELD_INTEGER_OR_WORD;
	case SCHEMA_BOOLEAN:
		return FIELD_BOOLEAN;
	case SCHEMA_CHOICE:
		return FIELD_CHOICE;
	case SCHEMA_WORDS:
		return FIELD_STRINGS;
	default:
		return FIELD_STRING;
	}
}

size_t
section_fields(const char *section, struct field out[SECTION_FIELDS_MAX])
{
	const struct schema_key *key = schema_find(section)->keys;
	struct field *f = out;

	*f++ = (struct field){
		.name = "name", .type = FIELD_STRING, .required = true
	};
	for (; key->name; key++)
		*f++ = (struct field){ .name = key->name,
			.type = type_of(key),
			.min = key->min,
			.max = key->max,
			.choices = key->choices };
	return (size_t)(f - out);
}

/* ---- what they hold, as the file has it ---------------------------------- */

/* NULL without memory. */
static char *
value_text(const json_t *value)
{
	if (json_is_array(value))
		return words_write(value);
	if (json_is_string(value))
		return format_text("%s", json_string_value(value));
	if (json_is_boolean(value))
		return format_text(json_is_true(value) ? "yes" : "no");
	return format_text("%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

static char *
setting(
    const char *section, const char *name, const char *key, const json_t *value)
{
	char *text = value_text(value), *whole = NULL;

	if (text)
		whole = format_text("%s.%s.%s=%s", section, name, key, text);
	free(text);
	return whole;
}

char **
section_settings(const char *section, const char *name, const json_t *body)
{
	const struct schema_key *key = schema_find(section)->keys;
	char **words = calloc(CONF_KEYS_MAX + 1, sizeof(*words));
	const json_t *value;
	size_t n = 0;

	for (; words && key->name; key++) {
		value = json_object_get(body, key->name);
		if (value == NULL)
			continue;
		words[n] = setting(section, name, key->name, value);
		if (words[n++] == NULL) {
			words_free(words);
			return NULL;
		}
	}
	return words;
}
