#include "ttsctl/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "common/lines.h"
#include "common/utf8.h"
#include "platform/client.h"

/* A line from a daemon has at most so many bytes: a queue of 100,000 items. */
#define LINE_MAX_BYTES (128u * 1024 * 1024)
/* So long passes between two attempts to connect. */
#define RETRY_NS (50 * NS_PER_MS)
/* A daemon whose backlog of connections is full is busy, not missing: it is
 * tried for so long. */
#define BUSY_NS (5 * NS_PER_S)
#define DAY_MS (24 * 3600 * 1000)
/* Between two attempts to find a daemon again; they grow. */
#define AGAIN_FIRST_NS (100 * NS_PER_MS)
#define AGAIN_MAX_NS (2 * NS_PER_S)
/* So long that is tried without --wait-for. */
#define ABSENCE_NS (60 * NS_PER_S)

static const struct {
	const char *name;
	const char *socket;
} daemons[] = {
	[DAEMON_TTSD] = { "ttsd", "control" },
	[DAEMON_STREAMER] = { "streamer-supervisor", "streamer" },
};

/* What to exit with after a refusal, and what to do about it. */
struct refusal {
	const char *code;
	enum status status;
	const char *advice;
};

/* Those that are more than STATUS_FAILED. */
static const struct refusal refusals[] = {
	{ "bad-request", STATUS_DATA, NULL },
	{ "too-long", STATUS_DATA, NULL },
	{ "denied", STATUS_DENIED, NULL },
	{ "queue-full", STATUS_FAILED,
	    "'ttsctl queue' shows it, 'ttsctl clear' empties it" },
	{ "unavailable", STATUS_FAILED, "'ttsctl status' shows what is wrong" },
};

static struct refusal
find_refusal(const char *code)
{
	size_t i;

	for (i = 0; code && i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(code, refusals[i].code) == 0)
			return refusals[i];
	return (struct refusal){ code, STATUS_FAILED, NULL };
}

const char *
daemon_name(const struct call *call)
{
	return daemons[call->daemon].name;
}

void
client_finish(struct client *c, enum status status)
{
	if (c->finished)
		return;
	c->finished = true;
	c->status = status;
	loop_stop(c->call->loop);
}

void
client_print_line(struct client *c)
{
	enum status status;

	fwrite(c->line, 1, c->line_len, stdout);
	putchar('\n');
	if (!output_flush(&status))
		client_finish(c, status);
}

static void
ctl_client_lost(struct client *c, const char *how)
{
	if (!c->finished && c->events->lost)
		c->events->lost(c, how);
	else if (!c->finished)
		complain("%s at %s %s; its log says why", daemon_name(c->call),
		    c->path, how);
	client_finish(c, STATUS_UNREACHABLE);
}

/* A plain refusal, "error CODE: message", comes where a daemon has not even
 * read the request. */
static void
ctl_client_refused(struct client *c, const json_t *reply)
{
	const char *code = json_string_value(json_object_get(reply, "error"));
	const json_t *why = json_object_get(reply, "message");
	const char *text = why ? json_string_value(why) : c->line;
	size_t len = why ? json_string_length(why) : c->line_len;
	struct refusal refusal = find_refusal(code);
	char safe[1024];

	if (call_flag(c->call, "json"))
		client_print_line(c);
	utf8_sanitise(safe, sizeof(safe), text ? text : "refused", len);
	if (c->events->refused == NULL || !c->events->refused(c, safe))
		complain("%s%s%s", safe, refusal.advice ? "; " : "",
		    refusal.advice ? refusal.advice : "");
	client_finish(c, refusal.status);
}

static void
note_seen(struct client *c, const json_t *line)
{
	json_int_t seq = json_integer_value(json_object_get(line, "seq"));

	if (seq > c->seen)
		c->seen = seq;
}

static void
take_line(struct client *c)
{
	json_t *value = json_loadb(c->line, c->line_len, 0, NULL);

	note_seen(c, value);
	if (json_object_get(value, "event")) {
		if (c->events->event)
			c->events->event(c, value);
	} else if (json_is_true(json_object_get(value, "ok"))) {
		if (c->awaited > 0 && --c->awaited == 0)
			timer_at(c->deadline, INT64_MAX);
		c->events->reply(c, value);
	} else {
		ctl_client_refused(c, value);
	}
	json_decref(value);
}

static void
received(void *arg, const uint8_t *data, size_t len)
{
	struct client *c = arg;

	if (buf_put(&c->in, data, len) < 0) {
		ctl_client_lost(c, "sends a line that is too long");
		return;
	}
	while (!c->finished &&
	       lines_peek(&c->in, &c->scanned, &c->line, &c->line_len)) {
		take_line(c);
		buf_consume(&c->in, c->line_len + 1);
	}
}

static void
ctl_client_flush(void *arg)
{
	struct client *c = arg;
	int n = 1;

	while (n > 0 && buf_len(&c->out) > 0) {
		n = stream_write(
		    c->stream, buf_data(&c->out), buf_len(&c->out));
		if (n > 0)
			buf_consume(&c->out, (size_t)n);
	}
	if (n < 0)
		ctl_client_lost(c, "closed the connection");
}

static void
ctl_client_ended(void *arg, int err)
{
	(void)err;
	ctl_client_lost(arg, "closed the connection");
}

static void
overdue(void *arg)
{
	ctl_client_lost(arg, "does not answer");
}

static const struct stream_events stream_events = { .data = received,
	.writable = ctl_client_flush,
	.ended = ctl_client_ended };

void
client_send(struct client *c, json_t *request)
{
	char *text = body_text(request);

	if (text == NULL || buf_putf(&c->out, "%s\n", text) < 0) {
		complain("out of memory");
		client_finish(c, STATUS_FAILED);
	} else {
		if (c->awaited++ == 0)
			timer_at(c->deadline, clock_awake_ns() + ANSWER_NS);
		ctl_client_flush(c);
	}
	free(text);
	json_decref(request);
}

/* Composes the path of the daemon's socket in the runtime directory. */
static int
name_socket(struct client *c)
{
	return path_socket(c->dir.path, daemons[c->call->daemon].socket,
	    c->path, sizeof(c->path));
}

static int
connect_here(struct client *c)
{
	int rc = name_socket(c);

	return rc < 0 ? rc
		      : stream_connect(c->call->loop, c->path, &stream_events,
			    c, &c->stream);
}

/* Connects in the folder that was named, or wherever a daemon answers. Of
 * several failures the one that says most is kept: that of a socket that is
 * there, before that of none. */
static int
connect_anywhere(struct client *c)
{
	const char *named = call_option(c->call, "runtime-dir");
	struct runtime_dir telling = { 0 };
	int rc, worst = ERR_NOT_FOUND;
	unsigned i;

	for (i = 0; (rc = runtime_dir_find(named, i, &c->dir)) != ERR_END;
	     i++) {
		if (rc == 0)
			rc = connect_here(c);
		if (rc == 0)
			return 0;
		if (i == 0 || worst == ERR_NOT_FOUND) {
			worst = rc;
			telling = c->dir;
		}
	}
	c->dir = telling;
	name_socket(c);
	return worst;
}

static void
ctl_client_tick(void *arg)
{
	loop_stop(arg);
}

void
client_pause(struct loop *l, int64_t ns)
{
	struct timer *t;

	if (timer_new(l, TIMER_COARSE, ctl_client_tick, l, &t) < 0)
		return;
	timer_at(t, clock_awake_ns() + ns);
	loop_run(l);
	timer_free(t);
}

static int
init(struct client *c, const struct call *call,
    const struct client_events *events, void *arg)
{
	*c = (struct client){ .call = call, .events = events, .arg = arg };
	buf_init(&c->in, LINE_MAX_BYTES);
	buf_init(&c->out, LINE_MAX_BYTES);
	return timer_new(call->loop, TIMER_COARSE, overdue, c, &c->deadline);
}

int
client_connect(struct client *c, const struct call *call,
    const struct client_events *events, void *arg)
{
	int rc = init(c, call, events, arg);

	return rc < 0 ? rc : connect_anywhere(c);
}

static int64_t
find_patience_ns(const struct call *call)
{
	json_int_t ms =
	    json_integer_value(json_object_get(call->local, "wait-for"));

	return NS_PER_MS * (ms < DAY_MS ? ms : DAY_MS);
}

int64_t
client_deadline_ns(const struct call *call)
{
	int64_t patience = find_patience_ns(call);

	return patience > 0 ? clock_awake_ns() + patience : INT64_MAX;
}

static int
connect_in_time(struct client *c)
{
	int64_t patience = find_patience_ns(c->call);
	int64_t busy = patience > BUSY_NS ? patience : BUSY_NS;
	int64_t start = clock_awake_ns();
	int rc;

	for (;;) {
		rc = connect_anywhere(c);
		if (rc == 0 || clock_awake_ns() - start >
				   (rc == ERR_AGAIN ? busy : patience))
			return rc;
		client_pause(c->call->loop, RETRY_NS);
	}
}

static enum status
unreachable(const struct client *c, int err)
{
	const char *name = daemon_name(c->call);

	if (err == ERR_NOT_FOUND || err == ERR_REFUSED)
		complain("%s is not running: nobody listens at %s\n"
			 "  start it:  systemctl start %s    (or: %s)\n"
			 "  elsewhere: name its runtime directory with -r DIR",
		    name, c->path, name, name);
	else if (err == ERR_UNTRUSTED)
		complain(
		    "%s is not looked for in %s: it %s\n"
		    "  yours:     remove it, or mend its owner and mode\n"
		    "  elsewhere: name another runtime directory with -r DIR",
		    name, c->dir.path,
		    c->dir.fault[0] ? c->dir.fault
				    : "is served by another user");
	else if (err == ERR_DENIED)
		complain("%s at %s: permission denied; use ttsctl as a user of "
			 "the group that its control_group names, as the user "
			 "that %s runs as, or as root",
		    name, c->path, name);
	else if (err == ERR_AGAIN)
		complain("%s at %s is too busy to answer", name, c->path);
	else
		complain("%s at %s: %s", name, c->path, err_text(err));
	return err == ERR_DENIED ? STATUS_DENIED : STATUS_UNREACHABLE;
}

enum status
client_open(struct client *c, const struct call *call,
    const struct client_events *events, void *arg)
{
	int rc = init(c, call, events, arg);

	if (rc < 0)
		return complain("%s", err_text(rc));
	rc = connect_in_time(c);
	return rc < 0 ? unreachable(c, rc) : STATUS_DONE;
}

bool
absence_goes_on(struct absence *a, const struct call *call)
{
	bool bounded = json_object_get(call->local, "wait-for") != NULL;
	int64_t now = clock_awake_ns();

	if (a->until_ns > 0)
		return now < a->until_ns;
	a->until_ns = now + (bounded ? find_patience_ns(call) : ABSENCE_NS);
	return true;
}

enum status
client_reopen(struct client *c, const struct absence *a)
{
	const struct client_events *events = c->events;
	const struct call *call = c->call;
	void *arg = c->arg;
	json_int_t seen = c->seen;
	int64_t pause = AGAIN_FIRST_NS;
	int rc;

	do {
		client_close(c);
		client_pause(call->loop, pause);
		pause = 2 * pause < AGAIN_MAX_NS ? 2 * pause : AGAIN_MAX_NS;
		rc = client_connect(c, call, events, arg);
		c->seen = seen;
	} while (rc < 0 && clock_awake_ns() < a->until_ns);
	return rc < 0 ? unreachable(c, rc) : STATUS_DONE;
}

enum status
client_run(struct client *c)
{
	/* Another one in this loop may have ended meanwhile. */
	while (!c->finished)
		loop_run(c->call->loop);
	return c->status;
}

void
client_close(struct client *c)
{
	stream_close(c->stream);
	if (c->deadline)
		timer_free(c->deadline);
	buf_done(&c->in);
	buf_done(&c->out);
}
