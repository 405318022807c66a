/*
 * Guards the screen of `ttsctl top`: whatever the terminal's size, what has to
 * be seen is there, and no line is longer than it is wide.
 */
#include "tests/unit/test.h"

#include "ttsctl/table.h"
#include "ttsctl/top/face.h"

static const char ttsd[] =
    "{\"version\": \"1.0\", \"uptime_ms\": 5000, \"workers\": ["
    "{\"state\": \"running\"}, {\"state\": \"backoff\"}], "
    "\"ledger\": {\"keeps\": false, \"why\": \"the disk is full\"}, "
    "\"channels\": ["
    "{\"name\": \"main\", \"rate\": 1000, \"state\": \"speaking\", "
    "\"queue\": 3, \"subscribers\": [{}], \"counters\": {\"spoken\": 2}}, "
    "{\"name\": \"大厅\", \"rate\": 1000, \"state\": \"idle\", "
    "\"queue\": 0}]}";
static const char streamer[] = "{\"version\": \"1.0\", \"ttsd\": true}";
static const char outputs[] =
    "[{\"name\": \"live\", \"state\": \"running\", \"restarts\": 0, "
    "\"heard\": {\"state\": \"heard\", \"delay_ms\": 160, "
    "\"level_db\": -21.3}, \"receipts\": {\"heard\": 4, \"missed\": 0}}, "
    "{\"name\": \"dead\", \"state\": \"backoff\", \"heard\": null, "
    "\"last_error\": \"refused\"}]";
static const char receipts[] =
    "{\"live\": {\"id\": 6, \"state\": \"heard\", \"time\": 17000}}";
static const char queues[] =
    "{\"main\": [{\"id\": 7, \"state\": \"on-air\", \"priority\": "
    "\"urgent\"}, "
    "{\"id\": 8, \"state\": \"ready\", \"priority\": \"high\", "
    "\"characters\": 10, \"text\": \"Next\", \"repeat\": 2}, "
    "{\"id\": 9, \"state\": \"ready\", \"priority\": \"normal\", "
    "\"characters\": 10, \"text\": \"请到三号窗口\"}, "
    "{\"id\": 10, \"state\": \"scheduled\", \"priority\": \"normal\", "
    "\"due_ms\": 65000, \"text\": \"Later\"}]}";
static const char *const events[] = {
	"{\"event\": \"started\", \"id\": 1, \"text\": \"Ten of it.\"}",
	"{\"event\": \"finished\", \"id\": 1, \"outcome\": \"spoken\", "
	"\"first_sample\": 0, \"last_sample\": 1000}",
	"{\"event\": \"started\", \"id\": 7, \"time\": 10000, "
	"\"duration_ms\": 12000, \"sample\": 0, \"text\": \"Fire. Leave the "
	"building by the next exit, 请离开大楼\"}",
	"{\"event\": \"word\", \"id\": 7, \"offset\": 16, \"length\": 8}",
};

static struct air air;
static struct sight sight;
static json_t *kept[8];
static size_t kept_count;

static json_t *
keep(const char *text)
{
	json_error_t e;
	json_t *value = json_loads(text, 0, &e);

	if (value == NULL)
		fail_msg("%s: %s", text, e.text);
	kept[kept_count++] = value;
	return value;
}

static int
setup(void **state)
{
	size_t i;

	(void)state;
	air_init(&air);
	kept_count = 0;
	sight = (struct sight){ .ttsd = { keep(ttsd), "" },
		.streamer = { keep(streamer), "" },
		.gateway = "",
		.air = &air,
		.queues = keep(queues),
		.outputs = keep(outputs),
		.receipts = keep(receipts),
		.now_ms = 20000 };
	air_take_channels(&air, json_object_get(sight.ttsd.status, "channels"));
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		json_t *event = json_loads(events[i], 0, NULL);

		json_object_set_new(event, "channel", json_string("main"));
		air_take_event(&air, event);
		json_decref(event);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	air_done(&air);
	while (kept_count > 0)
		json_decref(kept[--kept_count]);
	return 0;
}

static char *
face(unsigned columns, unsigned rows)
{
	struct page p = { .columns = columns, .rows = rows };
	char *text;

	buf_init(&p.text, 1024 * 1024);
	face_write(&p, &sight);
	buf_put(&p.text, "", 1);
	text = strdup((const char *)buf_data(&p.text));
	page_done(&p);
	return text;
}

static void
has(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("there is no \"%s\" in:\n%s", line, text);
}

static void
test_all_of_it(void **state)
{
	char *text = face(0, 0);

	(void)state;
	has(text, "  ttsd 1.0, up 5.0 s; workers 2, 1 not running; keeps "
		  "nothing: the disk is full\n");
	has(text, "  streamer-supervisor 1.0, up -; ffmpeg -; ttsd is on "
		  "air\n");
	has(text, "\nmain  speaking  3 waiting  1 listening  spoken 2\n"
		  "  7  urgent  on air 0:10, 0:02 left\n"
		  "    Fire. Leave the [building] by"
		  " the next exit, 请离开大楼\n"
		  "  8      high       ~0:02      Next\n"
		  "  9      normal     ~0:04      请到三号窗口\n"
		  "  10     normal     in 1:05    Later\n"
		  "\n大厅  idle  0 waiting  0 listening  -\n\n");
	has(text, "live    running  -   0         160 ms  -21 dB  heard  "
		  "heard 4   of 6: heard, 3.0 s ago\n");
	has(text, "\n  refused\n");
	free(text);
}

static void
test_a_daemon_that_is_away(void **state)
{
	char *text;

	(void)state;
	sight.ttsd.trouble = "is not running (10:20:30)";
	sight.gateway = "127.0.0.1:8088";
	text = face(0, 0);
	has(text, "  ttsd is not running (10:20:30); waiting for it\n");
	has(text, "  ttsd-gateway does not answer at 127.0.0.1:8088\n");
	/* When it will come, nobody knows. */
	has(text, "  8      high       ready      Next\n");
	free(text);
	sight.ttsd.status = sight.streamer.status = NULL;
	sight.streamer.trouble = "is not running (10:20:30)";
	sight.gateway_answers = true;
	text = face(0, 0);
	has(text, "  ttsd-gateway listens at 127.0.0.1:8088\n");
	assert_null(strstr(text, "main"));
	free(text);
}

/* From few rows on, what is well is counted; what is not stays. */
static void
test_few_rows(void **state)
{
	char *text;

	(void)state;
	text = face(80, 24);
	has(text, "  10     normal     in 1:05    Later\n");
	free(text);
	text = face(80, 15);
	has(text, "  8      high       ~0:02      Next\n  and 2 more\n");
	has(text, "大厅  idle");
	free(text);
	text = face(80, 7);
	has(text, "\n  7  urgent  on air 0:10, 0:02 left  ");
	has(text, "[building]");
	has(text, "\nchannels where nothing is said: 1\n");
	has(text, "\ndead    backoff");
	has(text, "\noutputs that are well: 1\n");
	free(text);
}

static void
test_any_size(void **state)
{
	unsigned columns, rows;
	const char *line, *end;
	char *text;

	(void)state;
	for (columns = 1; columns < 90; columns++)
		for (rows = 1; rows < 30; rows += 4) {
			text = face(columns, rows);
			for (line = text; *line; line = end + 1) {
				end = strchr(line, '\n');
				text[end - text] = '\0';
				assert_true(page_width(line) <= columns);
			}
			free(text);
		}
}

/* What a daemon says is not believed to be as it should. */
static void
test_nonsense(void **state)
{
	char *text;

	(void)state;
	sight.ttsd.status = keep("{\"channels\": [7, {}, {\"name\": 3}], "
				 "\"workers\": 7, \"ledger\": []}");
	sight.queues = keep("{\"\": [3, {}, {\"id\": \"x\", \"due_ms\": -5}]}");
	sight.outputs = keep("[{}, {\"name\": \"a\", \"heard\": 3}]");
	text = face(80, 24);
	has(text, "OUTPUT");
	free(text);
}

#define FACE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACE(test_all_of_it),
		FACE(test_a_daemon_that_is_away),
		FACE(test_few_rows),
		FACE(test_any_size),
		FACE(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
