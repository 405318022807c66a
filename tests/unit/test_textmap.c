/*
 * Guards the way back from a rewritten text to the original: against a model
 * that remembers the origin of every character, and the bounds of the
 * rewrite.
 */
#include "tests/unit/some_text.h"

#include "common/err.h"
#include "ttsd/text/textmap.h"

static struct textmap_span
origin(const struct rewrite *r, size_t offset, size_t length)
{
	return textmap_origin(&r->map, (struct textmap_span){ offset, length });
}

static void
check(const struct rewrite *r, size_t offset, size_t length, size_t want_offset,
    size_t want_length)
{
	struct textmap_span got = origin(r, offset, length);

	if (got.offset != want_offset || got.length != want_length)
		fail_msg("%zu+%zu is %zu+%zu, not %zu+%zu", offset, length,
		    got.offset, got.length, want_offset, want_length);
}

static void
test_nothing_changed(void **state)
{
	struct rewrite r;
	size_t len = 1;

	(void)state;
	rewrite_init(&r, 100);
	assert_string_equal(rewrite_text(&r, &len), "");
	assert_int_equal(len, 0);
	check(&r, 0, 0, 0, 0);
	check(&r, 5, 5, 0, 0);
	assert_int_equal(rewrite_keep(&r, "für", 4), 0);
	assert_string_equal(rewrite_text(&r, &len), "für");
	assert_int_equal(len, 4);
	check(&r, 0, 3, 0, 3);
	check(&r, 1, 1, 1, 1);
	check(&r, 2, 9, 2, 1);
	check(&r, 3, 1, 3, 0);
	check(&r, SIZE_MAX, SIZE_MAX, 3, 0);
	check(&r, 1, SIZE_MAX, 1, 2);
	rewrite_done(&r);
}

/* "Dr Ü 23!" to "Doctor  2 3": replaced, left out, put in, left out. */
static void
test_all_kinds_of_edits(void **state)
{
	struct rewrite r;
	size_t len;

	(void)state;
	rewrite_init(&r, 100);
	assert_int_equal(rewrite_replace(&r, "Dr", 2, "Doctor", 6), 0);
	assert_int_equal(rewrite_keep(&r, " ", 1), 0);
	assert_int_equal(rewrite_replace(&r, "Ü", 2, "", 0), 0);
	assert_int_equal(rewrite_keep(&r, " 2", 2), 0);
	assert_int_equal(rewrite_replace(&r, "", 0, " ", 1), 0);
	assert_int_equal(rewrite_keep(&r, "3", 1), 0);
	assert_int_equal(rewrite_replace(&r, "!", 1, "", 0), 0);
	assert_string_equal(rewrite_text(&r, &len), "Doctor  2 3");
	check(&r, 0, 6, 0, 2);
	check(&r, 3, 1, 0, 2);
	check(&r, 6, 1, 2, 1);
	check(&r, 7, 1, 4, 1);
	check(&r, 6, 2, 2, 3); /* over what was left out */
	check(&r, 8, 1, 5, 1);
	check(&r, 9, 1, 6, 0); /* put in */
	check(&r, 8, 3, 5, 2);
	check(&r, 10, 1, 6, 1);
	check(&r, 11, 1, 8, 0);
	check(&r, 0, 11, 0, 7);
	check(&r, 0, 0, 0, 0);
	rewrite_done(&r);
}

static void
test_twice(void **state)
{
	struct rewrite a, b;
	struct textmap_span span;

	(void)state;
	/* "x AB1" -> "x abc1" -> "x a b c 1" */
	rewrite_init(&a, 100);
	rewrite_init(&b, 100);
	assert_int_equal(rewrite_keep(&a, "x ", 2), 0);
	assert_int_equal(rewrite_replace(&a, "AB", 2, "abc", 3), 0);
	assert_int_equal(rewrite_keep(&a, "1", 1), 0);
	assert_int_equal(rewrite_keep(&b, "x a", 3), 0);
	assert_int_equal(rewrite_replace(&b, "", 0, " ", 1), 0);
	assert_int_equal(rewrite_keep(&b, "b", 1), 0);
	assert_int_equal(rewrite_replace(&b, "", 0, " ", 1), 0);
	assert_int_equal(rewrite_keep(&b, "c", 1), 0);
	assert_int_equal(rewrite_replace(&b, "", 0, " ", 1), 0);
	assert_int_equal(rewrite_keep(&b, "1", 1), 0);
	span = textmap_origin(
	    &a.map, textmap_origin(&b.map, (struct textmap_span){ 4, 1 }));
	assert_int_equal(span.offset, 2);
	assert_int_equal(span.length, 2);
	span = textmap_origin(
	    &a.map, textmap_origin(&b.map, (struct textmap_span){ 8, 1 }));
	assert_int_equal(span.offset, 4);
	assert_int_equal(span.length, 1);
	rewrite_done(&a);
	rewrite_done(&b);
}

static void
test_bounds(void **state)
{
	struct rewrite r;
	size_t len;

	(void)state;
	rewrite_init(&r, 5);
	assert_int_equal(rewrite_keep(&r, "abc", 3), 0);
	assert_int_equal(rewrite_replace(&r, "x", 1, "yy", 2), 0);
	assert_string_equal(rewrite_text(&r, &len), "abcyy");
	assert_int_equal(rewrite_keep(&r, "z", 1), ERR_FULL);
	rewrite_done(&r);
	rewrite_init(&r, 5);
	assert_int_equal(rewrite_keep(&r, "abcdef", 6), ERR_FULL);
	rewrite_done(&r);
	rewrite_init(&r, 0);
	assert_int_equal(rewrite_replace(&r, "abc", 3, "", 0), 0);
	assert_string_equal(rewrite_text(&r, &len), "");
	assert_int_equal(rewrite_keep(&r, "z", 1), ERR_FULL);
	rewrite_done(&r);
}

/* The model: where each character of the new text comes from. */
#define MODEL_MAX 4096

struct model {
	struct textmap_span from[MODEL_MAX];
	size_t count, from_length;
};

static void
grow(struct rng *rng, struct rewrite *r, struct model *m)
{
	char old[64], new[64];
	size_t old_len = some_text(rng, old, sizeof(old));
	size_t new_len = some_text(rng, new, sizeof(new));
	size_t old_chars = count_chars(old, old_len), i, n;

	if (rng_one_in(rng, 2)) {
		if (old_len == 0)
			return;
		assert_int_equal(rewrite_keep(r, old, old_len), 0);
		for (i = 0; i < old_chars; i++)
			m->from[m->count++] =
			    (struct textmap_span){ m->from_length++, 1 };
		return;
	}
	if (rng_one_in(rng, 4))
		old_len = old_chars = 0;
	if (rng_one_in(rng, 4))
		new_len = 0;
	assert_int_equal(rewrite_replace(r, old, old_len, new, new_len), 0);
	n = count_chars(new, new_len);
	for (i = 0; i < n; i++)
		m->from[m->count++] =
		    (struct textmap_span){ m->from_length, old_chars };
	m->from_length += old_chars;
}

static void
check_model(struct rng *rng, const struct rewrite *r, const struct model *m)
{
	size_t offset, length, first, last, i;

	assert_int_equal(r->map.to_length, m->count);
	assert_int_equal(r->map.from_length, m->from_length);
	for (i = 0; i < 30 && m->count > 0; i++) {
		offset = rng_below(rng, m->count);
		length = rng_below(rng, m->count - offset) + 1;
		first = m->from[offset].offset;
		last = m->from[offset + length - 1].offset +
		       m->from[offset + length - 1].length;
		check(r, offset, length, first, last - first);
		assert_true(last <= m->from_length);
	}
	for (offset = 1; offset < m->count; offset++)
		assert_true(origin(r, offset - 1, 1).offset <=
			    origin(r, offset, 1).offset);
}

/* A piece of the new text leads back as the whole does. */
static void
check_slice(struct rng *rng, const struct rewrite *r, size_t count)
{
	struct textmap_span piece, want, got;
	struct textmap slice;
	size_t i;

	if (count == 0)
		return;
	piece.offset = rng_below(rng, count);
	piece.length = rng_below(rng, count - piece.offset) + 1;
	assert_int_equal(textmap_slice(&r->map, piece, &slice), 0);
	assert_int_equal(slice.to_length, piece.length);
	for (i = 0; i < piece.length; i++) {
		want = origin(r, piece.offset + i, 1);
		got = textmap_origin(&slice, (struct textmap_span){ i, 1 });
		assert_int_equal(got.offset, want.offset);
		assert_int_equal(got.length, want.length);
	}
	textmap_done(&slice);
}

static void
test_against_the_model(void **state)
{
	static struct model m;
	struct rng rng = { 3 };
	struct rewrite r;
	const char *text;
	size_t edits, len;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		rewrite_init(&r, 1 << 20);
		m.count = m.from_length = 0;
		for (edits = rng_below(&rng, 40); edits > 0; edits--)
			grow(&rng, &r, &m);
		check_model(&rng, &r, &m);
		check_slice(&rng, &r, m.count);
		text = rewrite_text(&r, &len);
		assert_int_equal(strlen(text), len);
		assert_int_equal(count_chars(text, len), m.count);
		rewrite_done(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_changed),
		cmocka_unit_test(test_all_kinds_of_edits),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_against_the_model),
	};

	return cmocka_run_group_tests_name("textmap", tests, NULL, NULL);
}
