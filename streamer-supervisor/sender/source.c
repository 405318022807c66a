#include "streamer-supervisor/sender/source.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/conf/conf.h"
#include "common/control/fields.h"
#include "common/err.h"
#include "daemon/control_link.h"

/* The tags of questions; one without a tag asks whether a channel is idle. */
#define READERS "readers"
#define RECEIPT "receipt"
#define HISTORY "history"

#define HELLO_MAX 128
/* What ended so long ago at most is asked for, where ttsd comes on air. */
#define HISTORY_MS (10 * 60 * 1000)
#define HISTORY_ITEMS 50

struct source {
	const char *path;
	const struct source_events *events;
	void *arg;
	struct control_link *link;
	char hello[HELLO_MAX]; /* the first line of the next link */
	uint64_t seen;         /* the number of the last event; 0: none */
	bool up;
	bool linked;  /* ttsd has answered over the present link */
	bool told;    /* the log says that ttsd is missing */
	bool posting; /* receipts are unanswered */
};

/* Has the next link begin behind the event of that number; 0: with what
 * happens then. */
static void
source_greet(struct source *s, uint64_t since)
{
	char away[40] = "";

	if (since > 0)
		snprintf(away, sizeof(away), ",\"since\":%" PRIu64, since);
	snprintf(s->hello, sizeof(s->hello),
	    "{\"op\":\"subscribe\",\"events\":[\"subscriber\","
	    "\"started\",\"finished\"]%s}\n",
	    away);
}

static void
say_missing(struct source *s)
{
	if (s->up)
		log_warning("ttsd went off air; outputs wait for it");
	else if (!s->told)
		log_info("ttsd is not on air yet (socket=%s); outputs wait "
			 "for it",
		    log_quote(s->path));
	s->told = true;
	s->up = false;
}

/* What was told of receipts before is asked for, behind those that wait. */
static void
ask_history(struct source *s)
{
	char line[160];
	int n = snprintf(line, sizeof(line),
	    "{\"op\":\"history\",\"tag\":\"" HISTORY "\",\"since_ms\":%" PRId64
	    ",\"limit\":%d}\n",
	    clock_utc_ms() - HISTORY_MS, HISTORY_ITEMS);

	control_link_send(s->link, line, (size_t)n);
}

static void
came_up(struct source *s)
{
	s->up = true;
	log_info("ttsd is on air");
	s->events->up(s->arg);
}

/* The first answer of a link came. What was missed comes behind it, under its
 * own numbers. */
static void
take_hello(struct source *s, const json_t *reply)
{
	if (json_object_get(reply, "from") == NULL)
		s->seen = body_count(reply, "seq");
	s->linked = true;
	if (!s->up)
		came_up(s);
	s->events->linked(s->arg);
	ask_history(s);
}

static void
take_post(struct source *s, bool answered)
{
	if (!s->posting)
		return;
	s->posting = false;
	s->events->posted(s->arg, answered);
}

/* What never began left no samples. */
static void
take_end(struct source *s, const json_t *line)
{
	if (json_object_get(line, "last_sample"))
		s->events->spoken(s->arg, body_string_or(line, "channel", ""),
		    body_count(line, "id"), body_count(line, "first_sample"),
		    body_count(line, "last_sample") + 1);
}

static void
take_event(struct source *s, const json_t *line)
{
	const json_t *pid = json_object_get(line, "pid");
	const char *event = body_string_or(line, "event", "");

	s->seen = body_count(line, "seq");
	if (strcmp(event, "subscriber") != 0)
		s->events->tells(s->arg, line);
	if (strcmp(event, "finished") == 0)
		take_end(s, line);
	else if (strcmp(body_string_or(line, "state", ""), "lagging") == 0 &&
		 json_is_integer(pid))
		s->events->lagging(s->arg, json_integer_value(pid));
}

static void
take_reply(struct source *s, const json_t *line)
{
	const json_t *ch = json_array_get(json_object_get(line, "channels"), 0);
	const char *tag = body_string_or(line, "tag", "");
	const char *name = body_string_or(ch, "name", "");

	if (strcmp(tag, RECEIPT) == 0)
		take_post(s, true);
	else if (strcmp(tag, HISTORY) == 0)
		s->events->ended(s->arg, json_object_get(line, "items"));
	else if (strcmp(tag, READERS) == 0)
		s->events->readers(s->arg, name, ch);
	else if (strcmp(body_string_or(ch, "state", ""), "idle") == 0)
		s->events->idle(s->arg, name);
}

static void
link_line(void *arg, const char *text, size_t len)
{
	struct source *s = arg;
	json_t *line;
	int rc = body_parse(text, len, 0, &line, NULL);

	if (rc == ERR_NOMEM)
		log_warning("a line of ttsd is lost: out of memory");
	/* Even a refusal to subscribe comes from a ttsd that is on air, and so
	 * does what there is no memory for. */
	if ((rc == ERR_NOMEM || json_object_get(line, "ok")) && !s->linked)
		take_hello(s, line);
	else if (json_object_get(line, "event"))
		take_event(s, line);
	else
		take_reply(s, line);
	json_decref(line);
}

static void
link_absent(void *arg, int err)
{
	struct source *s = arg;
	bool was_up = s->up;

	if (err == ERR_NOMEM)
		log_warning("ttsd is not asked for: out of memory; it is "
			    "tried again");
	say_missing(s);
	source_greet(s, 0);
	s->linked = false;
	take_post(s, false);
	if (!was_up)
		s->events->absent(s->arg);
}

static const struct control_link_events link_events = { link_line,
	link_absent };

int
source_new(struct loop *l, const char *path, const struct source_events *events,
    void *arg, struct source **out)
{
	struct source *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct source){ .path = path, .events = events, .arg = arg };
	source_greet(s, 0);
	rc = control_link_new(l, path, s->hello, &link_events, s, &s->link);
	if (rc < 0) {
		free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	control_link_free(s->link);
	free(s);
}

bool
source_is_up(const struct source *s)
{
	return s->up;
}

uint64_t
source_seen(const struct source *s)
{
	return s->seen;
}

void
source_go_on(struct source *s, uint64_t seen)
{
	s->up = true;
	s->seen = seen;
	source_greet(s, seen);
}

static void
ask_status(struct source *s, const char *channel, const char *tag)
{
	char line[128];
	int n = snprintf(line, sizeof(line),
	    "{\"op\":\"status\",\"channel\":\"%.*s\"%s}\n", CONF_NAME_MAX,
	    channel, tag);

	if (s->up)
		control_link_send(s->link, line, (size_t)n);
}

void
source_ask_idle(struct source *s, const char *channel)
{
	ask_status(s, channel, "");
}

void
source_ask_readers(struct source *s, const char *channel)
{
	ask_status(s, channel, ",\"tag\":\"" READERS "\"");
}

bool
source_takes_post(const struct source *s)
{
	return s->linked && !s->posting;
}

void
source_post(struct source *s, const char *line)
{
	s->posting = true;
	control_link_send(s->link, line, strlen(line));
}
