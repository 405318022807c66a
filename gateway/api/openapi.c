/*
 * GET /openapi.json: what there is, as OpenAPI 3.1 writes it, made from what
 * the daemons say that they can be asked for. A daemon that is away has no
 * paths; `info` says so.
 */
#include <stdio.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/version.h"
#include "gateway/api/api.h"
#include "gateway/http/answer.h"

/* ---- what a request holds --------------------------------------------- */

static json_t *
typed(const char *type)
{
	json_t *one = json_object();

	body_put(&one, "type", json_string(type));
	return one;
}

static json_t *
list_of(json_t *items)
{
	json_t *one = typed("array");

	body_put(&one, "items", items);
	return one;
}

static json_t *
either(json_t *a, json_t *b)
{
	json_t *one = json_object(), *list = json_array();

	body_append(&list, a);
	body_append(&list, b);
	body_put(&one, "oneOf", list);
	return one;
}

static json_t *
integer_schema(const json_t *field)
{
	json_t *one = typed("integer");
	const json_t *min = json_object_get(field, "min");
	const json_t *max = json_object_get(field, "max");

	if (min)
		body_put(
		    &one, "minimum", json_integer(json_integer_value(min)));
	if (max)
		body_put(
		    &one, "maximum", json_integer(json_integer_value(max)));
	return one;
}

static json_t *
fraction_schema(void)
{
	json_t *one = typed("number");

	body_put(&one, "minimum", json_integer(0));
	body_put(&one, "maximum", json_integer(1));
	return one;
}

static json_t *
choice_schema(const json_t *field)
{
	const json_t *choices = json_object_get(field, "choices"), *choice;
	json_t *one = typed("string"), *list = json_array();
	size_t i;

	json_array_foreach(choices, i, choice) if (json_is_string(choice))
	    body_append(&list, json_string(json_string_value(choice)));
	body_put(&one, "enum", list);
	return one;
}

/* The JSON schema of a field, by its type as `help` names it. */
static json_t *
field_schema(const json_t *field)
{
	const char *type = body_string(field, "type");

	if (type == NULL || strcmp(type, "object") == 0)
		return typed("object");
	if (strcmp(type, "integer") == 0)
		return integer_schema(field);
	if (strcmp(type, "integer-or-word") == 0)
		return either(integer_schema(field), choice_schema(field));
	if (strcmp(type, "fraction") == 0)
		return fraction_schema();
	if (strcmp(type, "choice") == 0)
		return choice_schema(field);
	if (strcmp(type, "strings") == 0)
		return either(typed("string"), list_of(typed("string")));
	if (strcmp(type, "array") == 0)
		return list_of(typed("object"));
	if (strcmp(type, "id") == 0)
		return either(typed("integer"), typed("string"));
	if (strcmp(type, "ids") == 0)
		return either(typed("object"), list_of(typed("integer")));
	/* "string" and "boolean", which are called so there, too. */
	return typed(type);
}

static json_t *
request_schema(const json_t *fields)
{
	json_t *schema = typed("object"), *properties = json_object();
	json_t *required = json_array(), *field;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)fields, name, field)
	{
		body_put(&properties, name, field_schema(field));
		if (json_object_get(field, "required"))
			body_append(&required, json_string(name));
	}
	body_put(&schema, "properties", properties);
	if (json_array_size(required) > 0)
		body_put(&schema, "required", required);
	else
		json_decref(required);
	body_put(&schema, "additionalProperties", json_false());
	return schema;
}

/* ---- paths ------------------------------------------------------------ */

static json_t *
content(const char *type, json_t *schema)
{
	json_t *all = json_object(), *one = json_object();

	body_put(&one, "schema", schema);
	body_put(&all, type, one);
	return all;
}

static json_t *
described(const char *text, json_t *its_content)
{
	json_t *one = json_object();

	body_put(&one, "description", json_string(text));
	if (its_content)
		body_put(&one, "content", its_content);
	return one;
}

static json_t *
responses(const char *type, json_t *schema)
{
	json_t *all = json_object();

	body_put(&all, "200", described("done", content(type, schema)));
	body_put(&all, "default",
	    described("refused: `error` is a code, `message` for a person",
		content(ANSWER_JSON, typed("object"))));
	return all;
}

static json_t *
describe_op(const json_t *op)
{
	json_t *post = json_object(), *body = json_object();
	json_t *path = json_object();
	const char *help = body_string(op, "help");

	body_put(&body, "content",
	    content(
		ANSWER_JSON, request_schema(json_object_get(op, "fields"))));
	body_put(&post, "summary", json_string(help ? help : ""));
	body_put(&post, "description",
	    json_pack("s+", "Takes the right ", right_name(op_right(op))));
	body_put(&post, "requestBody", body);
	body_put(&post, "responses", responses(ANSWER_JSON, typed("object")));
	body_put(&path, "post", post);
	return path;
}

static json_t *
describe_path(const char *method, const char *summary, const char *type)
{
	json_t *one = json_object(), *path = json_object();

	body_put(&one, "summary", json_string(summary));
	body_put(&one, "responses", responses(type, typed("string")));
	body_put(&path, method, one);
	return path;
}

static json_t *
describe_stream(const char *summary, const char *type)
{
	return describe_path("get", summary, type);
}

static void
add_ops(json_t **paths, const struct api_peer *peer)
{
	const char *name;
	json_t *op;
	char path[128];

	json_object_foreach(
	    (json_t *)(uintptr_t)roster_ops(peer->roster), name, op)
	{
		/* These are for a connection of one's own. */
		if (strcmp(name, "subscribe") == 0 || strcmp(name, "quit") == 0)
			continue;
		snprintf(path, sizeof(path), "%s%s", peer->prefix, name);
		body_put(paths, path, describe_op(op));
	}
}

static json_t *
all_paths(const struct api *a)
{
	json_t *paths = json_object();
	int i;

	for (i = 0; i < API_DAEMONS; i++)
		add_ops(&paths, &a->peers[i]);
	body_put(&paths, "/v1/events",
	    describe_stream("events of ttsd as they go out; `events`, "
			    "`channel`, `lead_ms`, `since` or Last-Event-ID",
		ANSWER_EVENTS));
	body_put(&paths, "/v1/outputs/events",
	    describe_stream("events of streamer-supervisor", ANSWER_EVENTS));
	body_put(&paths, "/v1/schedule",
	    describe_stream(
		"what is said again and again, and when next", ANSWER_JSON));
	body_put(&paths, "/v1/listen/{channel}",
	    describe_stream("the channel's sound, without an end; also "
			    "{channel}.mp3 and {channel}.opus",
		"audio/wav"));
	body_put(&paths, "/v1/audio/speech",
	    describe_path("post",
		"a text as sound, on no channel, as OpenAI's interface has it: "
		"`input`, `voice`, `response_format`...",
		"audio/mpeg"));
	body_put(&paths, "/v1/whoami",
	    describe_stream("who asks, and what they may", ANSWER_JSON));
	return paths;
}

static void
describe(struct api *a, struct exchange *x, const int err[API_DAEMONS])
{
	json_t *all = json_object(), *info = json_object();
	bool missing = false;
	int i;

	for (i = 0; i < API_DAEMONS; i++)
		missing |= err[i] < 0;
	body_put(&info, "title", json_string("ttsd"));
	body_put(&info, "version", json_string(TTSD_VERSION));
	if (missing)
		body_put(&info, "description",
		    json_string("A daemon is away: its operations are left "
				"out."));
	body_put(&all, "openapi", json_string("3.1.0"));
	body_put(&all, "info", info);
	body_put(&all, "paths", all_paths(a));
	answer_json(x, 200, all);
}

void
openapi_serve(struct api *a, struct exchange *x, const struct token *who,
    const char *rest)
{
	(void)who;
	(void)rest;
	census_take(a, x, describe);
}
