#include "streamer-supervisor/sender/source.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/buf.h"
#include "common/conf/conf.h"
#include "common/err.h"
#include "common/lines.h"

/* A line of ttsd has at most so many bytes. */
#define LINE_MAX_BYTES (256 * 1024)

struct source {
	struct loop *loop;
	const char *path;
	const struct source_events *events;
	void *arg;
	struct stream *stream; /* NULL: not connected */
	struct buf in;
	size_t scanned; /* bytes of `in` (lines.h) */
	struct timer *retry;
	int64_t next_ns; /* when to try again */
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
try_later(struct source *s)
{
	int64_t now = clock_awake_ns();

	s->next_ns += SOURCE_RETRY_NS;
	if (s->next_ns < now)
		s->next_ns = now + SOURCE_RETRY_NS;
	timer_at(s->retry, s->next_ns);
}

static void
hang_up(struct source *s)
{
	stream_close(s->stream);
	s->stream = NULL;
	buf_clear(&s->in);
	s->scanned = 0;
	say_missing(s);
	try_later(s);
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
take_line(struct source *s, const char *text, size_t len)
{
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
take_lines(struct source *s)
{
	const char *line;
	size_t len;

	while (lines_peek(&s->in, &s->scanned, &line, &len)) {
		take_line(s, line, len);
		buf_consume(&s->in, len + 1);
	}
}

static void
link_data(void *arg, const uint8_t *data, size_t len)
{
	struct source *s = arg;

	if (buf_put(&s->in, data, len) < 0)
		hang_up(s);
	else
		take_lines(s);
}

static void
link_ended(void *arg, int err)
{
	(void)err;
	hang_up(arg);
}

static const struct stream_events link_events = { .data = link_data,
	.ended = link_ended };

static void
try_now(void *arg)
{
	static const char hello[] =
	    "{\"op\":\"subscribe\",\"events\":[\"subscriber\"]}\n";
	struct source *s = arg;
	int rc = stream_connect(s->loop, s->path, &link_events, s, &s->stream);

	if (rc < 0) {
		if (rc == ERR_NOMEM)
			log_warning("ttsd is not asked for: out of memory; it "
				    "is tried again");
		say_missing(s);
		try_later(s);
		s->events->absent(s->arg);
		return;
	}
	/* An empty socket takes a line whole. */
	if (stream_write(s->stream, hello, sizeof(hello) - 1) !=
	    (int)sizeof(hello) - 1)
		hang_up(s);
}

int
source_new(struct loop *l, const char *path, const struct source_events *events,
    void *arg, struct source **out)
{
	struct source *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct source){ .loop = l,
		.path = path,
		.events = events,
		.arg = arg,
		.next_ns = clock_awake_ns() };
	buf_init(&s->in, LINE_MAX_BYTES);
	rc = timer_new(l, TIMER_COARSE, try_now, s, &s->retry);
	if (rc < 0) {
		free(s);
		return rc;
	}
	timer_at(s->retry, s->next_ns);
	*out = s;
	return 0;
}

void
source_free(struct source *s)
{
	if (s == NULL)
		return;
	stream_close(s->stream);
	timer_free(s->retry);
	buf_done(&s->in);
	free(s);
}

bool
source_is_up(const struct source *s)
{
	return s->up;
}

void
source_ask_idle(struct source *s, const char *channel)
{
	char line[128];
	int n = snprintf(line, sizeof(line),
	    "{\"op\":\"status\",\"channel\":\"%.*s\"}\n", CONF_NAME_MAX,
	    channel);

	if (s->up && stream_write(s->stream, line, (size_t)n) != n)
		hang_up(s);
}
