/*
 * Guards what one program hands to the next version of itself: every member
 * arrives as it was, whatever bytes it holds; a field too many or too few does
 * no harm, and one that is wrong is refused, whole and within its bounds.
 */
#include "tests/unit/test.h"

#include "common/err.h"
#include "common/record.h"

enum colour { RED, GREEN };
static const char *const colours[] = { "red", "green" };

struct part {
	uint64_t count;
};

struct thing {
	bool flag;
	int64_t integer;
	uint64_t count;
	unsigned small;
	size_t size;
	double number;
	char text[8];
	enum colour colour;
	struct part part;
};

static const struct record_field part_fields[] = {
	RECORD_FIELD(RECORD_COUNT, part, count),
	RECORD_END,
};

static const struct record_field fields[] = {
	RECORD_FIELD(RECORD_BOOL, thing, flag),
	RECORD_FIELD(RECORD_INTEGER, thing, integer),
	RECORD_FIELD(RECORD_COUNT, thing, count),
	RECORD_FIELD(RECORD_SMALL, thing, small),
	RECORD_FIELD_SIZE(thing, size, 10),
	RECORD_FIELD(RECORD_NUMBER, thing, number),
	RECORD_FIELD_TEXT(thing, text),
	RECORD_FIELD_CHOICE(thing, colour, colours),
	RECORD_FIELD_PART(thing, part, part_fields),
	RECORD_END,
};

static const struct thing full = { true, INT64_MIN, INT64_MAX, 7, 10, 0.125,
	"\xff\x80\"\\\n\xc3", GREEN, { 9 } };

static json_t *
reread(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);
	json_t *again = json_loads(text, 0, NULL);

	assert_non_null(again);
	json_decref(o);
	free(text);
	return again;
}

static void
assert_same(const struct thing *a, const struct thing *b)
{
	assert_int_equal(a->flag, b->flag);
	assert_true(a->integer == b->integer && a->count == b->count);
	assert_true(a->small == b->small && a->size == b->size);
	assert_true(a->number == b->number);
	assert_string_equal(a->text, b->text);
	assert_int_equal(a->colour, b->colour);
	assert_true(a->part.count == b->part.count);
}

static void
test_round_trip(void **state)
{
	struct thing got = { .flag = false };
	json_t *o = reread(record_save(fields, &full));

	(void)state;
	json_object_set_new(o, "of a newer version", json_true());
	assert_int_equal(record_load(fields, o, &got), 0);
	assert_same(&got, &full);
	json_decref(o);
}

static void
test_a_missing_field_leaves_its_member(void **state)
{
	struct thing got = full;
	json_t *o = json_object();

	(void)state;
	assert_int_equal(record_load(fields, o, &got), 0);
	assert_same(&got, &full);
	json_decref(o);
}

static void
test_wrong_ones_are_refused(void **state)
{
	static const char *const wrong[] = { "{\"flag\":1}",
		"{\"integer\":1.5}", "{\"integer\":\"1\"}", "{\"count\":-1}",
		"{\"small\":4294967296}", "{\"small\":-1}", "{\"size\":11}",
		"{\"number\":true}", "{\"text\":\"12345678\"}",
		"{\"text\":\"\\u0100\"}", "{\"text\":\"a\\u0000b\"}",
		"{\"text\":null}", "{\"colour\":\"blue\"}", "{\"colour\":1}",
		"{\"part\":{\"count\":-1}}", "{\"part\":1}", "[]", "null" };
	struct thing got;
	json_t *o;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(wrong); i++) {
		got = full;
		o = json_loads(
		    wrong[i], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(o);
		if (record_load(fields, o, &got) != ERR_INVALID)
			fail_msg("taken: %s", wrong[i]);
		json_decref(o);
	}
	assert_int_equal(record_load(fields, NULL, &got), ERR_INVALID);
}

static void
test_every_byte_of_a_text(void **state)
{
	uint8_t all[256];
	size_t i;
	json_t *o;
	char *got;

	(void)state;
	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	o = reread(json_pack("[o]", record_text(all, sizeof(all))));
	got = record_read_text(json_array_get(o, 0));
	assert_int_equal(strlen(got), sizeof(all));
	assert_int_equal(got[0], '?');
	assert_memory_equal(got + 1, all + 1, sizeof(all) - 1);
	free(got);
	json_decref(o);
	assert_null(record_read_text(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_a_missing_field_leaves_its_member),
		cmocka_unit_test(test_wrong_ones_are_refused),
		cmocka_unit_test(test_every_byte_of_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
