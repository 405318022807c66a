/* Commands that go on until they are interrupted: events and listen. */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "platform/client.h"
#include "ttsctl/client.h"
#include "ttsctl/request.h"
#include "ttsctl/show.h"

/* `events`: may ttsd come back? */
struct following {
	struct absence absence; /* of ttsd */
	bool gone;              /* the connection is, and another may do */
};

static void
subscribed(struct client *c, const json_t *reply)
{
	struct following *f = c->arg;

	f->absence.until_ns = 0;
	if (json_is_true(json_object_get(reply, "missed")))
		complain("what happened meanwhile is not known, but for how "
			 "announcements ended");
}

static void
ttsd_is_gone(struct client *c, const char *how)
{
	struct following *f = c->arg;

	f->gone = absence_goes_on(&f->absence, c->call);
	complain("ttsd at %s %s; %s", c->path, how,
	    f->gone ? "waiting for it" : "its log says why");
}

/* Is it an event of sounds, and did nobody ask for those? There are some
 * fifteen a second. */
static bool
is_flood(const struct call *call, const json_t *event)
{
	const char *kind = json_string_value(json_object_get(event, "event"));

	return call->word_count == 0 && kind &&
	       (strcmp(kind, "phoneme") == 0 || strcmp(kind, "viseme") == 0);
}

static void
happened(struct client *c, const json_t *event)
{
	enum status status;

	if (call_flag(c->call, "json")) {
		client_print_line(c);
		return;
	}
	if (is_flood(c->call, event))
		return;
	show_event(event);
	if (!output_flush(&status))
		client_finish(c, status);
}

enum status
run_events(struct call *call)
{
	static const struct client_events of_ttsd = {
		.reply = subscribed, .event = happened, .lost = ttsd_is_gone
	};
	static const struct client_events of_outputs = { .reply = subscribed,
		.event = happened };
	bool outputs = call_flag(call, "outputs");
	struct following f = { .gone = false };
	struct client c;
	enum status status;

	if (outputs)
		call->daemon = DAEMON_STREAMER;
	status = client_open(&c, call, outputs ? &of_outputs : &of_ttsd, &f);
	while (status == STATUS_DONE) {
		f.gone = false;
		client_send(&c, request_of(call));
		status = client_run(&c);
		if (!f.gone)
			break;
		json_object_set_new(
		    call->request, "since", json_integer(c.seen));
		status = client_reopen(&c, &f.absence);
	}
	client_close(&c);
	return status;
}

/* ---- listen ------------------------------------------------------------ */

/* Finds the channel's socket, then copies it to standard output. */
struct listening {
	struct client *client;
	struct stream *audio;
};

static void
heard(void *arg, const uint8_t *data, size_t len)
{
	struct listening *l = arg;
	enum status status;

	fwrite(data, 1, len, stdout);
	if (!output_flush(&status))
		client_finish(l->client, status);
}

static void
fell_silent(void *arg, int err)
{
	struct listening *l = arg;

	complain("ttsd ended the stream: %s", err_text(err));
	client_finish(l->client, STATUS_UNREACHABLE);
}

static const struct stream_events audio_events = { .data = heard,
	.ended = fell_silent };

/* Chooses the channel that was asked for, else the first. */
static const json_t *
choose_channel(const struct call *call, const json_t *channels)
{
	const char *wanted = call_option(call, "channel"), *name;
	const json_t *channel;
	size_t i;

	json_array_foreach(channels, i, channel)
	{
		name = json_string_value(json_object_get(channel, "name"));
		if (wanted == NULL || (name && strcmp(name, wanted) == 0))
			return channel;
	}
	return NULL;
}

static void
listed(struct client *c, const json_t *reply)
{
	struct listening *l = c->arg;
	const json_t *channel =
	    choose_channel(c->call, json_object_get(reply, "channels"));
	const char *path =
	    json_string_value(json_object_get(channel, "audio_socket"));
	int rc;

	if (path == NULL) {
		client_finish(c,
		    complain("no such channel; 'ttsctl channels' lists them"));
		return;
	}
	rc = stream_connect(c->call->loop, path, &audio_events, l, &l->audio);
	if (rc < 0) {
		complain("%s: %s", path, err_text(rc));
		client_finish(c, STATUS_UNREACHABLE);
	}
}

enum status
run_listen(struct call *call)
{
	static const struct client_events events = { .reply = listed };
	struct listening l = { 0 };
	struct client c;
	enum status status;

	if (client_output_is_terminal())
		return complain_usage(call,
		    "sound on a terminal is noise: pipe it to a player "
		    "(ttsctl listen | aplay) or a file");
	status = client_open(&c, call, &events, &l);
	l.client = &c;
	if (status == STATUS_DONE) {
		client_send(&c, request_of(call));
		status = client_run(&c);
	}
	stream_close(l.audio);
	client_close(&c);
	return status;
}
