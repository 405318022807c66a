/*
 * Guards what a daemon remembers of its events: which of them who was away is
 * told, and what it is told of those that are gone.
 */
#include "common/control/event_memory.h"

#include "tests/unit/sample_client.h"
#include "tests/unit/test.h"

#define SOME_BYTES 2000

enum { QUEUED, STARTED };

static void
happen(struct event_memory *m, struct outbox_sum *sum, unsigned event,
    const char *channel)
{
	struct shared_line *line;
	char text[40];

	snprintf(text, sizeof(text), "%d", (int)++m->number);
	line = shared_line_new(sum, text);
	event_memory_add(m, event, channel, line);
	shared_line_release(line);
}

/* What a client that subscribed so is told. */
static const char *
told(struct client *c, const struct event_memory *m, const char *fields,
    uint64_t since)
{
	char line[100];

	snprintf(line, sizeof(line), "{\"op\":\"subscribe\"%s}\n", fields);
	client_send(c, line, strlen(line));
	c->got_len = 0;
	event_memory_tell(m, &c->session, since);
	client_read(c);
	return c->got;
}

static void
test_what_is_wanted_and_new(void **state)
{
	struct outbox_sum sum = { 0 };
	struct event_memory m;
	struct client c;

	(void)state;
	client_begin(&c, sample_ops);
	event_memory_init(&m, SOME_BYTES, 100);
	happen(&m, &sum, QUEUED, "main");
	m.number++; /* one that is not remembered */
	happen(&m, &sum, STARTED, "main");
	happen(&m, &sum, QUEUED, "other");
	happen(&m, &sum, QUEUED, NULL);
	assert_int_equal(m.from, 101);
	assert_string_equal(told(&c, &m, "", 0), "101\n103\n104\n105\n");
	assert_string_equal(told(&c, &m, "", 103), "104\n105\n");
	assert_string_equal(told(&c, &m, "", 105), "");
	assert_string_equal(
	    told(&c, &m, ",\"events\":\"queued\",\"channel\":\"main\"", 0),
	    "101\n105\n");
	client_end(&c);
	event_memory_done(&m);
	assert_int_equal(sum.bytes, 0);
}

/* The first ones give way, and it is known up to where. */
static void
test_a_bound(void **state)
{
	struct outbox_sum sum = { 0 };
	struct event_memory m;
	struct client c;
	char first[40];
	int i;

	(void)state;
	client_begin(&c, sample_ops);
	event_memory_init(&m, SOME_BYTES, 0);
	for (i = 0; i < 1000; i++) {
		happen(&m, &sum, QUEUED, "main");
		assert_true(m.bytes <= SOME_BYTES && sum.bytes <= SOME_BYTES);
		assert_int_equal(m.from, m.number - m.count + 1);
	}
	assert_in_range(m.count, 5, 100);
	snprintf(first, sizeof(first), "%d\n", (int)m.from);
	told(&c, &m, "", 0);
	assert_memory_equal(c.got, first, strlen(first));
	assert_int_equal(count_lines(c.got, c.got_len), m.count);
	client_end(&c);
	event_memory_done(&m);
	assert_int_equal(sum.bytes, 0);
}

/* One that there was no memory for is missing, and all before it is of no use
 * to who wants to know that nothing is. */
static void
test_one_is_missing(void **state)
{
	struct outbox_sum sum = { 0 };
	struct event_memory m;

	(void)state;
	event_memory_init(&m, SOME_BYTES, 0);
	happen(&m, &sum, QUEUED, "main");
	m.number++;
	event_memory_add(&m, QUEUED, "main", NULL);
	assert_int_equal(m.from, 3);
	happen(&m, &sum, QUEUED, "main");
	assert_int_equal(m.count, 1);
	event_memory_done(&m);
}

static void
test_another_count(void **state)
{
	struct outbox_sum sum = { 0 };
	struct event_memory m;

	(void)state;
	event_memory_init(&m, SOME_BYTES, 100);
	happen(&m, &sum, QUEUED, "main");
	event_memory_leap(&m, 101);
	assert_int_equal(m.count, 1);
	event_memory_leap(&m, 5000);
	assert_int_equal(m.count, 0);
	assert_int_equal(m.from, 5001);
	happen(&m, &sum, QUEUED, "main");
	assert_int_equal(m.number, 5001);
	event_memory_done(&m);
}

/* A successor tells events before it knows those of the program before. */
static void
test_those_of_before(void **state)
{
	static const char *const names[] = { "queued", "started", NULL };
	struct outbox_sum sum = { 0 };
	struct event_memory before, after, older;
	struct client c;
	struct buf lines;

	(void)state;
	client_begin(&c, sample_ops);
	event_memory_init(&before, SOME_BYTES, 100);
	happen(&before, &sum, QUEUED, "main");
	happen(&before, &sum, STARTED, NULL);
	buf_init(&lines, SIZE_MAX);
	assert_int_equal(event_memory_copy(&before, names, &lines), 0);
	event_memory_init(&after, SOME_BYTES, 102);
	happen(&after, &sum, QUEUED, "main");
	assert_int_equal(after.from, 103);
	older = (struct event_memory){
		.bytes_max = SOME_BYTES, .number = 100, .from = 101
	};
	assert_int_equal(event_memory_refill(&older, names, &sum,
			     (const char *)buf_data(&lines), buf_len(&lines)),
	    0);
	event_memory_put_before(&after, &older);
	assert_int_equal(after.from, 101);
	assert_int_equal(after.number, 103);
	assert_string_equal(told(&c, &after, "", 0), "101\n102\n103\n");
	happen(&after, &sum, QUEUED, "main");
	/* Nothing was remembered: nothing changes. */
	event_memory_put_before(&after, &older);
	assert_int_equal(after.count, 4);
	/* All give way in the end. */
	while (after.from < 105)
		happen(&after, &sum, QUEUED, "main");
	assert_in_range(after.bytes, 1, SOME_BYTES);
	client_end(&c);
	event_memory_done(&before);
	event_memory_done(&after);
	event_memory_done(&older);
	buf_done(&lines);
	assert_int_equal(sum.bytes, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_wanted_and_new),
		cmocka_unit_test(test_a_bound),
		cmocka_unit_test(test_one_is_missing),
		cmocka_unit_test(test_another_count),
		cmocka_unit_test(test_those_of_before),
	};

	return cmocka_run_group_tests_name("event memory", tests, NULL, NULL);
}
