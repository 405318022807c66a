/* A control socket, from one program to its successor. */
#include <string.h>

#include "common/body.h"
#include "common/err.h"
#include "daemon/server_internal.h"

static json_t *
client_save(const struct client *c, struct parcel *p)
{
	json_t *o = json_object();

	body_put(&o, "stream", stream_hand_over(c->stream, p));
	body_put(&o, "session", session_save(&c->session, p));
	body_put(&o, "read_ended", json_boolean(c->read == READ_ENDED));
	body_put(&o, "write_gone", json_boolean(c->write == WRITE_GONE));
	return o;
}

json_t *
server_hand_over(const struct server *sv, struct parcel *p)
{
	json_t *o = json_object(), *clients = json_array();
	const struct client *c;

	for (c = sv->clients; c; c = c->next)
		if (c->write != WRITE_CLOSED)
			body_append(&clients, client_save(c, p));
	body_put(&o, "listener", listener_hand_over(sv->listener, p));
	body_put(&o, "clients", clients);
	body_put(&o, "dropped", json_integer((json_int_t)sv->dropped));
	return o;
}

/* That the peer sends nothing more is seen again where it is so: the end of a
 * stream stays. What has to be read first may be held up. */
static int
client_restore(struct server *sv, struct parcel *p, const json_t *word)
{
	struct client *c;
	struct stream *s;
	int rc =
	    stream_take_over(sv->loop, p, json_object_get(word, "stream"), &s);

	if (rc < 0)
		return rc;
	rc = server_adopt(sv, s, &c);
	if (rc < 0) {
		stream_close(s);
		return rc;
	}
	if (json_is_true(json_object_get(word, "write_gone")))
		c->write = WRITE_GONE;
	if (json_is_true(json_object_get(word, "read_ended"))) {
		c->read = READ_ENDED;
		stream_reading(s, false);
	}
	rc = session_restore(&c->session, p, json_object_get(word, "session"));
	if (rc == 0 && c->read == READ_ON &&
	    session_room(&c->session) < STREAM_READ_MAX) {
		c->read = READ_HELD;
		stream_reading(s, false);
	}
	return rc;
}

/* The list is made in the order in which they came. */
int
server_restore(struct server *sv, struct parcel *p, const json_t *word)
{
	const json_t *clients = json_object_get(word, "clients");
	size_t i;
	int rc = 0;

	sv->dropped = body_count(word, "dropped");
	for (i = json_array_size(clients); i > 0 && rc == 0; i--)
		rc = client_restore(sv, p, json_array_get(clients, i - 1));
	server_collect_leads(sv);
	timer_at(sv->turn, 0);
	return rc;
}

/* ---- the numbers of events -------------------------------------------- */

json_t *
server_events_save(const struct server *sv)
{
	return json_pack("{s:I, s:I}", "number", (json_int_t)sv->memory.number,
	    "from", (json_int_t)sv->memory.from);
}

/* They go on exactly there, whatever the clock says. */
void
server_events_restore(struct server *sv, const json_t *word)
{
	uint64_t number = body_count(word, "number");
	uint64_t from = body_count(word, "from");

	sv->memory.number = number;
	sv->memory.from = number + 1;
	sv->older = (struct event_memory){ .bytes_max = sv->memory.bytes_max,
		.number = from > 0 ? from - 1 : 0,
		.from = from };
}

int
server_events_copy(const struct server *sv, struct buf *out)
{
	return event_memory_copy(&sv->memory, sv->api->events, out);
}

size_t
server_events_bytes(const struct server *sv)
{
	return sv->memory.bytes;
}

int
server_events_refill(struct server *sv, const char *lines, size_t len)
{
	return event_memory_refill(
	    &sv->older, sv->api->events, &sv->held, lines, len);
}

void
server_events_complete(struct server *sv)
{
	event_memory_put_before(&sv->memory, &sv->older);
}
