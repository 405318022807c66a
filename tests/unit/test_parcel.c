/* What a program hands to its successor, as bytes. */
#include "common/body.h"
#include "common/err.h"
#include "common/parcel.h"
#include "tests/unit/test.h"

/* A parcel with a document and three pieces, one of them empty. */
static void
fill(struct parcel *p)
{
	assert_int_equal(parcel_init(p), 0);
	body_put(&p->document, "name", json_string("ttsd"));
	body_put(&p->document, "sound", parcel_add(p, "\0\1\2\3", 4));
	body_put(&p->document, "none", parcel_add(p, NULL, 0));
	body_put(&p->document, "text", parcel_add(p, "text", 4));
	assert_non_null(p->document);
}

static void
pack(struct buf *out)
{
	struct parcel p;

	fill(&p);
	buf_init(out, PARCEL_MAX);
	assert_int_equal(parcel_pack(&p, out), 0);
	parcel_done(&p);
}

static void
copy(const struct buf *from, size_t len, struct buf *to)
{
	buf_init(to, PARCEL_MAX);
	assert_int_equal(buf_put(to, buf_data(from), len), 0);
}

static void
assert_piece(
    const struct parcel *p, const char *name, const void *bytes, size_t len)
{
	const uint8_t *data;
	size_t found;

	assert_int_equal(
	    parcel_find(p, json_object_get(p->document, name), &data, &found),
	    0);
	assert_int_equal(found, len);
	if (len > 0)
		assert_memory_equal(data, bytes, len);
}

static void
test_what_goes_in_comes_out(void **state)
{
	struct buf bytes;
	struct parcel p;

	(void)state;
	pack(&bytes);
	assert_int_equal(parcel_unpack(&bytes, &p), 0);
	assert_string_equal(
	    json_string_value(json_object_get(p.document, "name")), "ttsd");
	assert_piece(&p, "sound", "\0\1\2\3", 4);
	assert_piece(&p, "none", NULL, 0);
	assert_piece(&p, "text", "text", 4);
	parcel_done(&p);
}

static void
test_a_word_that_stands_for_nothing(void **state)
{
	json_t *far = json_integer(3), *low = json_integer(-1);
	const uint8_t *data;
	struct parcel p;
	size_t len;

	(void)state;
	fill(&p);
	assert_int_equal(parcel_find(&p, far, &data, &len), ERR_INVALID);
	assert_int_equal(parcel_find(&p, low, &data, &len), ERR_INVALID);
	assert_int_equal(parcel_find(&p, NULL, &data, &len), ERR_INVALID);
	assert_int_equal(
	    parcel_find(&p, json_object_get(p.document, "name"), &data, &len),
	    ERR_INVALID);
	assert_int_equal(len, 0);
	json_decref(far);
	json_decref(low);
	parcel_done(&p);
}

/* Nothing of one that is cut off, wherever that is, is taken. */
static void
test_a_part_of_one(void **state)
{
	struct buf whole, part;
	struct parcel p;
	size_t len;

	(void)state;
	pack(&whole);
	for (len = 0; len < buf_len(&whole); len++) {
		copy(&whole, len, &part);
		assert_int_equal(parcel_unpack(&part, &p), ERR_INVALID);
		parcel_done(&p);
	}
	buf_puts(&whole, "x");
	assert_int_equal(parcel_unpack(&whole, &p), ERR_INVALID);
	parcel_done(&p);
}

static void
test_another_format(void **state)
{
	struct buf bytes;
	struct parcel p;

	(void)state;
	pack(&bytes);
	((uint8_t *)(uintptr_t)buf_data(&bytes))[8]++;
	assert_int_equal(parcel_unpack(&bytes, &p), ERR_UNSUPPORTED);
	parcel_done(&p);
}

/* Lengths that lie lead nowhere outside of it. */
static void
test_wrong_bytes(void **state)
{
	struct rng r = { 1 };
	struct buf whole, wrong;
	const uint8_t *data;
	struct parcel p;
	size_t i, len;

	(void)state;
	pack(&whole);
	for (i = 0; i < 20000; i++) {
		copy(&whole, buf_len(&whole), &wrong);
		((uint8_t *)(uintptr_t)buf_data(
		    &wrong))[rng_below(&r, buf_len(&wrong))] =
		    (uint8_t)rng_next(&r);
		if (parcel_unpack(&wrong, &p) == 0)
			parcel_find(&p, json_object_get(p.document, "sound"),
			    &data, &len);
		parcel_done(&p);
	}
	buf_done(&whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_goes_in_comes_out),
		cmocka_unit_test(test_a_word_that_stands_for_nothing),
		cmocka_unit_test(test_a_part_of_one),
		cmocka_unit_test(test_another_format),
		cmocka_unit_test(test_wrong_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
