/*
 * Guards the line that `say --wait` writes over: it fits, and it says where
 * what is waited for is.
 */
#include "tests/unit/test.h"

#include "ttsctl/progress.h"

static void
told(struct air *a, const char *text)
{
	json_t *event = json_loads(text, 0, NULL);

	assert_non_null(event);
	json_object_set_new(event, "channel", json_string("main"));
	air_take_event(a, event);
	json_decref(event);
}

/* What is said of number 7 (and 8), where these are the queue, `owed` and what
 * was told; NULL is nothing. */
static void
expect(const char *ids, const char *queue, const char *owed,
    const char *const *events, unsigned columns, const char *wanted)
{
	json_t *list = json_loads(ids, 0, NULL);
	json_t *queues = queue ? json_loads(queue, 0, NULL) : NULL;
	json_t *outputs = owed ? json_loads(owed, 0, NULL) : NULL;
	struct air air;
	struct waiting w = {
		.air = &air, .queues = queues, .ids = list, .owed = outputs
	};
	char line[512];

	assert_true(list && (queues || !queue) && (outputs || !owed));
	air_init(&air);
	for (; events && *events; events++)
		told(&air, *events);
	progress_write(line, sizeof(line), columns, &w, 20000);
	assert_string_equal(line, wanted);
	air_done(&air);
	json_decref(list);
	json_decref(queues);
	json_decref(outputs);
}

#define ITEM(id, more) "{\"id\": " #id more "}"
#define QUEUE(items) "{\"main\": [" items "]}"

static void
test_where_it_waits(void **state)
{
	(void)state;
	expect("[]", NULL, NULL, NULL, 80, "");
	expect("[7]", NULL, NULL, NULL, 80, "");
	expect("[7]", QUEUE(ITEM(3, "")), NULL, NULL, 80, "");
	expect("[7]", QUEUE(ITEM(3, "") "," ITEM(4, "") "," ITEM(7, "")), NULL,
	    NULL, 80, "announcement 7 is queued, 2 before it");
	expect("[8, 7]", QUEUE(ITEM(7, "") "," ITEM(8, "")), NULL, NULL, 80,
	    "announcement 7 is the next one");
	expect("[7]", QUEUE(ITEM(7, ", \"due_ms\": 65000")), NULL, NULL, 80,
	    "announcement 7 is due in 1:05");
	expect("[7]", QUEUE(ITEM(7, ", \"state\": \"preempted\"")), NULL, NULL,
	    80, "announcement 7 was taken off the air by a more urgent one");
}

static void
test_words_so_far(void **state)
{
	static const char *const events[] = {
		"{\"event\": \"started\", \"id\": 7, \"time\": 17000, "
		"\"text\": \"Number 5, 请到三号窗口\", \"duration_ms\": 4000}",
		"{\"event\": \"word\", \"id\": 7, \"offset\": 10, "
		"\"length\": 2}",
		NULL
	};

	(void)state;
	expect("[7]", NULL, NULL, events, 80,
	    "announcement 7 is on air 0:03, 0:01 left: Number 5, 请到");
	expect("[7]", NULL, NULL, events, 52,
	    "announcement 7 is on air 0:03, 0:01 left: …r 5, 请到");
	expect("[7]", NULL, NULL, events, 46,
	    "announcement 7 is on air 0:03, 0:01 left: …到");
	expect("[7]", NULL, NULL, events, 20, "announcement 7 is o…");
	/* Another one. */
	expect("[8]", NULL, NULL, events, 80, "");
}

static void
test_receipts(void **state)
{
	(void)state;
	expect("[]", NULL, "{\"6\": [], \"7\": [\"live\", \"hall\"]}", NULL, 80,
	    "announcement 7 was spoken; waiting for the receipts of live, "
	    "hall");
	expect("[8]", NULL, "{\"7\": [\"live\"]}", NULL, 80, "");
}

static void
test_any_width(void **state)
{
	static const char *const events[] = {
		"{\"event\": \"started\", \"id\": 7, \"time\": 17000, "
		"\"text\": \"请到三号\\u001b[2J窗口 a\\u0301b\"}",
		"{\"event\": \"word\", \"id\": 7, \"offset\": 0, "
		"\"length\": 14}",
		NULL
	};
	struct air air;
	json_t *ids = json_pack("[i]", 7);
	struct waiting w = { .air = &air, .ids = ids };
	unsigned columns;
	char line[512];

	(void)state;
	air_init(&air);
	told(&air, events[0]);
	told(&air, events[1]);
	for (columns = 1; columns < 90; columns++) {
		progress_write(line, sizeof(line), columns, &w, 20000);
		assert_true(page_width(line) <= columns);
		assert_null(strchr(line, '\033'));
	}
	air_done(&air);
	json_decref(ids);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_it_waits),
		cmocka_unit_test(test_words_so_far),
		cmocka_unit_test(test_receipts),
		cmocka_unit_test(test_any_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
