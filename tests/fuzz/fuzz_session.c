/*
 * Any bytes on one control connection, in pieces of any size, with parked
 * requests, events and a peer that stops reading: in the end every line has
 * exactly one answer, each valid, and the answers do not depend on the
 * pieces.
 *
 * The first byte seeds the pieces. In the rest, 0xf8 (never valid UTF-8)
 * stands for 8 KiB of 'x', so that small inputs reach over-long lines.
 */
#include "tests/fuzz/fuzz.h"

#include "common/err.h"
#include "tests/fuzz/filling.h"
#include "tests/unit/sample_client.h"

/* Answers what is there, asking parked requests again. */
static void
serve(struct client *c)
{
	client_serve(c);
	while ((c->session.state == SESSION_PARKED)) {
		c->sample.open = !c->sample.open;
		session_retry(&c->session);
		client_serve(c);
	}
}

/* One piece, as far as there is room. Now and then the peer reads nothing. */
static size_t
send_piece(struct client *c, const char *bytes, size_t n, bool reads)
{
	size_t room = session_room(&c->session);

	if (reads)
		return client_send(c, bytes, n);
	n = n < room ? n : room;
	MUST(session_feed(&c->session, bytes, n) == 0);
	while (session_step(&c->session))
		;
	/* One answer may begin just below the mark. */
	MUST(outbox_len(&c->session.out) <
	     SESSION_OUT_HIGH + 8 * PROTO_LINE_MAX);
	return n;
}

static void
send_in_pieces(struct client *c, const char *bytes, size_t len, uint32_t seed)
{
	size_t at, n, max = ((size_t)1 << (seed & 15)) + len / 256;

	for (at = 0; at < len && !(c->session.state == SESSION_CLOSING);
	     at += n) {
		if (seed)
			seed = seed * 1664525 + 1013904223;
		n = (seed >> 8) % max + 1;
		n = seed && n < len - at ? n : len - at;
		n = send_piece(c, bytes + at, n, (seed & 1u << 30) == 0);
		if (n == 0 || (seed & 1u << 31))
			serve(c);
		MUST(session_room(&c->session) > 0 || n > 0 ||
		     (c->session.state == SESSION_CLOSING));
	}
	serve(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct client c, whole;
	size_t len;
	char *bytes;

	if (size == 0)
		return 0;
	bytes = fuzz_expand(data + 1, size - 1, 'x', &len);
	client_begin(&c, sample_ops);
	c.sample.open = data[0] & 1;
	send_in_pieces(&c, bytes, len, data[0] * 0x01010101u + (uint32_t)size);
	MUST(!(c.session.state == SESSION_BROKEN));
	MUST(client_answers_valid(&c));
	if (!(c.session.state == SESSION_CLOSING)) {
		MUST(count_lines(c.got, c.got_len) ==
		     count_lines(bytes, len) +
			 (c.session.state == SESSION_DISCARDING));
		MUST(buf_len(&c.session.in) <= PROTO_LINE_MAX);
	}
	/* `later` tells how often it was asked, which pieces do change. */
	if (c.sample.asked == 0) {
		client_begin(&whole, sample_ops);
		send_in_pieces(&whole, bytes, len, 0);
		MUST(whole.got_len == c.got_len);
		MUST(memcmp(whole.got, c.got, c.got_len) == 0);
		client_end(&whole);
	}
	client_end(&c);
	free(bytes);
	return 0;
}
