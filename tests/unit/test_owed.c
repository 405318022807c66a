/*
 * The receipt of an announcement at an output. An announcement that went into
 * an ffmpeg which died, into one that came later, or to a server that took
 * nothing, was listed as spoken, and nobody had heard it.
 */
#include "tests/unit/test.h"

#include "streamer-supervisor/receipts/owed.h"

#define MS INT64_C(1000000)
#define RATE 8000
#define PID 77

/* One announcement, from second 10 to 12 of the channel, at an output whose
 * ffmpeg began with second 4. */
struct scene {
	struct owed owed;
	struct owed_sender sender;
	struct owed_reader reader;
	int64_t now_ns;
	char told[200];
};

static void
scene_begin(struct scene *s, bool hears)
{
	*s = (struct scene){ .now_ns = 12000 * MS,
		.sender = { .pid = PID,
		    .ran_ns = 8000 * MS,
		    .sent_us = 7900000,
		    .sends = true,
		    .acknowledges = true,
		    .connections = 1,
		    .ear = hears ? 5 : 0,
		    .ear_lost = "",
		    .why = "connection refused" },
		.reader = { .pid = PID,
		    .first_sample = 4 * RATE,
		    .edge = 4 * RATE,
		    .reached = 12 * RATE,
		    .rate_hz = RATE } };
}

static void
scene_end_speech(struct scene *s, bool hears)
{
	static const struct owed_span span = { 3, 10 * RATE, 12 * RATE, RATE };

	owed_begin(&s->owed, &span, hears, &s->sender, s->now_ns);
}

/* Lets time pass; returns all that is told then, "." when it is over. */
static const char *
pass(struct scene *s, int64_t ms)
{
	struct owed_word w;
	bool over, more;
	int n = 0;

	s->now_ns += ms * MS;
	s->told[0] = '\0';
	do {
		more = owed_next(&s->owed, &s->sender, s->now_ns, &w, &over);
		if (more)
			n += snprintf(s->told + n, sizeof(s->told) - (size_t)n,
			    "%s%s%s ", owed_state_names[w.state],
			    w.reason[0] ? ": " : "", w.reason);
	} while (more && !over);
	if (over)
		snprintf(s->told + n, sizeof(s->told) - (size_t)n, ".");
	return s->told;
}

static void
hear(struct scene *s, enum owed_state state, const char *reason)
{
	struct owed_word w = { .state = state };

	snprintf(w.reason, sizeof(w.reason), "%s", reason);
	owed_hear(&s->owed, &w, s->now_ns);
}

/* ---- all is well -------------------------------------------------------- */

static void
test_sent_delivered_heard(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, true);
	scene_end_speech(&s, true);
	assert_string_equal(pass(&s, 100), "");
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 8000000;
	assert_string_equal(pass(&s, 100), "");
	s.sender.sent_us = 8250000;
	s.sender.acknowledged = 900;
	s.sender.unacknowledged = 100;
	assert_string_equal(pass(&s, 100), "sent ");
	/* There is always something under way. */
	s.sender.acknowledged = 999;
	s.sender.unacknowledged = 200;
	assert_string_equal(pass(&s, 100), "");
	s.sender.acknowledged = 1000;
	assert_string_equal(pass(&s, 100), "delivered ");
	assert_string_equal(pass(&s, 100), "");
	hear(&s, OWED_HEARD, "");
	assert_string_equal(pass(&s, 100), "heard .");
}

static void
test_nobody_listens(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	s.sender.acknowledges = false;
	scene_end_speech(&s, false);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	assert_string_equal(pass(&s, 100), "sent .");
}

/* What was left out before it moves it in ffmpeg's time. */
static void
test_left_out_before(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	scene_end_speech(&s, false);
	s.reader.left_out = 2 * RATE;
	s.reader.edge = 9 * RATE;
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 6200000;
	assert_string_equal(pass(&s, 100), "");
	s.sender.sent_us = 6250000;
	assert_string_equal(pass(&s, 100), "sent delivered .");
}

/* A verdict waits a moment for what should come before it, and goes alone if it
 * does not come. */
static void
test_heard_first(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, true);
	owed_begin_early(&s.owed, 3, s.now_ns);
	hear(&s, OWED_HEARD, "");
	assert_string_equal(pass(&s, 100), "");
	scene_end_speech(&s, true);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	assert_string_equal(pass(&s, 100), "sent delivered heard .");

	scene_begin(&s, true);
	scene_end_speech(&s, true);
	hear(&s, OWED_HEARD, "");
	assert_string_equal(pass(&s, 900), "");
	assert_string_equal(pass(&s, 100), "heard .");
}

/* ---- it is not sent ----------------------------------------------------- */

static void
test_no_ffmpeg(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	s.sender.pid = 0;
	scene_end_speech(&s, false);
	assert_string_equal(pass(&s, 0),
	    "missed: the output was not sent: connection refused .");
	/* Nor is there anybody to listen then. */
	scene_begin(&s, false);
	s.sender.pid = 0;
	scene_end_speech(&s, true);
	assert_string_equal(pass(&s, 0),
	    "missed: the output was not sent: connection refused .");
}

static void
expect_placed(uint64_t first, uint64_t edge, const char *expected)
{
	struct scene s;

	scene_begin(&s, false);
	scene_end_speech(&s, false);
	s.reader.first_sample = first;
	s.reader.edge = edge;
	owed_place(&s.owed, &s.reader);
	assert_string_equal(pass(&s, 100), expected);
}

static void
test_not_all_of_it(void **state)
{
	(void)state;
	expect_placed(11 * RATE, 11 * RATE,
	    "missed: the output came on air only after it had begun .");
	expect_placed(4 * RATE, 11 * RATE,
	    "missed: its ffmpeg was too slow, and some of it was left out .");
	expect_placed(4 * RATE, 13 * RATE,
	    "unknown: its ffmpeg was too slow, and sound was left out about "
	    "its end .");
}

/* It is asked for again until ttsd has given the ffmpeg all of it: till then
 * some of it may be left out. */
static void
test_not_reached_yet(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	scene_end_speech(&s, false);
	s.reader.reached = 12 * RATE - 1;
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	assert_string_equal(pass(&s, 100), "");
	s.reader.reached++;
	owed_place(&s.owed, &s.reader);
	assert_string_equal(pass(&s, 100), "sent delivered .");
}

static void
test_ffmpeg_dies(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	scene_end_speech(&s, false);
	owed_place(&s.owed, &s.reader);
	s.sender.pid = PID + 1;
	assert_string_equal(pass(&s, 100),
	    "unknown: its ffmpeg ended before it was seen to be sent: "
	    "connection refused .");
}

/* A server that is gone is tried again and again: an ffmpeg that cannot have
 * sent it may be there when it ends. */
static void
test_one_try_of_many(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	s.sender.ran_ns = 1999 * MS;
	scene_end_speech(&s, false);
	assert_string_equal(pass(&s, 0),
	    "missed: the output came on air only after it had begun .");

	scene_begin(&s, false);
	s.sender.sends = false;
	s.sender.ran_ns = 2001 * MS;
	scene_end_speech(&s, false);
	assert_string_equal(pass(&s, 100), "");
	s.sender.pid = 0;
	assert_string_equal(pass(&s, 100),
	    "missed: its ffmpeg ended before any sound flowed: connection "
	    "refused .");
}

/* ---- it is not delivered ------------------------------------------------ */

static void
test_never_acknowledged(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	scene_end_speech(&s, false);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	s.sender.unacknowledged = 500;
	assert_string_equal(pass(&s, 100), "sent ");
	assert_string_equal(pass(&s, 10000), "");
	s.sender.pid = 0;
	assert_string_equal(pass(&s, 100), ".");
}

/* What another connection acknowledges is no word of this one. */
static void
test_connections_change(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	scene_end_speech(&s, false);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	s.sender.unacknowledged = 500;
	assert_string_equal(pass(&s, 100), "sent ");
	s.sender.connections = 2;
	s.sender.acknowledged = 9999;
	assert_string_equal(pass(&s, 100), ".");
}

/* ---- the ear ------------------------------------------------------------ */

/* Where the ear does not know, what is known of the sending counts; where it
 * does, the ear. */
static void
test_who_knows_better(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, true);
	scene_end_speech(&s, true);
	s.reader.edge = 11 * RATE;
	owed_place(&s.owed, &s.reader);
	assert_string_equal(pass(&s, 100), "");
	hear(&s, OWED_UNKNOWN, "it is but silence");
	assert_string_equal(pass(&s, 100),
	    "missed: its ffmpeg was too slow, and some of it was left out .");

	scene_begin(&s, true);
	scene_end_speech(&s, true);
	owed_place(&s.owed, NULL);
	hear(&s, OWED_HEARD, "");
	assert_string_equal(pass(&s, 100), "heard .");

	scene_begin(&s, true);
	scene_end_speech(&s, true);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	hear(&s, OWED_MISSED, "silence came in its place");
	assert_string_equal(pass(&s, 100),
	    "sent delivered missed: silence came in its place .");
}

static void
test_no_ear(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, false);
	scene_end_speech(&s, true);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	assert_string_equal(
	    pass(&s, 100), "sent delivered unknown: nobody listened .");

	scene_begin(&s, true);
	scene_end_speech(&s, true);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	assert_string_equal(pass(&s, 100), "sent delivered ");
	s.sender.ear++;
	assert_string_equal(
	    pass(&s, 100), "unknown: who listened ended before it was known .");

	scene_begin(&s, true);
	scene_end_speech(&s, true);
	owed_place(&s.owed, &s.reader);
	s.sender.sent_us = 9000000;
	assert_string_equal(pass(&s, 100), "sent delivered ");
	s.sender.ear = 0;
	s.sender.ear_lost = "killed by SIGSEGV";
	assert_string_equal(pass(&s, 100),
	    "unknown: who listened ended before it was known: killed by "
	    "SIGSEGV .");
}

/* Nothing is waited for without an end. */
static void
test_patience(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, true);
	scene_end_speech(&s, true);
	assert_string_equal(pass(&s, 44999), "");
	assert_string_equal(
	    pass(&s, 1), "unknown: it was not seen to be sent in time .");
	scene_begin(&s, true);
	scene_end_speech(&s, true);
	owed_displace(&s.owed, "ttsd was lost");
	assert_string_equal(pass(&s, 44999), "");
	assert_string_equal(pass(&s, 1), "unknown: ttsd was lost .");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent_delivered_heard),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_left_out_before),
		cmocka_unit_test(test_heard_first),
		cmocka_unit_test(test_no_ffmpeg),
		cmocka_unit_test(test_not_all_of_it),
		cmocka_unit_test(test_not_reached_yet),
		cmocka_unit_test(test_ffmpeg_dies),
		cmocka_unit_test(test_one_try_of_many),
		cmocka_unit_test(test_never_acknowledged),
		cmocka_unit_test(test_connections_change),
		cmocka_unit_test(test_who_knows_better),
		cmocka_unit_test(test_no_ear),
		cmocka_unit_test(test_patience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
