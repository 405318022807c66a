/*
 * Guards the ring of recent sound: every byte that is held reads back as it
 * was written at its absolute position, through the seam, jumps and any
 * sizes; what is too old is gone, and nothing younger.
 */
#include "tests/unit/test.h"

#include "common/sound/ring.h"

/* The model: every byte ever written, flat. */
#define STORY_BYTES (1 << 20)

struct model {
	struct ring ring;
	uint8_t *written; /* by position - base */
	uint64_t base;
	uint64_t head, tail;
	struct rng rng;
};

static void
model_write(struct model *m, size_t len)
{
	uint8_t *bytes = m->written + (m->head - m->base);
	uint8_t *copy;
	size_t i;

	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)rng_next(&m->rng);
	copy = exact_copy(bytes, len);
	ring_write(&m->ring, copy, len);
	free(copy);
	m->head += len;
	if (m->head - m->tail > m->ring.size)
		m->tail = m->head - m->ring.size;
}

static void
model_jump(struct model *m, uint64_t len)
{
	ring_jump(&m->ring, len);
	m->head += len;
	m->tail = m->head;
}

/* Everything from `pos` on, in at most two pieces. */
static void
check_from(const struct model *m, uint64_t pos)
{
	const uint8_t *data;
	size_t n;
	int pieces = 0;

	while (pos < m->head) {
		n = ring_peek(&m->ring, pos, &data);
		assert_in_range(n, 1, m->head - pos);
		assert_true(data >= m->ring.mem);
		assert_true(data + n <= m->ring.mem + m->ring.size);
		if (memcmp(data, m->written + (pos - m->base), n) != 0)
			fail_msg("other bytes than were written");
		pos += n;
		assert_true(++pieces <= 2);
	}
	assert_int_equal(ring_peek(&m->ring, m->head, &data), 0);
}

static void
random_story(size_t bytes, uint64_t base, uint64_t seed)
{
	struct model m = { .rng = { seed }, .base = base };
	size_t len;

	assert_int_equal(ring_init(&m.ring, bytes), 0);
	ring_jump(&m.ring, base);
	m.head = m.tail = base;
	m.written = calloc(1, STORY_BYTES);
	assert_non_null(m.written);
	for (;;) {
		len = rng_one_in(&m.rng, 8)
			  ? m.ring.size - rng_below(&m.rng, 3)
			  : rng_below(&m.rng, m.ring.size / 2);
		if (m.head - base + len > STORY_BYTES)
			break;
		if (rng_one_in(&m.rng, 10))
			model_jump(&m, len);
		else
			model_write(&m, len);
		assert_int_equal(m.ring.head, m.head);
		assert_int_equal(m.ring.tail, m.tail);
		check_from(&m, m.tail);
		check_from(&m, m.tail + rng_below(&m.rng, m.head - m.tail + 1));
	}
	free(m.written);
	ring_done(&m.ring);
}

static void
test_against_a_plain_model(void **state)
{
	static const size_t sizes[] = { 1, 64, 65, 1000, 4096, 48000 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(sizes); i++) {
		random_story(sizes[i], 0, i + 1);
		/* Years into a stream: beyond 32 bits, and odd. */
		random_story(sizes[i], UINT64_C(0x123456789ab), i + 7);
	}
}

static void
test_sizes_are_powers_of_two(void **state)
{
	struct ring r;
	size_t bytes;

	(void)state;
	for (bytes = 0; bytes < 5000; bytes += 1 + bytes / 7) {
		assert_int_equal(ring_init(&r, bytes), 0);
		assert_true(r.size >= bytes);
		assert_true(r.size >= 1);
		assert_int_equal(r.size & (r.size - 1), 0);
		assert_true(r.size < 2 * bytes || r.size <= 64);
		ring_done(&r);
		assert_null(r.mem);
	}
	/* A power of two is enough for itself. */
	for (bytes = 64; bytes <= 65536; bytes *= 2) {
		assert_int_equal(ring_init(&r, bytes), 0);
		assert_int_equal(r.size, bytes);
		ring_done(&r);
	}
}

static void
test_empty(void **state)
{
	const uint8_t *data;
	struct ring r;

	(void)state;
	assert_int_equal(ring_init(&r, 64), 0);
	assert_int_equal(ring_peek(&r, 0, &data), 0);
	ring_write(&r, "", 0);
	assert_int_equal(r.head, 0);
	assert_int_equal(ring_peek(&r, 0, &data), 0);
	ring_done(&r);
}

/* Bytes that were left out by a jump are gone, not silence of old. */
static void
test_jump_forgets(void **state)
{
	const uint8_t *data;
	struct ring r;

	(void)state;
	assert_int_equal(ring_init(&r, 64), 0);
	ring_write(&r, "abcdef", 6);
	ring_jump(&r, 10);
	assert_int_equal(r.tail, 16);
	assert_int_equal(r.head, 16);
	ring_write(&r, "xyz", 3);
	assert_int_equal(ring_peek(&r, 16, &data), 3);
	assert_memory_equal(data, "xyz", 3);
	ring_done(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_plain_model),
		cmocka_unit_test(test_sizes_are_powers_of_two),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_jump_forgets),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
