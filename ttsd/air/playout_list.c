/* What the queue shows of announcements. */
#include <string.h>

#include "common/body.h"
#include "common/conf/schema.h"
#include "common/utf8.h"
#include "ttsd/air/playout.h"

/* The queue shows so many characters of a text. */
#define SHOWN_CHARACTERS 120

static const char *
item_state(const struct announcement *a)
{
	bool is_due = a->asked.due_ns <= clock_now_ns();

	switch (a->state) {
	case ANNOUNCEMENT_ON_AIR:
	case ANNOUNCEMENT_STARVING:
		return "on-air";
	case ANNOUNCEMENT_PREEMPTED:
		return "preempted";
	default:
		break;
	}
	if (is_due && playout_is_held(a->playout, a))
		return "waits-for-readers";
	if (announcement_is_made(a))
		return "ready";
	if (a->made->making == MAKING_UNDER_WAY)
		return "preparing";
	return is_due ? "waiting" : "scheduled";
}

/* How long it is until then, if it is still to come. */
static void
put_time(json_t **o, const char *name, int64_t at_ns)
{
	int64_t now = clock_now_ns();

	if (at_ns > now)
		body_put(o, name, json_integer((at_ns - now) / NS_PER_MS));
}

static bool
has_text(const json_t *list, const char *text)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
	{
		if (strcmp(json_string_value(one), text) == 0)
			return true;
	}
	return false;
}

static void
add_text(json_t **list, const char *text)
{
	if (text && text[0] && *list && !has_text(*list, text))
		body_append(list, json_string(text));
}

/* By whom it is spoken, each once, in their order. */
static void
put_speakers(json_t **o, const struct saying *s)
{
	json_t *engines = json_array(), *voices = json_array();
	json_t *languages = json_array();
	size_t i;

	for (i = 0; i < s->part_count; i++) {
		const struct part *part = &s->parts[i];

		if (part->engine == NULL)
			continue;
		add_text(&engines, engine_name(part->engine));
		add_text(&voices, part->speech.parameters.voice);
		add_text(&languages, part->speech.parameters.language);
	}
	body_put(o, "engines", engines);
	body_put(o, "voices", voices);
	body_put(o, "languages", languages);
}

static void
put_repeat(json_t **o, const struct announcement *a)
{
	if (a->asked.repeat > 1)
		body_put(o, "repeat", json_integer(a->asked.repeat));
	if (!a->asked.endless)
		return;
	body_put(
	    o, "repeat", json_string(schema_repeats[CONF_UNTIL_CANCELLED]));
	body_put(o, "rounds", json_integer((json_int_t)a->played.rounds));
}

static json_t *
describe(const struct announcement *a)
{
	const char *text = announcement_title(a);
	size_t len = strlen(text);
	json_t *o =
	    json_pack("{s:I, s:s, s:s, s:s%}", "id", (json_int_t)a->id, "state",
		item_state(a), "priority", priority_names[a->asked.priority],
		"text", text, utf8_offset(text, len, SHOWN_CHARACTERS));

	body_put(
	    &o, "characters", json_integer((json_int_t)utf8_length(text, len)));
	if (a->asked.show)
		body_put(&o, "show", json_incref(a->asked.show));
	put_time(&o, "due_ms", a->asked.due_ns);
	if (a->asked.expires_ns != INT64_MAX && !announcement_was_on_air(a))
		put_time(&o, "expires_ms", a->asked.expires_ns);
	put_repeat(&o, a);
	origin_put(&a->asked.origin, &o);
	put_speakers(&o, a->asked.saying);
	return o;
}

json_t *
playout_list(const struct playout *p, size_t limit)
{
	json_t *list = json_array();
	const struct announcement *a;

	if (p->current)
		body_append(&list, describe(p->current));
	for (a = queue_first(&p->queue); a && json_array_size(list) < limit;
	     a = queue_after(&p->queue, a))
		body_append(&list, describe(a));
	return list;
}
