/* The operations of streamer.sock, and its event. */
#include <string.h>

#include "common/version.h"
#include "streamer-supervisor/supervisor.h"

enum { EVENT_OUTPUT };
static const char *const events[] = { [EVENT_OUTPUT] = "output", NULL };

static enum verdict
op_status(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	struct supervisor *sv = ctx;
	json_t *list = json_array();
	size_t i;

	(void)s;
	(void)body;
	for (i = 0; i < sv->output_count; i++)
		json_array_append_new(list, output_status(sv->outputs[i]));
	reply_set(r, "version", json_string(TTSD_VERSION));
	reply_set(r, "uptime_ms",
	    json_integer((clock_now_ns() - sv->started_ns) / NS_PER_MS));
	reply_set(r, "ffmpeg", json_string(probe_version(sv->env.probe)));
	reply_set(r, "ttsd", json_boolean(source_is_up(sv->env.source)));
	reply_set(r, "outputs", list);
	return OP_DONE;
}

/* NULL: the reply says why not. */
static struct output *
find(struct supervisor *sv, const json_t *body, struct reply *r)
{
	const char *name = body_string(body, "name");
	size_t i;

	for (i = 0; i < sv->output_count; i++)
		if (strcmp(output_name(sv->outputs[i]), name) == 0)
			return sv->outputs[i];
	reply_error(r, PROTO_NOT_FOUND,
	    "there is no output '%.40s'; 'status' lists them", name);
	return NULL;
}

static enum verdict
ask(struct supervisor *sv, const json_t *body, struct reply *r,
    void (*what)(struct output *o))
{
	struct output *o = find(sv, body, r);

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
	return ask(ctx, body, r, output_start);
}

static enum verdict
op_stop(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	return ask(ctx, body, r, output_stop);
}

static enum verdict
op_restart(void *ctx, struct session *s, const json_t *body, struct reply *r)
{
	(void)s;
	return ask(ctx, body, r, output_restart);
}

static const struct field name_fields[] = {
	{ .name = "name", .type = FIELD_STRING, .required = true },
	{ .name = NULL },
};

static const struct op ops[] = {
	{ .name = "status",
	    .help = "every output: state, uptime, restarts, last error",
	    .run = op_status,
	    .plain = true },
	{ .name = "start",
	    .help = "start NAME: put an output on air; one that waits to be "
		    "tried again is tried at once",
	    .fields = name_fields,
	    .run = op_start,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "stop",
	    .help = "stop NAME: take an output off air until it is started",
	    .fields = name_fields,
	    .run = op_stop,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "restart",
	    .help = "restart NAME: end an output's ffmpeg and start another",
	    .fields = name_fields,
	    .run = op_restart,
	    .plain = true,
	    .plain_field = "name" },
	{ .name = "subscribe",
	    .help = "events (list, or all), channel: event lines follow",
	    .fields = session_subscribe_fields,
	    .run = session_op_subscribe },
	{ .name = "ping",
	    .help = "answers ok",
	    .run = session_op_ping,
	    .plain = true },
	{ .name = "help",
	    .help = "lists the operations",
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
	sv->service =
	    (struct service){ .ops = ops, .events = events, .ctx = sv };
}

void
control_publish(struct supervisor *sv, const struct output *o,
    enum child_state from, const char *reason)
{
	const char *channel = output_channel(o);

	if (!server_wants(sv->server, EVENT_OUTPUT, channel))
		return;
	server_publish(sv->server, EVENT_OUTPUT, channel, SERVER_ANY_LEAD,
	    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "event",
		events[EVENT_OUTPUT], "name", output_name(o), "channel",
		channel, "from", child_state_name(from), "to",
		child_state_name(output_state(o)), "reason", reason,
		"backoff_ms", (json_int_t)output_backoff_ms(o), "time",
		(json_int_t)clock_utc_ms()));
}
