#include "streamer-supervisor/sender/source.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/conf/conf.h"
#include "common/err.h"
#include "daemon/control_link.h"

struct source {
	const char *path;
	const struct source_events *events;
	void *arg;
	struct control_link *link;
	bool up;
	bool told; /* the log says that ttsd is missing */
};

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

static void
came_up(struct source *s)
{
	s->up = true;
	log_info("ttsd is on air");
	s->events->up(s->arg);
}

static void
take_event(struct source *s, const json_t *line)
{
	const char *state = json_string_value(json_object_get(line, "state"));
	const json_t *pid = json_object_get(line, "pid");

	if (state && strcmp(state, "lagging") == 0 && json_is_integer(pid))
		s->events->lagging(s->arg, json_integer_value(pid));
}

static void
take_status(struct source *s, const json_t *line)
{
	const json_t *ch = json_array_get(json_object_get(line, "channels"), 0);
	const char *name = json_string_value(json_object_get(ch, "name"));
	const char *state = json_string_value(json_object_get(ch, "state"));

	if (name && state && strcmp(state, "idle") == 0)
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
	if ((rc == ERR_NOMEM || json_object_get(line, "ok")) && !s->up)
		came_up(s);
	else if (json_object_get(line, "event"))
		take_event(s, line);
	else
		take_status(s, line);
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
	if (!was_up)
		s->events->absent(s->arg);
}

static const struct control_link_events link_events = { link_line,
	link_absent };

int
source_new(struct loop *l, const char *path, const struct source_events *events,
    void *arg, struct source **out)
{
	static const char hello[] =
	    "{\"op\":\"subscribe\",\"events\":[\"subscriber\"]}\n";
	struct source *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct source){ .path = path, .events = events, .arg = arg };
	rc = control_link_new(l, path, hello, &link_events, s, &s->link);
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

void
source_go_on(struct source *s)
{
	s->up = true;
}

void
source_ask_idle(struct source *s, const char *channel)
{
	char line[128];
	int n = snprintf(line, sizeof(line),
	    "{\"op\":\"status\",\"channel\":\"%.*s\"}\n", CONF_NAME_MAX,
	    channel);

	if (s->up)
		control_link_send(s->link, line, (size_t)n);
}
