/*
 * The queue of announcements against a plain model: order of priorities,
 * first in first out within each, bounds, and removal anywhere.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/err.h"
#include "tests/unit/test.h"
#include "ttsd/queue.h"

#define MODEL_MAX 50

static struct announcement *
make(uint64_t id, enum priority priority, const char *text)
{
	struct speech speech = { .text = strdup(text) };
	struct announcement *a = announcement_new(&speech, 2);

	assert_non_null(a);
	a->id = id;
	a->priority = priority;
	return a;
}

/* The order that the rules ask for, found the slow way. */
static size_t
sorted(
    struct announcement *const *model, size_t count, struct announcement **out)
{
	size_t i, n = 0;
	int level;

	for (level = PRIORITY_COUNT - 1; level >= 0; level--)
		for (i = 0; i < count; i++)
			if ((int)model[i]->priority == level)
				out[n++] = model[i];
	return n;
}

static void
check_order(
    const struct queue *q, struct announcement *const *model, size_t count)
{
	struct announcement *order[MODEL_MAX], *a;
	size_t i, n = sorted(model, count, order);

	assert_int_equal(q->count, n);
	for (i = 0, a = queue_head(q); a; a = queue_after(q, a), i++) {
		assert_ptr_equal(a, order[i]);
		assert_int_equal(queue_position(q, a), i);
		assert_ptr_equal(queue_find(q, a->id), a);
	}
	assert_int_equal(i, n);
}

static void
test_against_a_model(void **state)
{
	struct announcement *model[MODEL_MAX], *a;
	struct rng r = { 5 };
	struct queue q;
	size_t count = 0, i;
	uint64_t id;

	(void)state;
	queue_init(&q, MODEL_MAX);
	for (id = 1; id < 20000; id++) {
		if (rng_one_in(&r, 2) || count == 0) {
			a = make(id,
			    (enum priority)rng_below(&r, PRIORITY_COUNT),
			    "text");
			if (queue_push(&q, a) < 0) {
				assert_int_equal(count, MODEL_MAX);
				announcement_free(a);
			} else {
				model[count++] = a;
			}
		} else {
			i = rng_below(&r, count);
			a = model[i];
			memmove(model + i, model + i + 1,
			    (count - i - 1) * sizeof(*model));
			count--;
			queue_remove(&q, a);
			announcement_free(a);
		}
		if (id % 16 == 0)
			check_order(&q, model, count);
	}
	while ((a = queue_head(&q)) != NULL) {
		queue_remove(&q, a);
		announcement_free(a);
	}
	assert_int_equal(q.count, 0);
	assert_int_equal(q.text_bytes, 0);
}

static void
test_bytes_of_text_are_bounded(void **state)
{
	static char text[1024 * 1024 + 1];
	struct announcement *a;
	struct queue q;
	int i;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	queue_init(&q, 1000);
	for (i = 0; i < 8; i++)
		assert_int_equal(
		    queue_push(&q, make(1, PRIORITY_HIGH, text)), 0);
	a = make(2, PRIORITY_URGENT, "x");
	assert_int_equal(queue_push(&q, a), ERR_FULL);
	announcement_free(a);
	assert_null(queue_find(&q, 2));
	while ((a = queue_head(&q)) != NULL) {
		queue_remove(&q, a);
		announcement_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_model),
		cmocka_unit_test(test_bytes_of_text_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
