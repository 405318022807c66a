/*
 * outputs --watch: shows outputs live on a terminal, else line by line, and
 * goes on through restarts of streamer-supervisor. The screen (screen.h) is
 * drawn for every change and once a second.
 */
#include <stdio.h>
#include <string.h>

#include "platform/client.h"
#include "ttsctl/client.h"
#include "ttsctl/outputs.h"
#include "ttsctl/request.h"
#include "ttsctl/screen.h"
#include "ttsctl/show.h"
#include "ttsctl/table.h"

#define PERIOD_NS NS_PER_S
#define RETRY_NS (250 * NS_PER_MS)

struct watch {
	struct call *call;
	struct client client;
	struct timer *timer;
	int64_t due_ns;
	bool live;
	bool again;        /* something changed since the last question */
	bool gone;         /* the supervisor is */
	bool quit;         /* the user wants no more */
	char trouble[256]; /* what is wrong; "": the supervisor answers */
	json_t *outputs;   /* from its last status */
};

/* ---- the screen -------------------------------------------------------- */

static void
write_header(struct page *p, const struct watch *w)
{
	char now[16], version[CELL_MAX], up[CELL_MAX], ffmpeg[CELL_MAX];

	time_text(now, sizeof(now), "%H:%M:%S", clock_utc_ms());
	if (w->trouble[0])
		page_line(p, RED, "%s  streamer-supervisor %s; waiting for it",
		    now, w->trouble);
	else
		page_line(p, "",
		    "%s  streamer-supervisor %s, up %s; ffmpeg %s; ttsd is %s",
		    now, cell(version, w->outputs, "version", NULL),
		    cell(up, w->outputs, "uptime_ms", cell_duration),
		    cell(ffmpeg, w->outputs, "ffmpeg", NULL),
		    json_is_true(json_object_get(w->outputs, "ttsd"))
			? "on air"
			: "not on air");
	buf_puts(&p->text, "\n");
}

static void
draw(struct watch *w)
{
	enum status status;
	struct page p;

	page_init(&p);
	write_header(&p, w);
	if (w->outputs)
		outputs_write(&p, w->call, w->outputs);
	screen_put(&p);
	page_done(&p);
	if (!output_flush(&status))
		client_finish(&w->client, status);
}

/* ---- one conversation -------------------------------------------------- */

static void
watch_screen_ask(struct watch *w)
{
	w->again = w->client.awaited > 0;
	if (!w->again)
		client_send(&w->client, request_of(w->call));
}

static void
watch_screen_answered(struct client *c, const json_t *reply)
{
	struct watch *w = c->arg;
	enum status status;

	if (json_object_get(reply, "outputs") == NULL)
		return; /* this is the reply to the subscription */
	json_decref(w->outputs);
	w->outputs = json_incref((json_t *)reply);
	w->trouble[0] = '\0';
	if (w->live)
		draw(w);
	else
		outputs_print(c, reply);
	if (!w->live && !output_flush(&status))
		client_finish(c, status);
	if (w->again)
		watch_screen_ask(w);
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
changed(struct client *c, const json_t *event)
{
	struct watch *w = c->arg;
	enum status status;

	if (w->live) {
		watch_screen_ask(w);
	} else if (!concerns(w->call, event)) {
		return;
	} else if (call_flag(w->call, "json")) {
		client_print_line(c);
	} else {
		show_event(event);
		if (!output_flush(&status))
			client_finish(c, status);
	}
}

static void
in_trouble(struct watch *w, const char *how)
{
	char now[16];

	time_text(now, sizeof(now), "%H:%M:%S", clock_utc_ms());
	snprintf(w->trouble, sizeof(w->trouble), "%s (%s)", how, now);
}

static void
watch_screen_lost(struct client *c, const char *how)
{
	struct watch *w = c->arg;

	w->gone = true;
	in_trouble(w, how);
	if (!w->live)
		complain("streamer-supervisor at %s: %s; waiting for it",
		    c->path, how);
}

static bool
watch_screen_refused(struct client *c, const char *why)
{
	char said[1100];

	snprintf(said, sizeof(said), "says '%s'", why);
	watch_screen_lost(c, said);
	return true;
}

static void
watch_screen_tick(void *arg)
{
	struct watch *w = arg;

	w->due_ns += PERIOD_NS;
	timer_at(w->timer, w->due_ns);
	if (w->client.awaited == 0) {
		watch_screen_ask(w);
		return;
	}
	if (w->trouble[0] == '\0')
		in_trouble(w, "does not answer");
	draw(w);
}

static enum status
converse(struct watch *w)
{
	w->again = w->gone = false;
	client_send(&w->client, json_pack("{s:s}", "op", "subscribe"));
	client_send(&w->client, request_of(w->call));
	w->due_ns = clock_awake_ns() + PERIOD_NS;
	timer_at(w->timer, w->live ? w->due_ns : INT64_MAX);
	return client_run(&w->client);
}

/* ---- all of them ------------------------------------------------------- */

static const struct client_events events = { .reply = watch_screen_answered,
	.event = changed,
	.lost = watch_screen_lost,
	.refused = watch_screen_refused };

/* Tries to connect until the supervisor is back, or nobody looks any more. */
static enum status
reconnect(struct watch *w)
{
	timer_at(w->timer, INT64_MAX);
	for (;;) {
		client_close(&w->client);
		client_pause(w->call->loop, RETRY_NS);
		if (w->quit)
			return STATUS_DONE;
		if (client_connect(&w->client, w->call, &events, w) == 0)
			return STATUS_DONE;
		if (w->live)
			draw(w);
		if (w->client.finished)
			return w->client.status;
	}
}

static void
watch_screen_quit(void *arg)
{
	struct watch *w = arg;

	w->quit = true;
	loop_stop(w->call->loop);
}

static enum status
watch_screen_watch(struct watch *w)
{
	enum status status = client_open(&w->client, w->call, &events, w);
	bool screen = status == STATUS_DONE && w->live;

	if (screen && screen_enter(w->call->loop, watch_screen_quit, w) < 0) {
		status = complain("out of memory");
		screen = false;
	}
	while (status == STATUS_DONE && !w->quit) {
		status = converse(w);
		if (!w->gone)
			break;
		status = reconnect(w);
	}
	client_close(&w->client);
	if (screen)
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

	if (timer_new(
		call->loop, TIMER_COARSE, watch_screen_tick, &w, &w.timer) < 0)
		return complain("out of memory");
	status = watch_screen_watch(&w);
	timer_free(w.timer);
	json_decref(w.outputs);
	return status;
}
