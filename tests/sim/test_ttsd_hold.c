/*
 * What is said again after a restart is heard from its beginning.
 *
 * Story: after a kill it began 0.1 s after ttsd's start, and an output's ffmpeg
 * was back 0.4 s later: who listened in a clinic heard half a number.
 */
#include "tests/sim/clerk.h"
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"
#include "ttsd/queue/hold.h"

static const char kept[] = "[ttsd]\n"
			   "durable = yes\n"
			   "[channel main]\n"
			   "[channel ward]\n";

#define CALL "ticket twelve to counter three"
#define RATE 24000

struct night {
	struct station s;
	struct ear *ears[2]; /* of the first channel */
	struct ear *ward;    /* of the second */
};

static struct channel *
channel_at(struct night *n, size_t i)
{
	return n->s.ttsd.channels[i];
}

static void
night_begin(struct night *n)
{
	*n = (struct night){ .ward = NULL };
	clerk_begin();
	station_begin(&n->s, 1, kept);
	fake_run(NS_PER_S);
}

static void
ears_open(struct night *n, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		n->ears[i] = ear_open(channel_at(n, 0), true);
	fake_settle();
}

static void
ears_close(struct night *n)
{
	size_t i;

	for (i = 0; i < COUNT_OF(n->ears); i++) {
		ear_close(n->ears[i]);
		n->ears[i] = NULL;
	}
	ear_close(n->ward);
	n->ward = NULL;
}

static void
night_end(struct night *n)
{
	ears_close(n);
	station_end(&n->s);
	clerk_end();
}

/* Ends ttsd as a kill does, with its readers, and starts the next one. */
static void
killed(struct night *n)
{
	fake_run(100 * NS_PER_MS);
	station_cut(&n->s);
	ears_close(n);
	fake_run(NS_PER_S);
	station_start_again(&n->s, kept);
	station_listen(&n->s);
}

/* How long after its start it began; -1: not yet. */
static int64_t
begun_ms(struct night *n, uint64_t id)
{
	const json_t *e = client_event_of(n->s.events, "started", id);

	return e ? json_number(e, "sample") * 1000 / RATE : -1;
}

static void
expect_state(struct night *n, size_t at, const char *state)
{
	const json_t *r = client_ask(n->s.client, "{'op':'queue'}");

	assert_string_equal(
	    json_text(json_array_get(json_object_get(r, "items"), at), "state"),
	    state);
}

static void
test_its_first_sample_is_heard(void **state)
{
	struct night n;
	uint64_t id, sample;
	const json_t *e;

	(void)state;
	night_begin(&n);
	ears_open(&n, 1);
	id = station_say(&n.s, CALL, NULL);
	killed(&n);
	fake_run(400 * NS_PER_MS);
	assert_null(client_event_of(n.s.events, "started", id));
	expect_state(&n, 0, "waits-for-readers");
	ears_open(&n, 1);
	fake_run(150 * NS_PER_MS);
	e = client_event_of(n.s.events, "started", id);
	assert_non_null(e);
	sample = (uint64_t)json_number(e, "sample");
	station_wait(&n.s, id);
	assert_true(ear_heard(n.ears[0], CALL, sample));
	night_end(&n);
}

/* It is not waited for one that does not come, nor where there was none. */
static void
test_who_is_waited_for(void **state)
{
	static const struct {
		size_t before, after;
		int64_t from_ms, to_ms;
	} rows[] = {
		{ 0, 0, 0, 200 },
		{ 0, 1, 0, 200 },
		{ 1, 1, 0, 200 },
		{ 2, 2, 0, 200 },
		{ 1, 0, 1900, 2200 },
		{ 2, 1, 1900, 2200 },
	};
	struct night n;
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(rows); i++) {
		night_begin(&n);
		ears_open(&n, rows[i].before);
		station_say(&n.s, CALL, NULL);
		killed(&n);
		ears_open(&n, rows[i].after);
		fake_run(HOLD_MAX_NS + 300 * NS_PER_MS);
		ms = begun_ms(&n, 1);
		if (ms < rows[i].from_ms || ms > rows[i].to_ms)
			fail_msg("row %zu: %d ms", i, (int)ms);
		night_end(&n);
	}
}

/* Story: the supervisor's look whether ttsd serves its sound again was taken
 * for its ffmpeg. */
static void
test_who_only_looks(void **state)
{
	struct night n;

	(void)state;
	night_begin(&n);
	ears_open(&n, 1);
	station_say(&n.s, CALL, NULL);
	killed(&n);
	fake_run(20 * NS_PER_MS);
	ears_open(&n, 2);
	fake_run(30 * NS_PER_MS);
	ears_close(&n);
	fake_run(300 * NS_PER_MS);
	assert_int_equal(begun_ms(&n, 1), -1);
	ears_open(&n, 1);
	fake_run(150 * NS_PER_MS);
	assert_in_range(begun_ms(&n, 1), 400, 500);
	night_end(&n);
}

/* Readers that came after it was accepted count where it had begun, and else
 * those of its acceptance. */
static void
test_the_last_that_is_known(void **state)
{
	struct night n;

	(void)state;
	night_begin(&n);
	client_ask(n.s.client, "{'op':'pause'}");
	station_say(&n.s, CALL, NULL);
	station_say(&n.s, CALL, NULL);
	ears_open(&n, 1);
	client_ask(n.s.client, "{'op':'resume'}");
	killed(&n);
	fake_run(500 * NS_PER_MS);
	assert_int_equal(begun_ms(&n, 1), -1);
	killed(&n);
	fake_run(HOLD_MAX_NS - 100 * NS_PER_MS);
	assert_int_equal(begun_ms(&n, 1), -1);
	/* It begins without them, and that is what is known next time. */
	fake_run(300 * NS_PER_MS);
	assert_true(begun_ms(&n, 1) >= 1900);
	killed(&n);
	fake_run(200 * NS_PER_MS);
	assert_in_range(begun_ms(&n, 1), 0, 200);
	night_end(&n);
}

/* The ids of those that have begun since the last time, in their order. */
static void
expect_begun(struct night *n, const char *ids)
{
	char said[64] = "", *end = said;
	const json_t *e;

	while ((e = client_event_of(n->s.events, "started", 0)) != NULL)
		end += snprintf(end, (size_t)(said + sizeof(said) - end), "%d ",
		    (int)json_number(e, "id"));
	assert_string_equal(said, ids);
}

/* What is new keeps its place; what is urgent and new does not wait, though one
 * that is urgent was left, too. */
static void
test_what_is_new(void **state)
{
	struct night n;

	(void)state;
	night_begin(&n);
	ears_open(&n, 1);
	client_ask(n.s.client, "{'op':'pause'}");
	station_say(&n.s, CALL, NULL);
	station_say(&n.s, CALL, ",'priority':'urgent'");
	killed(&n);
	station_say(&n.s, "later", NULL);
	fake_run(300 * NS_PER_MS);
	expect_begun(&n, "");
	station_say(&n.s, "fire", ",'priority':'urgent'");
	station_say(&n.s, "smoke", ",'priority':'urgent'");
	fake_run(50 * NS_PER_MS);
	expect_begun(&n, "4 ");
	fake_run(HOLD_MAX_NS / 2);
	expect_begun(&n, "5 ");
	expect_state(&n, 0, "waits-for-readers");
	ears_open(&n, 1);
	station_wait(&n.s, 3);
	client_close(n.s.events);
	n.s.events = client_open(STATION_CONTROL);
	client_ask(n.s.events, "{'op':'subscribe','since':0}");
	expect_begun(&n, "4 5 2 1 3 ");
	night_end(&n);
}

/* The one whose readers are back waits for the other. */
static void
test_together(void **state)
{
	struct night n;
	int64_t sample;

	(void)state;
	night_begin(&n);
	ears_open(&n, 1);
	n.ward = ear_open(channel_at(&n, 1), true);
	fake_settle();
	client_ask(n.s.client,
	    "{'op':'say','text':'%s','channel':['main','ward'],"
	    "'together':true}",
	    CALL);
	killed(&n);
	ears_open(&n, 1);
	fake_run(400 * NS_PER_MS);
	expect_begun(&n, "");
	n.ward = ear_open(channel_at(&n, 1), true);
	fake_run(250 * NS_PER_MS);
	sample =
	    json_number(client_event_of(n.s.events, "started", 0), "sample");
	assert_true(sample > 0);
	assert_int_equal(
	    json_number(client_event_of(n.s.events, "started", 0), "sample"),
	    sample);
	fake_run(5 * NS_PER_S);
	assert_true(ear_heard(n.ears[0], CALL, (uint64_t)sample));
	assert_true(ear_heard(n.ward, CALL, (uint64_t)sample));
	night_end(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_its_first_sample_is_heard),
		cmocka_unit_test(test_who_is_waited_for),
		cmocka_unit_test(test_who_only_looks),
		cmocka_unit_test(test_the_last_that_is_known),
		cmocka_unit_test(test_what_is_new),
		cmocka_unit_test(test_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
