#include "ttsd/speech/speech_socket.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "common/lines.h"
#include "common/list.h"

#define SWEEP_NS (5 * NS_PER_S)
/* Writing goes in turns over all clients, and in such pieces: who takes as fast
 * as it comes holds up neither the loop nor others. */
#define TURN_NS (NS_PER_MS / 2)
#define PIECE_MAX ((size_t)64 * 1024)
/* Of a request whose line is too long so much is held, to be told so. */
#define IN_MAX (PROTO_LINE_MAX + 1 + STREAM_READ_MAX)

#define CLIENT_STATES(X)                                                    \
	X(ASKING, "asking")     /* its line is not whole yet */             \
	X(WAITING, "waiting")   /* an engine has not told its voices yet */ \
	X(SPEAKING, "speaking") /* it is being spoken */                    \
	X(LEAVING, "leaving")   /* it ends once all is taken */             \
	X(CLOSED, "closed")     /* it is freed in its turn */

enum client_state {
#define X(name, text) CLIENT_##name,
	CLIENT_STATES(X)
#undef X
};

static const char *const state_names[] = {
#define X(name, text) text,
	CLIENT_STATES(X)
#undef X
};

struct speech_client {
	struct speech_client *next;
	struct speech_socket *socket;
	struct stream *stream;
	enum client_state state; /* by client_set_state() */
	struct buf in;           /* its line... */
	size_t scanned, line;    /* ...looked through so far; its length */
	struct buf reply;
	struct speaking *speaking; /* NULL: not yet, or refused */
	bool full;                 /* until the stream has room again */
	int64_t moved_ns;          /* when it last asked or took something */
	bool wants_turn;
	struct loop_task release;
};

struct speech_socket {
	struct loop *loop;
	const struct speech_owner *owner;
	void *arg;
	struct listener *listener;
	struct speech_client *clients;
	size_t count;
	struct timer *turn; /* runs while a client wants one */
	struct timer *sweep;
	struct log_limit complaints;
};

static void
client_set_state(struct speech_client *c, enum client_state to)
{
	if (c->state == to)
		return;
	log_debug("speech client pid=%lld %s->%s",
	    (long long)stream_peer_pid(c->stream), state_names[c->state],
	    state_names[to]);
	c->state = to;
}

static void
client_want_turn(void *arg)
{
	struct speech_client *c = arg;

	c->wants_turn = true;
	timer_at(c->socket->turn, 0);
}

static void
client_close(struct speech_client *c)
{
	client_set_state(c, CLIENT_CLOSED);
	stream_reading(c->stream, false);
	speaking_free(c->speaking);
	c->speaking = NULL;
	client_want_turn(c);
}

/* The stream may be in one of its callbacks. */
static void
client_free(struct speech_client *c)
{
	struct speech_socket *s = c->socket;

	LIST_REMOVE(s->clients, c);
	s->count--;
	stream_close(c->stream);
	speaking_free(c->speaking);
	buf_done(&c->in);
	buf_done(&c->reply);
	c->release = (struct loop_task){ .fn = free, .arg = c };
	loop_defer(s->loop, &c->release);
}

/* ---- what it is sent -------------------------------------------------- */

/* What is next: the reply, then frames. */
static size_t
client_peek(const struct speech_client *c, const uint8_t **data)
{
	*data = buf_data(&c->reply);
	if (buf_len(&c->reply) > 0 || c->speaking == NULL)
		return buf_len(&c->reply);
	return speaking_peek(c->speaking, data);
}

/* Writes a piece. Returns true when more may follow at once. */
static bool
client_write(struct speech_client *c)
{
	const uint8_t *data;
	size_t len = client_peek(c, &data);
	bool reply = buf_len(&c->reply) > 0;
	int n;

	if (len == 0 || c->full)
		return false;
	if (len > PIECE_MAX)
		len = PIECE_MAX;
	n = stream_write(c->stream, data, len);
	if (n < 0) {
		client_close(c);
		return false;
	}
	c->full = (size_t)n < len;
	if (n > 0)
		c->moved_ns = clock_awake_ns();
	if (reply)
		buf_consume(&c->reply, (size_t)n);
	else
		speaking_take(c->speaking, (size_t)n);
	return !c->full;
}

static bool
has_all(const struct speech_client *c)
{
	return buf_len(&c->reply) == 0 &&
	       (c->state == CLIENT_LEAVING ||
		   (c->speaking && speaking_is_over(c->speaking)));
}

/* One piece for the client, which may be freed. Returns true when it wants
 * another turn. */
static bool
client_serve(struct speech_client *c)
{
	if (!c->wants_turn)
		return false;
	c->wants_turn = c->state != CLIENT_CLOSED && client_write(c);
	if (c->wants_turn)
		return true;
	if (c->state == CLIENT_CLOSED || has_all(c))
		client_free(c);
	return false;
}

static void
take_turn(void *arg)
{
	struct speech_socket *s = arg;
	int64_t until = clock_awake_ns() + TURN_NS;
	struct speech_client *c, *next;
	bool more;

	do {
		more = false;
		for (c = s->clients; c; c = next) {
			next = c->next;
			more |= client_serve(c);
		}
	} while (more && clock_awake_ns() < until);
	if (more)
		timer_at(s->turn, 0);
}

/* ---- what it asks ----------------------------------------------------- */

static void
client_refuse(struct speech_client *c, enum proto_error code, const char *why)
{
	struct request req = { .plain = false };
	struct reply r = { .error = code };

	snprintf(r.message, sizeof(r.message), "%s", why);
	if (proto_write_reply(&c->reply, &req, &r) < 0)
		client_close(c);
	else
		client_set_state(c, CLIENT_LEAVING);
	client_want_turn(c);
}

static void
client_begin(struct speech_client *c, const struct speech_order *order)
{
	client_set_state(c, CLIENT_SPEAKING);
	if (speaking_new(order, client_want_turn, c, &c->speaking) < 0)
		client_close(c);
}

/* Asks the owner, with the line at the front of `in`. */
static void
client_ask(struct speech_client *c, size_t len)
{
	struct speech_socket *s = c->socket;
	struct speech_order order = { .saying = NULL };
	const char *line = (const char *)buf_data(&c->in);

	c->line = len;
	if (s->owner->ask(s->arg, line, len, &order, &c->reply) == OP_LATER) {
		client_set_state(c, CLIENT_WAITING);
		return;
	}
	buf_clear(&c->in);
	if (order.saying)
		client_begin(c, &order);
	else if (buf_len(&c->reply) > 0)
		client_set_state(c, CLIENT_LEAVING);
	else
		client_close(c);
	saying_release(order.saying);
	client_want_turn(c);
}

static void
client_look(struct speech_client *c)
{
	const char *line;
	size_t len;
	char why[80];

	if (lines_peek(&c->in, &c->scanned, &line, &len) &&
	    len <= PROTO_LINE_MAX) {
		client_ask(c, len);
	} else if (len > PROTO_LINE_MAX) {
		snprintf(why, sizeof(why),
		    "a request line has at most %d bytes", PROTO_LINE_MAX);
		client_refuse(c, PROTO_TOO_LONG, why);
	}
}

/* What comes behind its line is passed over. */
static void
client_data(void *arg, const uint8_t *data, size_t len)
{
	struct speech_client *c = arg;

	if (c->state != CLIENT_ASKING)
		return;
	if (buf_put(&c->in, data, len) < 0)
		client_close(c);
	else
		client_look(c);
}

static void
client_writable(void *arg)
{
	struct speech_client *c = arg;

	c->full = false;
	client_want_turn(c);
}

/* The last line needs no newline. */
static void
client_finished(void *arg)
{
	struct speech_client *c = arg;

	if (c->state != CLIENT_ASKING)
		return;
	if (buf_len(&c->in) == 0 || buf_puts(&c->in, "\n") < 0)
		client_close(c);
	else
		client_look(c);
}

static void
client_ended(void *arg, int err)
{
	(void)err;
	client_close(arg);
}

static const struct stream_events client_events = { .data = client_data,
	.writable = client_writable,
	.finished = client_finished,
	.ended = client_ended };

/* ---- who comes, and who stays too long -------------------------------- */

static void
refuse(struct speech_socket *s, struct stream *stream, const char *why)
{
	char answer[160];
	int n = snprintf(answer, sizeof(answer),
	    "{\"ok\":false,\"error\":\"unavailable\",\"message\":\"%s; try "
	    "again later\"}\n",
	    why);

	if (log_allow(&s->complaints, clock_awake_ns()))
		log_warning("speech: new clients are refused (there are %zu, "
			    "of at most %d): %s",
		    s->count, SPEECH_CLIENTS_MAX, why);
	stream_write(stream, answer, (size_t)n);
	stream_close(stream);
}

static void
accepted(void *arg, struct stream *stream)
{
	struct speech_socket *s = arg;
	struct speech_client *c;

	if (s->count >= SPEECH_CLIENTS_MAX) {
		refuse(s, stream, "too many clients");
		return;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		refuse(s, stream, "out of memory");
		return;
	}
	*c = (struct speech_client){ .next = s->clients,
		.socket = s,
		.stream = stream,
		.moved_ns = clock_awake_ns() };
	buf_init(&c->in, IN_MAX);
	buf_init(&c->reply, PROTO_LINE_MAX);
	s->clients = c;
	if (s->count++ == 0)
		timer_at(s->sweep, c->moved_ns + SWEEP_NS);
	stream_set_owner(stream, &client_events, c);
}

/* Is it the client that is waited for, rather than an engine? */
static bool
is_awaited(const struct speech_client *c)
{
	const uint8_t *data;

	return c->state == CLIENT_ASKING || client_peek(c, &data) > 0;
}

static void
client_check(struct speech_client *c, int64_t now_ns)
{
	if (is_awaited(c) && now_ns - c->moved_ns >= SPEECH_PATIENCE_NS) {
		if (log_allow(&c->socket->complaints, now_ns))
			log_warning("speech client pid=%lld is disconnected: "
				    "it %s within %d s",
			    (long long)stream_peer_pid(c->stream),
			    c->state == CLIENT_ASKING ? "asked for nothing"
						      : "took nothing",
			    (int)(SPEECH_PATIENCE_NS / NS_PER_S));
		client_close(c);
	} else if (c->speaking) {
		speaking_check(c->speaking, now_ns);
	}
}

static void
sweep(void *arg)
{
	struct speech_socket *s = arg;
	int64_t now = clock_awake_ns();
	struct speech_client *c;

	for (c = s->clients; c; c = c->next)
		client_check(c, now);
	if (s->clients)
		timer_at(s->sweep, now + SWEEP_NS);
}

/* ---- what the header promises ----------------------------------------- */

int
speech_socket_new(struct loop *l, const struct speech_owner *owner, void *arg,
    struct speech_socket **out)
{
	struct speech_socket *s = calloc(1, sizeof(*s));
	int rc;

	*out = NULL;
	if (s == NULL)
		return ERR_NOMEM;
	*s = (struct speech_socket){ .loop = l,
		.owner = owner,
		.arg = arg,
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 3 } };
	rc = timer_new(l, TIMER_COARSE, take_turn, s, &s->turn);
	if (rc == 0)
		rc = timer_new(l, TIMER_COARSE, sweep, s, &s->sweep);
	if (rc < 0) {
		speech_socket_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void
speech_socket_free(struct speech_socket *s)
{
	if (s == NULL)
		return;
	listener_close(s->listener);
	while (s->clients)
		client_free(s->clients);
	timer_free(s->turn);
	timer_free(s->sweep);
	free(s);
}

int
speech_socket_open(struct speech_socket *s, const char *path)
{
	return listener_new(s->loop, path, accepted, s, &s->listener);
}

int
speech_socket_take_over(
    struct speech_socket *s, struct parcel *p, const json_t *word)
{
	if (word == NULL)
		return ERR_INVALID;
	return listener_take_over(s->loop, p, word, accepted, s, &s->listener);
}

bool
speech_socket_is_open(const struct speech_socket *s)
{
	return s->listener != NULL;
}

json_t *
speech_socket_hand_over(const struct speech_socket *s, struct parcel *p)
{
	return listener_hand_over(s->listener, p);
}

void
speech_socket_leave(struct speech_socket *s, size_t connections)
{
	if (s->listener)
		listener_leave(s->listener, connections);
}

void
speech_socket_retry(struct speech_socket *s)
{
	struct speech_client *c;

	for (c = s ? s->clients : NULL; c; c = c->next)
		if (c->state == CLIENT_WAITING)
			client_ask(c, c->line);
}

void
speech_socket_interrupt(struct speech_socket *s, const char *why)
{
	struct speech_client *c;

	for (c = s ? s->clients : NULL; c; c = c->next) {
		if (c->speaking)
			speaking_fail(c->speaking, FAILURE_UNAVAILABLE, why);
		else if (c->state < CLIENT_SPEAKING)
			client_refuse(c, PROTO_UNAVAILABLE, why);
		while (c->state != CLIENT_CLOSED && client_write(c))
			;
	}
}
