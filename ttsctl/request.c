#include "ttsctl/request.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "ttsctl/client.h"
#include "ttsctl/outputs.h"
#include "ttsctl/table.h"

json_t *
request_of(const struct call *call)
{
	const struct command *command = call->command;

	json_object_set_new(call->request, "op",
	    json_string(command->op ? command->op : command->name));
	return json_incref(call->request);
}

/* Prints the reply as the caller wants it. */
static void
show(struct client *c, const json_t *reply)
{
	if (call_flag(c->call, "json"))
		client_print_line(c);
	else
		c->call->command->show(c->call, reply);
}

static void
ctl_request_answered(struct client *c, const json_t *reply)
{
	show(c, reply);
	client_finish(c, STATUS_DONE);
}

static enum status
converse(struct call *call, const struct client_events *events, void *arg,
    json_t *first)
{
	struct client c;
	enum status status = client_open(&c, call, events, arg);

	if (status == STATUS_DONE) {
		if (first)
			client_send(&c, first);
		client_send(&c, request_of(call));
		status = client_run(&c);
	} else {
		json_decref(first);
	}
	client_close(&c);
	return status;
}

enum status
run_request(struct call *call)
{
	static const struct client_events events = { .reply =
							 ctl_request_answered };

	return converse(call, &events, NULL, NULL);
}

static void
ponged(struct client *c, const json_t *reply)
{
	(void)reply;
	if (call_flag(c->call, "json"))
		client_print_line(c);
	else
		printf("ttsd answers at %s\n", c->path);
	client_finish(c, STATUS_DONE);
}

enum status
run_ping(struct call *call)
{
	static const struct client_events events = { .reply = ponged };

	return converse(call, &events, NULL, NULL);
}

/* ---- say --wait -------------------------------------------------------- */

/* Takes the replies to a `say --wait`: the first is the subscription's, the one
 * with an id is that of the `say`. A key that was spoken already has an outcome
 * and no event will follow. */
static void
said(struct client *c, const json_t *reply)
{
	json_int_t *id = c->arg;

	if (json_object_get(reply, "id") == NULL)
		return;
	*id = json_integer_value(json_object_get(reply, "id"));
	show(c, reply);
	if (json_object_get(reply, "outcome"))
		client_finish(c, STATUS_DONE);
}

static void
finished(struct client *c, const json_t *event)
{
	const json_int_t *id = c->arg;
	char outcome[CELL_MAX], reason[CELL_MAX];

	if (*id == 0 || json_integer_value(json_object_get(event, "id")) != *id)
		return;
	if (call_flag(c->call, "json"))
		client_print_line(c);
	cell(outcome, event, "outcome", NULL);
	cell(reason, event, "reason", NULL);
	if (strcmp(outcome, "spoken") == 0) {
		client_finish(c, STATUS_DONE);
		return;
	}
	complain("announcement %" JSON_INTEGER_FORMAT ": %s (%s)", *id, outcome,
	    reason);
	client_finish(c, STATUS_FAILED);
}

enum status
run_say(struct call *call)
{
	static const struct client_events events = { .reply = said,
		.event = finished };
	json_int_t id = 0;

	if (!call_flag(call, "wait"))
		return run_request(call);
	return converse(call, &events, &id,
	    json_pack("{s:s, s:[s]}", "op", "subscribe", "events", "finished"));
}

/* ---- outputs ------------------------------------------------------------ */

static bool
says(const json_t *output, const char *field, const char *value)
{
	const char *text = json_string_value(json_object_get(output, field));

	return text && strcmp(text, value) == 0;
}

/* Do all outputs run? One that waits for a player is ready too. */
static bool
all_run(const json_t *outputs)
{
	const json_t *output;
	size_t i;

	json_array_foreach(outputs, i, output)
	{
		if (!says(output, "state", "running") &&
		    !says(output, "waits_for", "a player"))
			return false;
	}
	return true;
}

/* Takes a status, or the reply to a subscription, which has no outputs. */
static void
outputs_listed(struct client *c, const json_t *reply)
{
	json_t *chosen = outputs_chosen(c->call, reply);

	if (json_object_get(reply, "outputs") &&
	    (!call_flag(c->call, "wait") || all_run(chosen)))
		client_finish(c, outputs_print(c, reply));
	json_decref(chosen);
}

static void
output_changed(struct client *c, const json_t *event)
{
	(void)event;
	client_send(c, request_of(c->call));
}

enum status
run_outputs(struct call *call)
{
	static const struct client_events events = { .reply = outputs_listed,
		.event = output_changed };
	bool wait = call_flag(call, "wait");

	if (call_flag(call, "watch") && wait)
		return complain_usage(call, "--wait or --watch, not both");
	if (call_flag(call, "watch"))
		return run_watch(call);
	return converse(call, &events, NULL,
	    wait ? json_pack(
		       "{s:s, s:[s]}", "op", "subscribe", "events", "output")
		 : NULL);
}
