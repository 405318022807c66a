#include "ttsd/control/reach.h"

#include <string.h>

#include "common/body.h"
#include "ttsd/control/series_ops.h"
#include "ttsd/control/targets.h"

bool
reach_has(const struct ttsd *t, const struct session *s, const char *channel)
{
	const json_t *one;
	size_t i;

	if (s->only == NULL)
		return true;
	json_array_foreach(s->only, i, one)
	{
		if (conf_name_has(&t->conf, json_string_value(one), channel))
			return true;
	}
	return false;
}

/* Names of channels and zones. */
static bool
has_all(const struct ttsd *t, const struct session *s, char *const *names)
{
	const struct conf_zone *zone;

	for (; names && *names; names++) {
		zone = conf_zone_find(&t->conf, *names);
		if (zone ? !has_all(t, s, zone->channels)
			 : !reach_has(t, s, *names))
			return false;
	}
	return true;
}

bool
reach_has_zone(
    const struct ttsd *t, const struct session *s, const struct conf_zone *z)
{
	return has_all(t, s, z->channels);
}

bool
reach_has_message(
    const struct ttsd *t, const struct session *s, const struct conf_message *m)
{
	return has_all(t, s, m->channels);
}

static void
add_names(const struct ttsd *t, char *const *names, json_t **list)
{
	for (; names && *names; names++)
		targets_add_names(t, *names, list);
}

json_t *
reach_list_series(const struct ttsd *t, const struct conf_series *conf)
{
	const struct conf_message *m =
	    conf_message_find(&t->conf, conf->message);
	json_t *list = json_array();

	add_names(t, conf->channels, &list);
	if (json_array_size(list) == 0 && m)
		add_names(t, m->channels, &list);
	if (json_array_size(list) == 0)
		body_append(&list, json_string(channel_name(t->channels[0])));
	return list;
}

static bool
has_named(const struct ttsd *t, const struct session *s, const char *name)
{
	char *names[] = { (char *)(uintptr_t)name, NULL };

	return has_all(t, s, names);
}

bool
reach_has_list(
    const struct ttsd *t, const struct session *s, const json_t *names)
{
	const json_t *one;
	size_t i;

	json_array_foreach(names, i, one)
	{
		if (!has_named(t, s, json_string_value(one)))
			return false;
	}
	return true;
}

bool
reach_has_series(const struct ttsd *t, const struct session *s,
    const struct conf_series *conf)
{
	json_t *channels = s->only ? reach_list_series(t, conf) : NULL;
	bool has =
	    s->only == NULL || (channels && reach_has_list(t, s, channels));

	json_decref(channels);
	return has;
}

bool
reach_has_call(
    const struct ttsd *t, const struct session *s, const struct desk_call *c)
{
	const json_t *channels = json_object_get(c->told, "channels");
	const struct conf_series *conf;

	if (s->only == NULL)
		return true;
	if (json_array_size(channels) > 0)
		return reach_has_list(t, s, channels);
	conf = conf_series_find(&t->conf, body_string(c->told, "series"));
	return conf && reach_has_series(t, s, conf);
}

const struct desk_call *
reach_find_called(const struct ttsd *t, const struct session *s,
    const char *series, const char *ticket, const char *counter)
{
	const struct desk_call *c = NULL;

	do {
		c = desk_find_called(&t->desk, c, series, ticket, counter);
	} while (c && !reach_has_call(t, s, c));
	return c;
}

const struct desk_call *
reach_find_waiting(
    const struct ttsd *t, const struct session *s, const char *ticket)
{
	const struct desk_call *c = NULL;
	int64_t day = series_today();

	do {
		c = desk_find_waiting(&t->desk, c, NULL, ticket, day);
	} while (c && !reach_has_call(t, s, c));
	return c;
}

bool
reach_check_channels(const struct ttsd *t, const struct session *s,
    const json_t *body, struct reply *r)
{
	const json_t *asked = json_object_get(body, "channel"), *one;
	const char *name =
	    asked ? json_string_value(asked) : channel_name(t->channels[0]);
	bool all = name == NULL || has_named(t, s, name);
	size_t i;

	json_array_foreach(asked, i, one)
	{
		all = all && has_named(t, s, json_string_value(one));
	}
	if (!all)
		reply_error(r, PROTO_DENIED,
		    "that would be said on a channel that who asks may not "
		    "use");
	return all;
}

json_t *
reach_name_channel(const struct ttsd *t, const struct session *s, json_t *body,
    struct reply *r)
{
	json_t *first = json_array_get(s->only, 0), *whole = body;

	if (s->only == NULL)
		return body;
	if (first && json_object_get(body, "channel") == NULL) {
		/* The request itself stays as it was asked. */
		whole = json_object();
		body_merge(&whole, body);
		body_put(&whole, "channel", json_incref(first));
		json_decref(body);
	}
	if (whole == NULL)
		reply_no_memory(r);
	else if (!reach_check_channels(t, s, whole, r)) {
		json_decref(whole);
		whole = NULL;
	}
	return whole;
}

bool
reach_check_priority(
    const struct session *s, const json_t *body, struct reply *r)
{
	const char *priority = body_string(body, "priority");

	if (!s->no_urgent || priority == NULL ||
	    strcmp(priority, priority_names[PRIORITY_URGENT]) != 0)
		return true;
	reply_error(r, PROTO_DENIED,
	    "that would be urgent, and who asks may take nothing off the air: "
	    "it takes the right 'urgent'");
	return false;
}

/* To who may not use all, no name is proposed: it may be another's. */
static void
blame_section(const struct ttsd *t, const struct session *s,
    const char *section, const char *name, const char *lister, struct reply *r)
{
	if (s->only)
		reply_error(r, PROTO_NOT_FOUND,
		    "there is no [%s %.40s] in the configuration; '%s' lists "
		    "them",
		    section, name, lister);
	else
		ttsd_blame_section(t, section, name, lister, r);
}

const struct conf_series *
reach_pick_series(const struct ttsd *t, const struct session *s,
    const char *name, struct reply *r)
{
	const struct conf_series *conf = conf_series_find(&t->conf, name);

	if (conf && reach_has_series(t, s, conf))
		return conf;
	blame_section(t, s, "series", name, "series", r);
	return NULL;
}

const struct conf_message *
reach_pick_message(const struct ttsd *t, const struct session *s,
    const char *name, struct reply *r)
{
	const struct conf_message *m = conf_message_find(&t->conf, name);

	if (m && reach_has_message(t, s, m))
		return m;
	blame_section(t, s, "message", name, "messages", r);
	return NULL;
}
