#include "common/control/proto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/member.h"
#include "common/err.h"
#include "common/utf8.h"

/* Longest name of an operation that is looked up. */
#define OP_NAME_MAX 32

static const struct op *
find_op(const struct op *ops, const char *name, bool plain)
{
	for (; ops->name; ops++)
		if (strcmp(ops->name, name) == 0 && (ops->plain || !plain))
			return ops;
	return NULL;
}

/* Is it JSON, whatever the size of its integers? */
static int
check_tag(const char *text, size_t len, json_error_t *error)
{
	json_t *value;
	int rc = body_parse(text, len,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL,
	    &value, error);

	json_decref(value);
	return rc;
}

/* Reads the body. The tag is kept as it is written, and a 0 stands in its
 * place: a parser would keep no more than 64 bits of a number. */
static int
read_body(char *line, size_t len, struct request *req, json_error_t *error)
{
	struct member at;
	char *tag = NULL;
	int rc = 0;

	if (member_find(line, len, "tag", &at)) {
		tag = member_copy(line, &at);
		rc = tag ? check_tag(line + at.from, at.to - at.from, error)
			 : ERR_NOMEM;
		error->column += (int)at.from;
		memset(line + at.from, ' ', at.to - at.from);
		line[at.from] = '0';
	}
	if (rc == 0)
		rc = body_parse(
		    line, len, JSON_REJECT_DUPLICATES, &req->body, error);
	if (rc == 0)
		req->tag = tag;
	else
		free(tag);
	return rc;
}

static int
parse_body(
    const char *line, size_t len, struct request *req, json_error_t *error)
{
	char *copy = strndup(line, len);
	int rc = copy ? read_body(copy, len, req, error) : ERR_NOMEM;

	free(copy);
	return rc;
}

/* Of a name that was written with escapes, or was no member's of its own. */
static void
keep_tag(struct request *req, struct reply *r)
{
	json_t *tag = json_object_get(req->body, "tag");

	if (tag == NULL || req->tag)
		return;
	req->tag = json_dumps(tag, JSON_COMPACT | JSON_ENCODE_ANY);
	if (req->tag == NULL)
		reply_no_memory(r);
}

static void
parse_json(const char *line, size_t len, const struct op *ops,
    struct request *req, struct reply *r)
{
	json_error_t error = { 0 };
	json_t *name;
	int rc = parse_body(line, len, req, &error);

	if (rc == 0)
		keep_tag(req, r);
	if (rc == ERR_NOMEM)
		reply_no_memory(r);
	else if (rc < 0)
		reply_error(r, PROTO_BAD_REQUEST, "not JSON: %s at column %d",
		    error.text, error.column);
	if (r->error)
		return;
	name = json_object_get(req->body, "op");
	if (!json_is_string(name)) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "a request needs \"op\", the name of an operation");
		return;
	}
	req->op = find_op(ops, json_string_value(name), false);
	if (req->op == NULL)
		reply_error(r, PROTO_UNKNOWN_OP,
		    "no operation '%.32s'; 'help' lists them",
		    json_string_value(name));
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
parse_plain(const char *line, size_t len, const struct op *ops,
    struct request *req, struct reply *r)
{
	char name[OP_NAME_MAX + 1] = "";
	size_t n = 0;

	req->plain = true;
	req->body = json_object();
	while (n < len && !is_blank(line[n]))
		n++;
	if (n <= OP_NAME_MAX)
		memcpy(name, line, n);
	req->op = find_op(ops, name, true);
	if (req->op == NULL) {
		reply_error(r, PROTO_UNKNOWN_OP,
		    "no request '%.32s'; 'help' lists them", name);
		return;
	}
	while (n < len && is_blank(line[n]))
		n++;
	if (n == len)
		;
	else if (req->op->plain_field == NULL)
		reply_error(r, PROTO_BAD_REQUEST, "'%s' takes no argument",
		    req->op->name);
	else
		body_put(&req->body, req->op->plain_field,
		    json_stringn(line + n, len - n));
	if (req->body == NULL)
		reply_no_memory(r);
}

static bool
is_list_of_names(const json_t *list)
{
	const json_t *name;
	size_t i;

	json_array_foreach(list, i, name)
	{
		if (!json_is_string(name))
			return false;
	}
	return json_is_array(list);
}

/* What does not keep to some channels is refused to who may use no others. */
static void
take_only(struct request *req, struct reply *r)
{
	json_t *only = json_object_get(req->body, "only");

	if (only == NULL)
		return;
	if (!is_list_of_names(only))
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"only\" must be a list of names of channels and zones");
	else if (!req->op->bounded)
		reply_error(r, PROTO_DENIED,
		    "'%s' is not asked of some channels only", req->op->name);
	req->only = json_incref(only);
	json_object_del(req->body, "only");
}

static void
take_no_urgent(struct request *req, struct reply *r)
{
	const json_t *value = json_object_get(req->body, "no_urgent");

	if (value && !json_is_boolean(value))
		reply_error(r, PROTO_BAD_REQUEST,
		    "\"no_urgent\" must be true or false");
	req->no_urgent = json_is_true(value);
	json_object_del(req->body, "no_urgent");
}

/* "op", "tag", "only" and "no_urgent" belong to the protocol; all other fields
 * belong to the operation and must be in its row. */
static void
check_request(struct request *req, struct reply *r)
{
	take_only(req, r);
	take_no_urgent(req, r);
	if (r->error)
		return;
	json_object_del(req->body, "op");
	json_object_del(req->body, "tag");
	check_fields(req->op->name, req->op->fields, req->body, r);
}

/* Is it what some clients put around a line: white space, form feeds, the byte
 * order mark of Windows? */
static bool
is_padding(uint32_t cp)
{
	return utf8_is_blank(cp) || cp == 0xfeff;
}

static void
trim(const char **line, size_t *len)
{
	const char *p = *line, *end = p + *len, *last = p;
	uint32_t cp = 0;
	size_t n;

	for (; (n = utf8_decode(p, (size_t)(end - p), &cp)) > 0; p += n) {
		if (!is_padding(cp))
			last = p + n;
		else if (last == *line)
			*line = last = p + n;
	}
	/* What is no UTF-8 is told so. */
	*len = (size_t)((p < end ? end : last) - *line);
}

int
proto_parse(const char *line, size_t len, const struct op *ops,
    struct request *out, struct reply *r)
{
	*out = (struct request){ 0 };
	trim(&line, &len);
	out->plain = len == 0 || line[0] != '{';
	if (memchr(line, '\0', len))
		reply_error(r, PROTO_BAD_REQUEST, "the line holds a NUL byte");
	else if (!utf8_valid(line, len))
		reply_error(r, PROTO_BAD_REQUEST, "the line is not UTF-8");
	else if (len == 0)
		reply_error(r, PROTO_BAD_REQUEST, "an empty line");
	else if (out->plain)
		parse_plain(line, len, ops, out, r);
	else
		parse_json(line, len, ops, out, r);
	if (r->error == PROTO_OK)
		check_request(out, r);
	return r->error ? ERR_INVALID : 0;
}

void
request_done(struct request *req)
{
	json_decref(req->body);
	json_decref(req->only);
	free(req->tag);
	*req = (struct request){ 0 };
}

static int
write_json(struct buf *out, const char *prefix, const json_t *value)
{
	char *text = body_text(value);
	int rc;

	if (text == NULL)
		return ERR_NOMEM;
	rc = buf_putf(out, "%s%s\n", prefix, text);
	free(text);
	return rc;
}

/* Writes text as a plain line, sanitised: it must not end the line early or
 * send escape sequences to a terminal. */
static int
write_text(struct buf *out, const char *prefix, const char *text)
{
	char line[PROTO_MESSAGE_MAX];

	utf8_sanitise(line, sizeof(line), text, strlen(text));
	return buf_putf(out, "%s%s\n", prefix, line);
}

static int
write_plain(struct buf *out, const struct request *req, const struct reply *r)
{
	const char *only = req->op ? req->op->plain_reply : NULL;
	json_t *value = only ? json_object_get(r->body, only) : NULL;
	char prefix[40];

	if (r->error) {
		snprintf(prefix, sizeof(prefix),
		    "error %s: ", proto_error_name(r->error));
		return write_text(out, prefix, r->message);
	}
	if (json_is_string(value))
		return write_text(out, "ok ", json_string_value(value));
	if (json_is_integer(value))
		return buf_putf(out, "ok %" JSON_INTEGER_FORMAT "\n",
		    json_integer_value(value));
	if (json_object_size(r->body) == 0)
		return buf_puts(out, "ok\n");
	return write_json(out, "ok ", r->body);
}

/* An object, and the tag as it was written behind its last field. */
static int
write_tagged(struct buf *out, const json_t *whole, const char *tag)
{
	char *text = tag ? body_text(whole) : NULL;
	int rc;

	if (tag == NULL)
		return write_json(out, "", whole);
	if (text == NULL)
		return ERR_NOMEM;
	rc = buf_putf(
	    out, "%.*s,\"tag\":%s}\n", (int)strlen(text) - 1, text, tag);
	free(text);
	return rc;
}

int
proto_write_reply(
    struct buf *out, const struct request *req, const struct reply *r)
{
	char message[PROTO_MESSAGE_MAX];
	json_t *whole;
	int rc;

	if (req->plain)
		return write_plain(out, req, r);
	whole = json_object();
	body_put(&whole, "ok", json_boolean(r->error == PROTO_OK));
	if (r->error) {
		utf8_sanitise(
		    message, sizeof(message), r->message, strlen(r->message));
		body_put(
		    &whole, "error", json_string(proto_error_name(r->error)));
		body_put(&whole, "message", json_string(message));
	} else {
		body_merge(&whole, r->body);
	}
	rc = write_tagged(out, whole, req->tag);
	json_decref(whole);
	return rc;
}
