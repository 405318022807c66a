/* Any bytes as a stream of frames: whole or in pieces they read the same,
 * what was read can be put and reads back, and nothing is read past an end. */
#include "tests/fuzz/fuzz.h"

#include "common/err.h"
#include "common/sound/frame.h"

/* Puts the frame again: the same bytes come out. */
static void
put_again(const struct frame *f, const uint8_t *bytes, size_t len)
{
	struct buf again;

	buf_init(&again, FRAME_MAX + FRAME_HEADER_BYTES);
	MUST(frame_put(&again, f->type, f->payload, f->len) == 0);
	MUST(buf_len(&again) == len);
	MUST(memcmp(buf_data(&again), bytes, len) == 0);
	buf_done(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact_copy(data, size);
	struct buf pieces;
	struct frame f;
	size_t at = 0, fed = 0, n;
	int rc, piece_rc;

	buf_init(&pieces, size + 1);
	do {
		rc = frame_parse(copy + at, size - at, &f);
		/* The same frame, fed a few bytes at a time. */
		while ((piece_rc = frame_parse(
			    buf_data(&pieces), buf_len(&pieces), &f)) == 0 &&
		       fed < size) {
			n = (size_t)(data[fed] & 15) + 1;
			n = n < size - fed ? n : size - fed;
			MUST(buf_put(&pieces, data + fed, n) == 0);
			fed += n;
		}
		MUST(piece_rc == rc);
		if (rc > 0) {
			MUST((size_t)rc <= size - at);
			MUST(f.len == (size_t)rc - FRAME_HEADER_BYTES);
			put_again(&f, copy + at, (size_t)rc);
			at += (size_t)rc;
			buf_consume(&pieces, (size_t)rc);
		}
	} while (rc > 0);
	MUST(rc == 0 || rc == ERR_INVALID || rc == ERR_TOO_LONG);
	buf_done(&pieces);
	free(copy);
	return 0;
}
