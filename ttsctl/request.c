#include "ttsctl/request.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/succession.h"
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

void
request_show(struct client *c, const json_t *reply)
{
	if (call_flag(c->call, "json"))
		client_print_line(c);
	else
		c->call->command->show(c->call, reply);
}

static void
ctl_request_answered(struct client *c, const json_t *reply)
{
	request_show(c, reply);
	client_finish(c, STATUS_DONE);
}

enum status
request_converse(struct call *call, const struct client_events *events,
    void *arg, json_t *first)
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

	return request_converse(call, &events, NULL, NULL);
}

/* Is that daemon missing? Whatever else keeps it from answering is to be said.
 */
static bool
daemon_is_absent(struct call *call)
{
	static const struct client_events nobody = { .reply = NULL };
	struct client c;
	int rc = client_connect(&c, call, &nobody, NULL);

	client_close(&c);
	return rc == ERR_NOT_FOUND || rc == ERR_REFUSED;
}

/* On a system where no process can change its program the reason says all. */
static bool
upgrade_refused(struct client *c, const char *why)
{
	const char *name = daemon_name(c->call);

	complain("%s was not upgraded, and goes on with the program that it "
		 "has: %s",
	    name, why);
	if (succession_check() == 0)
		fprintf(stderr,
		    "  mended:    ask again with ttsctl upgrade\n"
		    "  otherwise: systemctl restart %s    (it is off the air "
		    "meanwhile)\n",
		    name);
	return true;
}

static bool
reload_refused(struct client *c, const char *why)
{
	complain("%s did not reload, and goes on unchanged: %s",
	    daemon_name(c->call), why);
	return true;
}

/* Asks one after the other; a daemon that does not run is left out, as long as
 * the other does. */
static enum status
ask_both(struct call *call, const struct client_events *events)
{
	static const enum daemon all[] = { DAEMON_TTSD, DAEMON_STREAMER };
	enum status status, worst = STATUS_DONE;
	size_t i, asked = 0;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		call->daemon = all[i];
		if (daemon_is_absent(call))
			continue;
		asked++;
		status = request_converse(call, events, NULL, NULL);
		if (status != STATUS_DONE)
			worst = status;
	}
	call->daemon = DAEMON_TTSD;
	return asked > 0 ? worst : request_converse(call, events, NULL, NULL);
}

enum status
run_upgrade(struct call *call)
{
	static const struct client_events events = {
		.reply = ctl_request_answered, .refused = upgrade_refused
	};

	return ask_both(call, &events);
}

enum status
run_reload(struct call *call)
{
	static const struct client_events events = {
		.reply = ctl_request_answered, .refused = reload_refused
	};

	enum status status = ask_both(call, &events);

	/* ttsd has told it. */
	if (!call_flag(call, "json"))
		puts("ttsd-gateway, where it runs, reads it, too: its log says "
		     "what it makes of it");
	return status;
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

	return request_converse(call, &events, NULL, NULL);
}

/* ---- outputs ------------------------------------------------------------ */

static bool
says(const json_t *output, const char *field, const char *value)
{
	const char *text = json_string_value(json_object_get(output, field));

	return text && strcmp(text, value) == 0;
}

/* `outputs --wait`. */
struct outputs_wait {
	struct client *client; /* NULL: there was no answer yet */
	json_t *last;          /* the last status */
	bool late;             /* --wait-for is over */
};

/* Is this output as it is wanted? One that waits for a player is ready too, and
 * one that was stopped is waited for only where it was named. */
static bool
output_is_ready(const struct call *call, const json_t *output)
{
	bool named = call->word_count > 0;

	return says(output, "state", "running") ||
	       says(output, "waits_for", "a player") ||
	       (!named && json_is_false(json_object_get(output, "wanted")));
}

/* Returns the first output that is not ready; NULL when all are. */
static const json_t *
find_unready(const struct call *call, const json_t *outputs)
{
	const json_t *output;
	size_t i;

	json_array_foreach(outputs, i, output)
	{
		if (!output_is_ready(call, output))
			return output;
	}
	return NULL;
}

/* Ends the wait when it has come to its end, or when time is up. */
static void
outputs_judge(struct outputs_wait *w)
{
	struct client *c = w->client;
	json_t *chosen = outputs_chosen(c->call, w->last);
	const json_t *unready = find_unready(c->call, chosen);
	char name[CELL_MAX], state[CELL_MAX];
	enum status status;

	if (unready == NULL || w->late) {
		status = outputs_print(c, w->last);
		if (unready && status == STATUS_DONE)
			status = complain("not in time: output %s is %s",
			    cell(name, unready, "name", NULL),
			    cell(state, unready, "state", NULL));
		client_finish(c, status);
	}
	json_decref(chosen);
}

static void
outputs_late(void *arg)
{
	struct outputs_wait *w = arg;

	w->late = true;
	if (w->last)
		outputs_judge(w);
}

/* Takes a status, or the reply to a subscription, which has no outputs. */
static void
outputs_awaited(struct client *c, const json_t *reply)
{
	struct outputs_wait *w = c->arg;

	if (json_object_get(reply, "outputs") == NULL)
		return;
	w->client = c;
	json_decref(w->last);
	w->last = json_incref((json_t *)reply);
	outputs_judge(w);
}

static void
output_changed(struct client *c, const json_t *event)
{
	(void)event;
	client_send(c, request_of(c->call));
}

/* Waits until the outputs run, for as long as --wait-for says; without it, for
 * ever. */
static enum status
wait_for_outputs(struct call *call)
{
	static const struct client_events events = { .reply = outputs_awaited,
		.event = output_changed };
	struct outputs_wait w = { .late = false };
	struct timer *deadline;
	enum status status;

	if (timer_new(call->loop, TIMER_COARSE, outputs_late, &w, &deadline) <
	    0)
		return complain("%s", err_text(ERR_NOMEM));
	timer_at(deadline, client_deadline_ns(call));
	status = request_converse(call, &events, &w,
	    json_pack("{s:s, s:[s]}", "op", "subscribe", "events", "output"));
	timer_free(deadline);
	json_decref(w.last);
	return status;
}

static void
outputs_listed(struct client *c, const json_t *reply)
{
	client_finish(c, outputs_print(c, reply));
}

enum status
run_outputs(struct call *call)
{
	static const struct client_events events = { .reply = outputs_listed };
	bool wait = call_flag(call, "wait");

	if (call_flag(call, "watch") && wait)
		return complain_usage(call, "--wait or --watch, not both");
	if (call_flag(call, "watch"))
		return run_watch(call);
	return wait ? wait_for_outputs(call)
		    : request_converse(call, &events, NULL, NULL);
}
