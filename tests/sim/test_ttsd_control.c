/* The operations of a whole ttsd, and what becomes of it all on air. */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"
#include "ttsd/control/report.h"

#define LONG "a text that takes quite a while to be said by anybody at all"

static const char two_channels[] = "[channel main]\n"
				   "[channel side]\n"
				   "language = de\n";

static void
expect_outcome(
    struct station *s, uint64_t id, const char *outcome, const char *reason)
{
	const json_t *end = station_wait(s, id);

	assert_string_equal(json_text(end, "outcome"), outcome);
	assert_string_equal(json_text(end, "reason"), reason);
}

static void
expect_refused(struct station *s, const char *request, const char *code)
{
	const json_t *r = client_ask(s->client, "%s", request);

	assert_non_null(r);
	if (strcmp(reply_error_code(r), code) != 0)
		fail_msg("%s: %s, not %s", request, reply_error_code(r), code);
	assert_true(json_text(r, "message")[0]);
}

static const char *
channel_state(struct station *s)
{
	const json_t *r = client_ask(s->client, "{'op':'status'}");

	return json_text(
	    json_array_get(json_object_get(r, "channels"), 0), "state");
}

static size_t
queue_length(struct station *s)
{
	return json_array_size(
	    json_object_get(client_ask(s->client, "{'op':'queue'}"), "items"));
}

/* ---- say, cancel, skip, clear ----------------------------------------- */

static void
test_order_of_a_queue(void **state)
{
	struct station s;
	uint64_t ids[4];
	const json_t *end;
	int64_t last = -1;
	size_t i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	for (i = 0; i < COUNT_OF(ids); i++)
		ids[i] = station_say(&s, "next please", NULL);
	assert_int_equal(queue_length(&s), COUNT_OF(ids));
	/* Each begins on the sample after the last of the one before. */
	for (i = 0; i < COUNT_OF(ids); i++) {
		end = station_wait(&s, ids[i]);
		assert_string_equal(json_text(end, "outcome"), "spoken");
		if (i > 0)
			assert_int_equal(
			    json_number(end, "first_sample"), last + 1);
		last = json_number(end, "last_sample");
	}
	assert_int_equal(queue_length(&s), 0);
	station_end(&s);
}

/* Who had so much waiting was told to ask for one channel, and had asked for
 * one. */
static void
test_a_queue_too_large_to_tell(void **state)
{
	struct station s;
	char show[11000] = ",'show':{", *at = show + strlen(show);
	const json_t *items;
	int i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	assert_true(reply_ok(client_ask(s.client, "{'op':'pause'}")));
	for (i = 0; i < 30; i++)
		at += sprintf(at, "%s'f%02d':'%0290d'", i ? "," : "", i, i);
	*at = '}';
	for (i = 0; i < 500; i++)
		station_say(&s, "next please", show);
	expect_refused(&s, "{'op':'queue'}", "unavailable");
	assert_non_null(
	    strstr(json_text(client_ask(s.client, "{'op':'queue'}"), "message"),
		"\"limit\""));
	items = json_object_get(
	    client_ask(s.client, "{'op':'queue','limit':2}"), "items");
	assert_int_equal(json_array_size(items), 2);
	assert_int_equal(json_number(json_array_get(items, 0), "id"), 1);
	station_end(&s);
}

/* The watchdog of a service manager is fed only while ticks are on time. */
static void
test_well_while_ticks_are_on_time(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, "");
	assert_true(ttsd_report.is_well(&s.ttsd)); /* it sleeps */
	station_listen(&s);
	station_say(&s, LONG, NULL);
	fake_run(300 * NS_PER_MS);
	assert_true(ttsd_report.is_well(&s.ttsd));
	fake_stand_still(2 * NS_PER_S);
	assert_false(ttsd_report.is_well(&s.ttsd));
	fake_settle(); /* the late tick alone is no good sign */
	assert_false(ttsd_report.is_well(&s.ttsd));
	fake_run(100 * NS_PER_MS);
	assert_true(ttsd_report.is_well(&s.ttsd));
	station_end(&s);
}

static void
test_cancel_on_air_and_waiting(void **state)
{
	struct station s;
	uint64_t first, second, third;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	first = station_say(&s, LONG, NULL);
	second = station_say(&s, "second", NULL);
	third = station_say(&s, "third", NULL);
	fake_run(300 * NS_PER_MS);
	assert_string_equal(channel_state(&s), "speaking");
	r = client_ask(s.client, "{'op':'cancel','id':%d}", (int)second);
	assert_string_equal(json_text(r, "outcome"), "cancelled");
	r = client_ask(s.client, "{'op':'cancel','id':%d}", (int)first);
	assert_string_equal(json_text(r, "outcome"), "cancelled");
	expect_outcome(&s, second, "cancelled", "cancelled");
	expect_outcome(&s, third, "spoken", "");
	r = client_ask(s.client, "{'op':'cancel','id':%d}", (int)first);
	assert_string_equal(reply_error_code(r), "not-found");
	station_end(&s);
}

static void
test_skip_and_clear(void **state)
{
	struct station s;
	uint64_t first, second, third;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	first = station_say(&s, LONG, NULL);
	second = station_say(&s, LONG, NULL);
	third = station_say(&s, "third", NULL);
	fake_run(200 * NS_PER_MS);
	assert_int_equal(
	    json_number(client_ask(s.client, "{'op':'skip'}"), "id"), first);
	expect_outcome(&s, first, "cancelled", "skipped");
	fake_run(200 * NS_PER_MS);
	assert_int_equal(
	    json_number(client_ask(s.client, "{'op':'clear'}"), "cleared"), 1);
	expect_outcome(&s, third, "cancelled", "cleared");
	expect_outcome(&s, second, "spoken", "");
	/* Nothing is on air: nothing to skip, and no error. */
	assert_true(reply_ok(client_ask(s.client, "{'op':'skip'}")));
	station_end(&s);
}

/* Held in its place, and gone on with from the very next sample. */
static void
test_pause_and_resume(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end;
	uint64_t id, at;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	id = station_say(&s, LONG, NULL);
	fake_run(400 * NS_PER_MS);
	assert_true(reply_ok(client_ask(s.client, "{'op':'pause'}")));
	assert_string_equal(channel_state(&s), "paused");
	fake_run(100 * NS_PER_MS);
	at = s.ttsd.channels[0]->pacer.position;
	fake_run(5 * NS_PER_S);
	assert_true(
	    ear_heard_nothing(e, at, s.ttsd.channels[0]->pacer.position));
	assert_true(reply_ok(client_ask(s.client, "{'op':'resume'}")));
	end = station_wait(&s, id);
	assert_string_equal(json_text(end, "outcome"), "spoken");
	assert_int_equal(s.ttsd.channels[0]->playout.counters.underruns, 0);
	ear_close(e);
	station_end(&s);
}

/* ---- what is asked ---------------------------------------------------- */

static void
test_status_and_lists(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, two_channels);
	r = client_ask(s.client, "{'op':'status','tag':[1,'x']}");
	assert_int_equal(json_array_size(json_object_get(r, "channels")), 2);
	assert_int_equal(json_array_size(json_object_get(r, "tag")), 2);
	r = client_ask(s.client, "{'op':'status','channel':'side'}");
	assert_int_equal(json_array_size(json_object_get(r, "channels")), 1);
	r = client_ask(s.client, "{'op':'channels'}");
	assert_int_equal(json_array_size(json_object_get(r, "channels")), 2);
	r = client_ask(s.client, "{'op':'engines'}");
	assert_true(json_array_size(json_object_get(r, "engines")) >= 2);
	r = client_ask(s.client, "{'op':'voices'}");
	assert_true(json_array_size(json_object_get(r, "voices")) >= 2);
	r = client_ask(s.client, "{'op':'voices','engine':'clip'}");
	assert_int_equal(json_array_size(json_object_get(r, "voices")), 2);
	assert_true(reply_ok(client_ask(s.client, "{'op':'help'}")));
	station_end(&s);
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *request, *code;
	} cases[] = {
		{ "{'op':'say','text':'x','channel':'none'}",
		    "unknown-channel" },
		{ "{'op':'say','text':'x','engine':'none'}", "unknown-engine" },
		{ "{'op':'say','text':'x','voice':'none'}", "unknown-voice" },
		{ "{'op':'say','text':'x','language':'xx'}", "unknown-voice" },
		{ "{'op':'say','text':'x','chime':'none'}", "not-found" },
		{ "{'op':'say','text':''}", "bad-request" },
		{ "{'op':'say','text':'\\u0007'}", "bad-request" },
		{ "{'op':'say'}", "bad-request" },
		{ "{'op':'say','text':'x','ssml':'y'}", "bad-request" },
		{ "{'op':'say','parts':[{}]}", "bad-request" },
		{ "{'op':'say','parts':[{'text':'x','clip':'ding'}]}",
		    "bad-request" },
		{ "{'op':'say','text':'x','key':''}", "bad-request" },
		{ "{'op':'say','text':'x','at':'noon'}", "bad-request" },
		{ "{'op':'say','text':'x','at':'2025-01-01T00:00:00Z'}",
		    "bad-request" },
		{ "{'op':'say','text':'x','at':'2029-01-01T00:00:00Z'}",
		    "bad-request" },
		{ "{'op':'say','text':'x','delay_ms':1,'at':'x'}",
		    "bad-request" },
		{ "{'op':'say','text':'x','repeat':21}", "bad-request" },
		{ "{'op':'cancel'}", "bad-request" },
		{ "{'op':'cancel','id':77}", "not-found" },
		{ "{'op':'skip','channel':'none'}", "unknown-channel" },
		{ "{'op':'queue','channel':'none'}", "unknown-channel" },
		{ "{'op':'status','channel':'none'}", "unknown-channel" },
		{ "{'op':'set','channel':'none'}", "unknown-channel" },
		{ "{'op':'set','voice':'none'}", "unknown-voice" },
		{ "{'op':'set','bed':'none'}", "not-found" },
		{ "{'op':'voices','engine':'none'}", "unknown-engine" },
		{ "{'op':'subscribe','channel':'none'}", "unknown-channel" },
		{ "{'op':'subscribe','events':['none']}", "bad-request" },
		{ "{'op':'dance'}", "unknown-op" },
		{ "{'op'", "bad-request" },
	};
	struct station s;
	size_t i;

	(void)state;
	station_begin(&s, 1, "");
	/* After this, the names of clips are known. */
	client_ask(s.client, "{'op':'voices','engine':'clip'}");
	for (i = 0; i < COUNT_OF(cases); i++)
		expect_refused(&s, cases[i].request, cases[i].code);
	assert_int_equal(speakers_jobs(), 0);
	station_end(&s);
}

static void
test_plain_requests(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	assert_string_equal(client_plain(s.client, "say hello"), "ok 1");
	assert_string_equal(client_plain(s.client, "ping"), "ok");
	assert_string_equal(client_plain(s.client, "cancel 1"), "ok cancelled");
	assert_memory_equal(
	    client_plain(s.client, "cancel 1"), "error not-found", 15);
	assert_memory_equal(client_plain(s.client, "queue"), "ok {", 4);
	assert_memory_equal(client_plain(s.client, "status"), "ok {", 4);
	assert_string_equal(client_plain(s.client, "pause"), "ok");
	assert_string_equal(client_plain(s.client, "resume"), "ok");
	assert_memory_equal(client_plain(s.client, "dance"), "error ", 6);
	assert_string_equal(client_plain(s.client, "quit"), "ok");
	assert_true(peer_ended(client_peer(s.client)));
	station_end(&s);
}

/* Asked before any worker has said which voices there are, the answer waits;
 * it is not a refusal. */
static void
test_asked_early_is_answered_late(void **state)
{
	struct station s;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_warm_up(2 * NS_PER_S);
	station_start(&s, "");
	s.client = client_open(STATION_CONTROL);
	assert_null(client_ask(
	    s.client, "{'op':'say','text':'x','voice':'none','tag':1}"));
	assert_null(client_ask(s.client, "{'op':'ping','tag':2}"));
	fake_run(5 * NS_PER_S);
	assert_string_equal(
	    reply_error_code(client_reply(s.client)), "unknown-voice");
	assert_int_equal(json_number(client_reply(s.client), "tag"), 2);
	station_end(&s);
}

/* ---- set -------------------------------------------------------------- */

static void
test_set_changes_what_follows(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	assert_true(reply_ok(client_ask(s.client,
	    "{'op':'set','voice':'German','rate':200,'pitch':40,"
	    "'volume':120}")));
	r = client_ask(s.client, "{'op':'channels'}");
	r = json_array_get(json_object_get(r, "channels"), 0);
	assert_string_equal(json_text(r, "voice"), "German");
	expect_outcome(&s, station_say(&s, "guten tag", NULL), "spoken", "");
	assert_true(reply_ok(client_ask(s.client, "{'op':'set','voice':''}")));
	expect_outcome(&s, station_say(&s, "good day", NULL), "spoken", "");
	station_end(&s);
}

/* ---- parts ------------------------------------------------------------ */

static void
test_parts_in_their_order(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end, *r;
	uint64_t at;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = ear_open(s.ttsd.channels[0], true);
	r = client_ask(s.client,
	    "{'op':'say','chime':'ding','parts':[{'text':'gate four'},"
	    "{'pause_ms':500},{'clip':'ding'},{'ssml':'<p>boarding</p>'}]}");
	for (; r == NULL; r = client_reply(s.client))
		fake_run(100 * NS_PER_MS);
	end = station_wait(&s, (uint64_t)json_number(r, "id"));
	assert_string_equal(json_text(end, "outcome"), "spoken");
	at = (uint64_t)json_number(end, "first_sample");
	assert_true(ear_heard(e, "ding", at));
	at += speaker_samples("ding", 24000);
	assert_true(ear_heard(e, "gate four", at));
	at += speaker_samples("gate four", 24000);
	assert_true(ear_heard_nothing(e, at, at + 12000));
	assert_true(ear_heard(e, "ding", at + 12000));
	at += 12000 + speaker_samples("ding", 24000);
	assert_true(ear_heard(e, "<p>boarding</p>", at));
	ear_close(e);
	station_end(&s);
}

/* ---- the signals ------------------------------------------------------ */

/* Clips and the dictionary are read again; what is said meanwhile is said. */
static void
test_reload(void **state)
{
	struct station s;
	uint64_t id;

	(void)state;
	fake_begin(1);
	speakers_begin();
	fake_file("/fake/words", "kv = kilovolt\n", false);
	station_start(&s, "[ttsd]\ndictionary = /fake/words\n");
	s.client = client_open(STATION_CONTROL);
	station_listen(&s);
	id = station_say(&s, LONG, ",'chime':'ding'");
	fake_run(100 * NS_PER_MS);
	fake_signal(s.ttsd.loop, LOOP_RELOAD);
	expect_outcome(&s, id, "spoken", "");
	/* A bad one changes nothing. */
	fake_file("/fake/words", "\xff\xff\n", false);
	fake_log_forget();
	fake_signal(s.ttsd.loop, LOOP_RELOAD);
	assert_int_equal(fake_log_count(LOG_ERROR), 1);
	/* A file that can't be read in time is not taken either, and nobody
	 * waits for it. */
	fake_file_hangs("/fake/words", true);
	fake_signal(s.ttsd.loop, LOOP_RELOAD);
	expect_outcome(&s, station_say(&s, "a kv", NULL), "spoken", "");
	fake_run(10 * NS_PER_S);
	assert_true(fake_logged("could not be read in 5 s"));
	station_end(&s);
}

/* A stop tells of everything that was accepted. */
static void
test_stop_ends_every_announcement(void **state)
{
	struct station s;
	uint64_t ids[3];
	const json_t *end;
	size_t i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	ids[0] = station_say(&s, LONG, NULL);
	ids[1] = station_say(&s, LONG, NULL);
	ids[2] = station_say(&s, LONG, ",'delay_ms':60000");
	fake_run(NS_PER_S);
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	assert_true(fake_service_is_stopping());
	for (i = 0; i < COUNT_OF(ids); i++) {
		end = client_event_of(s.events, "finished", ids[i]);
		assert_string_equal(json_text(end, "outcome"), "cancelled");
		assert_string_equal(
		    json_text(end, "reason"), "ttsd is stopping");
	}
	station_end(&s);
}

/* ---- many clients ----------------------------------------------------- */

static void
test_too_many_clients(void **state)
{
	struct station s;
	struct client *c[8];
	size_t i;

	(void)state;
	station_begin(&s, 1, "[ttsd]\nclients_max = 4\n");
	for (i = 0; i < COUNT_OF(c); i++)
		c[i] = client_open(STATION_CONTROL);
	fake_settle();
	for (i = 0; i < 3; i++)
		assert_string_equal(client_plain(c[i], "ping"), "ok");
	for (; i < COUNT_OF(c); i++)
		assert_memory_equal(
		    client_plain(c[i], "ping"), "error unavailable", 17);
	for (i = 0; i < COUNT_OF(c); i++)
		client_close(c[i]);
	fake_settle();
	assert_int_equal(server_clients(s.ttsd.server), 1);
	station_end(&s);
}

/* A subscriber that never reads is dropped; it holds nobody up. */
static void
test_client_that_never_reads(void **state)
{
	struct station s;
	struct client *deaf;
	int i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	deaf = client_open(STATION_CONTROL);
	peer_set_room(client_peer(deaf), 100);
	client_send(deaf, "{'op':'subscribe'}");
	for (i = 0; i < 4; i++)
		expect_outcome(
		    &s, station_say(&s, "hello you", NULL), "spoken", "");
	fake_run(60 * NS_PER_S);
	assert_true(peer_ended(client_peer(deaf)));
	assert_int_equal(server_clients(s.ttsd.server), 2);
	client_close(deaf);
	station_end(&s);
}

/* Reads all that waits for it; true where the last line is an error. */
static bool
reads_an_error_last(struct client *c)
{
	static const char error[] = "{\"ok\":false,\"error\":\"unavailable\"";
	struct stream *peer = client_peer(c);
	const char *data, *at;
	bool found = false;
	size_t len;

	peer_set_room(peer, 64 * 1024);
	while (fake_settle(), (len = peer_len(peer)) > 0) {
		data = (const char *)peer_data(peer);
		at = memmem(data, len, error, sizeof(error) - 1);
		found = at && memchr(at, '\n', len) == data + len - 1;
		peer_take(peer, len);
	}
	return found && peer_ended(peer);
}

/* Story: what waits for one client had a bound, what waits for all had none:
 * 300 who did not read took 1.1 GB. Those for whom most waits go first, and are
 * told when they read after all; who reads is not touched. */
static void
test_what_waits_for_all_is_bounded(void **state)
{
	enum { DEAF = 40, ASKED = 2000 };
	struct client *deaf[DEAF];
	struct station s;
	size_t i, told = 0;
	int n;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	for (i = 0; i < DEAF; i++) {
		deaf[i] = client_open(STATION_CONTROL);
		peer_set_room(client_peer(deaf[i]), 100);
		for (n = 0; n < ASKED; n++)
			client_send(deaf[i], "{'op':'help'}");
		fake_settle();
	}
	assert_in_range(server_dropped(s.ttsd.server), 1, DEAF / 2);
	assert_true(fake_logged("is disconnected: it does not read"));
	expect_outcome(&s, station_say(&s, "hello you", NULL), "spoken", "");
	for (i = 0; i < DEAF; i++) {
		told += reads_an_error_last(deaf[i]);
		client_close(deaf[i]);
	}
	assert_int_equal(told, server_dropped(s.ttsd.server));
	station_end(&s);
}

/* Answers arrive whole, a few bytes at a time, and in their order. */
static void
test_client_of_small_bites(void **state)
{
	struct station s;
	int i;

	(void)state;
	station_begin(&s, 1, "");
	peer_set_bite(client_peer(s.client), 7);
	for (i = 0; i < 20; i++)
		client_send(s.client, "{'op':'help','tag':%d}", i);
	for (i = 0; i < 20; i++)
		assert_int_equal(json_number(client_reply(s.client), "tag"), i);
	station_end(&s);
}

/* What was asked for before the client left is still done. */
static void
test_client_leaves_early(void **state)
{
	struct station s;
	struct client *c;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	c = client_open(STATION_CONTROL);
	client_send(c, "say one");
	client_close(c);
	c = client_open(STATION_CONTROL);
	client_send(c, "say two");
	peer_shut(client_peer(c));
	fake_settle();
	assert_true(peer_ended(client_peer(c)));
	client_close(c);
	expect_outcome(&s, 1, "spoken", "");
	expect_outcome(&s, 2, "spoken", "");
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order_of_a_queue),
		cmocka_unit_test(test_a_queue_too_large_to_tell),
		cmocka_unit_test(test_well_while_ticks_are_on_time),
		cmocka_unit_test(test_cancel_on_air_and_waiting),
		cmocka_unit_test(test_skip_and_clear),
		cmocka_unit_test(test_pause_and_resume),
		cmocka_unit_test(test_status_and_lists),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_plain_requests),
		cmocka_unit_test(test_asked_early_is_answered_late),
		cmocka_unit_test(test_set_changes_what_follows),
		cmocka_unit_test(test_parts_in_their_order),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_stop_ends_every_announcement),
		cmocka_unit_test(test_too_many_clients),
		cmocka_unit_test(test_client_that_never_reads),
		cmocka_unit_test(test_what_waits_for_all_is_bounded),
		cmocka_unit_test(test_client_of_small_bites),
		cmocka_unit_test(test_client_leaves_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
