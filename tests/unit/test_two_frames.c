/* Two frames in memory that two processes share. */
#include "tests/unit/test.h"

#include "common/picture/two_frames.h"

#define BYTES 1000

struct two {
	_Alignas(64) uint8_t memory[2 * (64 + 1024)];
	struct two_frames frames;
	uint8_t got[BYTES];
};

static void
two_begin(struct two *t)
{
	*t = (struct two){ .frames = { .frame_bytes = BYTES } };
	t->frames.memory = t->memory;
	assert_int_equal(two_frames_size(BYTES), sizeof(t->memory));
}

static uint32_t
two_write(struct two *t, int level)
{
	uint8_t frame[BYTES];

	memset(frame, level, sizeof(frame));
	return two_frames_write(&t->frames, frame);
}

static void
expect(struct two *t, uint32_t number, int level)
{
	size_t i;

	assert_true(two_frames_read(&t->frames, number, t->got));
	for (i = 0; i < BYTES; i++)
		assert_int_equal(t->got[i], level);
}

static void
test_one_after_the_other(void **state)
{
	struct two t;
	uint32_t n;
	int i;

	(void)state;
	two_begin(&t);
	assert_false(two_frames_read(&t.frames, 0, t.got));
	assert_false(two_frames_read(&t.frames, 1, t.got));
	for (i = 1; i < 10; i++) {
		n = two_write(&t, i);
		expect(&t, n, i);
		assert_false(two_frames_read(&t.frames, n + 1, t.got));
	}
	/* The one before it is there until the next is begun. */
	expect(&t, n - 1, 8);
	two_write(&t, 10);
	assert_false(two_frames_read(&t.frames, n - 1, t.got));
}

static void
test_a_writer_that_is_killed(void **state)
{
	struct two t;
	uint32_t n;

	(void)state;
	two_begin(&t);
	two_write(&t, 1);
	n = two_write(&t, 2);
	/* It has begun the next one. */
	memset(t.memory + (n + 1) % 2 * sizeof(t.memory) / 2, 0, 500);
	expect(&t, n, 2);
	assert_false(two_frames_read(&t.frames, n - 1, t.got));
	assert_false(two_frames_read(&t.frames, n + 1, t.got));
	/* Its successor counts from the beginning. */
	t.frames.number = 0;
	n = two_write(&t, 3);
	expect(&t, n, 3);
}

/* What a writer says is not to be relied on. */
static void
test_numbers_of_all_kinds(void **state)
{
	static const int64_t numbers[] = { -1, INT64_MIN, INT64_MAX,
		INT64_C(1) << 32, (INT64_C(1) << 32) + 1, UINT32_MAX };
	struct two t;
	size_t i;

	(void)state;
	two_begin(&t);
	two_write(&t, 1);
	two_write(&t, 2);
	for (i = 0; i < COUNT_OF(numbers); i++)
		assert_false(two_frames_read(&t.frames, numbers[i], t.got));
	t.frames.number = UINT32_MAX;
	assert_int_equal(two_write(&t, 4), 2);
	expect(&t, 2, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_a_writer_that_is_killed),
		cmocka_unit_test(test_numbers_of_all_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
