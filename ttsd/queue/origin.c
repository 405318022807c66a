#include "ttsd/queue/origin.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"

static int
read_text(char **out, const json_t *from, const char *name)
{
	const char *text = json_string_value(json_object_get(from, name));

	if (text == NULL)
		return 0;
	free(*out);
	*out = strdup(text);
	return *out ? 0 : ERR_NOMEM;
}

int
origin_read(struct origin *o, const json_t *from)
{
	const json_t *ms = json_object_get(from, "accepted_ms");
	int rc;

	if (ms)
		o->accepted_ms = json_integer_value(ms);
	rc = read_text(&o->key, from, "key");
	if (rc == 0)
		rc = read_text(&o->by, from, "by");
	return rc == 0 ? read_text(&o->message, from, "message") : rc;
}

static void
put_text(json_t **body, const char *name, const char *text)
{
	if (text)
		body_put(body, name, json_string(text));
}

void
origin_put(const struct origin *o, json_t **body)
{
	if (o->accepted_ms)
		body_put(body, "accepted_ms", json_integer(o->accepted_ms));
	put_text(body, "key", o->key);
	put_text(body, "by", o->by);
	put_text(body, "message", o->message);
}

void
origin_done(struct origin *o)
{
	free(o->key);
	free(o->by);
	free(o->message);
	*o = (struct origin){ 0 };
}
