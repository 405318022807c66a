#include "ttsd/control/targets.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/body.h"

/* A channel may be named twice, for zones may overlap. */
static void
add_channel(struct targets *ts, struct channel *ch)
{
	size_t i;

	for (i = 0; i < ts->count; i++)
		if (ts->channels[i] == ch)
			return;
	ts->channels[ts->count++] = ch;
	channel_wake(ch);
}

static void
add_named(struct ttsd *t, const char *name, struct reply *r, struct targets *ts)
{
	const struct conf_zone *zone = conf_zone_find(&t->conf, name);
	struct channel *ch = ttsd_channel(t, name);
	char ask[TTSD_ASK_MAX];
	char **member;

	ts->many = ts->many || zone;
	if (ch)
		add_channel(ts, ch);
	else if (zone)
		for (member = zone->channels; *member; member++)
			add_channel(ts, ttsd_channel(t, *member));
	else
		reply_error(r, PROTO_UNKNOWN_CHANNEL,
		    "there is no channel or zone '%.40s'%s; 'channels' "
		    "lists them",
		    name, ttsd_ask_channel(t, name, ask));
}

bool
targets_pick(
    struct ttsd *t, const json_t *body, struct reply *r, struct targets *out)
{
	const json_t *asked = json_object_get(body, "channel"), *name;
	size_t i;

	*out = (struct targets){ .many = json_is_array(asked) };
	out->channels = calloc(t->channel_count, sizeof(struct channel *));
	if (out->channels == NULL) {
		reply_no_memory(r);
		return false;
	}
	if (asked == NULL)
		add_channel(out, t->channels[0]);
	else if (json_is_string(asked))
		add_named(t, json_string_value(asked), r, out);
	for (i = 0; i < json_array_size(asked) && r->error == PROTO_OK; i++) {
		name = json_array_get(asked, i);
		add_named(t, json_string_value(name), r, out);
	}
	if (out->count == 0 && r->error == PROTO_OK)
		reply_error(r, PROTO_BAD_REQUEST, "\"channel\" is empty");
	return r->error == PROTO_OK;
}

void
targets_done(struct targets *ts)
{
	free(ts->channels);
	*ts = (struct targets){ 0 };
}

json_t *
targets_names(struct ttsd *t, const json_t *body, struct reply *r)
{
	json_t *names = NULL;
	struct targets ts;
	size_t i;

	if (json_object_get(body, "channel") == NULL)
		return NULL;
	if (targets_pick(t, body, r, &ts)) {
		names = json_array();
		for (i = 0; i < ts.count; i++)
			body_append(
			    &names, json_string(channel_name(ts.channels[i])));
		if (names == NULL)
			reply_no_memory(r);
	}
	targets_done(&ts);
	return names;
}

void
targets_add_names(const struct ttsd *t, const char *name, json_t **list)
{
	const struct conf_zone *zone = conf_zone_find(&t->conf, name);
	char **member = zone ? zone->channels : NULL;

	if (zone == NULL)
		body_append(list, json_string(name));
	for (; member && *member; member++)
		body_append(list, json_string(*member));
}

void
targets_answer(const struct targets *ts, const struct channel *ch,
    struct reply *r, const char *one, const char *each, json_t *value)
{
	if (ts->many)
		reply_set_in(r, each, channel_name(ch), value);
	else
		reply_set(r, one, value);
}

void
targets_blame(
    const struct targets *ts, const struct channel *ch, struct reply *r)
{
	char message[PROTO_MESSAGE_MAX];

	if (!ts->many || r->error == PROTO_OK)
		return;
	snprintf(message, sizeof(message), "%s", r->message);
	reply_error(r, r->error, "channel '%s': %s", channel_name(ch), message);
}
