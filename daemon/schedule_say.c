#include "daemon/schedule_say.h"

#include "common/body.h"
#include "common/conf/schema.h"
#include "platform/platform.h"

static json_t *
words_of(char *const *words)
{
	json_t *list = json_array();

	for (; *words; words++)
		body_append(&list, json_string(*words));
	return list;
}

static json_t *
part_of(const char *kind, const char *what)
{
	json_t *one = json_object();

	body_put(&one, kind, json_string(what));
	return one;
}

/* A clip, a text, or a text behind a clip. */
static void
put_parts(json_t **body, const struct conf_schedule *c)
{
	json_t *parts = json_array();

	body_append(&parts, part_of("clip", c->clip));
	if (c->text[0])
		body_append(&parts, part_of("text", c->text));
	body_put(body, "parts", parts);
}

static void
put_if(json_t **body, const char *name, const char *text)
{
	if (text[0])
		body_put(body, name, json_string(text));
}

json_t *
schedule_say(const struct conf_schedule *s)
{
	json_t *body = json_object();

	if (s->clip[0])
		put_parts(&body, s);
	else
		put_if(&body, "text", s->text);
	put_if(&body, "chime", s->chime);
	put_if(&body, "voice", s->voice);
	put_if(&body, "language", s->language);
	if (s->channels && *s->channels)
		body_put(&body, "channel", words_of(s->channels));
	body_put(
	    &body, "priority", json_string(schema_priorities[s->priority]));
	if (s->repeat == CONF_UNTIL_CANCELLED)
		put_if(&body, "repeat", schema_repeats[s->repeat]);
	else
		body_put(&body, "repeat", json_integer(s->repeat));
	body_put(&body, "gap_ms", json_integer(s->gap_ns / NS_PER_MS));
	return body;
}
