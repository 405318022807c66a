/*
 * Guards the framing between ttsd and its engines: what is put reads back,
 * cut at any byte it waits, damaged it never reads past the end, and what
 * cannot be a frame is refused as soon as its header is there.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/le.h"
#include "common/sound/frame.h"

static const enum frame_type types[] = {
#define X(name, byte) FRAME_##name,
	FRAME_TYPES(X)
#undef X
};

/* Reads a copy of exactly that size; the payload is compared by the caller
 * at the same offset of `data`. */
static int
parse(const uint8_t *data, size_t len, struct frame *out)
{
	uint8_t *copy = exact_copy(data, len);
	int rc = frame_parse(copy, len, out);

	if (rc > 0) {
		assert_true(out->payload == copy + FRAME_HEADER_BYTES);
		out->payload = data + FRAME_HEADER_BYTES;
	}
	free(copy);
	return rc;
}

static void
test_bytes_on_the_wire(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(frame_put(&b, FRAME_PCM, "\1\2\3", 3), 0);
	assert_int_equal(frame_put(&b, FRAME_END, NULL, 0), 0);
	assert_int_equal(buf_len(&b), 13);
	assert_memory_equal(buf_data(&b), "\3\0\0\0P\1\2\3\0\0\0\0E", 13);
	buf_done(&b);
}

static void
test_each_type_cut_at_each_byte(void **state)
{
	static const uint8_t payload[] = "{\"job\":1}";
	struct frame f;
	struct buf b;
	size_t i, len, cut;

	(void)state;
	for (i = 0; i < COUNT_OF(types); i++)
		for (len = 0; len <= sizeof(payload); len++) {
			buf_init(&b, 1000);
			assert_int_equal(
			    frame_put(&b, types[i], payload, len), 0);
			for (cut = 0; cut < buf_len(&b); cut++)
				assert_int_equal(
				    parse(buf_data(&b), cut, &f), 0);
			assert_int_equal(buf_puts(&b, "next"), 0);
			assert_int_equal(parse(buf_data(&b), buf_len(&b), &f),
			    (int)(len + FRAME_HEADER_BYTES));
			assert_int_equal(f.type, types[i]);
			assert_int_equal(f.len, len);
			assert_memory_equal(f.payload, payload, len);
			buf_done(&b);
		}
}

/* A stream of frames arrives in pieces of any size. */
static void
test_a_stream_in_pieces(void **state)
{
	struct rng r = { 10 };
	struct buf sent, got;
	struct frame f;
	uint8_t payload[300];
	size_t n, read = 0, frames = 0;
	int i, rc;

	(void)state;
	buf_init(&sent, 1 << 20);
	buf_init(&got, 1 << 20);
	for (i = 0; i < 2000; i++) {
		n = rng_below(&r, sizeof(payload) + 1);
		memset(payload, i & 0xff, n);
		assert_int_equal(
		    frame_put(
			&sent, types[i % (int)COUNT_OF(types)], payload, n),
		    0);
	}
	while (read < buf_len(&sent)) {
		n = rng_below(&r, 40) + 1;
		if (n > buf_len(&sent) - read)
			n = buf_len(&sent) - read;
		buf_put(&got, buf_data(&sent) + read, n);
		read += n;
		while ((rc = parse(buf_data(&got), buf_len(&got), &f)) > 0) {
			assert_int_equal(
			    f.type, types[frames % COUNT_OF(types)]);
			for (n = 0; n < f.len; n++)
				assert_int_equal(f.payload[n], frames & 0xff);
			buf_consume(&got, (size_t)rc);
			frames++;
		}
		assert_int_equal(rc, 0);
	}
	assert_int_equal(frames, 2000);
	assert_int_equal(buf_len(&got), 0);
	buf_done(&sent);
	buf_done(&got);
}

static void
test_unknown_types(void **state)
{
	uint8_t header[FRAME_HEADER_BYTES];
	struct frame f;
	int byte;
	size_t i;

	(void)state;
	for (byte = 0; byte < 256; byte++) {
		bool known = false;

		for (i = 0; i < COUNT_OF(types); i++)
			known |= (int)types[i] == byte;
		frame_header(header, (enum frame_type)byte, 1);
		assert_int_equal(
		    parse(header, sizeof(header), &f), known ? 0 : ERR_INVALID);
		assert_int_equal(parse(header, sizeof(header) - 1, &f), 0);
	}
}

/* The bound is known from the header: nobody waits, or allocates, for more. */
static void
test_the_bound(void **state)
{
	static const uint32_t too_long[] = { FRAME_MAX + 1, 0x7fffffff,
		0x80000000, 0xfffffffb, 0xffffffff };
	uint8_t *big = calloc(1, FRAME_MAX + 1), *cut;
	uint8_t header[FRAME_HEADER_BYTES];
	struct frame f;
	struct buf b;
	size_t i;

	(void)state;
	assert_non_null(big);
	for (i = 0; i < COUNT_OF(too_long); i++) {
		frame_header(header, FRAME_PCM, 0);
		le32_put(header, too_long[i]);
		assert_int_equal(
		    parse(header, sizeof(header), &f), ERR_TOO_LONG);
	}
	buf_init(&b, 2 * FRAME_MAX);
	assert_int_equal(
	    frame_put(&b, FRAME_PCM, big, FRAME_MAX + 1), ERR_TOO_LONG);
	assert_int_equal(buf_len(&b), 0);
	assert_int_equal(frame_put(&b, FRAME_PCM, big, FRAME_MAX), 0);
	cut = exact_copy(buf_data(&b), buf_len(&b));
	assert_int_equal(frame_parse(cut, buf_len(&b) - 1, &f), 0);
	assert_int_equal(
	    frame_parse(cut, buf_len(&b), &f), FRAME_MAX + FRAME_HEADER_BYTES);
	assert_int_equal(f.len, FRAME_MAX);
	free(cut);
	free(big);
	buf_done(&b);
}

/* Half a frame in the queue would break all that follow. */
static void
test_put_is_all_or_nothing(void **state)
{
	struct buf b;
	size_t max;

	(void)state;
	for (max = 0; max <= 12; max++) {
		buf_init(&b, max);
		assert_int_equal(frame_put(&b, FRAME_PCM, "1234", 4),
		    max >= 9 ? 0 : ERR_FULL);
		assert_int_equal(buf_len(&b), max >= 9 ? 9 : 0);
		buf_done(&b);
	}
}

static void
test_damaged_frames(void **state)
{
	struct rng r = { 11 };
	uint8_t bytes[128];
	struct frame f;
	size_t len, cut;
	int whole, rc, round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		len = rng_below(&r, 60);
		frame_header(bytes, types[rng_below(&r, COUNT_OF(types))], len);
		memset(bytes + FRAME_HEADER_BYTES, 'x', len);
		len =
		    mutate(&r, bytes, len + FRAME_HEADER_BYTES, sizeof(bytes));
		whole = parse(bytes, len, &f);
		assert_true(whole <= (int)len);
		if (whole > 0)
			assert_int_equal(f.len + FRAME_HEADER_BYTES, whole);
		else if (whole < 0)
			assert_true(
			    whole == ERR_INVALID || whole == ERR_TOO_LONG);
		cut = rng_below(&r, len + 1);
		rc = parse(bytes, cut, &f);
		assert_true(rc == 0 || rc == whole);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_on_the_wire),
		cmocka_unit_test(test_each_type_cut_at_each_byte),
		cmocka_unit_test(test_a_stream_in_pieces),
		cmocka_unit_test(test_unknown_types),
		cmocka_unit_test(test_the_bound),
		cmocka_unit_test(test_put_is_all_or_nothing),
		cmocka_unit_test(test_damaged_frames),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
