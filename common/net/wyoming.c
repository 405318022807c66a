#include "common/net/wyoming.h"

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
own_data(struct wyoming_event *e)
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
merge(struct wyoming_event *e, const uint8_t *p, size_t len)
{
	json_t *more = json_loadb((const char *)p, len, 0, NULL);
	int rc = json_is_object(more) ? 0 : ERR_INVALID;

	if (rc == 0 && json_object_update(e->data, more) < 0)
		rc = ERR_NOMEM;
	json_decref(more);
	return rc;
}

/* Parses as wyoming_parse() does, but leaves in `e` what was parsed so far. */
static long
parse(const uint8_t *p, size_t line, size_t len,
    const struct wyoming_bounds *bounds, struct wyoming_event *e, size_t *need)
{
	uint64_t data_len;
	int rc;

	e->root = json_loadb((const char *)p, line, 0, NULL);
	e->type = json_string_value(json_object_get(e->root, "type"));
	if (e->type == NULL)
		return ERR_INVALID;
	rc = length_of(e->root, "data_length", bounds->json, &data_len);
	if (rc == 0)
		rc = length_of(e->root, "payload_length", bounds->payload,
		    &e->payload_len);
	if (rc == 0)
		rc = own_data(e);
	if (rc < 0)
		return rc;
	*need = line + 1 + (size_t)data_len;
	if (len < *need)
		return 0;
	if (data_len > 0)
		rc = merge(e, p + line + 1, (size_t)data_len);
	return rc < 0 ? rc : (long)*need;
}

long
wyoming_parse(const uint8_t *p, size_t len, const struct wyoming_bounds *bounds,
    struct wyoming_event *out, size_t *need)
{
	const uint8_t *end = len > 0 ? memchr(p, '\n', len) : NULL;
	size_t line = end ? (size_t)(end - p) : len;
	long rc;

	*out = (struct wyoming_event){ 0 };
	*need = 0;
	/* A line that is no JSON object is known from its first byte. */
	if (len > 0 && p[0] != '{')
		return ERR_INVALID;
	if (line > bounds->json)
		return ERR_TOO_LONG;
	if (end == NULL)
		return 0;
	rc = parse(p, line, len, bounds, out, need);
	if (rc <= 0)
		wyoming_done(out);
	return rc;
}

void
wyoming_done(struct wyoming_event *e)
{
	json_decref(e->root);
	*e = (struct wyoming_event){ 0 };
}

int
wyoming_put(struct buf *b, const char *type, json_t *data, const void *payload,
    size_t payload_len)
{
	char *text = data ? body_text(data) : NULL;
	size_t before = buf_len(b);
	int rc = data && text == NULL ? ERR_NOMEM : 0;

	if (rc == 0)
		rc = buf_putf(b, "{\"type\":\"%s\"", type);
	if (rc == 0 && text)
		rc = buf_putf(b, ",\"data_length\":%zu", strlen(text));
	if (rc == 0 && payload_len > 0)
		rc = buf_putf(b, ",\"payload_length\":%zu", payload_len);
	if (rc == 0)
		rc = buf_puts(b, "}\n");
	if (rc == 0 && text)
		rc = buf_puts(b, text);
	if (rc == 0 && payload_len > 0)
		rc = buf_put(b, payload, payload_len);
	if (rc < 0)
		buf_truncate(b, before);
	free(text);
	json_decref(data);
	return rc;
}
