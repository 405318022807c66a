/*
 * Guards the bounded byte queue: what goes in comes out, in order; a put is
 * all or nothing; the bound holds to the byte and bounds the memory too.
 */
#include "tests/unit/test.h"

#include "common/buf.h"
#include "common/err.h"

struct model {
	struct buf buf;
	uint8_t *bytes; /* all that was accepted */
	size_t start, end;
};

static void
check(const struct model *m)
{
	size_t len = m->end - m->start;

	assert_int_equal(buf_len(&m->buf), len);
	assert_int_equal(buf_room(&m->buf), m->buf.max - len);
	/* Twice the bound (and the smallest step) is what growing by doubling
	 * needs; more is memory that a peer should not get. */
	assert_true(m->buf.cap <= 2 * m->buf.max + 256);
	if (len > 0)
		assert_memory_equal(
		    buf_data(&m->buf), m->bytes + m->start, len);
}

static void
put_random(struct model *m, struct rng *r)
{
	size_t room = buf_room(&m->buf), i;
	size_t len = rng_below(r, room + 4);
	uint8_t *bytes = malloc(len + 1);
	int rc;

	assert_non_null(bytes);
	for (i = 0; i < len; i++)
		bytes[i] = (uint8_t)(rng_below(r, 255) + 1);
	bytes[len] = '\0';
	if (rng_one_in(r, 2))
		rc = buf_put(&m->buf, bytes, len);
	else if (rng_one_in(r, 2))
		rc = buf_puts(&m->buf, (char *)bytes);
	else
		rc = buf_putf(&m->buf, "%s", (char *)bytes);
	assert_int_equal(rc, len <= room ? 0 : ERR_FULL);
	if (rc == 0) {
		memcpy(m->bytes + m->end, bytes, len);
		m->end += len;
	}
	free(bytes);
}

static void
random_story(size_t max, uint64_t seed)
{
	struct rng r = { seed };
	struct model m = { 0 };
	size_t n;
	int i;

	buf_init(&m.buf, max);
	m.bytes = malloc(2000 * (max + 4));
	assert_non_null(m.bytes);
	for (i = 0; i < 2000; i++) {
		if (rng_one_in(&r, 2)) {
			put_random(&m, &r);
		} else {
			n = rng_below(&r, m.end - m.start + 1);
			if (rng_one_in(&r, 2))
				n /= 10; /* runs full more often */
			buf_consume(&m.buf, n);
			m.start += n;
		}
		if (rng_one_in(&r, 20)) {
			n = rng_below(&r, m.end - m.start + 1);
			buf_truncate(&m.buf, n);
			m.end = m.start + n;
		}
		check(&m);
	}
	free(m.bytes);
	buf_done(&m.buf);
}

static void
test_against_a_plain_model(void **state)
{
	static const size_t bounds[] = { 1, 10, 255, 256, 257, 1000, 4096,
		20000, 40000 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(bounds); i++)
		random_story(bounds[i], i + 1);
}

/* Story: the terminator that vsnprintf() wants was counted against the
 * bound, so text that just fitted was refused. */
static void
test_formatted_text_may_fill_the_bound(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_int_equal(buf_putf(&b, "%s%d", "abc", 123), ERR_FULL);
	assert_int_equal(buf_len(&b), 0);
	assert_int_equal(buf_putf(&b, "%s%d", "abc", 12), 0);
	assert_int_equal(buf_room(&b), 0);
	assert_memory_equal(buf_data(&b), "abc12", 5);
	assert_int_equal(buf_putf(&b, "%s", ""), 0);
	assert_int_equal(buf_putf(&b, "x"), ERR_FULL);
	buf_done(&b);
}

static void
test_all_or_nothing(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 8);
	assert_int_equal(buf_puts(&b, "12345"), 0);
	assert_int_equal(buf_puts(&b, "6789"), ERR_FULL);
	assert_int_equal(buf_put(&b, "x", SIZE_MAX), ERR_FULL);
	assert_int_equal(buf_len(&b), 5);
	assert_int_equal(buf_puts(&b, "678"), 0);
	assert_int_equal(buf_put(&b, NULL, 0), 0);
	assert_memory_equal(buf_data(&b), "12345678", 8);
	buf_done(&b);
}

static void
test_empty(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_int_equal(buf_len(&b), 0);
	assert_int_equal(buf_put(&b, NULL, 0), 0);
	assert_int_equal(buf_puts(&b, ""), 0);
	assert_int_equal(buf_puts(&b, "x"), ERR_FULL);
	buf_consume(&b, 0);
	buf_clear(&b);
	buf_done(&b);
	buf_done(&b);
	assert_int_equal(b.max, 0);
}

/* A burst must not leave its memory behind, a trickle must not allocate for
 * ever: the client who sends a line now and then is the common case. */
static void
test_memory_after_a_burst(void **state)
{
	char block[1000];
	struct buf b;
	int i;

	(void)state;
	memset(block, 'x', sizeof(block));
	buf_init(&b, 1 << 20);
	for (i = 0; i < 1000; i++)
		assert_int_equal(buf_put(&b, block, sizeof(block)), 0);
	buf_consume(&b, buf_len(&b));
	assert_int_equal(b.cap, 0);
	assert_null(buf_data(&b));
	assert_int_equal(b.max, 1 << 20);
	assert_int_equal(buf_put(&b, block, 100), 0);
	for (i = 0; i < 10000; i++) {
		assert_int_equal(buf_put(&b, block, 100), 0);
		buf_consume(&b, 100);
	}
	assert_true(b.cap <= 1024);
	buf_clear(&b);
	assert_int_not_equal(b.cap, 0); /* little is kept for the next line */
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_plain_model),
		cmocka_unit_test(test_formatted_text_may_fill_the_bound),
		cmocka_unit_test(test_all_or_nothing),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_memory_after_a_burst),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
