#include "tests/fake/client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/world.h"

#define LINE_MAX_BYTES (128 * 1024)

struct client {
	struct stream *peer;
	json_t *replies, *events; /* arrays of those that wait */
	json_t *reply, *event;    /* handed out last */
	char *line;               /* the last plain reply */
};

struct client *
client_open(const char *path)
{
	struct client *c = calloc(1, sizeof(*c));

	c->peer = peer_connect(path);
	if (c->peer == NULL)
		world_fail("nobody listens on %s", path);
	c->replies = json_array();
	c->events = json_array();
	return c;
}

void
client_close(struct client *c)
{
	if (c == NULL)
		return;
	peer_close(c->peer);
	json_decref(c->replies);
	json_decref(c->events);
	json_decref(c->reply);
	json_decref(c->event);
	free(c->line);
	free(c);
}

struct stream *
client_peer(struct client *c)
{
	return c->peer;
}

/* ---- sending ---------------------------------------------------------- */

static void
send_line(struct client *c, const char *fmt, va_list ap, bool quotes)
{
	char *line, *p;

	if (vasprintf(&line, fmt, ap) < 0)
		world_fail("no memory");
	for (p = line; quotes && *p; p++)
		if (*p == '\'')
			*p = '"';
	peer_puts(c->peer, line);
	peer_puts(c->peer, "\n");
	free(line);
}

void
client_send(struct client *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	send_line(c, fmt, ap, fmt[0] == '{');
	va_end(ap);
}

/* ---- reading ---------------------------------------------------------- */

static void
take_line(struct client *c, const char *line, size_t len)
{
	json_t *o = json_loadb(line, len, 0, NULL);

	if (json_object_get(o, "event")) {
		json_array_append_new(c->events, o);
	} else if (o) {
		json_array_append_new(c->replies, o);
	} else {
		free(c->line);
		c->line = strndup(line, len);
	}
}

static void
take_lines(struct client *c)
{
	const char *start, *newline;
	size_t len;

	while ((len = peer_len(c->peer)) > 0) {
		start = (const char *)peer_data(c->peer);
		newline = memchr(start, '\n', len);
		if (newline == NULL)
			return;
		len = (size_t)(newline - start);
		take_line(c, start, len);
		peer_take(c->peer, len + 1);
	}
}

/* The daemon may have more to say than the connection holds. */
static void
client_settle(struct client *c)
{
	do {
		take_lines(c);
		fake_settle();
	} while (
	    memchr(peer_len(c->peer) ? (const char *)peer_data(c->peer) : "",
		'\n', peer_len(c->peer)));
}

static const json_t *
take_first(json_t *list, json_t **slot)
{
	json_decref(*slot);
	*slot = json_incref(json_array_get(list, 0));
	json_array_remove(list, 0);
	return *slot;
}

const json_t *
client_reply(struct client *c)
{
	client_settle(c);
	return take_first(c->replies, &c->reply);
}

const json_t *
client_event(struct client *c)
{
	client_settle(c);
	return take_first(c->events, &c->event);
}

const json_t *
client_event_of(struct client *c, const char *name, uint64_t id)
{
	const json_t *e;

	while ((e = client_event(c)) != NULL)
		if (strcmp(json_text(e, "event"), name) == 0 &&
		    (id == 0 || (uint64_t)json_number(e, "id") == id))
			return e;
	return NULL;
}

const json_t *
client_ask(struct client *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	send_line(c, fmt, ap, true);
	va_end(ap);
	return client_reply(c);
}

const char *
client_plain(struct client *c, const char *line)
{
	free(c->line);
	c->line = NULL;
	peer_puts(c->peer, line);
	peer_puts(c->peer, "\n");
	client_settle(c);
	return c->line ? c->line : "";
}

/* ---- what they say ---------------------------------------------------- */

bool
reply_ok(const json_t *reply)
{
	return json_is_true(json_object_get(reply, "ok"));
}

const char *
reply_error_code(const json_t *reply)
{
	return json_text(reply, "error");
}

const char *
json_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

int64_t
json_number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}
