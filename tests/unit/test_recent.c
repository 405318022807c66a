/* Guards the gateway's memory of events: every reader gets each event once, in
 * their order, or is told that some are lost; and it is bounded. */
#include "tests/unit/test.h"

#include <inttypes.h>

#include "gateway/daemons/recent.h"

static struct recent r;

static int
end(void **state)
{
	(void)state;
	recent_done(&r);
	return 0;
}

static void
keep(uint64_t number, size_t padding)
{
	char *line = malloc(padding + 128);
	size_t n;

	assert_non_null(line);
	n = (size_t)sprintf(line,
	    "{\"event\":\"word\",\"channel\":\"main\",\"seq\":%" PRIu64
	    ",\"text\":\"",
	    number);
	memset(line + n, 'x', padding);
	n += padding;
	n += (size_t)sprintf(line + n, "\"}");
	recent_keep(&r, line, n);
	free(line);
}

static void
keep_line(const char *line)
{
	char *copy = exact_copy(line, strlen(line));

	recent_keep(&r, copy, strlen(line));
	free(copy);
}

static void
expect_next(uint64_t *place, uint64_t number, bool lost)
{
	struct recent_event e;
	bool was_lost;

	assert_true(recent_take(&r, place, &e, &was_lost));
	assert_int_equal(was_lost, lost);
	assert_true(e.number == number);
	assert_string_equal(e.name, "word");
	assert_string_equal(e.channel, "main");
	assert_memory_equal(e.line, "{\"event\"", 8);
	assert_int_equal(e.line[e.len - 1], '}');
	assert_int_equal(e.line[e.len], '\0');
}

static void
expect_none(uint64_t *place)
{
	struct recent_event e;
	bool lost;

	assert_false(recent_take(&r, place, &e, &lost));
	assert_false(lost);
}

static void
test_each_reader_at_its_own_pace(void **state)
{
	uint64_t a, b;

	(void)state;
	recent_init(&r, 0);
	a = recent_place(&r, 0);
	expect_none(&a);
	keep(10, 0);
	b = recent_place(&r, 0);
	keep(20, 0);
	expect_next(&a, 10, false);
	expect_next(&a, 20, false);
	expect_none(&a);
	expect_next(&b, 20, false);
	expect_none(&b);
	b = recent_place(&r, 10);
	expect_next(&b, 20, false);
	b = recent_place(&r, 15);
	expect_next(&b, 20, false);
	b = recent_place(&r, 20);
	expect_none(&b);
	keep(30, 0);
	expect_next(&b, 30, false);
}

static void
test_where_it_begins(void **state)
{
	(void)state;
	recent_init(&r, 0);
	recent_begin(&r, 7);
	assert_true(r.last == 7 && r.complete_since == 7);
	keep(9, 0);
	recent_begin(&r, 100);
	assert_true(r.last == 9 && r.complete_since == 7);
	recent_done(&r);
	recent_init(&r, 5);
	recent_begin(&r, 100);
	assert_true(r.last == 5 && r.complete_since == 5);
}

static void
test_who_is_slow_is_told(void **state)
{
	uint64_t place, number;

	(void)state;
	recent_init(&r, 1);
	place = recent_place(&r, 0);
	for (number = 2; number < 2 + RECENT_EVENTS_MAX + 5; number++)
		keep(number, 0);
	assert_true(r.complete_since == 6);
	expect_next(&place, 7, true);
	expect_next(&place, 8, false);
	place = recent_place(&r, 6);
	expect_next(&place, 7, false);
}

static void
test_bytes_are_bounded(void **state)
{
	uint64_t place, number;

	(void)state;
	recent_init(&r, 0);
	for (number = 1; number < 100; number++) {
		keep(number, 100000);
		assert_true(r.bytes <= RECENT_BYTES_MAX);
	}
	/* One that is larger than all of it is there alone. */
	place = recent_place(&r, 0);
	keep(number, 2 * RECENT_BYTES_MAX);
	assert_int_equal(r.end - r.first, 1);
	expect_next(&place, number, false);
	keep(number + 1, 0);
	assert_int_equal(r.end - r.first, 1);
}

static void
test_what_is_no_event(void **state)
{
	static const char *const lines[] = { "", "x", "{", "[]", "7", "{}",
		"null", "{\"seq\":5}", "{\"event\":7,\"seq\":5}",
		"{\"ok\":true}", "{\"event\":null}" };
	uint64_t place;
	size_t i;

	(void)state;
	recent_init(&r, 0);
	place = recent_place(&r, 0);
	for (i = 0; i < COUNT_OF(lines); i++)
		keep_line(lines[i]);
	expect_none(&place);
	assert_true(r.last == 0);
	keep_line("{\"event\":\"x\",\"channel\":7,\"seq\":\"9\"}");
	keep(3, 0);
	assert_int_equal(r.end - r.first, 2);
	assert_true(r.last == 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    test_each_reader_at_its_own_pace, end),
		cmocka_unit_test_teardown(test_where_it_begins, end),
		cmocka_unit_test_teardown(test_who_is_slow_is_told, end),
		cmocka_unit_test_teardown(test_bytes_are_bounded, end),
		cmocka_unit_test_teardown(test_what_is_no_event, end),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
