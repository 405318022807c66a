/*
 * Any bytes of a client of Wyoming, in pieces of any size, while the gateway
 * listens and while it does not: it holds no more than it may, and which events
 * come, and what is wrong at last, does not depend on the pieces.
 *
 * The first byte says how long the pieces are at most. In the rest, 0xf8 (never
 * valid UTF-8) stands for 8 KiB of blanks, so that small inputs reach events
 * that are too long.
 */
#include "tests/fuzz/fuzz.h"

#include "common/err.h"
#include "gateway/wyoming/reader.h"
#include "tests/fuzz/filling.h"

/* 16 bytes, and up to 64 KiB. */
#define PIECE_BITS_MIN 4
#define PIECE_BITS 13

struct heard {
	struct buf events;
	int rc; /* of the last look */
};

static void
take_events(struct reader *r, struct heard *h)
{
	struct wyoming_event e;
	char *text;

	while ((h->rc = reader_next(r, &e)) > 0) {
		MUST(e.type && json_is_object(e.data));
		MUST(e.payload_len <= READER_PAYLOAD_MAX);
		text = json_dumps(e.root, JSON_SORT_KEYS);
		MUST(text && buf_puts(&h->events, text) == 0);
		free(text);
		wyoming_done(&e);
	}
	MUST(e.root == NULL);
	MUST(h->rc == 0 || h->rc == ERR_INVALID || h->rc == ERR_TOO_LONG);
	/* What is not enough yet leaves room for more. */
	MUST(h->rc < 0 || buf_len(&r->in) <= READER_EVENT_MAX);
}

static void
send_piece(struct reader *r, const char *bytes, size_t len)
{
	uint8_t *copy = exact_copy(bytes, len);

	MUST(reader_has_room(r, len) && reader_feed(r, copy, len) == 0);
	free(copy);
}

static void
send_whole(struct heard *h, const char *bytes, size_t len)
{
	struct reader r;

	*h = (struct heard){ .rc = 0 };
	buf_init(&h->events, SIZE_MAX);
	reader_init(&r, len);
	send_piece(&r, bytes, len);
	take_events(&r, h);
	reader_done(&r);
}

/* In pieces of at most `max`, of lengths that `seed` says. */
static void
send_in_pieces(
    struct heard *h, const char *bytes, size_t len, size_t max, uint32_t seed)
{
	struct reader r;
	size_t at, n;

	*h = (struct heard){ .rc = 0 };
	buf_init(&h->events, SIZE_MAX);
	reader_init(&r, max);
	for (at = 0; at < len; at += n) {
		seed = seed * 1664525 + 1013904223;
		if (!reader_has_room(&r, max) || (seed & 1u << 31))
			take_events(&r, h);
		if (h->rc < 0)
			break;
		n = (seed >> 8) % max + 1;
		n = n < len - at ? n : len - at;
		send_piece(&r, bytes + at, n);
	}
	if (h->rc == 0)
		take_events(&r, h);
	reader_done(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard pieces, whole;
	size_t len, max;
	char *bytes;

	if (size == 0)
		return 0;
	bytes = fuzz_expand(data + 1, size - 1, ' ', &len);
	max = (size_t)1 << (PIECE_BITS_MIN + data[0] % PIECE_BITS);
	send_in_pieces(
	    &pieces, bytes, len, max, data[0] * 0x01010101u + (uint32_t)size);
	send_whole(&whole, bytes, len);
	MUST(pieces.rc == whole.rc);
	MUST(buf_len(&pieces.events) == buf_len(&whole.events));
	MUST(buf_len(&whole.events) == 0 ||
	     memcmp(buf_data(&pieces.events), buf_data(&whole.events),
		 buf_len(&whole.events)) == 0);
	buf_done(&pieces.events);
	buf_done(&whole.events);
	free(bytes);
	return 0;
}
