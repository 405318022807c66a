/* What is told of announcements: of each once, whatever becomes of it. The
 * sound is a tone whose pitch never comes again. */
#include "tests/unit/test.h"

#include <math.h>

#include "streamer-supervisor/ear/receipts.h"

#define MS INT64_C(1000000)
#define STEP 160
#define STEP_MS 20

struct book {
	struct receipts receipts;
	struct receipt last;
	unsigned told[RECEIPTS_MAX + 2];
	struct compare compare;
	int64_t now_ms;
};

static void
book_tell(void *arg, const struct receipt *r)
{
	struct book *b = arg;

	b->last = *r;
	b->told[r->id]++;
}

static struct book *
book_new(void)
{
	struct book *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->receipts.told = book_tell;
	b->receipts.arg = b;
	assert_int_equal(
	    compare_init(&b->compare, 5000 * MS, COMPARE_SILENCE_RMS), 0);
	return b;
}

static void
book_free(struct book *b)
{
	compare_done(&b->compare);
	free(b);
}

/* Sends a second of a gliding tone or of silence; so much of it comes. */
static void
book_send(struct book *b, bool sound, int percent)
{
	int16_t x[STEP];
	size_t i;
	int end;

	for (end = 0; end < 50; end++, b->now_ms += STEP_MS) {
		for (i = 0; i < STEP; i++) {
			float t = (float)((size_t)b->now_ms * 8 + i);

			x[i] = sound ? (int16_t)(5000 * sinf(0.05f * t +
							     t * t * 2e-7f))
				     : 0;
		}
		compare_sent(&b->compare, x, STEP, b->now_ms * MS);
		if (end * 2 >= percent)
			memset(x, 0, sizeof(x));
		compare_heard(&b->compare, x, STEP, b->now_ms * MS);
		compare_judge(&b->compare, b->now_ms * MS);
	}
	receipts_judge(&b->receipts, &b->compare, b->now_ms * MS);
}

static void
check_last(const struct book *b, uint64_t id, enum receipt_state state,
    const char *reason)
{
	assert_int_equal(b->last.id, id);
	assert_int_equal(b->last.state, state);
	assert_string_equal(b->last.reason, reason);
	assert_int_equal(b->told[id], 1);
}

static void
test_what_is_told(void **state)
{
	struct book *b = book_new();

	(void)state;
	book_send(b, false, 100);
	book_send(b, true, 100);
	book_send(b, true, 100);
	receipts_add(&b->receipts, 1, 8000, 24000);
	book_send(b, false, 100);
	check_last(b, 1, RECEIPT_HEARD, "");
	assert_true(b->last.confidence > 0.99f && b->last.delay_ms == 0);

	receipts_add(&b->receipts, 2, 24000, 32000);
	book_send(b, true, 0);
	check_last(b, 2, RECEIPT_UNKNOWN, "it is but silence");
	receipts_add(&b->receipts, 3, 32000, 40000);
	book_send(b, true, 50);
	check_last(b, 3, RECEIPT_MISSED, "silence came in its place");
	receipts_add(&b->receipts, 4, 40000, 48000);
	book_send(b, true, 100);
	check_last(
	    b, 4, RECEIPT_MISSED, "0.5 s of its 1.0 s of sound did not come");
	book_free(b);
}

static void
test_what_is_lost_is_told(void **state)
{
	struct book *b = book_new();

	(void)state;
	receipts_add(&b->receipts, 1, 0, 8000);
	receipts_add(&b->receipts, 2, 8000, 16000);
	receipts_lose(&b->receipts, "the channel was read afresh");
	check_last(b, 2, RECEIPT_UNKNOWN, "the channel was read afresh");
	assert_int_equal(b->told[1], 1);
	book_free(b);
}

static void
test_of_too_many_the_oldest_is_told(void **state)
{
	struct book *b = book_new();
	uint64_t id;

	(void)state;
	for (id = 0; id <= RECEIPTS_MAX; id++)
		receipts_add(&b->receipts, id, id * 8000, id * 8000 + 8000);
	check_last(b, 0, RECEIPT_UNKNOWN, "too many announcements at once");
	receipts_lose(&b->receipts, "it ends");
	for (id = 0; id <= RECEIPTS_MAX; id++)
		assert_int_equal(b->told[id], 1);
	book_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_told),
		cmocka_unit_test(test_what_is_lost_is_told),
		cmocka_unit_test(test_of_too_many_the_oldest_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
