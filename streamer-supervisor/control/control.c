/* The operations of streamer.sock, and its events. */
#include <stdio.h>
#include <string.h>

#include "common/args/nearest.h"
#include "common/args/words.h"
#include "common/body.h"
#include "common/err.h"
#include "common/version.h"
#include "daemon/section.h"
#include "streamer-supervisor/control/supervisor.h"

static struct field add_fields[SECTION_FIELDS_MAX];

enum { EVENT_OUTPUT, EVENT_VIDEO, EVENT_RECEIPT, EVENT_UPGRADE };
static const char *const events[] = { [EVENT_OUTPUT] = "output",
	[EVENT_VIDEO] = "video",
	[EVENT_RECEIPT] = "receipt",
	[EVENT_UPGRADE] = "upgrade",
	NULL };

static enum verdict
op_status(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct supervisor *sv = ctx;
	json_t *list = json_array();
	const struct output *o;

	(void)s;
	(void)body;
	for (o = outputs_next(&sv->outputs, NULL); o;
	     o = outputs_next(&sv->outputs, o))
		if (!outputs_leaves(&sv->outputs, o))
			body_append(&list, output_status(o));
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "uptime_ms",
	    json_integer((clock_awake_ns() - sv->started_ns) / NS_PER_MS));
	reply_set(r, "ffmpeg", json_string(probe_version(sv->env.probe)));
	reply_set(r, "ttsd", json_boolean(source_is_up(sv->env.source)));
	reply_set(r, "outputs", list);
	reply_set(r, "videos", picture_keeper_status(&sv->pictures));
	return OP_DONE;
}

/* Finds the output that a request names; NULL when the reply says why not. */
static struct output *
supervisor_control_find(
    struct supervisor *sv, const json_t *body, struct reply *r)
{
	const char *name = body_string(body, "name");
	struct output *o = outputs_find(&sv->outputs, name);

	struct nearest n;
	char ask[80];

	if (o)
		return o;
	nearest_begin(&n, name);
	for (o = outputs_next(&sv->outputs, NULL); o;
	     o = outputs_next(&sv->outputs, o))
		nearest_offer(&n, output_name(o));
	nearest_ask(&n, "", ask, sizeof(ask));
	reply_error(r, PROTO_NOT_FOUND,
	    "there is no output '%.40s'%s; 'status' lists them", name, ask);
	return NULL;
}

static enum verdict
supervisor_control_ask(struct supervisor *sv, const json_t *body,
    struct reply *r, void (*what)(struct output *o))
{
	struct output *o = supervisor_control_find(sv, body, r);

	if (o && sv->ending)
		reply_error(r, PROTO_UNAVAILABLE, "the supervisor is stopping");
	else if (o)
		what(o);
	return OP_DONE;
}

static enum verdict
op_start(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	return supervisor_control_ask(ctx, body, r, output_start);
}

static enum verdict
op_stop(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	return supervisor_control_ask(ctx, body, r, output_stop);
}

static enum verdict
op_restart(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	return supervisor_control_ask(ctx, body, r, output_restart);
}

/* ---- outputs come and go ---------------------------------------------- */

static void
reply_refused(struct reply *r, int err, const struct conf_error *e)
{
	bool later = err == ERR_NOMEM || err == ERR_TIMEOUT;

	reply_error(
	    r, later ? PROTO_UNAVAILABLE : PROTO_BAD_REQUEST, "%s", e->text);
}

static enum verdict
op_add(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct supervisor *sv = ctx;
	const char *name = body_string(body, "name");
	struct conf_error e = { "out of memory" };
	char **settings;
	int rc = ERR_NOMEM;

	(void)s;
	if (!conf_name_valid(name)) {
		reply_error(r, PROTO_BAD_REQUEST,
		    "a name is 1 to %d of " CONF_NAME_OF, CONF_NAME_MAX);
		return OP_DONE;
	}
	if (sv->ending) {
		reply_error(r, PROTO_UNAVAILABLE, "the supervisor is stopping");
		return OP_DONE;
	}
	settings = section_settings("output", name, body);
	if (settings)
		rc = outputs_add(&sv->outputs, name, settings, &e);
	if (rc < 0)
		reply_refused(r, rc, &e);
	return OP_DONE;
}

static enum verdict
op_remove(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct supervisor *sv = ctx;

	(void)s;
	if (supervisor_control_find(sv, body, r))
		outputs_remove(&sv->outputs, body_string(body, "name"));
	return OP_DONE;
}

static void
reply_news(struct reply *r, const struct outputs_news *news)
{
	reply_set(r, "added", json_incref(news->added.names));
	reply_set(r, "removed", json_incref(news->removed.names));
	reply_set(r, "changed", json_incref(news->changed.names));
	reply_set(r, "of_ttsd", json_incref(news->of_ttsd.names));
	if (r->error)
		reply_error(r, PROTO_UNAVAILABLE,
		    "reloaded; there is no memory to say what has changed");
}

static enum verdict
op_reload(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct supervisor *sv = ctx;
	const struct reload *done;

	(void)body;
	if (sv->ending) {
		reply_error(r, PROTO_UNAVAILABLE, "the supervisor is stopping");
		return OP_DONE;
	}
	done = reload_asked(sv, s);
	if (done == NULL)
		return OP_LATER;
	reply_news(r, &done->news);
	if (done->rc < 0)
		reply_refused(r, done->rc, &done->e);
	reload_clear(sv);
	return OP_DONE;
}

/* The reply is the successor's. */
static enum verdict
op_upgrade(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct supervisor *sv = ctx;

	(void)body;
	return upgrade_desk_ask(&sv->upgrades, sv->upgrade, s, r);
}

static const struct field name_fields[] = {
	{ .name = "name", .type = FIELD_STRING, .required = true },
	{ .name = NULL },
};

static const struct op ops[] = {
	{ .name = "status",
	    .help = "every output: state, uptime, restarts, last error",
	    .run = op_status,
	    .may = RIGHT_READ,
	    .plain = true },
	{ .name = "start",
	    .help = "start NAME: put an output on air; one that waits to be "
		    "tried again is tried at once",
	    .fields = name_fields,
	    .run = op_start,
	    .may = RIGHT_OUTPUTS,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "stop",
	    .help = "stop NAME: take an output off air until it is started",
	    .fields = name_fields,
	    .run = op_stop,
	    .may = RIGHT_OUTPUTS,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "restart",
	    .help = "restart NAME: end an output's ffmpeg and start another",
	    .fields = name_fields,
	    .run = op_restart,
	    .may = RIGHT_OUTPUTS,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "add",
	    .help = "name, url and any other key of an output: one more, "
		    "until the supervisor ends",
	    .fields = add_fields,
	    .run = op_add,
	    .may = RIGHT_ADMIN },
	{ .name = "remove",
	    .help = "remove NAME: take an output off air and forget it",
	    .fields = name_fields,
	    .run = op_remove,
	    .may = RIGHT_ADMIN,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "reload",
	    .help = "read the configuration again; what has not changed stays "
		    "on air",
	    .run = op_reload,
	    .may = RIGHT_ADMIN,
	    .plain = true },
	{ .name = "upgrade",
	    .help = "start the program's new version; what is sent goes on",
	    .run = op_upgrade,
	    .may = RIGHT_ADMIN },
	{ .name = "subscribe",
	    .help = "events (list, or all), channel: event lines follow",
	    .fields = session_subscribe_fields,
	    .run = session_op_subscribe,
	    .may = RIGHT_READ },
	{ .name = "ping",
	    .help = "answers ok",
	    .run = session_op_ping,
	    .plain = true },
	{ .name = "help",
	    .help = "lists the operations",
	    .fields = session_help_fields,
	    .run = session_op_help,
	    .plain = true },
	{ .name = "quit",
	    .help = "ends the connection",
	    .run = session_op_quit,
	    .plain = true },
	{ .name = NULL },
};

void
control_init(struct supervisor *sv)
{
	section_fields("output", add_fields);
	sv->api =
	    (struct control_api){ .ops = ops, .events = events, .ctx = sv };
}

void
control_publish(struct supervisor *sv, const struct output *o,
    enum child_state from, const char *reason)
{
	const char *channel = output_channel(o);
	struct sender_facts f;

	output_facts(o, &f);
	if (!server_wants(sv->server, EVENT_OUTPUT, channel))
		return;
	server_publish(sv->server, EVENT_OUTPUT, channel, SERVER_ANY_LEAD,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:I}",
		"event", events[EVENT_OUTPUT], "name", output_name(o),
		"channel", channel, "active", output_active(o), "from",
		child_state_name(from), "to", child_state_name(output_state(o)),
		"reason", reason, "backoff_ms",
		(json_int_t)output_backoff_ms(o), "encoder", f.encoder, "time",
		(json_int_t)clock_utc_ms()));
}

/* Returns NULL without memory. */
static json_t *
video_event(const char *channel, const struct picture_news *news)
{
	const struct picture_condition *now = news->now;
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:s, s:I}",
	    "event", events[EVENT_VIDEO], "name", news->video, "channel",
	    channel, "from", child_state_name(news->from), "to",
	    child_state_name(now->state), "backoff_ms",
	    (json_int_t)news->backoff_ms, "serving", now->serving, "source",
	    now->source, "source_restarts", (json_int_t)now->source_restarts);

	body_put_text(&o, "trouble", now->trouble);
	body_put_text(&o, "reason", news->reason);
	body_put(&o, "time", json_integer((json_int_t)clock_utc_ms()));
	return o;
}

void
control_publish_video(
    struct supervisor *sv, const char *channel, const struct picture_news *news)
{
	if (server_wants(sv->server, EVENT_VIDEO, channel))
		server_publish(sv->server, EVENT_VIDEO, channel,
		    SERVER_ANY_LEAD, video_event(channel, news));
}

void
control_publish_upgrade(struct supervisor *sv, json_t *fields)
{
	body_put(&fields, "event", json_string(events[EVENT_UPGRADE]));
	body_put(&fields, "time", json_integer((json_int_t)clock_utc_ms()));
	server_publish(
	    sv->server, EVENT_UPGRADE, NULL, SERVER_ANY_LEAD, fields);
	server_retry(sv->server);
}

/* Returns NULL without memory. */
static json_t *
receipt_event(const json_t *receipt)
{
	json_t *o = json_pack("{s:s}", "event", events[EVENT_RECEIPT]);

	if (receipt)
		body_merge(&o, (json_t *)receipt);
	else
		body_put(&o, "id", NULL);
	return o;
}

void
control_publish_receipt(
    struct supervisor *sv, const char *channel, const json_t *receipt)
{
	if (server_wants(sv->server, EVENT_RECEIPT, channel))
		server_publish(sv->server, EVENT_RECEIPT, channel,
		    SERVER_ANY_LEAD, receipt_event(receipt));
}
