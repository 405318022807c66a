#include "ttsd/desk/template.h"

#include <string.h>

#include "common/conf/conf.h"
#include "common/err.h"
#include "common/utf8.h"

/* Some of a template: text as it is, or a field. */
struct piece {
	const char *text;
	size_t len;
	bool is_field; /* `name` is its own */
	char name[CONF_NAME_MAX + 1];
};

/* Reads "{name}". */
static bool
read_field(const char *at, struct piece *out)
{
	size_t len = strcspn(at + 1, "}");

	if (at[1 + len] != '}' || len > CONF_NAME_MAX)
		return false;
	memcpy(out->name, at + 1, len);
	out->name[len] = '\0';
	out->is_field = true;
	out->text = at;
	out->len = len + 2;
	return conf_name_valid(out->name);
}

/* Takes the next piece off the text. Returns 1, 0 at its end, or ERR_INVALID
 * where a brace stands alone. */
static int
next_piece(const char **at, struct piece *out)
{
	const char *text = *at;

	*out = (struct piece){ .text = text, .len = strcspn(text, "{}") };
	if (out->len == 0 && text[0] && text[1] == text[0]) {
		out->len = 1;
		*at = text + 2;
		return 1;
	}
	if (out->len == 0 && text[0] &&
	    (text[0] == '}' || !read_field(text, out)))
		return ERR_INVALID;
	*at = text + out->len;
	return out->len > 0;
}

static void
blame(struct template_fault *f, const char *text)
{
	utf8_sanitise(f->name, sizeof(f->name), text, strlen(text));
}

int
template_check(const char *text, struct template_fault *f)
{
	struct piece p;
	int rc;

	while ((rc = next_piece(&text, &p)) > 0)
		;
	if (rc < 0)
		blame(f, text);
	return rc;
}

bool
template_has(const char *text, const char *name)
{
	struct piece p;

	while (next_piece(&text, &p) > 0)
		if (p.is_field && strcmp(p.name, name) == 0)
			return true;
	return false;
}

static bool
is_listed(const json_t *list, const char *name)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(one), name) == 0)
			return true;
	}
	return false;
}

json_t *
template_fields(const char *text)
{
	json_t *list = json_array();
	struct piece p;

	while (list && next_piece(&text, &p) > 0)
		if (p.is_field && !is_listed(list, p.name) &&
		    json_array_append_new(list, json_string(p.name)) < 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static int
put_piece(const struct piece *p, const json_t *fields, struct buf *out,
    struct template_fault *f)
{
	const json_t *value;

	if (!p->is_field)
		return buf_put(out, p->text, p->len);
	value = json_object_get(fields, p->name);
	if (json_is_string(value))
		return buf_put(
		    out, json_string_value(value), json_string_length(value));
	blame(f, p->name);
	return ERR_NOT_FOUND;
}

int
template_fill(const char *text, const json_t *fields, struct buf *out,
    struct template_fault *f)
{
	const char *at = text, *name;
	json_t *value;
	struct piece p;
	int rc;

	json_object_foreach((json_t *)fields, name, value)
	{
		if (!template_has(text, name)) {
			blame(f, name);
			return ERR_UNSUPPORTED;
		}
	}
	while ((rc = next_piece(&at, &p)) > 0) {
		rc = put_piece(&p, fields, out, f);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		blame(f, at);
	return rc;
}
