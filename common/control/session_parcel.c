/* A session, from one program to its successor. */
#include <stdio.h>

#include "common/body.h"
#include "common/control/session.h"
#include "common/err.h"

static const char *const state_words[] = {
#define X(name, text) [SESSION_##name] = text,
	SESSION_STATES(X)
#undef X
	    NULL
};

/* Events by their names, for another version may number them otherwise. */
static json_t *
events_save(const struct session *s)
{
	json_t *list = json_array();
	unsigned i;

	for (i = 0; s->api->events[i]; i++)
		if (s->events & 1u << i)
			body_append(&list, json_string(s->api->events[i]));
	return list;
}

static uint32_t
events_restore(const struct session *s, const json_t *list)
{
	uint32_t mask = 0;
	const char *name;
	size_t i;
	int at;

	for (i = 0; i < json_array_size(list); i++) {
		name = json_string_value(json_array_get(list, i));
		at = name ? word_index(s->api->events, name) : -1;
		if (at >= 0)
			mask |= 1u << at;
	}
	return mask;
}

static json_t *
channels_save(const struct session *s)
{
	json_t *list = json_array(), *value;
	const char *name;

	json_object_foreach(s->channels, name, value)
	{
		body_append(&list, json_string(name));
	}
	return list;
}

static json_t *
out_save(const struct session *s, struct parcel *p)
{
	json_t *word = NULL;
	struct buf all;

	buf_init(&all, SIZE_MAX / 2);
	if (outbox_copy(&s->out, &all) == 0)
		word = parcel_add(p, buf_data(&all), buf_len(&all));
	buf_done(&all);
	return word;
}

json_t *
session_save(const struct session *s, struct parcel *p)
{
	json_t *o = json_pack("{s:s, s:b, s:b, s:b, s:I}", "state",
	    state_words[s->state], "plain", (int)s->plain, "again",
	    (int)s->again, "within", (int)s->out.within, "lead_ms",
	    (json_int_t)s->lead_ms);

	body_put(&o, "in", parcel_add(p, buf_data(&s->in), buf_len(&s->in)));
	body_put(&o, "out", out_save(s, p));
	if (s->events == UINT32_MAX)
		body_put(&o, "all_events", json_true());
	body_put(&o, "events", events_save(s));
	if (s->channels)
		body_put(&o, "channel", channels_save(s));
	if (s->memo && json_object_get(s->memo, SESSION_PASSING) == NULL)
		body_put(&o, "memo", json_incref(s->memo));
	return o;
}

static int
bytes_restore(struct session *s, const struct parcel *p, const json_t *word)
{
	bool within = json_is_true(json_object_get(word, "within"));
	const uint8_t *in, *out;
	size_t in_len, out_len;
	int rc = parcel_find(p, json_object_get(word, "in"), &in, &in_len);

	if (rc == 0)
		rc = parcel_find(
		    p, json_object_get(word, "out"), &out, &out_len);
	if (rc == 0 && in_len > 0)
		rc = buf_put(&s->in, in, in_len);
	return rc == 0 ? outbox_refill(&s->out, out, out_len, within) : rc;
}

int
session_restore(struct session *s, const struct parcel *p, const json_t *word)
{
	const char *state = body_string(word, "state");
	const json_t *channel = json_object_get(word, "channel");
	int at = state ? word_index(state_words, state) : -1;

	if (at < 0)
		return ERR_INVALID;
	s->state = (enum session_state)at;
	s->why = "";
	s->plain = json_is_true(json_object_get(word, "plain"));
	s->again = json_is_true(json_object_get(word, "again"));
	s->lead_ms = body_integer(word, "lead_ms", 0);
	/* An earlier version wrote "" for all. */
	if (json_is_array(channel) || json_string_length(channel) > 0)
		session_choose_channels(s, channel);
	s->events = json_is_true(json_object_get(word, "all_events"))
			? UINT32_MAX
			: events_restore(s, json_object_get(word, "events"));
	s->memo = json_incref(json_object_get(word, "memo"));
	return bytes_restore(s, p, word);
}
