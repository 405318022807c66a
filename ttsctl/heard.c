#include "ttsctl/heard.h"

#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "ttsctl/request.h"
#include "ttsctl/table.h"

/* ---- who listens -------------------------------------------------------- */

static void
add_output(struct heard *h, const json_t *output)
{
	const char *channel = cell_text(output, "channel");

	if (!json_is_object(json_object_get(output, "heard")) ||
	    !json_is_true(json_object_get(output, "wanted")))
		return;
	if (json_object_get(h->outputs, channel) == NULL)
		json_object_set_new(h->outputs, channel, json_array());
	json_array_append(json_object_get(h->outputs, channel),
	    json_object_get(output, "name"));
}

static void
outputs_listed(struct client *c, const json_t *reply)
{
	const json_t *output;
	size_t i;

	json_array_foreach(json_object_get(reply, "outputs"), i, output)
	{
		add_output(c->arg, output);
	}
	client_finish(c, STATUS_DONE);
}

/* Who is not there listens to nothing, which is said when it matters. */
static void
supervisor_lost(struct client *c, const char *how)
{
	struct heard *h = c->arg;

	(void)how;
	h->unasked = true;
}

static void
ask_outputs(struct heard *h, struct call *call)
{
	static const struct client_events events = { .reply = outputs_listed,
		.lost = supervisor_lost };
	enum daemon daemon = call->daemon;
	struct client c;

	call->daemon = DAEMON_STREAMER;
	h->unasked = client_connect(&c, call, &events, h) < 0;
	if (!h->unasked) {
		client_send(&c, json_pack("{s:s}", "op", "status"));
		client_run(&c);
	}
	client_close(&c);
	call->daemon = daemon;
}

/* ---- what is known ------------------------------------------------------ */

static void
id_text(const json_t *event, char *out, size_t size)
{
	snprintf(out, size, "%" JSON_INTEGER_FORMAT,
	    json_integer_value(json_object_get(event, "id")));
}

/* What is worse stays: missed, then not known, then heard. */
static void
heard_set(struct heard *h, enum status status)
{
	if (h->status != STATUS_FAILED)
		h->status = status;
}

void
heard_expect(struct heard *h, struct client *c, const json_t *event)
{
	const char *channel = cell_text(event, "channel");
	json_t *outputs = json_object_get(h->outputs, channel);
	char id[24];

	id_text(event, id, sizeof(id));
	h->client = c;
	timer_at(h->deadline, clock_awake_ns() + HEARD_PATIENCE_NS);
	if (outputs) {
		json_object_set_new(h->owed, id, json_copy(outputs));
		return;
	}
	if (h->unasked)
		complain("announcement %s was spoken, but nobody can say "
			 "whether it was heard: streamer-supervisor does not "
			 "answer; is it running?",
		    id);
	else
		complain("announcement %s was spoken, but nobody can say "
			 "whether it was heard: no output of channel '%s' "
			 "listens (hear = yes in [output])",
		    id, channel);
	heard_set(h, STATUS_UNKNOWN);
}

void
heard_past(struct heard *h, const json_t *id)
{
	complain("announcement %" JSON_INTEGER_FORMAT
		 " was spoken before; 'ttsctl history' tells whether it was "
		 "heard",
	    json_integer_value(id));
	heard_set(h, STATUS_UNKNOWN);
}

/* Where the output of a receipt stands among those that owe it; the size of the
 * list: nowhere. */
static size_t
find_owed(const json_t *owed, const json_t *event)
{
	const char *output = cell_text(event, "output");
	size_t i, n = json_array_size(owed);

	for (i = 0; i < n; i++)
		if (strcmp(json_string_value(json_array_get(owed, i)),
			output) == 0)
			break;
	return i;
}

/* Those that owe a receipt of the event's announcement; NULL: none does. */
static json_t *
owed_of(const struct heard *h, const json_t *event)
{
	char id[24];

	id_text(event, id, sizeof(id));
	return json_object_get(h->owed, id);
}

static bool
is_verdict(const json_t *event)
{
	const char *state = cell_text(event, "state");

	return strcmp(state, "sent") != 0 && strcmp(state, "delivered") != 0;
}

bool
heard_awaits(const struct heard *h, const json_t *event)
{
	const json_t *owed = owed_of(h, event);

	return is_verdict(event) &&
	       find_owed(owed, event) < json_array_size(owed);
}

void
heard_take(struct heard *h, const json_t *event)
{
	const char *state = cell_text(event, "state");
	bool missed = strcmp(state, "missed") == 0;
	json_t *owed = owed_of(h, event);
	char id[24], reason[CELL_MAX];

	json_array_remove(owed, find_owed(owed, event));
	if (strcmp(state, "heard") == 0)
		return;
	id_text(event, id, sizeof(id));
	complain("announcement %s: output %s %s (%s)", id,
	    cell_text(event, "output"),
	    missed ? "missed it" : "cannot say whether it was heard",
	    cell(reason, event, "reason", NULL));
	heard_set(h, missed ? STATUS_FAILED : STATUS_UNKNOWN);
}

bool
heard_is_over(const struct heard *h)
{
	const char *id;
	json_t *owed;

	if (h->status == STATUS_FAILED)
		return true;
	json_object_foreach(h->owed, id, owed)
	{
		if (json_array_size(owed) > 0)
			return false;
	}
	return true;
}

static void
heard_late(void *arg)
{
	struct heard *h = arg;
	char outputs[CELL_MAX];
	const char *id;
	json_t *owed;

	json_object_foreach(h->owed, id, owed)
	{
		cell_plain(owed, outputs, sizeof(outputs));
		if (json_array_size(owed) > 0)
			complain("announcement %s was spoken, but nobody has "
				 "told in time whether it was heard: output %s",
			    id, outputs);
	}
	json_object_clear(h->owed);
	heard_set(h, STATUS_UNKNOWN);
	client_finish(h->client, h->status);
}

enum status
heard_init(struct heard *h, struct call *call)
{
	*h = (struct heard){ .outputs = json_object(), .owed = json_object() };
	if (timer_new(call->loop, TIMER_COARSE, heard_late, h, &h->deadline) <
	    0)
		return complain("%s", err_text(ERR_NOMEM));
	ask_outputs(h, call);
	return STATUS_DONE;
}

void
heard_done(struct heard *h)
{
	if (h->deadline)
		timer_free(h->deadline);
	json_decref(h->outputs);
	json_decref(h->owed);
}
