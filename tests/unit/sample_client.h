/*
 * A client of one session for the tests and fuzzers: feeds bytes in pieces
 * as a stream would, lets the session answer, reads the answers. Needs no
 * cmocka.
 */
#ifndef TESTS_UNIT_SAMPLE_CLIENT_H
#define TESTS_UNIT_SAMPLE_CLIENT_H

#include <stdlib.h>

#include "tests/unit/sample_ops.h"

struct client {
	struct sample sample;
	struct control_api api;
	struct outbox_sum sum;
	struct session session;
	char *got; /* all answers so far, with a terminator */
	size_t got_len, got_cap;
};

static inline void
client_begin(struct client *c, const struct op *ops)
{
	memset(c, 0, sizeof(*c));
	c->api = (struct control_api){
		.ops = ops, .events = sample_events, .ctx = &c->sample
	};
	session_init(&c->session, &c->api, &c->sum);
}

static inline void
client_end(struct client *c)
{
	session_done(&c->session);
	free(c->got);
	c->got = NULL;
}

/* Takes over what waits in `out`. */
static inline void
client_read(struct client *c)
{
	struct outbox *out = &c->session.out;
	size_t n = outbox_len(out), piece;
	const uint8_t *data;

	if (c->got_len + n + 1 > c->got_cap) {
		c->got_cap = 2 * (c->got_len + n + 1);
		c->got = realloc(c->got, c->got_cap);
		if (c->got == NULL)
			abort();
	}
	for (; n > 0; n -= piece) {
		piece = outbox_peek(out, &data);
		memcpy(c->got + c->got_len, data, piece);
		c->got_len += piece;
		outbox_consume(out, piece);
	}
	c->got[c->got_len] = '\0';
}

/* Publishes one event to it. */
static inline void
client_event(struct client *c, const char *text)
{
	struct shared_line *line = shared_line_new(&c->sum, text);

	if (line == NULL)
		abort();
	session_event(&c->session, line);
	shared_line_release(line);
}

/* Lets the session answer all that it can, reading as it goes. */
static inline void
client_serve(struct client *c)
{
	bool more;

	do {
		more = session_step(&c->session);
		/* Having read, there may be room for an answer more. */
		more |= outbox_len(&c->session.out) > 0;
		client_read(c);
	} while (more);
}

/* Sends bytes as far as there is room; returns how many. Serves them. */
static inline size_t
client_send(struct client *c, const void *data, size_t len)
{
	size_t room = session_room(&c->session);
	size_t n = len < room ? len : room;
	void *copy = malloc(n ? n : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, n);
	if (session_feed(&c->session, copy, n) != 0)
		abort();
	free(copy);
	client_serve(c);
	return n;
}

static inline size_t
count_lines(const char *data, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		n += data[i] == '\n';
	return n;
}

/* Is every answer one valid line, and the last one ended? */
static inline bool
client_answers_valid(const struct client *c)
{
	const char *line = c->got, *end;
	size_t len = c->got_len;

	for (; len > 0; len -= (size_t)(end + 1 - line), line = end + 1) {
		end = memchr(line, '\n', len);
		if (end == NULL ||
		    !sample_reply_valid(line, (size_t)(end - line)))
			return false;
	}
	return true;
}

#endif
