/*
 * What is accepted is kept over a restart. A killed ttsd once lost its queue:
 * of 284 announcements 17 had no outcome.
 */
#include "tests/sim/clerk.h"
#include "tests/sim/ear.h"
#include "tests/sim/page.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char kept[] = "[ttsd]\n"
			   "durable = yes\n"
			   "metrics = 127.0.0.1:0\n";
static const char required[] = "[ttsd]\n"
			       "durable = required\n";

#define LONG "a text that takes quite a while to be said by anybody at all"

/* The reply to a `say`, however long it takes; ends the test without one. */
static const json_t *
say(struct station *s, const char *text, const char *more)
{
	return station_reply(
	    s, client_ask(s->client, "{'op':'say','text':'%s'%s}", text,
		   more ? more : ""));
}

static bool
is_durable(const json_t *reply)
{
	const json_t *durable = json_object_get(reply, "durable");

	assert_true(json_is_boolean(durable));
	return json_is_true(durable);
}

/* Ends ttsd as a power cut does, and starts the next one after `ns`. */
static void
cut(struct station *s, int64_t ns, const char *conf)
{
	station_cut(s);
	fake_run(ns);
	station_start_again(s, conf);
	station_listen(s);
}

static void
restart(struct station *s, const char *conf)
{
	station_stop(s);
	station_start_again(s, conf);
	station_listen(s);
}

static void
expect_outcome(
    struct station *s, uint64_t id, const char *outcome, const char *reason)
{
	const json_t *end = station_wait(s, id);

	assert_string_equal(json_text(end, "outcome"), outcome);
	assert_string_equal(json_text(end, "reason"), reason);
	fake_settle();
	assert_string_equal(clerk_text(id, "outcome"), outcome);
}

static void
expect_page(const char *path, const char *part)
{
	struct buf page;

	buf_init(&page, SIZE_MAX);
	fake_get(path, &page);
	buf_put(&page, "", 1);
	if (strstr((const char *)buf_data(&page), part) == NULL)
		fail_msg("%s has no '%s': %s", path, part, buf_data(&page));
	buf_done(&page);
}

/* ---- the reply ---------------------------------------------------------- */

/* Sound does not wait for the disk; the reply does. */
static void
test_reply_after_the_disk(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	clerk_set_delay(100 * NS_PER_MS);
	assert_null(client_ask(s.client, "{'op':'say','text':'hello'}"));
	fake_run(90 * NS_PER_MS);
	assert_non_null(client_event_of(s.events, "started", 1));
	assert_null(client_reply(s.client));
	fake_run(20 * NS_PER_MS);
	r = client_reply(s.client);
	assert_true(reply_ok(r) && is_durable(r));
	assert_int_equal(json_number(r, "id"), 1);
	assert_int_equal(json_number(r, "position"), 0);
	assert_string_equal(clerk_text(1, "text"), "hello");
	clerk_set_delay(0);
	expect_outcome(&s, 1, "spoken", "");
	station_end(&s);
}

static void
test_replies_in_order(void **state)
{
	struct station s;
	int id;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	clerk_set_delay(50 * NS_PER_MS);
	client_send(s.client, "{\"op\":\"say\",\"text\":\"one\"}");
	client_send(s.client, "{\"op\":\"say\",\"text\":\"two\"}");
	client_send(s.client, "{\"op\":\"ping\",\"tag\":3}");
	fake_run(NS_PER_S);
	for (id = 1; id <= 2; id++)
		assert_int_equal(json_number(client_reply(s.client), "id"), id);
	assert_int_equal(json_number(client_reply(s.client), "tag"), 3);
	station_end(&s);
}

static void
expect_ledger(struct station *s, bool keeps, const char *why)
{
	const json_t *o =
	    json_object_get(client_ask(s->client, "{'op':'status'}"), "ledger");

	assert_int_equal(json_is_true(json_object_get(o, "keeps")), keeps);
	assert_string_equal(json_text(o, "why"), why);
}

/* A disk that hangs costs the promise, once 500 ms, and not the sound. */
static void
test_a_disk_that_hangs(void **state)
{
	struct station s;
	const json_t *r, *e;
	json_t *why;
	int64_t before;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	expect_page("/metrics", "\nttsd_durable 1\n");
	expect_ledger(&s, true, "");
	clerk_set_fate(CLERK_IS_SILENT);
	before = clock_now_ns();
	r = say(&s, "one", NULL);
	assert_true(reply_ok(r) && !is_durable(r));
	assert_in_range(
	    clock_now_ns() - before, 480 * NS_PER_MS, 520 * NS_PER_MS);
	before = clock_now_ns();
	r = say(&s, "two", NULL);
	assert_true(reply_ok(r) && !is_durable(r));
	assert_int_equal(clock_now_ns(), before);
	why = json_incref(json_object_get(r, "reason"));
	e = client_event_of(s.events, "durable", 0);
	assert_true(e && !is_durable(e) && json_text(e, "reason")[0]);
	assert_string_equal(json_string_value(why), json_text(e, "reason"));
	json_decref(why);
	assert_true(fake_logged("is not kept over a restart"));
	/* An error told to look there, and it told nothing of it. */
	expect_ledger(&s, false, json_text(e, "reason"));
	expect_page("/readyz", "not kept over a restart");
	expect_page("/metrics", "\nttsd_durable 0\n");
	expect_page("/metrics", "\nttsd_not_durable_total 2\n");
	assert_string_equal(
	    json_text(station_wait(&s, 2), "outcome"), "spoken");
	assert_int_equal(clerk_count(), 0);
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_settle();
	e = client_event_of(s.events, "durable", 0);
	assert_true(e && is_durable(e));
	assert_string_equal(clerk_text(2, "outcome"), "spoken");
	r = say(&s, "three", NULL);
	assert_true(is_durable(r) && !json_object_get(r, "reason"));
	expect_page("/readyz", "ok");
	station_end(&s);
}

/* Who takes something back is answered in the same time, though nothing is
 * accepted meanwhile: it was not, for as long as the disk hung. */
static void
test_a_disk_that_hangs_and_what_is_taken_back(void **state)
{
	struct station s;
	const json_t *r;
	int64_t before;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_say(&s, "one", "");
	id = station_say(&s, "two", "");
	fake_run(100 * NS_PER_MS);
	clerk_set_fate(CLERK_IS_SILENT);
	before = clock_now_ns();
	r = station_reply(
	    &s, client_ask(s.client, "{'op':'cancel','id':%d}", (int)id));
	assert_true(reply_ok(r));
	assert_in_range(
	    clock_now_ns() - before, 400 * NS_PER_MS, 520 * NS_PER_MS);
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_settle();
	assert_string_equal(clerk_text(id, "outcome"), "cancelled");
	station_end(&s);
}

/* One that is silent for long is started afresh, and told all again. */
static void
test_a_ledger_that_never_wakes(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	clerk_set_fate(CLERK_IS_SILENT);
	assert_false(is_durable(say(&s, "one", NULL)));
	fake_run(20 * NS_PER_S);
	clerk_set_fate(CLERK_WELL);
	fake_run(20 * NS_PER_S);
	assert_string_equal(clerk_text(1, "outcome"), "spoken");
	assert_true(is_durable(say(&s, "two", NULL)));
	station_end(&s);
}

static void
test_a_ledger_that_dies(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	clerk_set_fate(CLERK_DIES);
	assert_null(client_ask(s.client, "{'op':'say','text':'hello'}"));
	clerk_set_fate(CLERK_WELL);
	fake_run(400 * NS_PER_MS);
	r = client_reply(s.client);
	assert_true(reply_ok(r) && is_durable(r));
	assert_int_equal(clerk_count(), 1);
	station_end(&s);
}

/* Descriptors have run out: it costs the promise for as long. */
static void
test_a_ledger_that_cannot_be_started(void **state)
{
	struct station s;
	const json_t *e;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	speakers_fault("ledger", FAULT_NO_SPAWN, 5);
	clerk_set_fate(CLERK_DIES);
	assert_false(is_durable(say(&s, "one", NULL)));
	clerk_set_fate(CLERK_WELL);
	e = client_event_of(s.events, "durable", 0);
	assert_non_null(strstr(json_text(e, "reason"), "too many open files"));
	fake_run(10 * NS_PER_S);
	assert_true(is_durable(say(&s, "two", NULL)));
	assert_string_equal(clerk_text(1, "outcome"), "spoken");
	station_end(&s);
}

static void
test_required_refuses(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, required);
	fake_run(NS_PER_S);
	station_listen(&s);
	assert_true(is_durable(say(&s, LONG, NULL)));
	clerk_set_fate(CLERK_IS_SILENT);
	r = say(&s, "two", ",'key':'k'");
	assert_string_equal(reply_error_code(r), "unavailable");
	assert_string_equal(
	    json_text(station_wait(&s, 2), "reason"), "it could not be kept");
	r = say(&s, "three", NULL);
	assert_string_equal(reply_error_code(r), "unavailable");
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_settle();
	r = say(&s, "two", ",'key':'k'");
	assert_true(reply_ok(r) && is_durable(r));
	assert_int_equal(json_number(r, "id"), 3);
	station_end(&s);
}

/* Who asks before the ledger is open waits for it, 500 ms at most. */
static void
test_a_slow_start(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	clerk_set_delay(300 * NS_PER_MS);
	station_begin(&s, 1, kept);
	assert_null(client_ask(s.client, "{'op':'say','text':'hello'}"));
	clerk_set_delay(0);
	fake_run(310 * NS_PER_MS);
	r = client_reply(s.client);
	assert_true(reply_ok(r) && is_durable(r));
	assert_int_equal(json_number(r, "id"), 1);
	station_end(&s);
}

/* Without it ids are told by the time of day, so that none is given twice. */
static void
test_a_ledger_that_does_not_open(void **state)
{
	struct station s;
	const json_t *r;
	uint64_t id;

	(void)state;
	clerk_put(7, "'channel':'main','outcome':'spoken'");
	clerk_set_fate(CLERK_REFUSES);
	station_begin(&s, 1, kept);
	r = say(&s, "hello", NULL);
	assert_true(reply_ok(r) && !is_durable(r));
	id = (uint64_t)json_number(r, "id");
	assert_true(id >= FAKE_START_UTC_MS * UINT64_C(1000));
	assert_true(fake_logged("the disk is full"));
	expect_page("/readyz", "the disk is full");
	/* Story: the longer a disk was full, the later it was noticed that it
	 * had room again, up to half a minute. */
	fake_log_forget();
	fake_run(120 * NS_PER_S);
	assert_in_range(fake_log_count(LOG_WARNING), 1, 5);
	clerk_set_fate(CLERK_WELL);
	fake_run(2 * NS_PER_S);
	assert_string_equal(clerk_text(id, "outcome"), "spoken");
	r = say(&s, "again", NULL);
	assert_true(is_durable(r));
	assert_int_equal(json_number(r, "id"), id + 1);
	station_end(&s);
}

/* ---- a restart ---------------------------------------------------------- */

static void
test_what_waited_waits_again(void **state)
{
	struct station s;
	const json_t *r, *e;
	int i;

	(void)state;
	station_begin(&s, 1, kept);
	say(&s, LONG, ",'on_restart':'drop'");
	fake_run(100 * NS_PER_MS);
	for (i = 2; i <= 4; i++)
		say(&s, "next", NULL);
	say(&s, "urgent", ",'priority':'high'");
	fake_run(100 * NS_PER_MS);
	cut(&s, NS_PER_S, kept);
	expect_outcome(&s, 1, "cancelled", "it was on air when ttsd ended");
	e = client_event_of(s.events, "queued", 2);
	assert_true(json_is_true(json_object_get(e, "restored")));
	expect_outcome(&s, 5, "spoken", "");
	for (i = 2; i <= 4; i++)
		expect_outcome(&s, (uint64_t)i, "spoken", "");
	r = say(&s, "on we go", NULL);
	assert_int_equal(json_number(r, "id"), 6);
	station_end(&s);
}

static void
test_on_air_is_said_again(void **state)
{
	struct station s;
	const json_t *end;

	(void)state;
	station_begin(&s, 1, kept);
	say(&s, "hello there", NULL);
	fake_run(200 * NS_PER_MS);
	cut(&s, NS_PER_S, kept);
	end = station_wait(&s, 1);
	assert_string_equal(json_text(end, "outcome"), "spoken");
	assert_int_equal(json_number(end, "last_sample") -
			     json_number(end, "first_sample") + 1,
	    speaker_samples("hello there", 24000));
	station_end(&s);
}

/* Story: the note that it had begun was on its way to the disk when the power
 * failed, so it was said again, and the history called that the first time. */
static void
test_a_lost_note(void **state)
{
	struct station s;
	int id;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	for (id = 1; id <= 3; id++)
		say(&s, LONG, NULL);
	clerk_set_fate(CLERK_IS_SILENT);
	fake_run(50 * NS_PER_MS);
	assert_non_null(client_event_of(s.events, "started", 1));
	cut(&s, NS_PER_S, kept);
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	for (id = 1; id <= 3; id++)
		expect_outcome(&s, (uint64_t)id, "spoken", "");
	assert_string_equal(clerk_text(1, "again"), "1");
	assert_string_equal(clerk_text(2, "again"), "");
	assert_string_equal(clerk_text(3, "again"), "");
	station_end(&s);
}

/* Story: who had been told that an announcement was cancelled, or that another
 * one had its place, heard it after a power cut. */
static void
test_an_end_is_told_when_it_is_kept(void **state)
{
	static const char *const requests[] = { "{'op':'cancel','id':2}",
		"{'op':'say','text':'new','replaces':'k'}", "{'op':'clear'}",
		"{'op':'skip'}" };
	struct station s;
	size_t i;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	say(&s, LONG, NULL);
	say(&s, "taken back", NULL);
	say(&s, "old", ",'key':'k'");
	fake_run(100 * NS_PER_MS);
	clerk_set_delay(100 * NS_PER_MS);
	for (i = 0; i < COUNT_OF(requests); i++) {
		assert_null(client_ask(s.client, "%s", requests[i]));
		fake_run(90 * NS_PER_MS);
		assert_null(client_reply(s.client));
		fake_run(120 * NS_PER_MS);
		assert_true(reply_ok(client_reply(s.client)));
	}
	for (i = 1; i <= 4; i++)
		assert_string_equal(clerk_text(i, "outcome"), "cancelled");
	assert_non_null(client_ask(s.client, "{'op':'queue'}"));
	clerk_set_fate(CLERK_IS_SILENT);
	say(&s, LONG, NULL);
	assert_true(reply_ok(client_ask(s.client, "{'op':'clear'}")));
	station_end(&s);
}

/* A stop ends nothing that is kept, and all that is not. */
static void
test_a_stop(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, kept);
	say(&s, "hello there", NULL);
	say(&s, "second", NULL);
	fake_run(200 * NS_PER_MS);
	restart(&s, kept);
	expect_outcome(&s, 1, "spoken", "");
	expect_outcome(&s, 2, "spoken", "");
	clerk_set_fate(CLERK_IS_SILENT);
	assert_false(is_durable(say(&s, LONG, NULL)));
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	fake_settle();
	assert_string_equal(
	    json_text(client_event_of(s.events, "finished", 3), "reason"),
	    "ttsd is stopping");
	station_end(&s);
}

static void
test_due_times_and_what_is_left_of_a_life(void **state)
{
	struct station s;
	int64_t before;

	(void)state;
	station_begin(&s, 1, kept);
	client_ask(s.client, "{'op':'pause'}");
	say(&s, "short-lived", ",'ttl_ms':5000");
	say(&s, "later", ",'delay_ms':60000");
	say(&s, "patient", ",'ttl_ms':20000");
	before = clock_now_ns();
	cut(&s, 2 * NS_PER_S, kept);
	client_ask(s.client, "{'op':'pause'}");
	expect_outcome(&s, 1, "expired", "waited too long");
	assert_in_range(
	    clock_now_ns() - before, 4900 * NS_PER_MS, 5200 * NS_PER_MS);
	client_ask(s.client, "{'op':'resume'}");
	expect_outcome(&s, 3, "spoken", "");
	expect_outcome(&s, 2, "spoken", "");
	assert_in_range(clock_now_ns() - before, 60 * NS_PER_S, 61 * NS_PER_S);
	station_end(&s);
}

/* Story: a clock that was set back had the next ttsd hold back for a day what
 * was to be said in a minute, and call a day later what should have expired. */
static void
test_a_clock_that_is_set_back(void **state)
{
	struct station s;
	const json_t *r;
	int64_t before;

	(void)state;
	station_begin(&s, 1, kept);
	client_ask(s.client, "{'op':'pause'}");
	say(&s, "ticket", ",'key':'k'");
	say(&s, "short-lived", ",'ttl_ms':20000");
	say(&s, "later", ",'delay_ms':60000");
	fake_set_utc(clock_utc_ms() - INT64_C(86400000));
	cut(&s, NS_PER_S, kept);
	before = clock_now_ns();
	client_ask(s.client, "{'op':'pause'}");
	expect_outcome(&s, 2, "expired", "waited too long");
	client_ask(s.client, "{'op':'resume'}");
	expect_outcome(&s, 1, "spoken", "");
	r = say(&s, "ticket", ",'key':'k'");
	assert_int_equal(json_number(r, "id"), 1);
	expect_outcome(&s, 3, "spoken", "");
	assert_in_range(clock_now_ns() - before, 60 * NS_PER_S, 61 * NS_PER_S);
	r = say(&s, "on we go", NULL);
	assert_int_equal(json_number(r, "id"), 4);
	station_end(&s);
}

/* A ticket that is called two hours late is worse than none. */
static void
test_too_late(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, kept);
	client_ask(s.client, "{'op':'pause'}");
	say(&s, "ticket", NULL);
	say(&s, "in ten minutes", ",'delay_ms':600000");
	cut(&s, 301 * NS_PER_S, kept);
	expect_outcome(
	    &s, 1, "expired", "ttsd came back later than restore_within");
	fake_run(400 * NS_PER_S);
	expect_outcome(&s, 2, "spoken", "");
	station_end(&s);
}

static void
test_keys_are_known(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	station_listen(&s);
	say(&s, "first", ",'key':'a'");
	station_wait(&s, 1);
	say(&s, LONG, ",'key':'b'");
	fake_run(100 * NS_PER_MS);
	cut(&s, NS_PER_S, kept);
	r = say(&s, "first", ",'key':'a'");
	assert_int_equal(json_number(r, "id"), 1);
	assert_string_equal(json_text(r, "outcome"), "spoken");
	r = say(&s, LONG, ",'key':'b'");
	assert_int_equal(json_number(r, "id"), 2);
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	expect_outcome(&s, 2, "spoken", "");
	assert_int_equal(clerk_count(), 2);
	station_end(&s);
}

/* Said again, a key stands twice in the ledger: the latest one is meant,
 * whether it was spoken or waits, over a power cut and an upgrade. */
static void
test_keys_said_again_are_known(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	station_listen(&s);
	say(&s, "first", ",'key':'a'");
	station_wait(&s, 1);
	r = say(&s, "first", ",'key':'a','again':true");
	assert_int_equal(json_number(r, "id"), 2);
	station_wait(&s, 2);
	say(&s, LONG, NULL);
	r = say(&s, "first", ",'key':'a','again':true");
	assert_int_equal(json_number(r, "id"), 4);
	fake_run(100 * NS_PER_MS);
	cut(&s, NS_PER_S, kept);
	r = say(&s, "first", ",'key':'a','again':true");
	assert_int_equal(json_number(r, "id"), 4);
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	assert_null(json_object_get(r, "outcome"));
	expect_outcome(&s, 4, "spoken", "");
	cut(&s, NS_PER_S, kept);
	assert_true(station_upgrade(&s, kept));
	r = say(&s, "first", ",'key':'a'");
	assert_int_equal(json_number(r, "id"), 4);
	assert_string_equal(json_text(r, "outcome"), "spoken");
	r = say(&s, "first", ",'key':'a','again':true");
	assert_int_equal(json_number(r, "id"), 5);
	station_end(&s);
}

/* Who asks while it is restored waits, and does not come before it. */
static void
test_nobody_comes_before(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	say(&s, LONG, NULL);
	say(&s, "second", NULL);
	fake_run(100 * NS_PER_MS);
	clerk_set_delay(50 * NS_PER_MS);
	cut(&s, NS_PER_S, kept);
	client_send(s.client, "{\"op\":\"queue\"}");
	client_send(s.client, "{\"op\":\"cancel\",\"id\":2}");
	client_send(s.client, "{\"op\":\"say\",\"text\":\"third\"}");
	fake_run(NS_PER_S);
	r = client_reply(s.client);
	assert_int_equal(json_array_size(json_object_get(r, "items")), 2);
	r = client_reply(s.client);
	assert_true(reply_ok(r));
	r = client_reply(s.client);
	assert_int_equal(json_number(r, "id"), 3);
	assert_int_equal(json_number(r, "position"), 1);
	station_end(&s);
}

/* What cannot be said any more ends, and says why. */
static void
test_what_is_gone(void **state)
{
	struct station s;

	(void)state;
	clerk_put(1, "'channel':'gone','request':{'text':'x'},"
		     "'accepted_ms':1767225600000");
	clerk_put(2, "'channel':'main','request':{'text':'x','voice':'nobody'},"
		     "'accepted_ms':1767225600000");
	clerk_put(3, "'channel':'main','request':{'text':'well'},"
		     "'accepted_ms':1767225600000");
	station_begin(&s, 1, kept);
	station_listen(&s);
	expect_outcome(&s, 3, "spoken", "");
	assert_string_equal(clerk_text(1, "outcome"), "failed");
	assert_string_equal(clerk_text(2, "outcome"), "failed");
	assert_non_null(strstr(clerk_text(2, "reason"), "nobody"));
	station_end(&s);
}

/* Of a channel that is not to be kept the history knows, and no more. */
static void
test_a_channel_that_is_not_kept(void **state)
{
	static const char conf[] = "[ttsd]\n"
				   "durable = yes\n"
				   "[channel main]\n"
				   "durable = no\n";
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, conf);
	fake_run(NS_PER_S);
	clerk_set_delay(100 * NS_PER_MS);
	r = client_ask(s.client, "{'op':'say','text':'hello there'}");
	assert_true(reply_ok(r) && !is_durable(r));
	/* It was chosen so: ttsctl told to look in the log, for nothing. */
	assert_null(json_object_get(r, "reason"));
	fake_run(200 * NS_PER_MS);
	clerk_set_delay(0);
	cut(&s, NS_PER_S, conf);
	expect_outcome(&s, 1, "cancelled", "ttsd has ended");
	station_end(&s);
}

/* Puts 300 announcements on the disk, which are not due yet. */
static void
put_many(void)
{
	char fields[160];
	int id;

	for (id = 1; id <= 300; id++) {
		snprintf(fields, sizeof(fields),
		    "'channel':'main','request':{'text':'x','delay_ms':100000},"
		    "'due_ms':%lld,'accepted_ms':%lld",
		    FAKE_START_UTC_MS + 100000LL, (long long)FAKE_START_UTC_MS);
		clerk_put((uint64_t)id, fields);
	}
}

/* Story: a hundred thousand took six seconds, for each second page had no place
 * where it came to lie, was thrown away and asked for again. */
static void
test_each_page_once(void **state)
{
	struct station s;

	(void)state;
	put_many();
	station_begin(&s, 1, kept);
	fake_run(5 * NS_PER_S);
	assert_true(fake_logged("waiting=300"));
	assert_int_equal(clerk_pages(), 3);
	station_end(&s);
}

/* A stale number is not called after a restart either, and one that waits keeps
 * its place. */
static void
test_replaced_after_a_restart(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, kept);
	client_ask(s.client, "{'op':'pause'}");
	say(&s, "number 7", ",'key':'ticket'");
	say(&s, "other", NULL);
	cut(&s, NS_PER_S, kept);
	client_ask(s.client, "{'op':'pause'}");
	fake_settle();
	r = say(&s, "number 8", ",'replaces':'ticket','key':'ticket-8'");
	assert_int_equal(json_number(r, "replaced"), 1);
	assert_int_equal(json_number(r, "position"), 0);
	expect_outcome(&s, 1, "cancelled", "replaced by 3");
	client_ask(s.client, "{'op':'resume'}");
	expect_outcome(&s, 3, "spoken", "");
	expect_outcome(&s, 2, "spoken", "");
	station_end(&s);
}

/* Those of a request to several channels begin on one instant after a restart
 * too: the one whose channel is free waits for the other. */
static void
test_together_after_a_restart(void **state)
{
	static const char conf[] = "[ttsd]\n"
				   "durable = yes\n"
				   "[channel main]\n"
				   "[channel ward]\n"
				   "[zone all]\n"
				   "channels = main ward\n";
	struct station s;
	const json_t *e;
	int64_t sample;

	(void)state;
	station_begin(&s, 1, conf);
	say(&s, LONG, ",'channel':'ward'");
	say(&s, "both", ",'channel':'all','together':true");
	say(&s, "both", ",'channel':['main','ward'],'together':true");
	cut(&s, NS_PER_S, conf);
	expect_outcome(&s, 5, "spoken", "");
	client_close(s.events);
	s.events = client_open(STATION_CONTROL);
	client_ask(s.events, "{'op':'subscribe','since':0}");
	e = client_event_of(s.events, "started", 2);
	sample = json_number(e, "sample");
	assert_true(sample > (int64_t)speaker_samples(LONG, 24000));
	e = client_event_of(s.events, "started", 3);
	assert_int_equal(json_number(e, "sample"), sample);
	sample = json_number(client_event_of(s.events, "started", 4), "sample");
	e = client_event_of(s.events, "started", 5);
	assert_int_equal(json_number(e, "sample"), sample);
	station_end(&s);
}

/* A ledger that is lost in the midst of it: all of it comes, and once. */
static void
test_lost_while_restoring(void **state)
{
	struct station s;

	(void)state;
	put_many();
	clerk_set_delay(10 * NS_PER_MS);
	station_begin(&s, 1, kept);
	fake_run(45 * NS_PER_MS);
	clerk_set_fate(CLERK_DIES);
	fake_run(20 * NS_PER_MS);
	clerk_set_fate(CLERK_WELL);
	fake_run(5 * NS_PER_S);
	assert_int_equal(json_array_size(json_object_get(
			     client_ask(s.client, "{'op':'queue'}"), "items")),
	    300);
	assert_true(fake_logged("waiting=300"));
	station_end(&s);
}

/* Story: a disk that hung in the middle of that held up every `say` for half a
 * minute, for nothing was accepted yet whose word was late. */
static void
test_a_disk_that_hangs_while_restoring(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	put_many();
	clerk_set_delay(10 * NS_PER_MS);
	station_begin(&s, 1, kept);
	fake_run(15 * NS_PER_MS);
	clerk_set_fate(CLERK_IS_SILENT);
	assert_null(client_ask(s.client, "{'op':'say','text':'hello'}"));
	fake_run(600 * NS_PER_MS);
	r = client_reply(s.client);
	assert_true(reply_ok(r) && !is_durable(r));
	clerk_set_fate(CLERK_WELL);
	clerk_wake();
	fake_run(5 * NS_PER_S);
	assert_true(fake_logged("waiting=300"));
	assert_true(is_durable(say(&s, "again", NULL)));
	station_end(&s);
}

/* ---- receipts ----------------------------------------------------------- */

/* Told as an event, with the time at which it was seen, and kept. */
static void
test_receipts_are_kept(void **state)
{
	struct station s;
	const json_t *e;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	station_wait(&s, station_say(&s, "hello there", ""));
	assert_true(reply_ok(client_ask(s.client,
	    "{'op':'receipt','receipts':[{'id':1,'channel':'main',"
	    "'output':'live','state':'heard','time':5,'delay_ms':812,"
	    "'confidence':0.75}]}")));
	e = client_event_of(s.events, "receipt", 1);
	assert_non_null(e);
	assert_int_equal(json_number(e, "time"), 5);
	assert_int_equal(json_number(e, "delay_ms"), 812);
	assert_string_equal(json_text(e, "output"), "live");
	fake_run(NS_PER_S);
	assert_string_equal(clerk_text(1, "receipt"), "heard");
	station_end(&s);
}

/* Of a request with one that is wrong none is taken. */
static void
test_receipts_are_checked(void **state)
{
	static const char *const wrong[] = {
		"'id':0,'channel':'main','output':'live','state':'heard'",
		"'id':1,'channel':'attic','output':'live','state':'heard'",
		"'id':1,'channel':'main','output':'live','state':'felt'",
		"'id':1,'channel':'main','state':'heard'",
		"'id':1,'channel':'main','output':'live','state':'heard',"
		"'confidence':1.5",
		"'id':1,'channel':'main','state':'missed','output':'01234567"
		"0123456701234567012345670123456701234567012345670123456701'",
	};
	struct station s;
	char line[400];
	size_t i;

	(void)state;
	station_begin(&s, 1, kept);
	fake_run(NS_PER_S);
	station_listen(&s);
	station_wait(&s, station_say(&s, "hello there", ""));
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(line, sizeof(line),
		    "{'op':'receipt','receipts':[{'id':1,'channel':'main',"
		    "'output':'live','state':'sent'},{%s}]}",
		    wrong[i]);
		assert_false(reply_ok(client_ask(s.client, line)));
	}
	fake_run(NS_PER_S);
	assert_string_equal(clerk_text(1, "receipt"), "");
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_DISK(test_reply_after_the_disk),
		ON_DISK(test_replies_in_order),
		ON_DISK(test_a_disk_that_hangs),
		ON_DISK(test_a_disk_that_hangs_and_what_is_taken_back),
		ON_DISK(test_a_ledger_that_never_wakes),
		ON_DISK(test_a_ledger_that_dies),
		ON_DISK(test_a_ledger_that_cannot_be_started),
		ON_DISK(test_required_refuses),
		ON_DISK(test_a_slow_start),
		ON_DISK(test_a_ledger_that_does_not_open),
		ON_DISK(test_what_waited_waits_again),
		ON_DISK(test_on_air_is_said_again),
		ON_DISK(test_a_lost_note),
		ON_DISK(test_an_end_is_told_when_it_is_kept),
		ON_DISK(test_a_stop),
		ON_DISK(test_due_times_and_what_is_left_of_a_life),
		ON_DISK(test_a_clock_that_is_set_back),
		ON_DISK(test_too_late),
		ON_DISK(test_keys_are_known),
		ON_DISK(test_keys_said_again_are_known),
		ON_DISK(test_nobody_comes_before),
		ON_DISK(test_what_is_gone),
		ON_DISK(test_a_channel_that_is_not_kept),
		ON_DISK(test_each_page_once),
		ON_DISK(test_replaced_after_a_restart),
		ON_DISK(test_together_after_a_restart),
		ON_DISK(test_lost_while_restoring),
		ON_DISK(test_a_disk_that_hangs_while_restoring),
		ON_DISK(test_receipts_are_kept),
		ON_DISK(test_receipts_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
