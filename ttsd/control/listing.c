#include "ttsd/control/listing.h"

#include "common/body.h"
#include "common/version.h"
#include "ttsd/control/durability.h"
#include "ttsd/control/reach.h"
#include "ttsd/control/targets.h"

static json_t *
list_status(const struct ttsd *t)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < t->channel_count; i++) {
		channel_wake(t->channels[i]);
		body_append(&list, channel_status(t->channels[i]));
	}
	return list;
}

static json_t *
list_status_of(struct ttsd *t, const json_t *body, struct reply *r)
{
	json_t *list = json_array();
	struct targets ts;
	size_t i;

	if (targets_pick(t, body, r, &ts))
		for (i = 0; i < ts.count; i++)
			body_append(&list, channel_status(ts.channels[i]));
	targets_done(&ts);
	return list;
}

enum verdict
op_status(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *workers = json_array();
	size_t i;

	(void)s;
	for (i = 0; i < t->engine_count; i++)
		engine_list_workers(t->engines[i], &workers);
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "uptime_ms",
	    json_integer((clock_now_ns() - t->epoch_ns) / NS_PER_MS));
	reply_set(
	    r, "clients", json_integer((json_int_t)server_clients(t->server)));
	reply_set(r, "channels",
	    json_object_get(body, "channel") ? list_status_of(t, body, r)
					     : list_status(t));
	reply_set(r, "workers", workers);
	reply_set(r, "ledger", durability_status(t));
	return OP_DONE;
}

static json_t *
list_zones(struct ttsd *t, const struct session *s)
{
	json_t *list = json_array(), *names;
	const struct conf_zone *z;
	size_t i;

	for (i = 0; i < t->conf.zones.count; i++) {
		z = conf_zone_at(&t->conf, i);
		if (!reach_has_zone(t, s, z))
			continue;
		names = json_array();
		targets_add_names(t, z->block.name, &names);
		body_append(&list, json_pack("{s:s, s:o}", "name",
				       z->block.name, "channels", names));
	}
	return list;
}

enum verdict
op_channels(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *list = json_array();
	size_t i;

	(void)body;
	for (i = 0; i < t->channel_count; i++)
		if (reach_has(t, s, channel_name(t->channels[i])))
			body_append(&list, channel_describe(t->channels[i]));
	reply_set(r, "channels", list);
	reply_set(r, "zones", list_zones(t, s));
	return OP_DONE;
}

const struct field voices_fields[] = {
	{ .name = "engine", .type = FIELD_STRING },
	{ .name = NULL },
};

/* Lists the voices of the engine that is asked for, else those of all engines
 * that were started. */
enum verdict
op_voices(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	const char *name = body_string(body, "engine");
	json_t *list;
	size_t i;

	(void)s;
	if (name && ttsd_engine(t, name) == NULL) {
		reply_error(r, PROTO_UNKNOWN_ENGINE,
		    "there is no engine '%.40s'; 'engines' lists them", name);
		return OP_DONE;
	}
	if (name)
		engine_start(ttsd_engine(t, name));
	for (i = 0; i < t->engine_count; i++)
		if ((name == NULL || t->engines[i] == ttsd_engine(t, name)) &&
		    engine_voice(t->engines[i], NULL, NULL) == VOICE_NOT_YET)
			return OP_LATER;
	list = json_array();
	for (i = 0; i < t->engine_count; i++)
		if (name == NULL || t->engines[i] == ttsd_engine(t, name))
			engine_list_voices(t->engines[i], &list);
	reply_set(r, "voices", list);
	return OP_DONE;
}

enum verdict
op_engines(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct ttsd *t = ctx;
	json_t *list = json_array();
	size_t i;

	(void)s;
	(void)body;
	for (i = 0; i < t->engine_count; i++)
		body_append(&list, engine_describe(t->engines[i]));
	reply_set(r, "engines", list);
	return OP_DONE;
}
