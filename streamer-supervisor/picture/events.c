#include "streamer-supervisor/picture/events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "daemon/control_link.h"

/* The tag of the question what the [video] shows. A ttsd whose configuration
 * has none of that name does not know. */
#define BOARD "board"
#define HELLO_MAX 320

struct events {
	const struct events_receiver *receiver;
	void *arg;
	struct control_link *link;
	char hello[HELLO_MAX];
};

static bool
is(const json_t *object, const char *name, const char *text)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value && strcmp(value, text) == 0;
}

static void
take_reply(struct events *e, const json_t *reply)
{
	const char *why = json_string_value(json_object_get(reply, "message"));

	if (json_is_true(json_object_get(reply, "ok"))) {
		e->receiver->told(e->arg);
		return;
	}
	log_warning("ttsd tells no events of the channel: %s; the picture "
		    "shows nothing of what is said",
	    log_quote(why ? why : "no reason given"));
	e->receiver->silent(e->arg);
}

static void
take_subscriber(struct events *e, const json_t *event)
{
	if (json_integer_value(json_object_get(event, "pid")) !=
	    process_own_pid())
		return;
	if (is(event, "state", "joined"))
		e->receiver->joined(
		    e->arg, (uint64_t)json_integer_value(
				json_object_get(event, "first_sample")));
	else if (is(event, "state", "lagging"))
		e->receiver->lagging(e->arg);
}

static void
link_line(void *arg, const char *text, size_t len)
{
	struct events *e = arg;
	json_t *line;

	if (body_parse(text, len, 0, &line, NULL) < 0) {
		log_warning("a line of ttsd could not be read");
		return;
	}
	if (is(line, "tag", BOARD))
		e->receiver->board(e->arg, line);
	else if (json_object_get(line, "ok"))
		take_reply(e, line);
	else if (is(line, "event", "subscriber"))
		take_subscriber(e, line);
	else
		e->receiver->event(e->arg, line);
	json_decref(line);
}

static void
link_absent(void *arg, int err)
{
	struct events *e = arg;

	(void)err;
	e->receiver->silent(e->arg);
}

static const struct control_link_events link_events = { link_line,
	link_absent };

static void
write_hello(struct events *e, const char *channel, const char *video)
{
	int n = snprintf(e->hello, sizeof(e->hello),
	    "{\"op\":\"subscribe\",\"channel\":\"%.64s\",\"lead_ms\":%d}\n",
	    channel, EVENTS_LEAD_MS);

	if (video)
		snprintf(e->hello + n, sizeof(e->hello) - (size_t)n,
		    "{\"op\":\"show\",\"channel\":\"%.64s\","
		    "\"video\":\"%.64s\",\"tag\":\"" BOARD "\"}\n",
		    channel, video);
}

int
events_new(struct loop *l, const char *path, const char *channel,
    const char *video, const struct events_receiver *receiver, void *arg,
    struct events **out)
{
	struct events *e = calloc(1, sizeof(*e));
	int rc;

	*out = NULL;
	if (e == NULL)
		return ERR_NOMEM;
	e->receiver = receiver;
	e->arg = arg;
	write_hello(e, channel, video);
	rc = control_link_new(l, path, e->hello, &link_events, e, &e->link);
	if (rc < 0) {
		free(e);
		return rc;
	}
	*out = e;
	return 0;
}

void
events_free(struct events *e)
{
	if (e == NULL)
		return;
	control_link_free(e->link);
	free(e);
}
