/* Story: nothing in the log said what was on air and how it ended. A line for
 * each end, and few for many at once. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "Number \\\"12\\\" to counter 3"

static void
assert_logged(const char *format, uint64_t id)
{
	char line[200];

	snprintf(line, sizeof(line), format, id);
	if (!fake_logged(line))
		fail_msg("not in the log: %s", line);
}

static void
test_each_end_has_a_line(void **state)
{
	struct station s;
	uint64_t spoken, cancelled, expired;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	spoken = station_say(&s, TEXT, "");
	cancelled = station_say(&s, TEXT, "");
	expired = station_say(&s, TEXT, ",'ttl_ms':1");
	client_ask(s.client, "{'op':'cancel','id':%" PRIu64 "}", cancelled);
	station_wait(&s, expired);
	station_wait(&s, spoken);
	assert_logged("channel=main id=%" PRIu64
		      " ended outcome=spoken duration_ms=",
	    spoken);
	assert_logged("channel=main id=%" PRIu64
		      " ended outcome=cancelled reason=\"cancelled\"\n",
	    cancelled);
	assert_logged("channel=main id=%" PRIu64
		      " ended outcome=expired reason=\"waited too long\"\n",
	    expired);
	assert_false(fake_logged("counter 3"));
	station_end(&s);
}

static void
test_texts_where_they_may_be(void **state)
{
	struct station s;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "[ttsd]\nlog_text = yes\n");
	station_listen(&s);
	id = station_say(&s, TEXT, "");
	client_ask(s.client, "{'op':'cancel','id':%" PRIu64 "}", id);
	assert_logged("channel=main id=%" PRIu64 " ended outcome=cancelled "
		      "reason=\"cancelled\" text=\"" TEXT "\"\n",
	    id);
	station_end(&s);
}

static void
test_a_failure_is_a_warning(void **state)
{
	struct station s;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	speakers_fault(NULL, FAULT_ERROR, UINT32_MAX);
	fake_log_forget();
	id = station_say(&s, TEXT, "");
	assert_string_equal(
	    json_text(station_wait(&s, id), "outcome"), "failed");
	assert_logged(
	    "channel=main id=%" PRIu64 " ended outcome=failed reason=", id);
	assert_true(fake_log_count(LOG_WARNING) > 0);
	station_end(&s);
}

/* All that wait are cancelled at once, and the rest is told with a count. */
#define MANY 10000

static void
test_ten_thousand_at_once(void **state)
{
	struct station s;
	uint64_t id = 0;
	unsigned i;

	(void)state;
	station_begin(&s, 1, "[channel main]\nqueue_max = 20000\n");
	client_ask(s.client, "{'op':'pause'}");
	for (i = 0; i < MANY; i++)
		id = station_say(&s, "text", "");
	fake_log_forget();
	client_ask(s.client, "{'op':'clear'}");
	assert_int_equal(fake_log_count(LOG_INFO), ENDS_BURST);
	fake_run(2 * NS_PER_S);
	assert_int_equal(fake_log_count(LOG_INFO), ENDS_BURST + 1);
	assert_logged("channel=main ended outcome=cancelled count=9980 "
		      "first_id=21 last_id=%" PRIu64 " reason=\"cleared\"\n",
	    id);
	assert_int_equal(id, MANY);
	station_end(&s);
}

/* What is yet to be told is told when ttsd ends. */
static void
test_an_end_with_many(void **state)
{
	struct station s;
	unsigned i;

	(void)state;
	station_begin(&s, 1, "");
	client_ask(s.client, "{'op':'pause'}");
	for (i = 0; i < ENDS_BURST + 7; i++)
		station_say(&s, "text", "");
	station_stop(&s);
	assert_true(fake_logged("channel=main ended outcome=cancelled count=7 "
				"first_id=21 last_id=27 reason="));
	fake_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_end_has_a_line),
		cmocka_unit_test(test_texts_where_they_may_be),
		cmocka_unit_test(test_a_failure_is_a_warning),
		cmocka_unit_test(test_ten_thousand_at_once),
		cmocka_unit_test(test_an_end_with_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
