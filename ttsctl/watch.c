/*
 * outputs --watch: shows outputs live on a terminal, else line by line, and
 * goes on through restarts of streamer-supervisor (link.h). The screen
 * (screen.h) is drawn for every change and once a second.
 */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/client.h"
#include "ttsctl/link.h"
#include "ttsctl/outputs.h"
#include "ttsctl/request.h"
#include "ttsctl/screen.h"
#include "ttsctl/show.h"
#include "ttsctl/table.h"

struct watch {
	struct call *call;
	struct link link;
	bool live;
	bool quit;       /* the user wants no more */
	json_t *outputs; /* from its last status */
};

/* ---- the screen -------------------------------------------------------- */

static void
write_header(struct page *p, const struct watch *w)
{
	char now[16], head[OUTPUTS_HEAD_MAX];

	time_text(now, sizeof(now), "%H:%M:%S", clock_utc_ms());
	if (w->link.trouble[0])
		link_write_trouble(
		    p, now, daemon_name(w->call), w->link.trouble);
	else
		page_line(p, "", "%s  %s", now,
		    outputs_head(head, sizeof(head), w->outputs));
	buf_puts(&p->text, "\n");
}

static void
write_watch(struct page *p, void *arg)
{
	const struct watch *w = arg;

	write_header(p, w);
	if (w->outputs)
		outputs_write(p, w->call, w->outputs);
}

static void
draw(struct link *l)
{
	struct watch *w = l->arg;
	enum status status;

	if (w->live && !screen_draw(write_watch, w, &status))
		client_finish(&l->client, status);
}

/* ---- the conversation -------------------------------------------------- */

static void
watch_begun(struct link *l)
{
	client_send(&l->client, json_pack("{s:s}", "op", "subscribe"));
}

static void
watch_ask(struct link *l)
{
	client_send(&l->client, request_of(l->call));
}

static void
watch_answered(struct link *l, const json_t *reply)
{
	struct watch *w = l->arg;
	enum status status;

	if (json_object_get(reply, "outputs") == NULL)
		return; /* this is the reply to the subscription */
	json_decref(w->outputs);
	w->outputs = json_incref((json_t *)reply);
	draw(l);
	if (w->live)
		return;
	outputs_print(&l->client, reply);
	if (!output_flush(&status))
		client_finish(&l->client, status);
}

static bool
concerns(const struct call *call, const json_t *event)
{
	const char *name = json_string_value(json_object_get(
	    event, json_object_get(event, "output") ? "output" : "name"));

	return call->word_count == 0 ||
	       (name && strcmp(name, call->words[0]) == 0);
}

static void
changed(struct link *l, const json_t *event)
{
	struct watch *w = l->arg;
	enum status status;

	if (w->live) {
		link_ask(l);
	} else if (!concerns(w->call, event)) {
		return;
	} else if (call_flag(w->call, "json")) {
		client_print_line(&l->client);
	} else {
		show_event(event);
		if (!output_flush(&status))
			client_finish(&l->client, status);
	}
}

static void
watch_lost(struct link *l, const char *how)
{
	const struct watch *w = l->arg;

	if (!w->live)
		complain("streamer-supervisor at %s: %s; waiting for it",
		    l->client.path, how);
}

static const struct link_events events = { .begun = watch_begun,
	.ask = watch_ask,
	.reply = watch_answered,
	.event = changed,
	.lost = watch_lost,
	.troubled = draw };

/* ---- all of it --------------------------------------------------------- */

static void
watch_quit(void *arg)
{
	struct watch *w = arg;

	w->quit = true;
	loop_stop(w->call->loop);
}

static enum status
watch_on(struct watch *w)
{
	while (!w->quit && !link_is_over(&w->link))
		loop_run(w->call->loop);
	return w->quit ? STATUS_DONE : w->link.client.status;
}

static enum status
watch_screen(struct watch *w)
{
	enum status status;

	if (screen_enter(w->call->loop, watch_quit, w) < 0)
		return complain("%s", err_text(ERR_NOMEM));
	status = watch_on(w);
	screen_leave();
	return status;
}

enum status
run_watch(struct call *call)
{
	struct watch w = { .call = call,
		.live =
		    client_output_is_terminal() && !call_flag(call, "json") };
	enum status status;

	if (link_init(&w.link, call, &events, &w, w.live) < 0)
		return complain("%s", err_text(ERR_NOMEM));
	status = link_open(&w.link);
	if (status == STATUS_DONE)
		status = w.live ? watch_screen(&w) : watch_on(&w);
	link_close(&w.link);
	json_decref(w.outputs);
	return status;
}
