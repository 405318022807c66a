/*
 * Who was away is told what happened meanwhile. A client that lost its
 * connection could not know whether its announcement had been said.
 */
#include "tests/sim/clerk.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char two[] = "[channel main]\n"
			  "[channel side]\n";

/* Reads all events that have arrived, as an object by their numbers; the caller
 * releases it. They come in the order of their numbers, each once. */
static json_t *
all_events(struct client *c)
{
	json_t *all = json_object();
	const json_t *e;
	int64_t last = 0;
	char name[24];

	while ((e = client_event(c))) {
		assert_true(json_number(e, "seq") > last);
		last = json_number(e, "seq");
		snprintf(name, sizeof(name), "%lld", (long long)last);
		json_object_set(all, name, (json_t *)e);
	}
	return all;
}

/* Forgets what nobody is told later: the events of a moment. */
static void
forget_moments(json_t *all)
{
	static const char *const moments[] = { "word", "phoneme", "viseme",
		"mark" };
	const char *name;
	json_t *e;
	void *next;
	size_t i;

	json_object_foreach_safe(all, next, name, e)
	{
		for (i = 0; i < COUNT_OF(moments); i++)
			if (strcmp(json_text(e, "event"), moments[i]) == 0) {
				json_object_del(all, name);
				break;
			}
	}
}

/* Subscribes on a new connection; the reply is good until the next. */
static const json_t *
come_back(struct client **c, const char *fields)
{
	const json_t *r;

	*c = client_open(STATION_CONTROL);
	r = client_ask(*c, "{'op':'subscribe'%s}", fields);
	assert_true(reply_ok(r));
	return r;
}

static void
speak_a_little(struct station *s)
{
	uint64_t id;

	station_say(s, "one", NULL);
	if (s->ttsd.channel_count > 1)
		station_say(s, "two", ",'channel':'side'");
	id = station_say(s, "three", ",'show':{'ticket':'3'}");
	client_ask(s->client, "{'op':'cancel','id':%d}", (int)id);
	fake_run(5 * NS_PER_S);
}

static void
test_what_was_missed(void **state)
{
	json_t *there, *away;
	struct client *back;
	struct station s;
	const json_t *r;
	char since[40];

	(void)state;
	station_begin(&s, 1, two);
	station_listen(&s);
	station_say(&s, "zero", NULL);
	fake_run(5 * NS_PER_S);
	json_decref(all_events(s.events));
	r = come_back(&back, "");
	snprintf(since, sizeof(since), ",'since':%lld",
	    (long long)json_number(r, "seq"));
	client_close(back);
	fake_settle();
	speak_a_little(&s);
	r = come_back(&back, since);
	assert_true(json_is_false(json_object_get(r, "missed")));
	speak_a_little(&s);
	there = all_events(s.events);
	away = all_events(back);
	/* The second time both are told all. */
	assert_true(json_object_size(away) < json_object_size(there));
	forget_moments(there);
	forget_moments(away);
	assert_true(json_object_size(away) > 15);
	assert_true(json_equal(there, away));
	json_decref(there);
	json_decref(away);
	client_close(back);
	station_end(&s);
}

static void
test_only_what_is_asked_for(void **state)
{
	struct client *back;
	struct station s;
	const json_t *e;
	int ends;

	(void)state;
	station_begin(&s, 1, two);
	speak_a_little(&s);
	come_back(&back, ",'since':0,'events':['finished'],'channel':'side'");
	for (ends = 0; (e = client_event(back)); ends++) {
		assert_string_equal(json_text(e, "event"), "finished");
		assert_string_equal(json_text(e, "channel"), "side");
	}
	assert_int_equal(ends, 1);
	client_close(back);
	station_end(&s);
}

/* It is bounded: who was away for too long is told from where on it goes. */
static void
test_away_for_too_long(void **state)
{
	struct client *back;
	struct station s;
	const json_t *r, *e;
	char text[1001] = "";
	int64_t before, from;
	int i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	r = client_ask(s.events, "{'op':'subscribe'}");
	before = json_number(r, "seq");
	client_close(s.events);
	s.events = NULL;
	memset(text, 'x', sizeof(text) - 1);
	for (i = 0; i < 3000; i++) {
		station_say(&s, text, ",'delay_ms':600000");
		client_ask(s.client, "{'op':'clear'}");
	}
	r = come_back(&back, ",'since':1");
	assert_true(json_is_true(json_object_get(r, "missed")));
	from = json_number(r, "from");
	assert_in_range(from, before + 1000, before + 6000);
	e = client_event(back);
	assert_int_equal(json_number(e, "seq"), from);
	client_close(back);
	station_end(&s);
}

/* A number that nobody was told comes from a count that is lost. */
static void
test_a_number_of_another_count(void **state)
{
	struct client *back;
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, "");
	speak_a_little(&s);
	r = come_back(&back, ",'since':9000000000000000");
	assert_true(json_is_true(json_object_get(r, "missed")));
	assert_non_null(client_event(back));
	client_close(back);
	assert_string_equal(reply_error_code(client_ask(
				s.client, "{'op':'subscribe','since':'x'}")),
	    "bad-request");
	station_end(&s);
}

/* ---- a restart ---------------------------------------------------------- */

static const char kept[] = "[ttsd]\n"
			   "durable = yes\n";

/* Ends ttsd as a power cut does, and starts the next one at that time of day.
 */
static void
cut(struct station *s, int64_t utc_ms, const char *conf)
{
	station_cut(s);
	fake_set_utc(utc_ms);
	station_start_again(s, conf);
}

/* A field that tells what a client has seen, for come_back(). */
static const char *
seen(const json_t *event)
{
	static char field[40];

	snprintf(field, sizeof(field), ",'since':%lld",
	    (long long)json_number(event, "seq"));
	return field;
}

/* Says something that is kept, and lets it be said; returns its end. */
static const json_t *
say_kept(struct station *s, const char *text)
{
	client_ask(s->client, "{'op':'say','text':'%s'}", text);
	fake_settle();
	return station_wait(
	    s, (uint64_t)json_number(client_reply(s->client), "id"));
}

/* The ends of all announcements are told to who was away over the restart, as
 * they were numbered then; what else was told is gone, and that is said. */
static void
test_over_a_restart(void **state)
{
	char since[40];
	struct station s;
	struct client *back;
	const json_t *r, *e;
	int64_t second, third;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	snprintf(since, sizeof(since), "%s", seen(say_kept(&s, "one")));
	second = json_number(say_kept(&s, "two"), "seq");
	third = json_number(say_kept(&s, "three"), "seq");
	cut(&s, clock_utc_ms() + 2000, kept);
	r = come_back(&back, since);
	assert_true(json_is_true(json_object_get(r, "missed")));
	assert_true(json_number(r, "from") > third);
	assert_int_equal(json_number(r, "finished_from"),
	    strtoll(strchr(since, ':') + 1, NULL, 10) + 1);
	e = client_event(back);
	assert_int_equal(json_number(e, "seq"), second);
	assert_int_equal(json_number(e, "id"), 2);
	assert_string_equal(json_text(e, "outcome"), "spoken");
	assert_true(json_is_true(json_object_get(e, "recalled")));
	e = client_event(back);
	assert_int_equal(json_number(e, "seq"), third);
	e = client_event(back);
	assert_true(json_number(e, "seq") >= json_number(r, "from"));
	client_close(back);
	come_back(&back, ",'since':1,'events':'started'");
	assert_null(client_event(back));
	client_close(back);
	station_end(&s);
}

/* Numbers grow although the clock was set back by a day, and although the next
 * ttsd was killed at once. */
static void
test_a_clock_that_was_set_back(void **state)
{
	const int64_t day_ms = 86400000;
	struct station s;
	int64_t last;
	int i;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	last = json_number(say_kept(&s, "one"), "seq");
	for (i = 0; i < 3; i++) {
		cut(&s, clock_utc_ms() - day_ms, kept);
		fake_settle();
		station_listen(&s);
		client_ask(s.client, "{'op':'pause'}");
		client_ask(s.client, "{'op':'say','text':'x'}");
		fake_settle();
		assert_true(json_number(client_event(s.events), "seq") > last);
		last += 1000;
	}
	station_end(&s);
}

/* Who asks before the ledger is open waits; where it does not open, all that it
 * would know of counts as missed. */
static void
test_a_ledger_that_is_silent(void **state)
{
	struct station s;
	struct client *back;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	say_kept(&s, "one");
	clerk_set_fate(CLERK_IS_SILENT);
	cut(&s, clock_utc_ms() + 1000, kept);
	back = client_open(STATION_CONTROL);
	assert_null(client_ask(back, "{'op':'subscribe','since':1}"));
	fake_run(600 * NS_PER_MS);
	r = client_reply(back);
	assert_true(reply_ok(r));
	assert_int_equal(
	    json_number(r, "finished_from"), json_number(r, "from"));
	client_close(back);
	station_end(&s);
}

/* Story: a new ledger, which knew of no end, said that none was missed. */
static void
test_another_ledger(void **state)
{
	struct station s;
	struct client *back;
	char since[40];
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	snprintf(since, sizeof(since), "%s", seen(say_kept(&s, "one")));
	clerk_begin();
	cut(&s, clock_utc_ms() + 2000, kept);
	r = come_back(&back, since);
	assert_int_equal(
	    json_number(r, "finished_from"), json_number(r, "from"));
	client_close(back);
	station_end(&s);
}

/* Nobody is left to answer: who has asked the ledger leaves nothing behind. */
static void
test_the_end_while_the_ledger_is_asked(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	clerk_set_fate(CLERK_IS_SILENT);
	assert_null(client_ask(s.client, "{'op':'subscribe','since':0}"));
	cut(&s, clock_utc_ms(), kept);
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	station_end(&s);
}

/* An end is told where the channel of an announcement is gone: who waited for
 * it waited for ever. */
static void
test_a_channel_that_is_gone(void **state)
{
	struct station s;
	struct client *back;
	const json_t *e;

	(void)state;
	clerk_put(1, "'channel':'gone','request':{'text':'x'},"
		     "'accepted_ms':1767225600000");
	station_begin(&s, 1, kept);
	come_back(&back, ",'since':0,'events':'finished'");
	e = client_event(back);
	assert_int_equal(json_number(e, "id"), 1);
	assert_string_equal(json_text(e, "channel"), "gone");
	assert_string_equal(json_text(e, "outcome"), "failed");
	client_close(back);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_missed),
		cmocka_unit_test(test_only_what_is_asked_for),
		cmocka_unit_test(test_away_for_too_long),
		cmocka_unit_test(test_a_number_of_another_count),
		ON_DISK(test_over_a_restart),
		ON_DISK(test_a_clock_that_was_set_back),
		ON_DISK(test_a_ledger_that_is_silent),
		ON_DISK(test_another_ledger),
		ON_DISK(test_the_end_while_the_ledger_is_asked),
		ON_DISK(test_a_channel_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
