#include "daemon/server_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/body.h"
#include "common/control/event_memory.h"
#include "common/err.h"

static const char *const read_names[] = {
#define X(name, text) text,
	CLIENT_READS(X)
#undef X
};

static const char *const write_names[] = {
#define X(name, text) text,
	CLIENT_WRITES(X)
#undef X
};

static bool
has_lead(const struct server *sv, int64_t lead_ms)
{
	size_t i;

	for (i = 0; i < sv->lead_count; i++)
		if (sv->leads[i] == lead_ms)
			return true;
	return false;
}

void
server_collect_leads(struct server *sv)
{
	const struct client *c;

	sv->lead_count = 0;
	for (c = sv->clients; c; c = c->next)
		if (c->session.events && sv->lead_count < SERVER_LEADS_MAX &&
		    !has_lead(sv, c->session.lead_ms))
			sv->leads[sv->lead_count++] = c->session.lead_ms;
}

static void
client_free(struct client *c)
{
	struct server *sv = c->server;

	if (c->prev)
		c->prev->next = c->next;
	else
		sv->clients = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (sv->next == c)
		sv->next = c->next;
	sv->count--;
	stream_close(c->stream);
	session_done(&c->session);
	free(c);
}

static void
reap(void *arg)
{
	struct server *sv = arg;
	struct client *c, *next;

	for (c = sv->clients; c; c = next) {
		next = c->next;
		if (c->write == WRITE_CLOSED)
			client_free(c);
	}
	server_collect_leads(sv);
}

static void
log_client(
    const struct client *c, const char *what, const char *from, const char *to)
{
	log_debug("control client pid=%lld %s %s->%s",
	    (long long)stream_peer_pid(c->stream), what, from, to);
}

/* Changes what is read of the peer; what it has ended stays ended. */
static void
client_set_read(struct client *c, enum client_read to)
{
	if (c->read == to || c->read == READ_ENDED)
		return;
	log_client(c, "read", read_names[c->read], read_names[to]);
	c->read = to;
	if (to != READ_ENDED)
		stream_reading(c->stream, to == READ_ON);
}

/* Changes what is written to the peer, one way only: open, gone, closed. */
static void
client_set_write(struct client *c, enum client_write to)
{
	if (to <= c->write)
		return;
	log_client(c, "write", write_names[c->write], write_names[to]);
	c->write = to;
}

/* Marks the client to be freed when the turn ends; until then the lists stay as
 * they are, so that this may be called anywhere. */
static void
doom(struct client *c)
{
	client_set_write(c, WRITE_CLOSED);
	stream_reading(c->stream, false);
	loop_defer(c->server->loop, &c->server->reap);
}

/* Writes the bytes that are next and lie together: a line, or some answers.
 * Returns true when more may follow at once. */
static bool
write_some(struct client *c)
{
	struct outbox *out = &c->session.out;
	const uint8_t *data;
	size_t len = outbox_peek(out, &data);
	int n = stream_write(c->stream, data, len);

	if (n < 0) {
		doom(c);
		return false;
	}
	if (n > 0)
		c->heard_ns = clock_awake_ns();
	c->full = (size_t)n < len;
	outbox_consume(out, (size_t)n);
	return !c->full && outbox_len(out) > 0;
}

/* Writes one step of what waits, so that a turn ends in time; true when more
 * may follow. */
static bool
server_flush(struct client *c)
{
	struct session *s = &c->session;
	bool more = false;

	if (c->write == WRITE_CLOSED)
		return false;
	if (c->write == WRITE_GONE)
		outbox_clear(&s->out);
	if (outbox_len(&s->out) > 0 && !c->full)
		more = write_some(c);
	if (outbox_len(&s->out) > 0)
		return more;
	c->heard_ns = clock_awake_ns();
	if (s->state == SESSION_CLOSING || s->state == SESSION_DROPPED)
		doom(c);
	return false;
}

/* ---- who reads too slowly --------------------------------------------- */

/* Says once of a client that it was dropped, or has broken. */
static void
tell_dropped(struct client *c)
{
	struct server *sv = c->server;

	if (c->session.state < SESSION_DROPPED || c->told)
		return;
	c->told = true;
	sv->dropped += c->session.state == SESSION_DROPPED;
	if (log_allow(&sv->drops, clock_awake_ns()))
		log_warning("control client pid=%lld is disconnected: %s",
		    (long long)stream_peer_pid(c->stream), c->session.why);
}

static struct client *
slowest_client(struct server *sv)
{
	struct client *c, *slowest = NULL;

	for (c = sv->clients; c; c = c->next)
		if (c->write == WRITE_ON &&
		    c->session.state < SESSION_DROPPED &&
		    (slowest == NULL || outbox_len(&c->session.out) >
					    outbox_len(&slowest->session.out)))
			slowest = c;
	return slowest;
}

/* Holds the bound on what waits for all clients together. */
static void
drop_slowest(struct server *sv)
{
	struct client *c;

	while (sv->held.bytes > SERVER_HELD_MAX &&
	       (c = slowest_client(sv)) != NULL) {
		session_drop(&c->session);
		tell_dropped(c);
	}
}

/* ---- turns ------------------------------------------------------------ */

static bool
has_nothing_left(const struct client *c)
{
	return c->read == READ_ENDED && c->session.state != SESSION_PARKED &&
	       (c->write == WRITE_GONE || (outbox_len(&c->session.out) == 0 &&
					      c->session.events == 0));
}

/* The line of an event, to be released; NULL: there is no memory for it. */
static struct shared_line *
line_of(struct server *sv, const json_t *body)
{
	char *text = body_text(body);
	struct shared_line *line =
	    text ? shared_line_new(&sv->held, text) : NULL;

	free(text);
	return line;
}

/* Tells a new subscriber what it missed, behind the answer that it got. */
static void
welcome_subscriber(struct client *c)
{
	struct server *sv = c->server;
	struct session *s = &c->session;
	struct shared_line *line;
	const json_t *e;
	size_t i;

	server_collect_leads(sv);
	json_array_foreach(s->earlier, i, e)
	{
		line = line_of(sv, e);
		session_event(s, line);
		shared_line_release(line);
	}
	if (s->was_away)
		event_memory_tell(&sv->memory, s, s->since);
	json_decref(s->earlier);
	s->earlier = NULL;
	s->was_away = false;
}

/* Answers one request of one client, and writes one step of what waits for it;
 * true when more may follow. */
static bool
server_serve(struct client *c)
{
	unsigned subscribed;
	bool more;

	if (c->write == WRITE_CLOSED)
		return false;
	subscribed = c->session.subscriptions;
	more = session_step(&c->session);
	if (c->session.subscriptions != subscribed)
		welcome_subscriber(c);
	more |= server_flush(c);
	drop_slowest(c->server);
	tell_dropped(c);
	if (c->session.state == SESSION_BROKEN)
		doom(c);
	if (c->write == WRITE_CLOSED)
		return false;
	if (c->read == READ_HELD &&
	    session_room(&c->session) >= STREAM_READ_MAX)
		client_set_read(c, READ_ON);
	if (!more && has_nothing_left(c))
		doom(c);
	return more;
}

static void
take_turn(void *arg)
{
	struct server *sv = arg;
	int64_t until = clock_awake_ns() + SERVER_TURN_NS;
	struct client *c;
	size_t idle = 0;

	while (idle < sv->count && clock_awake_ns() < until) {
		c = sv->next ? sv->next : sv->clients;
		sv->next = c->next;
		idle = server_serve(c) ? 0 : idle + 1;
	}
	if (idle < sv->count)
		timer_at(sv->turn, 0);
}

static void
client_data(void *arg, const uint8_t *data, size_t len)
{
	struct client *c = arg;

	if (session_feed(&c->session, data, len) < 0) {
		session_break(&c->session, "out of memory");
	} else if (session_room(&c->session) < STREAM_READ_MAX) {
		client_set_read(c, READ_HELD);
	}
	timer_at(c->server->turn, 0);
}

static void
client_writable(void *arg)
{
	struct client *c = arg;

	c->full = false;
	timer_at(c->server->turn, 0);
}

static void
client_finished(void *arg)
{
	struct client *c = arg;

	client_set_read(c, READ_ENDED);
	session_finish(&c->session);
	timer_at(c->server->turn, 0);
}

/* The peer is gone; what it asked for before it left is still done. */
static void
client_ended(void *arg, int err)
{
	struct client *c = arg;

	(void)err;
	client_set_read(c, READ_ENDED);
	client_set_write(c, WRITE_GONE);
	timer_at(c->server->turn, 0);
}

static const struct stream_events client_events = { .data = client_data,
	.writable = client_writable,
	.finished = client_finished,
	.ended = client_ended };

static void
server_refuse(struct server *sv, struct stream *s, const char *why)
{
	char answer[80];
	int n = snprintf(answer, sizeof(answer),
	    "error unavailable: %s; try again later\n", why);

	if (log_allow(&sv->complaints, clock_awake_ns()))
		log_warning("control: new clients are refused (there are %zu, "
			    "of at most %zu, clients_max): %s",
		    sv->count, sv->max, why);
	stream_write(s, answer, (size_t)n);
	stream_close(s);
}

int
server_adopt(struct server *sv, struct stream *s, struct client **out)
{
	struct client *c = calloc(1, sizeof(*c));

	*out = c;
	if (c == NULL)
		return ERR_NOMEM;
	*c = (struct client){ .server = sv,
		.next = sv->clients,
		.stream = s,
		.heard_ns = clock_awake_ns() };
	session_init(&c->session, sv->api, &sv->held);
	c->session.peer_pid = stream_peer_pid(s);
	c->session.peer_uid = stream_peer_uid(s);
	if (sv->clients)
		sv->clients->prev = c;
	sv->clients = c;
	sv->count++;
	stream_set_owner(s, &client_events, c);
	return 0;
}

static void
accepted(void *arg, struct stream *s)
{
	struct server *sv = arg;
	struct client *c;

	if (sv->count >= sv->max)
		server_refuse(sv, s, "too many clients");
	else if (server_adopt(sv, s, &c) < 0)
		server_refuse(sv, s, "out of memory");
}

static void
sweep(void *arg)
{
	struct server *sv = arg;
	int64_t now = clock_awake_ns();
	struct client *c;

	for (c = sv->clients; c; c = c->next)
		if (outbox_len(&c->session.out) > 0 &&
		    now - c->heard_ns > SERVER_PATIENCE_NS)
			doom(c);
	timer_at(sv->sweep, now + SERVER_PATIENCE_NS / 2);
}

static int
server_begin(struct loop *l, const struct control_api *api, size_t clients_max,
    struct server **out)
{
	struct server *sv = calloc(1, sizeof(*sv));
	int rc;

	*out = NULL;
	if (sv == NULL)
		return ERR_NOMEM;
	*sv = (struct server){ .loop = l,
		.api = api,
		.max = clients_max,
		.reap = { .fn = reap, .arg = sv },
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 1 },
		.drops = { .every_ns = NS_PER_S, .burst = 10 } };
	rc = timer_new(l, TIMER_COARSE, take_turn, sv, &sv->turn);
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, sweep, sv, &sv->sweep);
	if (rc < 0) {
		server_free(sv);
		return rc;
	}
	sweep(sv);
	*out = sv;
	return 0;
}

static int
server_opened(struct server **sv, int rc)
{
	if (rc == 0)
		return 0;
	server_free(*sv);
	*sv = NULL;
	return rc;
}

int
server_new(struct loop *l, const char *path, const struct control_api *api,
    size_t clients_max, struct server **out)
{
	int rc = server_begin(l, api, clients_max, out);

	if (rc < 0)
		return rc;
	rc = listener_new(l, path, accepted, *out, &(*out)->listener);
	return server_opened(out, rc);
}

int
server_take_over(struct loop *l, struct parcel *p, const json_t *word,
    const struct control_api *api, size_t clients_max, struct server **out)
{
	int rc = server_begin(l, api, clients_max, out);

	if (rc < 0)
		return rc;
	rc = listener_take_over(l, p, json_object_get(word, "listener"),
	    accepted, *out, &(*out)->listener);
	if (rc == 0)
		rc = server_restore(*out, p, word);
	return server_opened(out, rc);
}

void
server_leave(struct server *sv, size_t connections)
{
	listener_leave(sv->listener, connections);
}

void
server_free(struct server *sv)
{
	if (sv == NULL)
		return;
	listener_close(sv->listener);
	while (sv->clients) {
		/* Answers that were given should arrive. */
		while (server_flush(sv->clients))
			;
		client_free(sv->clients);
	}
	event_memory_done(&sv->memory);
	event_memory_done(&sv->older);
	timer_free(sv->turn);
	timer_free(sv->sweep);
	/* The reaper may be queued; what is queued is released in its place. */
	sv->reap.fn = free;
	loop_defer(sv->loop, &sv->reap);
}

bool
server_is_heard(const struct server *sv, unsigned event, const char *channel)
{
	const struct client *c;

	for (c = sv->clients; c; c = c->next)
		if (session_wants(&c->session, event, channel))
			return true;
	return false;
}

bool
server_wants(const struct server *sv, unsigned event, const char *channel)
{
	return sv->remembered & 1u << event ||
	       server_is_heard(sv, event, channel);
}

void
server_number_events(
    struct server *sv, uint64_t number, uint32_t remembered, size_t bytes)
{
	sv->numbers = true;
	sv->remembered = remembered;
	event_memory_init(&sv->memory, bytes, number);
}

void
server_leap(struct server *sv, uint64_t number)
{
	event_memory_leap(&sv->memory, number);
}

uint64_t
server_last_number(const struct server *sv)
{
	return sv->memory.number;
}

uint64_t
server_remembers_from(const struct server *sv)
{
	return sv->memory.from;
}

size_t
server_leads(const struct server *sv, int64_t *leads, size_t max)
{
	size_t n = sv->lead_count < max ? sv->lead_count : max;

	memcpy(leads, sv->leads, n * sizeof(*leads));
	return n;
}

void
server_publish(struct server *sv, unsigned event, const char *channel,
    int64_t lead_ms, json_t *body)
{
	struct shared_line *line;
	struct client *c;

	if (sv->numbers)
		body_put(&body, "seq",
		    json_integer((json_int_t)++sv->memory.number));
	line = line_of(sv, body);
	if (sv->remembered & 1u << event && lead_ms != SERVER_ONCE)
		event_memory_add(&sv->memory, event, channel, line);
	for (c = sv->clients; c; c = c->next)
		if (session_wants(&c->session, event, channel) &&
		    (lead_ms < 0 || c->session.lead_ms == lead_ms))
			session_event(&c->session, line);
	shared_line_release(line);
	json_decref(body);
	drop_slowest(sv);
	timer_at(sv->turn, 0);
}

void
server_retry(struct server *sv)
{
	struct client *c;

	for (c = sv->clients; c; c = c->next)
		session_retry(&c->session);
	timer_at(sv->turn, 0);
}

size_t
server_clients(const struct server *sv)
{
	return sv->count;
}

uint64_t
server_dropped(const struct server *sv)
{
	return sv->dropped;
}
