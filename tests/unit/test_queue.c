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
#include "ttsd/queue/queue.h"

#define MODEL_MAX 50

static struct announcement *
make(uint64_t id, enum priority priority, const char *text)
{
	struct announcement *a = announcement_new(2);

	assert_non_null(a);
	assert_int_equal(saying_add_text(a->asked.saying, strdup(text)), 0);
	a->id = id;
	a->asked.priority = priority;
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
			if ((int)model[i]->asked.priority == level)
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
			if (queue_push(&q, a, 0) < 0) {
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
		    queue_push(&q, make(1, PRIORITY_HIGH, text), 0), 0);
	a = make(2, PRIORITY_URGENT, "x");
	assert_int_equal(queue_push(&q, a, 0), ERR_FULL);
	announcement_free(a);
	assert_null(queue_find(&q, 2));
	while ((a = queue_head(&q)) != NULL) {
		queue_remove(&q, a);
		announcement_free(a);
	}
}

static struct announcement *
make_timed(uint64_t id, int64_t due_ns, int64_t expires_ns)
{
	struct announcement *a = make(id, PRIORITY_NORMAL, "x");

	a->asked.due_ns = due_ns;
	a->asked.expires_ns = expires_ns;
	return a;
}

static void
empty(struct queue *q)
{
	struct announcement *a;

	while ((a = queue_first(q)) != NULL) {
		queue_remove(q, a);
		announcement_free(a);
	}
	assert_int_equal(q->count, 0);
}

static void
test_what_is_not_due_waits(void **state)
{
	struct queue q;

	(void)state;
	queue_init(&q, 10);
	queue_push(&q, make_timed(1, 500, INT64_MAX), 100);
	queue_push(&q, make_timed(2, 300, INT64_MAX), 100);
	queue_push(&q, make_timed(3, 500, INT64_MAX), 100);
	assert_null(queue_head(&q));
	assert_int_equal(queue_next_due_ns(&q), 300);
	assert_int_equal(queue_first(&q)->id, 2);
	assert_int_equal(queue_position(&q, queue_find(&q, 3)), 2);
	queue_advance(&q, 299);
	assert_null(queue_head(&q));
	queue_advance(&q, 300);
	assert_int_equal(queue_head(&q)->id, 2);
	queue_push(&q, make_timed(4, 0, INT64_MAX), 300);
	assert_int_equal(queue_after(&q, queue_head(&q))->id, 4);
	queue_advance(&q, 10000);
	assert_int_equal(queue_next_due_ns(&q), INT64_MAX);
	assert_int_equal(queue_position(&q, queue_find(&q, 1)), 2);
	assert_int_equal(queue_position(&q, queue_find(&q, 3)), 3);
	empty(&q);
}

static void
test_what_waits_too_long_is_expired(void **state)
{
	struct announcement *a;
	struct queue q;
	uint64_t seen = 0;

	(void)state;
	queue_init(&q, 10);
	queue_push(&q, make_timed(1, 0, 400), 0);
	queue_push(&q, make_timed(2, 0, INT64_MAX), 0);
	queue_push(&q, make_timed(3, 900, 1000), 0);
	queue_push(&q, make_timed(4, 0, 400), 0);
	assert_null(queue_take_expired(&q, 399));
	while ((a = queue_take_expired(&q, 400)) != NULL) {
		seen = seen * 10 + a->id;
		announcement_free(a);
	}
	assert_int_equal(seen, 14);
	assert_int_equal(q.next_expiry_ns, 1000);
	a = queue_take_expired(&q, 1000);
	assert_int_equal(a->id, 3);
	announcement_free(a);
	assert_int_equal(q.next_expiry_ns, INT64_MAX);
	assert_null(queue_take_expired(&q, INT64_MAX - 1));
	empty(&q);
}

/* A ticket that is renamed lost its place: two people were called before it. */
static void
test_replaced_in_its_place(void **state)
{
	struct announcement *a = make(1, PRIORITY_NORMAL, "a");
	struct announcement *b = make(2, PRIORITY_NORMAL, "b");
	struct announcement *c = make(3, PRIORITY_NORMAL, "ccc");
	struct announcement *d = make(4, PRIORITY_NORMAL, "d");
	struct queue q;

	(void)state;
	queue_init(&q, 2);
	queue_push(&q, a, 0);
	queue_push(&q, b, 0);
	/* It needs no room of its own. */
	assert_false(queue_takes(&q, c));
	assert_true(queue_takes_instead(&q, c, a));
	queue_replace(&q, a, c, 0);
	assert_ptr_equal(queue_head(&q), c);
	assert_ptr_equal(queue_after(&q, c), b);
	queue_replace(&q, b, d, 0);
	assert_ptr_equal(queue_after(&q, c), d);
	assert_int_equal(q.count, 2);
	assert_int_equal(q.text_bytes, 4);
	/* The end of the list is where it is now. */
	queue_remove(&q, c);
	queue_push(&q, a, 0);
	assert_ptr_equal(queue_after(&q, d), a);
	queue_remove(&q, a);
	queue_remove(&q, d);
	announcement_free(a);
	announcement_free(b);
	announcement_free(c);
	announcement_free(d);
}

/* Moved anywhere, to where it was and to the end; then the end is where it is
 * now. */
static void
test_moved(void **state)
{
	struct announcement *of[5], *high = make(9, PRIORITY_HIGH, "h");
	struct announcement *later = make(10, PRIORITY_NORMAL, "l");
	struct queue q;
	size_t i, j;

	(void)state;
	later->asked.due_ns = 100;
	queue_init(&q, 10);
	queue_push(&q, high, 0);
	queue_push(&q, later, 0);
	for (i = 0; i < 4; i++)
		queue_push(&q, of[i] = make(i, PRIORITY_NORMAL, "x"), 0);
	for (i = 0; i < 4; i++)
		for (j = 0; j < 4; j++) {
			assert_true(queue_move(&q, of[i], of[j]));
			assert_ptr_equal(queue_after(&q, of[i]),
			    i == j ? queue_after(&q, of[j]) : of[j]);
		}
	assert_true(queue_move(&q, of[1], NULL));
	queue_push(&q, of[4] = make(4, PRIORITY_NORMAL, "x"), 0);
	assert_ptr_equal(queue_after(&q, of[1]), of[4]);
	assert_ptr_equal(queue_after(&q, of[4]), later);
	assert_int_equal(queue_position(&q, of[4]), 5);
	assert_false(queue_move(&q, of[0], high));
	assert_false(queue_move(&q, of[0], later));
	assert_false(queue_move(&q, later, of[0]));
	assert_false(queue_move(&q, later, NULL));
	assert_int_equal(q.count, 7);
	while ((high = queue_first(&q)) != NULL) {
		queue_remove(&q, high);
		announcement_free(high);
	}
}

static void
test_replaced_by_another_kind(void **state)
{
	struct announcement *a = make(1, PRIORITY_NORMAL, "a");
	struct announcement *b = make(2, PRIORITY_NORMAL, "b");
	struct announcement *high = make(3, PRIORITY_HIGH, "c");
	struct announcement *later = make(4, PRIORITY_HIGH, "d");
	struct queue q;

	(void)state;
	later->asked.due_ns = 100;
	queue_init(&q, 2);
	queue_push(&q, a, 0);
	queue_push(&q, b, 0);
	queue_replace(&q, b, high, 0);
	assert_ptr_equal(queue_head(&q), high);
	queue_replace(&q, high, later, 0);
	assert_ptr_equal(queue_head(&q), a);
	assert_ptr_equal(queue_after(&q, a), later);
	queue_replace(&q, later, b, 0);
	assert_ptr_equal(queue_after(&q, a), b);
	assert_int_equal(q.count, 2);
	queue_remove(&q, a);
	queue_remove(&q, b);
	announcement_free(a);
	announcement_free(b);
	announcement_free(high);
	announcement_free(later);
}

static void
test_one_that_had_its_turn_is_next_of_its_level(void **state)
{
	struct announcement *a;
	struct queue q;

	(void)state;
	queue_init(&q, 2);
	queue_push(&q, make(1, PRIORITY_NORMAL, "x"), 0);
	a = queue_head(&q);
	queue_remove(&q, a);
	queue_push(&q, make(2, PRIORITY_NORMAL, "x"), 0);
	queue_push(&q, make(3, PRIORITY_HIGH, "x"), 0);
	queue_push_first(&q, a); /* room or not: it was accepted long ago */
	assert_int_equal(queue_head(&q)->id, 3);
	assert_int_equal(queue_after(&q, queue_head(&q))->id, 1);
	assert_int_equal(q.count, 3);
	assert_int_equal(q.counts[PRIORITY_HIGH], 1);
	assert_int_equal(q.counts[PRIORITY_NORMAL], 2);
	empty(&q);
	assert_int_equal(q.counts[PRIORITY_NORMAL], 0);
}

/* Places are told without looking at all that wait: they are those that one who
 * counts finds, whatever was queued, taken out, replaced and became due. */
static void
test_places(void **state)
{
	struct announcement *a, *old;
	struct rng r = { 7 };
	int64_t now = 0;
	struct queue q;
	uint64_t id;
	size_t i;

	(void)state;
	queue_init(&q, MODEL_MAX);
	for (id = 1; id < 20000; id++) {
		for (i = 0, a = queue_first(&q); a; a = queue_after(&q, a))
			assert_int_equal(queue_position(&q, a), i++);
		assert_int_equal(i, q.count);
		old = queue_find(&q, id - 1 - rng_below(&r, 60));
		a = make(id, (enum priority)rng_below(&r, PRIORITY_COUNT), "x");
		if (rng_one_in(&r, 2))
			a->asked.due_ns = now + (int64_t)rng_below(&r, 40);
		if (old && rng_one_in(&r, 2)) {
			queue_replace(&q, old, a, now);
			announcement_free(old);
		} else if (queue_push(&q, a, now) < 0) {
			announcement_free(a);
		}
		old = queue_find(&q, id - rng_below(&r, 60));
		if (old && rng_one_in(&r, 2)) {
			queue_remove(&q, old);
			announcement_free(old);
		}
		queue_advance(&q, ++now);
	}
	while ((a = queue_first(&q))) {
		queue_remove(&q, a);
		announcement_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_a_model),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_bytes_of_text_are_bounded),
		cmocka_unit_test(test_what_is_not_due_waits),
		cmocka_unit_test(test_what_waits_too_long_is_expired),
		cmocka_unit_test(test_replaced_in_its_place),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_replaced_by_another_kind),
		cmocka_unit_test(
		    test_one_that_had_its_turn_is_next_of_its_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
