/*
 * The numbers of a desk's series, at their ends and over days, also where the
 * clock is set back; and how tickets are written and read.
 */
#include "tests/unit/test.h"

#include <string.h>

#include "ttsd/desk/desk.h"

static const struct conf_series daily = { .block.name = "A",
	.first = 1,
	.last = 999,
	.width = 3,
	.prefix = "A",
	.restart = SERIES_DAILY };

static struct conf_series
of(int64_t first, int64_t last, const char *prefix, int64_t restart)
{
	return (struct conf_series){ .first = first,
		.last = last,
		.width = 3,
		.prefix = (char *)prefix,
		.restart = restart };
}

/* Calls the next number. */
static int64_t
take(struct series *s, const struct conf_series *conf, int64_t day)
{
	return series_take(s, conf, day, s->turn + 1, true);
}

static void
test_one_after_the_other(void **state)
{
	struct series s = { .name = "A" };

	(void)state;
	assert_int_equal(series_next(&s, &daily, 100), 1);
	assert_int_equal(take(&s, &daily, 100), 1);
	assert_int_equal(take(&s, &daily, 100), 2);
	assert_int_equal(series_next(&s, &daily, 100), 3);
	assert_int_equal(series_called(&s, 100), 2);
	/* One that is passed over was not called. */
	assert_int_equal(series_take(&s, &daily, 100, 9, false), 3);
	assert_int_equal(series_called(&s, 100), 2);
	assert_int_equal(s.turn, 9);
}

static void
test_at_the_end(void **state)
{
	struct conf_series one = of(7, 7, "A", SERIES_NEVER);
	struct series s = { .next = 998, .day = 100 };

	(void)state;
	assert_int_equal(take(&s, &daily, 100), 998);
	assert_int_equal(take(&s, &daily, 100), 999);
	assert_int_equal(take(&s, &daily, 100), 1);
	assert_int_equal(take(&s, &one, 100), 7);
	assert_int_equal(take(&s, &one, 100), 7);
	/* The configuration has other ends now. */
	s.next = 5000;
	assert_int_equal(take(&s, &daily, 100), 1);
	s.next = 0;
	assert_int_equal(take(&s, &daily, 100), 1);
}

static void
test_a_new_day(void **state)
{
	struct conf_series never = of(1, 999, "A", SERIES_NEVER);
	struct series s = { .next = 57, .day = 100, .called = 56 };
	struct series other = s;

	(void)state;
	assert_int_equal(series_called(&s, 101), 0);
	assert_int_equal(take(&s, &daily, 101), 1);
	assert_int_equal(series_called(&s, 101), 1);
	assert_int_equal(take(&other, &never, 101), 57);
	assert_int_equal(series_called(&other, 101), 1);
}

/* A clock that is set back over midnight gives no number of that day twice. */
static void
test_a_clock_that_is_set_back(void **state)
{
	struct series s = { .next = 5, .day = 100, .called = 4 };

	(void)state;
	assert_int_equal(take(&s, &daily, 99), 5);
	assert_int_equal(take(&s, &daily, 100), 6);
	assert_int_equal(series_called(&s, 100), 6);
	assert_int_equal(take(&s, &daily, 101), 1);
	/* One that began in 1970, as a machine without a clock does. */
	assert_int_equal(take(&s, &daily, 0), 2);
	assert_int_equal(take(&s, &daily, 101), 3);
	/* One that was years ahead is put right by hand. */
	s.day = 5000;
	series_set(&s, 10, 101, 99);
	assert_int_equal(take(&s, &daily, 101), 10);
	assert_int_equal(series_called(&s, 101), 1);
	assert_int_equal(take(&s, &daily, 102), 1);
}

static void
test_giving_back(void **state)
{
	struct conf_series other = of(500, 999, "A", SERIES_DAILY);
	struct series s = { .next = 999, .day = 100 };

	(void)state;
	take(&s, &daily, 100);
	take(&s, &daily, 100);
	/* Not the last one. */
	assert_false(series_give_back(&s, &daily, 999, 100, 50, true));
	assert_true(series_give_back(&s, &daily, 1, 100, 50, true));
	assert_int_equal(s.turn, 50);
	assert_int_equal(series_called(&s, 100), 1);
	/* Now it is, over the end. */
	assert_true(series_give_back(&s, &daily, 999, 100, 51, true));
	assert_int_equal(series_next(&s, &daily, 100), 999);
	assert_int_equal(series_called(&s, 100), 0);
	/* Of another day, or of other ends. */
	take(&s, &daily, 100);
	assert_false(series_give_back(&s, &daily, 999, 99, 52, true));
	s.next = 5;
	assert_false(series_give_back(&s, &other, 4, 100, 52, true));
	assert_int_equal(s.next, 5);
}

static void
test_told(void **state)
{
	struct series s = {
		.name = "A", .next = 5, .day = 6, .called = 4, .turn = 77
	};
	struct series again;
	json_t *told = series_tell(&s);

	(void)state;
	series_read(&again, told);
	assert_string_equal(again.name, "A");
	assert_int_equal(again.next, 5);
	assert_int_equal(again.day, 6);
	assert_int_equal(again.called, 4);
	assert_int_equal(again.turn, 77);
	json_decref(told);
}

/* ---- tickets ------------------------------------------------------------ */

static void
test_written(void **state)
{
	struct conf_series chinese = of(0, 999999999, "内科", SERIES_NEVER);
	char text[TICKET_BYTES];

	(void)state;
	ticket_write(&daily, 23, text);
	assert_string_equal(text, "A023");
	ticket_write(&chinese, 0, text);
	assert_string_equal(text, "内科000");
	ticket_write(&chinese, 999999999, text);
	assert_string_equal(text, "内科999999999");
}

static void
test_read(void **state)
{
	static const struct {
		const char *text;
		int64_t number; /* -1: none */
	} cases[] = { { "A023", 23 }, { "A23", 23 }, { "Ａ０２３", 23 },
		{ "A０２３", 23 }, { "A000023", 23 }, { "A999", 999 },
		{ "A1000", -1 }, { "A000", -1 }, { "A", -1 }, { "", -1 },
		{ "B023", -1 }, { "023", -1 }, { "A02 3", -1 }, { "A-1", -1 },
		{ "A0x1", -1 }, { "A0000000001", -1 }, { "A\xff", -1 },
		{ "A①", 1 }, { "a23", 23 }, { "ａ２３", 23 } };
	struct conf_series bare = of(1, 9999, "", SERIES_NEVER);
	struct conf_series wide = of(1, 9999, "Ａ", SERIES_NEVER);
	char longest[300];
	int64_t number;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		number = -1;
		assert_int_equal(ticket_read(&daily, cases[i].text, &number),
		    cases[i].number >= 0);
		if (cases[i].number >= 0)
			assert_int_equal(number, cases[i].number);
	}
	assert_true(ticket_read(&bare, "0042", &number));
	assert_int_equal(number, 42);
	assert_true(ticket_read(&wide, "A7", &number));
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_false(ticket_read(&bare, longest, &number));
}

/* ---- counters ----------------------------------------------------------- */

static void
test_counters(void **state)
{
	char *several[] = { "1", "2", "药房", NULL }, *single[] = { "1", NULL };
	struct conf_series conf = daily;
	bool any;

	(void)state;
	assert_string_equal(desk_counter(&conf, "9", &any), "9");
	assert_true(any);
	assert_null(desk_counter(&conf, NULL, &any));
	assert_true(any);
	conf.counters = several;
	assert_string_equal(desk_counter(&conf, "药房", &any), "药房");
	assert_false(any);
	assert_null(desk_counter(&conf, "3", &any));
	assert_null(desk_counter(&conf, NULL, &any));
	assert_false(any);
	conf.counters = single;
	assert_string_equal(desk_counter(&conf, NULL, &any), "1");
}

/* ---- what a desk remembers ---------------------------------------------- */

static void
add(struct desk *d, int id, const char *ticket, const char *key)
{
	json_t *call = json_pack("{s:i, s:i, s:s, s:s, s:s, s:I}", "id", id,
	    "last_id", id + 1, "series", "A", "ticket", ticket, "state",
	    "called", "turn", (json_int_t)id);

	if (key)
		json_object_set_new(call, "key", json_string(key));
	assert_int_equal(desk_add_call(d, call), 0);
}

static void
test_calls(void **state)
{
	struct desk d = { 0 }, next = { 0 };
	json_t *rows;
	char ticket[16];
	int i;

	(void)state;
	for (i = 1; i <= DESK_CALLS_MAX + 10; i++) {
		snprintf(ticket, sizeof(ticket), "A%d", i % 500);
		add(&d, 10 * i, ticket, i == 900 ? "k" : NULL);
	}
	assert_int_equal(d.call_count, DESK_CALLS_MAX);
	assert_null(desk_find_id(&d, 100));
	assert_int_equal(desk_find_id(&d, 9001)->id, 9000);
	assert_null(desk_find_id(&d, 9002));
	assert_int_equal(desk_find_key(&d, NULL, "k")->id, 9000);
	assert_int_equal(
	    desk_find_called(&d, NULL, "A", "A3", NULL)->id, 10 * 1003);
	assert_null(desk_find_called(&d, NULL, "B", NULL, NULL));
	assert_null(desk_find_called(&d, NULL, NULL, NULL, "1"));
	/* One that was taken back is not called again. */
	desk_set_state(desk_find_id(&d, 9000), DESK_UNCALLED);
	desk_set_state(desk_find_id(&d, 10030), DESK_UNCALLED);
	assert_null(desk_find_key(&d, NULL, "k"));
	assert_int_equal(
	    desk_find_called(&d, NULL, NULL, "A3", NULL)->id, 5030);
	desk_note_end(&d, 9001, "spoken", "");
	assert_null(json_object_get(desk_find_id(&d, 9000)->told, "outcome"));
	desk_note_end(&d, 9000, "cancelled", "why");
	/* The next one knows all of it, behind what it was told before. */
	add(&next, 99999, "A77", NULL);
	rows = desk_tell(&d, 2);
	assert_int_equal(json_array_size(rows), 2);
	json_decref(rows);
	rows = desk_tell(&d, DESK_CALLS_MAX);
	assert_int_equal(desk_recall(&next, rows), 0);
	json_decref(rows);
	assert_int_equal(next.call_count, DESK_CALLS_MAX);
	assert_int_equal(next.calls[DESK_CALLS_MAX - 1].id, 99999);
	assert_int_equal(desk_find_id(&next, 9000)->state, DESK_UNCALLED);
	assert_int_equal(desk_turn(&next, 5), 100000);
	assert_int_equal(desk_turn(&next, 1000000), 1000000);
	desk_done(&d);
	desk_done(&next);
}

/* Tickets that wait outlive the calls of after them; those of a day, until that
 * is over. */
static void
test_who_waits(void **state)
{
	const int64_t day_ms = INT64_C(24) * 3600 * 1000;
	struct desk d = { 0 };
	json_t *list;
	int i;

	(void)state;
	for (i = 1; i <= 3; i++)
		desk_add_call(&d,
		    json_pack("{s:i, s:i, s:s, s:s, s:s, s:i}", "id", i,
			"last_id", i, "series", i < 3 ? "B" : "C", "ticket",
			i < 3 ? "A1" : "A3", "state", "waiting", "time", 1000));
	json_object_set_new(d.calls[1].told, "day", json_integer(7));
	assert_int_equal(desk_find_waiting(&d, NULL, "B", NULL, 7)->id, 1);
	assert_int_equal(desk_find_waiting(&d, NULL, NULL, "A3", 7)->id, 3);
	assert_null(desk_find_waiting(&d, NULL, "C", "A1", 7));
	list = desk_list_waiting(&d, "B", 7);
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(desk_count_waiting(&d, "B", 7), 2);
	json_decref(list);
	list = desk_list_waiting(&d, NULL, 8);
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(desk_count_waiting(&d, NULL, 8), 2);
	json_decref(list);
	for (i = 1; i <= DESK_CALLS_MAX; i++)
		add(&d, 10 * i, "A9", NULL);
	assert_non_null(desk_find_id(&d, 2));
	add(&d, 20000, "A9", NULL);
	desk_add_call(
	    &d, json_pack("{s:i, s:i, s:s, s:s, s:s, s:I}", "id", 20010,
		    "last_id", 20010, "series", "A", "ticket", "A9", "state",
		    "called", "time", (json_int_t)(1000 + 3 * day_ms)));
	assert_null(desk_find_id(&d, 2));
	assert_int_equal(desk_find_waiting(&d, NULL, "B", NULL, 7)->id, 1);
	/* Its successor knows them too. */
	list = desk_tell(&d, 1);
	assert_int_equal(json_array_size(list), 3);
	json_decref(list);
	desk_done(&d);
}

/* It is taken up by one at a time. */
static void
test_taking_up(void **state)
{
	struct desk d = { 0 };

	(void)state;
	desk_add_call(
	    &d, json_pack("{s:i, s:i, s:s, s:s, s:s}", "id", 1, "last_id", 1,
		    "series", "B", "ticket", "A1", "state", "waiting"));
	assert_false(desk_take_up(&d, 0, true));
	assert_false(desk_take_up(&d, 7, true));
	assert_false(desk_take_up(&d, 1, false));
	assert_true(desk_take_up(&d, 1, true));
	assert_false(desk_take_up(&d, 1, true));
	assert_null(desk_find_waiting(&d, NULL, NULL, NULL, 0));
	add(&d, 20, "A1", NULL);
	json_object_set_new(d.calls[1].told, "waited", json_integer(1));
	assert_false(desk_take_up(&d, 1, false));
	desk_set_state(desk_find_id(&d, 20), DESK_UNCALLED);
	assert_true(desk_take_up(&d, 1, false));
	assert_int_equal(desk_find_waiting(&d, NULL, NULL, NULL, 0)->id, 1);
	desk_done(&d);
}

/* What an earlier ttsd has left does not undo what was said by hand since. */
static void
test_the_newer_series_stays(void **state)
{
	struct series mine = { .name = "A", .next = 50, .turn = 200 };
	struct series old = { .name = "A", .next = 9, .turn = 100 };
	struct series other = { .name = "B", .next = 7, .turn = 300 };
	struct desk d = { 0 };
	json_t *rows =
	    json_pack("[o, o]", series_tell(&old), series_tell(&other));

	(void)state;
	assert_int_equal(desk_put_series(&d, &mine), 0);
	assert_int_equal(desk_recall(&d, rows), 0);
	json_decref(rows);
	assert_int_equal(desk_find_series(&d, "A")->next, 50);
	assert_int_equal(desk_find_series(&d, "B")->next, 7);
	assert_null(desk_find_series(&d, "C"));
	assert_int_equal(d.turn, 300);
	desk_done(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_at_the_end),
		cmocka_unit_test(test_a_new_day),
		cmocka_unit_test(test_a_clock_that_is_set_back),
		cmocka_unit_test(test_giving_back),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_who_waits),
		cmocka_unit_test(test_taking_up),
		cmocka_unit_test(test_the_newer_series_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
