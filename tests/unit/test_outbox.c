/*
 * Guards what waits for a peer: own answers and shared lines come out in the
 * order in which they were put, byte for byte, and what is held is counted,
 * each shared line once.
 */
#include "tests/unit/test.h"

#include "common/control/outbox.h"
#include "common/err.h"

#define READERS 5
#define BYTES_MAX 20000

/* One reader, and all that it is still to read. */
struct model {
	struct outbox outbox;
	char bytes[2 * BYTES_MAX];
	size_t len;
	bool within;
};

static void
model_put(struct model *m, const char *text, size_t len)
{
	assert_true(m->len + len <= sizeof(m->bytes));
	memcpy(m->bytes + m->len, text, len);
	m->len += len;
}

static void
model_drop(struct model *m, size_t len)
{
	if (len == 0)
		return;
	m->within = m->bytes[len - 1] != '\n';
	memmove(m->bytes, m->bytes + len, m->len - len);
	m->len -= len;
}

static void
random_line(struct rng *r, char *out, size_t max)
{
	size_t i, len = rng_below(r, rng_one_in(r, 9) ? max : 9);

	for (i = 0; i < len; i++)
		out[i] = (char)('a' + rng_below(r, 26));
	out[len] = '\0';
}

static void
answer_one(struct model *m, struct rng *r)
{
	char line[1000];
	size_t before = m->outbox.own.max - buf_len(&m->outbox.own);

	random_line(r, line, 100);
	strcat(line, "\n");
	if (buf_puts(&m->outbox.own, line) == 0)
		model_put(m, line, strlen(line));
	else
		assert_true(strlen(line) > before);
	outbox_settle(&m->outbox);
}

static void
share_one(struct model *m, size_t count, struct outbox_sum *sum, struct rng *r)
{
	char text[2000];
	struct shared_line *line;
	size_t i, room;
	int rc;

	random_line(r, text, 900);
	line = shared_line_new(sum, text);
	assert_non_null(line);
	strcat(text, "\n");
	for (i = 0; i < count; i++) {
		if (rng_one_in(r, 3))
			continue;
		room = BYTES_MAX - outbox_len(&m[i].outbox);
		rc = outbox_share(&m[i].outbox, line);
		assert_int_equal(rc, strlen(text) > room ? ERR_FULL : 0);
		if (rc == 0)
			model_put(&m[i], text, strlen(text));
	}
	shared_line_release(line);
}

static void
read_some(struct model *m, struct rng *r)
{
	const uint8_t *data;
	size_t n, step = 1 + rng_below(r, 300), times = rng_below(r, 40);

	for (; times > 0; times--) {
		n = outbox_peek(&m->outbox, &data);
		assert_int_equal(n == 0, m->len == 0);
		assert_true(n <= m->len);
		if (n)
			assert_memory_equal(data, m->bytes, n);
		n = n < step ? n : step;
		outbox_consume(&m->outbox, n);
		model_drop(m, n);
	}
}

static void
cut_one(struct model *m)
{
	const char *end = m->within ? memchr(m->bytes, '\n', m->len) : NULL;

	outbox_cut(&m->outbox);
	m->len = end ? (size_t)(end - m->bytes) + 1 : 0;
}

static void
act(struct model *m, struct outbox_sum *sum, struct rng *r)
{
	struct model *one = &m[rng_below(r, READERS)];

	switch (rng_below(r, 12)) {
	case 0:
	case 1:
	case 2:
		answer_one(one, r);
		break;
	case 3:
		if (rng_one_in(r, 20))
			cut_one(one);
		break;
	case 4:
	case 5:
	case 6:
		read_some(one, r);
		break;
	default:
		share_one(m, READERS, sum, r);
		break;
	}
	assert_int_equal(outbox_len(&one->outbox), one->len);
}

static void
test_against_a_model(void **state)
{
	static struct model m[READERS];
	struct outbox_sum sum;
	uint64_t seed;
	int i;

	(void)state;
	for (seed = 1; seed <= 50; seed++) {
		struct rng r = { seed };

		sum = (struct outbox_sum){ 0 };
		for (i = 0; i < READERS; i++) {
			outbox_init(&m[i].outbox, BYTES_MAX, &sum);
			m[i].len = 0;
			m[i].within = false;
		}
		for (i = 0; i < 2000; i++)
			act(m, &sum, &r);
		for (i = 0; i < READERS; i++)
			outbox_done(&m[i].outbox);
		assert_int_equal(sum.bytes, 0);
	}
}

/* Story: each of 300 silent subscribers had its own copy of each event: 64
 * texts of 60 kB took 1.1 GB. */
static void
test_a_line_for_many_is_held_once(void **state)
{
	static struct outbox readers[300];
	static char text[60000];
	struct outbox_sum sum = { 0 };
	struct shared_line *line;
	size_t i;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	line = shared_line_new(&sum, text);
	for (i = 0; i < COUNT_OF(readers); i++) {
		outbox_init(&readers[i], 4 * 1024 * 1024, &sum);
		assert_int_equal(outbox_share(&readers[i], line), 0);
	}
	shared_line_release(line);
	assert_in_range(
	    sum.bytes, sizeof(text), sizeof(text) + COUNT_OF(readers) * 1000);
	for (i = 0; i < COUNT_OF(readers); i++)
		outbox_done(&readers[i]);
	assert_int_equal(sum.bytes, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_model),
		cmocka_unit_test(test_a_line_for_many_is_held_once),
	};

	return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
