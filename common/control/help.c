/* The operation `help`: what a daemon can be asked for, told from its table. */
#include "common/body.h"
#include "common/control/session.h"

static const char *const type_names[] = {
	[FIELD_STRING] = "string",
	[FIELD_INTEGER] = "integer",
	[FIELD_INTEGER_OR_WORD] = "integer-or-word",
	[FIELD_FRACTION] = "fraction",
	[FIELD_BOOLEAN] = "boolean",
	[FIELD_CHOICE] = "choice",
	[FIELD_STRINGS] = "strings",
	[FIELD_ARRAY] = "array",
	[FIELD_OBJECT] = "object",
	[FIELD_ID] = "id",
	[FIELD_IDS] = "ids",
};

static json_t *
describe_choices(const char *const *choices)
{
	json_t *list = json_array();

	for (; *choices; choices++)
		body_append(&list, json_string(*choices));
	return list;
}

static json_t *
describe_field(const struct field *f)
{
	json_t *one = json_object();

	body_put(&one, "type", json_string(type_names[f->type]));
	if (f->required)
		body_put(&one, "required", json_true());
	if (f->type == FIELD_INTEGER || f->type == FIELD_INTEGER_OR_WORD)
		body_put(&one, "min", json_integer(f->min));
	if (f->max != 0)
		body_put(&one, "max", json_integer(f->max));
	if (f->choices)
		body_put(&one, "choices", describe_choices(f->choices));
	return one;
}

static json_t *
describe_op(const struct op *op)
{
	json_t *one = json_object(), *fields = json_object();
	const struct field *f;

	for (f = op->fields; f && f->name; f++)
		body_put(&fields, f->name, describe_field(f));
	body_put(&one, "help", json_string(op->help));
	body_put(&one, "may", json_string(right_name(op->may)));
	if (op->bounded)
		body_put(&one, "bounded", json_true());
	body_put(&one, "fields", fields);
	return one;
}

const struct field session_help_fields[] = {
	{ .name = "detail", .type = FIELD_BOOLEAN },
	{ .name = NULL },
};

enum verdict
session_op_help(
    void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	bool detail = json_is_true(json_object_get(body, "detail"));
	json_t *list = json_object();
	const struct op *op;

	(void)ctx;
	for (op = s->api->ops; op->name; op++)
		body_put(&list, op->name,
		    detail ? describe_op(op) : json_string(op->help));
	reply_set(r, "ops", list);
	return OP_DONE;
}
