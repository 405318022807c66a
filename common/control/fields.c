#include "common/control/fields.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
word_index(const char *const *list, const char *word)
{
	int i;

	for (i = 0; list[i]; i++)
		if (strcmp(list[i], word) == 0)
			return i;
	return -1;
}

static bool
id_valid(const json_t *value)
{
	const char *s;
	char *end;

	if (json_is_integer(value))
		return json_integer_value(value) > 0;
	if (!json_is_string(value))
		return false;
	s = json_string_value(value);
	/* 18 digits fit 64 bits. */
	return isdigit((unsigned char)s[0]) && strlen(s) <= 18 &&
	       strtoll(s, &end, 10) > 0 && *end == '\0';
}

static bool
ids_valid(const json_t *value, int64_t max)
{
	size_t i, n = json_array_size(value);
	const char *name;
	json_t *id;

	for (i = 0; i < n; i++)
		if (!id_valid(json_array_get(value, i)))
			return false;
	json_object_foreach((json_t *)value, name, id)
	{
		if (!id_valid(id))
			return false;
	}
	return json_object_size(value) > 0 || (n > 0 && n <= (size_t)max);
}

static bool
strings_valid(const json_t *value)
{
	size_t i;

	if (json_is_string(value))
		return true;
	if (!json_is_array(value))
		return false;
	for (i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return false;
	return true;
}

static bool
integer_valid(const struct field *f, const json_t *value)
{
	return json_is_integer(value) && json_integer_value(value) >= f->min &&
	       json_integer_value(value) <= f->max;
}

static void
list_choices(const struct field *f, char *list, size_t size)
{
	size_t at = 0;
	int i;

	list[0] = '\0';
	for (i = 0; f->choices[i] && at < size; i++)
		at += (size_t)snprintf(
		    list + at, size - at, "%s%s", i ? ", " : "", f->choices[i]);
}

static void
choice_error(const struct field *f, const char *given, struct reply *r)
{
	char list[256];

	list_choices(f, list, sizeof(list));
	reply_error(r, PROTO_BAD_REQUEST,
	    "\"%s\" is '%.40s'; expected one of %s", f->name, given, list);
}

static void
check_integer_or_word(
    const struct field *f, const json_t *value, struct reply *r)
{
	const char *given = json_string_value(value);
	char list[256];

	if (given ? word_index(f->choices, given) >= 0
		  : integer_valid(f, value))
		return;
	list_choices(f, list, sizeof(list));
	if (given)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"%s\" is '%.40s', neither a whole number from %" PRId64
		    " to %" PRId64 " nor %s",
		    f->name, given, f->min, f->max, list);
	else
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"%s\" must be a whole number from %" PRId64 " to %" PRId64
		    ", or %s",
		    f->name, f->min, f->max, list);
}

static void
check_array(const struct field *f, const json_t *value, struct reply *r)
{
	size_t i, n = json_array_size(value);

	for (i = 0; i < n && json_is_object(json_array_get(value, i)); i++)
		;
	if (!json_is_array(value) || n == 0 || n > (size_t)f->max || i < n)
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"%s\" must be a list of 1 to %" PRId64 " objects",
		    f->name, f->max);
}

static void
check_field(const struct field *f, const json_t *value, struct reply *r)
{
	const char *expected = NULL;

	switch (f->type) {
	case FIELD_STRING:
		if (!json_is_string(value))
			expected = "a string";
		break;
	case FIELD_FRACTION:
		if (!json_is_number(value) || json_number_value(value) < 0 ||
		    json_number_value(value) > 1)
			expected = "a number from 0 to 1";
		break;
	case FIELD_BOOLEAN:
		if (!json_is_boolean(value))
			expected = "true or false";
		break;
	case FIELD_STRINGS:
		if (!strings_valid(value))
			expected = "a list of strings";
		break;
	case FIELD_OBJECT:
		if (!json_is_object(value))
			expected = "an object";
		break;
	case FIELD_ARRAY:
		check_array(f, value, r);
		break;
	case FIELD_ID:
		if (!id_valid(value))
			expected = "the id of an announcement";
		break;
	case FIELD_IDS:
		if (!ids_valid(value, f->max))
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"%s\" must be an object of ids, or a list of "
			    "1 to %" PRId64,
			    f->name, f->max);
		break;
	case FIELD_CHOICE:
		if (!json_is_string(value))
			expected = "a string";
		else if (word_index(f->choices, json_string_value(value)) < 0)
			choice_error(f, json_string_value(value), r);
		break;
	case FIELD_INTEGER_OR_WORD:
		check_integer_or_word(f, value, r);
		break;
	case FIELD_INTEGER:
		if (!integer_valid(f, value))
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"%s\" must be a whole number from %" PRId64
			    " to %" PRId64,
			    f->name, f->min, f->max);
		break;
	}
	if (expected)
		reply_error(r, PROTO_BAD_REQUEST, "\"%s\" must be %s", f->name,
		    expected);
}

static const struct field *
find_field(const struct field *fields, const char *name)
{
	const struct field *f;

	for (f = fields; f && f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

bool
check_fields(const char *what, const struct field *fields, json_t *object,
    struct reply *r)
{
	const struct field *f;
	const char *key;
	json_t *value;
	void *next;

	/* null is as good as absent. */
	json_object_foreach_safe(object, next, key, value)
	{
		f = find_field(fields, key);
		if (f == NULL)
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"%s\" has no field \"%.40s\"", what, key);
		else if (json_is_null(value))
			json_object_del(object, key);
		else
			check_field(f, value, r);
		if (r->error)
			return false;
	}
	for (f = fields; f && f->name; f++)
		if (f->required && json_object_get(object, f->name) == NULL) {
			reply_error(r, PROTO_BAD_REQUEST,
			    "\"%s\" needs the field \"%s\"", what, f->name);
			return false;
		}
	return true;
}

const char *
body_string(const json_t *body, const char *name)
{
	return json_string_value(json_object_get(body, name));
}

const char *
body_string_or(const json_t *body, const char *name, const char *fallback)
{
	const char *text = body_string(body, name);

	return text ? text : fallback;
}

int64_t
body_integer(const json_t *body, const char *name, int64_t fallback)
{
	const json_t *value = json_object_get(body, name);

	return value ? json_integer_value(value) : fallback;
}

uint64_t
body_count(const json_t *body, const char *name)
{
	return (uint64_t)body_integer(body, name, 0);
}

uint64_t
id_read(const json_t *id)
{
	if (json_is_string(id))
		return strtoull(json_string_value(id), NULL, 10);
	return (uint64_t)json_integer_value(id);
}

uint64_t
body_id(const json_t *body, const char *name)
{
	return id_read(json_object_get(body, name));
}
