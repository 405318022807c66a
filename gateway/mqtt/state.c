#include "gateway/mqtt/state.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/fields.h"
#include "common/err.h"

static const char ask_status[] = "{\"op\":\"status\"}\n";

/* ---- the document ----------------------------------------------------- */

json_t *
state_outputs(const json_t *outputs)
{
	const json_t *list = json_object_get(outputs, "outputs"), *one;
	json_t *all = json_object();
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *name = body_string(one, "name");
		const char *is = body_string(one, "state");

		if (name && is)
			body_put(&all, name, json_string(is));
	}
	return all;
}

json_t *
state_document(
    const json_t *status, const json_t *outputs, const json_t *on_air)
{
	const json_t *list = json_object_get(status, "channels"), *one, *air;
	json_t *channels = json_object(), *speaking = json_array();
	json_t *body = json_object();
	int64_t queue = 0;
	size_t i;

	json_array_foreach(list, i, one)
	{
		const char *name = body_string(one, "name");
		const char *is = body_string(one, "state");
		int64_t waits = body_integer(one, "queue", 0);

		queue += waits;
		if (name == NULL || is == NULL)
			continue;
		body_put(&channels, name,
		    json_pack(
			"{s:s, s:I}", "state", is, "queue", (json_int_t)waits));
		air = json_object_get(on_air, name);
		if (air)
			body_append(
			    &speaking, json_incref((json_t *)(uintptr_t)air));
	}
	body_put(&body, "on_air", speaking);
	body_put(&body, "queue", json_integer(queue));
	body_put(&body, "channels", channels);
	body_put(&body, "outputs", state_outputs(outputs));
	return body;
}

static void
remake(struct state *s)
{
	json_t *body;
	char *text;

	if (s->status == NULL || s->asked || s->asked_streamer)
		return;
	body = state_document(s->status, s->outputs, s->on_air);
	text = body_text(body);
	json_decref(body);
	if (text == NULL || (s->text && strcmp(text, s->text) == 0)) {
		free(text);
		return;
	}
	free(s->text);
	s->text = text;
	s->changed(s->arg);
}

const char *
state_text(const struct state *s)
{
	return s->text;
}

/* ---- the daemons ------------------------------------------------------ */

static void
keep(json_t **at, const char *line, size_t len)
{
	json_t *reply = line ? json_loadb(line, len, 0, NULL) : NULL;

	json_decref(*at);
	*at = reply;
}

static void
ttsd_answered(void *arg, const char *line, size_t len, int err)
{
	struct state *s = arg;

	(void)err;
	s->asked = NULL;
	keep(&s->status, line, len);
	remake(s);
}

static void
streamer_answered(void *arg, const char *line, size_t len, int err)
{
	struct state *s = arg;

	(void)err;
	s->asked_streamer = NULL;
	keep(&s->outputs, line, len);
	remake(s);
}

static void
state_due(void *arg)
{
	struct state *s = arg;

	s->armed = false;
	if (s->asked || s->asked_streamer) {
		state_stir(s);
		return;
	}
	/* What cannot be asked stays as it was until something stirs. */
	if (peer_ask(s->ttsd, ask_status, sizeof(ask_status) - 1, ttsd_answered,
		s, &s->asked) < 0)
		return;
	peer_ask(s->streamer, ask_status, sizeof(ask_status) - 1,
	    streamer_answered, s, &s->asked_streamer);
}

void
state_stir(struct state *s)
{
	int64_t now = clock_awake_ns();

	if (s->armed)
		return;
	if (s->next_ns < now)
		s->next_ns = now;
	s->armed = true;
	timer_at(s->timer, s->next_ns);
	s->next_ns += STATE_EVERY_NS;
}

static void
begin_text(struct state *s, const struct recent_event *e)
{
	json_t *event = json_loadb(e->line, e->len, 0, NULL);
	json_t *air = json_pack("{s:s, s:I, s:s}", "channel", e->channel, "id",
	    (json_int_t)body_id(event, "id"), "text",
	    body_string_or(event, "text", ""));

	if (air && (json_object_get(s->on_air, e->channel) ||
		       json_object_size(s->on_air) < STATE_CHANNELS_MAX))
		json_object_set(s->on_air, e->channel, air);
	json_decref(air);
	json_decref(event);
}

static void
end_text(struct state *s, const struct recent_event *e)
{
	json_t *event = json_loadb(e->line, e->len, 0, NULL);
	const json_t *air = json_object_get(s->on_air, e->channel);

	/* Another one may have ended, which was not on air. */
	if (air && body_id(air, "id") == body_id(event, "id"))
		json_object_del(s->on_air, e->channel);
	json_decref(event);
}

void
state_take(struct state *s, const struct recent_event *e)
{
	if (strcmp(e->name, "started") == 0)
		begin_text(s, e);
	else if (strcmp(e->name, "finished") == 0 ||
		 strcmp(e->name, "preempted") == 0)
		end_text(s, e);
	state_stir(s);
}

/* ---- life ------------------------------------------------------------- */

int
state_init(struct state *s, struct loop *l, struct peer *ttsd,
    struct peer *streamer, void (*changed)(void *arg), void *arg)
{
	*s = (struct state){ .ttsd = ttsd,
		.streamer = streamer,
		.changed = changed,
		.arg = arg,
		.on_air = json_object() };
	if (s->on_air == NULL)
		return ERR_NOMEM;
	return timer_new(l, TIMER_COARSE, state_due, s, &s->timer);
}

void
state_done(struct state *s)
{
	if (s->asked)
		question_drop(s->asked);
	if (s->asked_streamer)
		question_drop(s->asked_streamer);
	timer_free(s->timer);
	json_decref(s->status);
	json_decref(s->outputs);
	json_decref(s->on_air);
	free(s->text);
}
