#include "ttsd/engines/net/event.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"

/* An absent length is none. */
static int
length_of(const json_t *root, const char *key, uint64_t max, uint64_t *out)
{
	const json_t *value = json_object_get(root, key);

	*out = 0;
	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return ERR_INVALID;
	*out = (uint64_t)json_integer_value(value);
	return *out > max ? ERR_TOO_LONG : 0;
}

/* "data" of the line, or an empty one. */
static int
own_data(struct event *e)
{
	e->data = json_object_get(e->root, "data");
	if (json_is_object(e->data))
		return 0;
	if (e->data && !json_is_null(e->data))
		return ERR_INVALID;
	e->data = json_object();
	return json_object_set_new(e->root, "data", e->data) == 0 ? 0
								  : ERR_NOMEM;
}

static int
merge(struct event *e, const uint8_t *p, size_t len)
{
	json_t *more = json_loadb((const char *)p, len, 0, NULL);
	int rc = json_is_object(more) ? 0 : ERR_INVALID;

	if (rc == 0 && json_object_update(e->data, more) < 0)
		rc = ERR_NOMEM;
	json_decref(more);
	return rc;
}

/* Parses as event_parse() does, but leaves in `e` what was parsed so far. */
static long
parse(const uint8_t *p, size_t line, size_t len, struct event *e)
{
	uint64_t data_len;
	int rc;

	e->root = json_loadb((const char *)p, line, 0, NULL);
	e->type = json_string_value(json_object_get(e->root, "type"));
	if (e->type == NULL)
		return ERR_INVALID;
	rc = length_of(e->root, "data_length", EVENT_JSON_MAX, &data_len);
	if (rc == 0)
		rc = length_of(e->root, "payload_length", EVENT_PAYLOAD_MAX,
		    &e->payload_len);
	if (rc == 0)
		rc = own_data(e);
	if (rc < 0)
		return rc;
	if (len - line - 1 < data_len)
		return 0;
	if (data_len > 0)
		rc = merge(e, p + line + 1, (size_t)data_len);
	return rc < 0 ? rc : (long)(line + 1 + (size_t)data_len);
}

long
event_parse(const uint8_t *p, size_t len, struct event *out)
{
	const uint8_t *end = len > 0 ? memchr(p, '\n', len) : NULL;
	long rc;

	*out = (struct event){ 0 };
	/* A line that is no JSON object is known from its first byte. */
	if (len > 0 && p[0] != '{')
		return ERR_INVALID;
	if (end == NULL)
		return len > EVENT_JSON_MAX ? ERR_TOO_LONG : 0;
	rc = parse(p, (size_t)(end - p), len, out);
	if (rc <= 0)
		event_done(out);
	return rc;
}

void
event_done(struct event *e)
{
	json_decref(e->root);
	*e = (struct event){ 0 };
}

int
event_put(struct buf *b, const char *type, json_t *data)
{
	char *text = data ? body_text(data) : NULL;
	int rc = data && text == NULL ? ERR_NOMEM : 0;

	if (rc == 0 && text)
		rc = buf_putf(b, "{\"type\":\"%s\",\"data_length\":%zu}\n%s",
		    type, strlen(text), text);
	else if (rc == 0)
		rc = buf_putf(b, "{\"type\":\"%s\"}\n", type);
	free(text);
	json_decref(data);
	return rc;
}
