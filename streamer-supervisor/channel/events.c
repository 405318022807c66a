#include "streamer-supervisor/channel/events.h"

#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/buf.h"
#include "common/err.h"
#include "daemon/control_link.h"

/* The tag of the question what the [video] shows. A ttsd whose configuration
 * has none of that name does not know. */
#define BOARD "board"
#define QUESTION_MAX 1024
/* How soon a ttsd that refused is asked again. */
#define ASK_AGAIN_NS (5 * NS_PER_S)

struct events {
	const struct events_receiver *receiver;
	void *arg;
	struct control_link *link;
	struct timer *timer;                /* asks again */
	bool is_told;                       /* over this link */
	unsigned refusals;                  /* of this link, in a row */
	struct buf with_lead, without_lead; /* what is sent first, and then */
};

static bool
is(const json_t *object, const char *name, const char *text)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value && strcmp(value, text) == 0;
}

static void
ask_again(void *arg)
{
	struct events *e = arg;

	control_link_send(e->link, (const char *)buf_data(&e->without_lead),
	    buf_len(&e->without_lead) - 1);
}

static void
take_refusal(struct events *e, const char *why)
{
	if (e->refusals++ == 0) {
		log_info(
		    "ttsd refuses to tell events: %s; it is asked for them "
		    "without a lead",
		    log_quote(why));
		ask_again(e);
		return;
	}
	if (e->refusals == 2)
		log_warning("ttsd tells no events of the channel: %s; the "
			    "picture shows nothing of what is said, and they "
			    "are asked for every %d s",
		    log_quote(why), (int)(ASK_AGAIN_NS / NS_PER_S));
	timer_at(e->timer, clock_awake_ns() + ASK_AGAIN_NS);
	e->receiver->silent(e->arg);
}

/* A link on which events are told already is being cut off, for it was not read
 * in time; asking for fewer would mend nothing. */
static void
take_no(struct events *e, const json_t *reply)
{
	const char *why = json_string_value(json_object_get(reply, "message"));

	if (why == NULL)
		why = "no reason given";
	if (e->is_told)
		log_warning("ttsd has cut off the link for its events: %s; a "
			    "new one is made",
		    log_quote(why));
	else
		take_refusal(e, why);
}

static void
take_reply(struct events *e, const json_t *reply)
{
	if (!json_is_true(json_object_get(reply, "ok"))) {
		take_no(e, reply);
		return;
	}
	e->is_told = true;
	if (e->refusals > 1)
		log_info("ttsd tells events of the channel again");
	e->refusals = 0;
	e->receiver->told(e->arg);
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
	else if (is(line, "event", "clock"))
		e->receiver->lagging(e->arg);
	else
		e->receiver->event(e->arg, line);
	json_decref(line);
}

static void
link_absent(void *arg, int err)
{
	struct events *e = arg;

	(void)err;
	e->is_told = false;
	e->refusals = 0;
	timer_at(e->timer, INT64_MAX);
	e->receiver->silent(e->arg);
}

static const struct control_link_events link_events = { link_line,
	link_absent };

/* Writes a subscription, and the question what the [video] shows; it ends with
 * a NUL. */
static int
question_init(struct buf *question, const struct events_spec *spec, int lead_ms)
{
	const char *const *name = spec->names;
	int rc;

	buf_init(question, QUESTION_MAX);
	rc = buf_putf(question,
	    "{\"op\":\"subscribe\",\"channel\":\"%.64s\",\"lead_ms\":%d,"
	    "\"events\":[\"subscriber\",\"clock\"",
	    spec->channel, lead_ms);
	for (; rc == 0 && name && *name; name++)
		rc = buf_putf(question, ",\"%s\"", *name);
	if (rc == 0)
		rc = buf_puts(question, "]}\n");
	if (rc == 0 && spec->video)
		rc = buf_putf(question,
		    "{\"op\":\"show\",\"channel\":\"%.64s\","
		    "\"video\":\"%.64s\",\"tag\":\"" BOARD "\"}\n",
		    spec->channel, spec->video);
	return rc == 0 ? buf_put(question, "", 1) : rc;
}

static int
begin(struct events *e, struct loop *l, const struct events_spec *spec)
{
	int rc = question_init(
	    &e->with_lead, spec, spec->names ? EVENTS_LEAD_MS : 0);

	if (rc == 0)
		rc = question_init(&e->without_lead, spec, 0);
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, ask_again, e, &e->timer);
	if (rc == 0)
		rc = control_link_new(l, spec->path,
		    (const char *)buf_data(&e->with_lead), &link_events, e,
		    &e->link);
	return rc;
}

int
events_new(struct loop *l, const struct events_spec *spec,
    const struct events_receiver *receiver, void *arg, struct events **out)
{
	struct events *e = calloc(1, sizeof(*e));
	int rc;

	*out = NULL;
	if (e == NULL)
		return ERR_NOMEM;
	e->receiver = receiver;
	e->arg = arg;
	rc = begin(e, l, spec);
	if (rc < 0) {
		events_free(e);
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
	timer_free(e->timer);
	buf_done(&e->with_lead);
	buf_done(&e->without_lead);
	free(e);
}
