/* Whose turn it is in a whole ttsd: priorities, times, keys, music. */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define LONG "a text that takes quite a while to be said by anybody at all"
#define URGENT "fire"

static struct channel *
main_channel(struct station *s)
{
	return s->ttsd.channels[0];
}

static const json_t *
expect_outcome(struct station *s, uint64_t id, const char *outcome)
{
	const json_t *end = station_wait(s, id);

	assert_string_equal(json_text(end, "outcome"), outcome);
	return end;
}

/* ---- preemption ------------------------------------------------------- */

struct preemption_case {
	struct station s;
	struct ear *ear;
	uint64_t id, urgent;
	uint64_t urgent_first; /* where the urgent one began */
};

/* Something long is on air for half a second when something urgent comes. */
static void
preempt_begin(struct preemption_case *c, const char *more)
{
	station_begin(&c->s, 1, "");
	station_listen(&c->s);
	c->ear = ear_open(main_channel(&c->s), true);
	c->id = station_say(&c->s, LONG, more);
	fake_run(500 * NS_PER_MS);
	c->urgent = station_say(&c->s, URGENT, ",'priority':'urgent'");
}

static void
preempt_end(struct preemption_case *c)
{
	ear_close(c->ear);
	station_end(&c->s);
}

static void
test_preempted_is_dropped(void **state)
{
	struct preemption_case c;
	const json_t *end;

	(void)state;
	preempt_begin(&c, ",'on_preempt':'drop'");
	end = expect_outcome(&c.s, c.id, "cancelled");
	assert_string_equal(json_text(end, "reason"), "preempted");
	end = expect_outcome(&c.s, c.urgent, "spoken");
	fake_run(5 * NS_PER_S);
	assert_int_equal(main_channel(&c.s)->playout.counters.preempted, 1);
	preempt_end(&c);
}

/* Heard whole, after the urgent one. */
static void
test_preempted_is_replayed(void **state)
{
	struct preemption_case c;
	const json_t *end;
	int64_t last;

	(void)state;
	preempt_begin(&c, ",'on_preempt':'replay'");
	last = json_number(
	    expect_outcome(&c.s, c.urgent, "spoken"), "last_sample");
	end = expect_outcome(&c.s, c.id, "spoken");
	assert_int_equal(json_number(end, "last_sample"),
	    last + (int64_t)speaker_samples(LONG, 24000));
	assert_true(ear_heard(c.ear, LONG, (uint64_t)last + 1));
	assert_int_equal(speakers_jobs(), 3);
	preempt_end(&c);
}

/* Goes on behind what the fade took away: nothing is said twice, nothing is
 * left out; but for 20 ms it comes up from silence. */
static void
test_preempted_is_resumed(void **state)
{
	struct preemption_case c;
	const json_t *end;
	uint64_t last, rest, whole = speaker_samples(LONG, 24000);

	(void)state;
	preempt_begin(&c, ",'on_preempt':'resume'");
	last = (uint64_t)json_number(
	    expect_outcome(&c.s, c.urgent, "spoken"), "last_sample");
	end = expect_outcome(&c.s, c.id, "spoken");
	rest = (uint64_t)json_number(end, "last_sample") - last;
	assert_in_range(rest, whole / 2, whole - 1);
	assert_true(abs(ear_sample(c.ear, last + 1)) <
		    abs(speaker_sample(LONG, whole - rest)) / 100 + 1);
	assert_true(ear_heard_part(
	    c.ear, LONG, whole - rest + 480, whole, last + 1 + 480));
	assert_int_equal(speakers_jobs(), 2);
	preempt_end(&c);
}

/* An announcement that had begun within its time to live, and was taken off the
 * air, expired when that time was over instead of going on. */
static void
test_preempted_does_not_expire(void **state)
{
	static const struct {
		const char *manners, *outcome;
	} cases[] = {
		{ ",'on_preempt':'replay','ttl_ms':400", "spoken" },
		{ ",'on_preempt':'resume','ttl_ms':400", "spoken" },
		{ ",'on_preempt':'drop','ttl_ms':400", "cancelled" },
		{ ",'ttl_ms':400,'repeat':3,'gap_ms':700", "spoken" },
		{ ",'on_preempt':'resume','ttl_ms':400,'repeat':3", "spoken" },
	};
	struct preemption_case c;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(cases); i++) {
		preempt_begin(&c, cases[i].manners);
		/* For longer than any of it may wait. */
		station_say(&c.s, LONG, ",'priority':'urgent'");
		expect_outcome(&c.s, c.id, cases[i].outcome);
		preempt_end(&c);
	}
}

/* Between two repetitions it has begun, too. */
static void
test_preempted_in_a_gap_does_not_expire(void **state)
{
	struct station s;
	uint64_t id, first;
	const json_t *end;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	id = station_say(&s, "a", ",'ttl_ms':300,'repeat':2,'gap_ms':2000");
	fake_run(NS_PER_S);
	station_say(&s, LONG, ",'priority':'urgent'");
	fake_run(100 * NS_PER_MS);
	first = station_say(&s, LONG, ",'priority':'urgent'");
	expect_outcome(&s, first, "spoken");
	end = expect_outcome(&s, id, "spoken");
	assert_int_equal(json_number(end, "last_sample") + 1 -
			     json_number(end, "first_sample"),
	    2 * speaker_samples("a", 24000) + 2 * 24000);
	station_end(&s);
}

/* One that was to be said again from its start, and was not, was told as if
 * nothing of it had been heard. */
static void
test_preempted_keeps_what_went_out(void **state)
{
	struct preemption_case c;
	const json_t *end;
	uint64_t first, last;

	(void)state;
	preempt_begin(&c, ",'on_preempt':'replay'");
	fake_run(100 * NS_PER_MS);
	client_ask(c.s.client, "{'op':'cancel','id':%d}", (int)c.id);
	end = expect_outcome(&c.s, c.id, "cancelled");
	first = (uint64_t)json_number(end, "first_sample");
	last = (uint64_t)json_number(end, "last_sample");
	assert_in_range(
	    last - first + 1, 480 + 1, speaker_samples(LONG, 24000));
	/* Its end fades under the urgent one. */
	assert_true(
	    ear_heard_part(c.ear, LONG, 0, last + 1 - first - 480, first));
	expect_outcome(&c.s, c.urgent, "spoken");
	preempt_end(&c);
}

/* Urgent announcements wait for each other. */
static void
test_urgent_does_not_preempt_urgent(void **state)
{
	struct station s;
	uint64_t first, second;
	int64_t last;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	first = station_say(&s, LONG, ",'priority':'urgent'");
	fake_run(300 * NS_PER_MS);
	second = station_say(&s, URGENT, ",'priority':'urgent'");
	last = json_number(expect_outcome(&s, first, "spoken"), "last_sample");
	assert_int_equal(
	    json_number(expect_outcome(&s, second, "spoken"), "first_sample"),
	    last + 1);
	station_end(&s);
}

static void
test_higher_goes_first(void **state)
{
	static const char *const order[] = { ",'priority':'background'", "",
		",'priority':'high'" };
	struct station s;
	uint64_t ids[3];
	int64_t at[3];
	size_t i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	station_say(&s, LONG, ",'priority':'high'");
	fake_run(100 * NS_PER_MS);
	for (i = 0; i < 3; i++)
		ids[i] = station_say(&s, "my turn", order[i]);
	for (i = 3; i-- > 0;)
		at[i] = json_number(
		    expect_outcome(&s, ids[i], "spoken"), "first_sample");
	assert_true(at[2] < at[1] && at[1] < at[0]);
	station_end(&s);
}

/* ---- times ------------------------------------------------------------ */

static void
test_waits_too_long(void **state)
{
	struct station s;
	struct ear *e;
	uint64_t id;
	const json_t *end;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = ear_open(main_channel(&s), false);
	station_say(&s, LONG, NULL);
	id = station_say(&s, "too late", ",'ttl_ms':1000");
	end = expect_outcome(&s, id, "expired");
	assert_in_range(json_number(end, "sample"), 24000 - 240, 24000 + 240);
	/* With nobody listening, it expires all the same. */
	ear_close(e);
	fake_run(10 * NS_PER_S);
	client_ask(s.client, "{'op':'pause'}");
	id = station_say(&s, "too late", ",'ttl_ms':5000");
	expect_outcome(&s, id, "expired");
	station_end(&s);
}

/* Asleep, with nobody there, the channel wakes for what is due. */
static void
test_delay_and_at(void **state)
{
	struct station s;
	uint64_t delayed, timed;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	delayed = station_say(&s, "later", ",'delay_ms':60000");
	timed = station_say(&s, "still later", ",'at':'2026-01-01T00:02:00Z'");
	assert_in_range(
	    json_number(expect_outcome(&s, delayed, "spoken"), "first_sample"),
	    60 * 24000, 60 * 24000 + 480);
	assert_in_range(
	    json_number(expect_outcome(&s, timed, "spoken"), "first_sample"),
	    120 * 24000, 120 * 24000 + 480);
	station_end(&s);
}

static bool
queue_is_short(void *arg)
{
	const struct station *s = arg;

	return main_channel((struct station *)s)->playout.queue.count <= 1;
}

/* A machine that learnt the time after its boot said what was due at nine
 * whenever nine had been by the clock of before. */
static void
test_at_follows_the_wall_clock(void **state)
{
	static const int64_t set_s[] = { 3600, -1800, 7190, 0 };
	const json_t *end;
	struct station s;
	uint64_t timed, delayed;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(set_s); i++) {
		station_begin(&s, 1, "");
		station_listen(&s);
		timed = station_say(
		    &s, "at two", ",'at':'2026-01-01T02:00:00Z','ttl_ms':5000");
		delayed = station_say(&s, "later", ",'delay_ms':9500000");
		fake_run(10 * NS_PER_S);
		fake_set_utc(clock_utc_ms() + set_s[i] * 1000);
		assert_true(fake_run_until(
		    queue_is_short, &s, (2 * 3600 + 3600) * NS_PER_S));
		end = expect_outcome(&s, timed, "spoken");
		assert_in_range(json_number(end, "first_sample"),
		    (uint64_t)(7200 - set_s[i]) * 24000,
		    (uint64_t)(7200 - set_s[i] + 2) * 24000);
		/* What is delayed knows no time of day. */
		fake_run(3 * 3600 * NS_PER_S);
		end = expect_outcome(&s, delayed, "spoken");
		assert_in_range(json_number(end, "first_sample"), 9500 * 24000,
		    9500 * 24000 + 480);
		station_end(&s);
	}
}

/* An urgent call on a paused channel was answered as if it were on its way. */
static void
test_a_paused_channel_says_so(void **state)
{
	const json_t *reply;
	struct station s;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	client_ask(s.client, "{'op':'pause'}");
	reply =
	    client_ask(s.client, "{'op':'say','text':'x','priority':'urgent'}");
	assert_true(json_is_true(json_object_get(reply, "held")));
	client_ask(s.client, "{'op':'resume'}");
	reply = client_ask(s.client, "{'op':'say','text':'y'}");
	assert_null(json_object_get(reply, "held"));
	station_end(&s);
}

/* The words behind a pause of the channel were told on the samples that they
 * would have had without it: captions had them all at once. */
static void
test_words_behind_a_pause(void **state)
{
	struct station s;
	const json_t *e, *end;
	uint64_t id, letter = SPEAKER_LETTER_MS * 24000 / 1000;
	int64_t last = 0;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	id = station_say(&s, LONG, NULL);
	fake_run(500 * NS_PER_MS);
	client_ask(s.client, "{'op':'pause'}");
	fake_run(3 * NS_PER_S);
	client_ask(s.client, "{'op':'resume'}");
	while ((e = client_event(s.events)) == NULL ||
	       strcmp(json_text(e, "event"), "finished") != 0) {
		if (e && strcmp(json_text(e, "event"), "word") == 0)
			last = json_number(e, "sample");
		if (e == NULL)
			fake_run(100 * NS_PER_MS);
	}
	end = e;
	assert_int_equal(json_number(end, "id"), id);
	/* "all" */
	assert_int_equal(
	    last, (uint64_t)json_number(end, "last_sample") + 1 - 3 * letter);
	station_end(&s);
}

static void
test_repeat_with_a_gap(void **state)
{
	struct station s;
	struct ear *e;
	const json_t *end;
	uint64_t at, one = speaker_samples("hear hear", 24000);
	int i;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	e = ear_open(main_channel(&s), true);
	end = expect_outcome(&s,
	    station_say(&s, "hear hear", ",'repeat':3,'gap_ms':250"), "spoken");
	at = (uint64_t)json_number(end, "first_sample");
	for (i = 0; i < 3; i++, at += one + 6000) {
		assert_true(ear_heard(e, "hear hear", at));
		assert_true(ear_heard_nothing(e, at + one, at + one + 6000));
	}
	assert_int_equal(json_number(end, "last_sample"), at - 6000 - 1);
	ear_close(e);
	station_end(&s);
}

/* ---- keys and bounds -------------------------------------------------- */

static void
test_key_is_accepted_once(void **state)
{
	struct station s;
	const json_t *r;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "[ttsd]\nkey_window = 1m\n");
	station_listen(&s);
	id = station_say(&s, "only once", ",'key':'a'");
	r = client_ask(s.client, "{'op':'say','text':'only once','key':'a'}");
	assert_int_equal(json_number(r, "id"), id);
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	fake_run(61 * NS_PER_S);
	assert_int_not_equal(station_say(&s, "only once", ",'key':'a'"), id);
	station_end(&s);
}

/* Who wanted to hear once more what was spoken had to think of another key. */
static void
test_key_is_said_again(void **state)
{
	static const char again[] =
	    "{'op':'say','text':'once more','key':'a','again':true}";
	struct station s;
	const json_t *r;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "[channel main]\n[channel other]\n");
	station_listen(&s);
	/* A new key is as new as ever; while it is said it is a duplicate. */
	id = station_say(&s, "once more", ",'key':'a','again':true");
	r = client_ask(s.client, again);
	assert_int_equal(json_number(r, "id"), id);
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	expect_outcome(&s, id, "spoken");
	r = client_ask(s.client, again);
	assert_null(json_object_get(r, "duplicate"));
	assert_int_equal(json_number(r, "id"), id + 1);
	r = client_ask(s.client, again);
	assert_int_equal(json_number(r, "id"), id + 1);
	assert_true(json_is_true(json_object_get(r, "duplicate")));
	expect_outcome(&s, id + 1, "spoken");
	/* Without it the latest one is the answer. */
	r = client_ask(
	    s.client, "{'op':'say','text':'x','key':'a','again':false}");
	assert_int_equal(json_number(r, "id"), id + 1);
	assert_string_equal(json_text(r, "outcome"), "spoken");
	/* Of several channels, each by itself. */
	r = client_ask(s.client,
	    "{'op':'say','text':'x','key':'a','again':true,"
	    "'channel':['main','other']}");
	assert_true(reply_ok(r));
	assert_null(json_object_get(r, "duplicates"));
	expect_outcome(&s, id + 2, "spoken");
	expect_outcome(&s, id + 3, "spoken");
	r = client_ask(s.client, "{'op':'say','text':'x','again':true}");
	assert_string_equal(reply_error_code(r), "bad-request");
	r = client_ask(s.client, "{'op':'say','text':'x','key':'a','again':1}");
	assert_string_equal(reply_error_code(r), "bad-request");
	station_end(&s);
}

/* A call that was cancelled, had expired or had failed could not be called
 * again with its key: the retry was a "duplicate" of what nobody had heard. */
static void
test_what_was_not_spoken_withdraws_its_key(void **state)
{
	struct station s;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "[channel main]\n[channel other]\n");
	station_listen(&s);
	id = station_say(&s, LONG, ",'key':'k'");
	client_ask(s.client, "{'op':'cancel','id':%d}", (int)id);
	id = station_say(&s, LONG, ",'key':'k'");
	expect_outcome(&s, id, "spoken");
	client_ask(s.client, "{'op':'pause'}");
	id = station_say(&s, "late", ",'key':'l','ttl_ms':100");
	expect_outcome(&s, id, "expired");
	client_ask(s.client, "{'op':'resume'}");
	speakers_fault(NULL, FAULT_ERROR, 1);
	id = station_say(&s, "late", ",'key':'l'");
	expect_outcome(&s, id, "failed");
	id = station_say(&s, "late", ",'key':'l'");
	expect_outcome(&s, id, "spoken");
	/* Another channel knows nothing of it. */
	id = station_say(&s, "late", ",'key':'l','channel':'other'");
	expect_outcome(&s, id, "spoken");
	station_end(&s);
}

/* A delay longer than the window: the retry behind it was spoken once more. */
static void
test_a_delay_keeps_its_key(void **state)
{
	struct station s;
	const json_t *r;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "[ttsd]\nkey_window = 10s\n");
	station_listen(&s);
	id = station_say(&s, "later", ",'key':'k','delay_ms':30000");
	fake_run(20 * NS_PER_S);
	assert_int_equal(station_say(&s, "later", ",'key':'k'"), id);
	expect_outcome(&s, id, "spoken");
	r = client_ask(s.client, "{'op':'say','text':'later','key':'k'}");
	assert_int_equal(json_number(r, "id"), id);
	assert_string_equal(json_text(r, "outcome"), "spoken");
	fake_run(11 * NS_PER_S);
	assert_int_not_equal(station_say(&s, "later", ",'key':'k'"), id);
	station_end(&s);
}

static void
test_full_queue(void **state)
{
	struct station s;
	const json_t *r;
	int i;

	(void)state;
	station_begin(&s, 1, "[channel main]\nqueue_max = 3\n");
	client_ask(s.client, "{'op':'pause'}");
	for (i = 0; i < 3; i++)
		station_say(&s, "hello", NULL);
	r = client_ask(s.client, "{'op':'say','text':'x','key':'k'}");
	assert_string_equal(reply_error_code(r), "queue-full");
	/* What was refused has not used up its key. */
	client_ask(s.client, "{'op':'clear'}");
	r = client_ask(s.client, "{'op':'say','text':'x','key':'k'}");
	assert_true(reply_ok(r));
	assert_null(json_object_get(r, "duplicate"));
	station_end(&s);
}

/* ---- music ------------------------------------------------------------ */

static const char with_bed[] = "[ttsd]\nclips_dir = /clips\n"
			       "[channel main]\nbed = music\n";

static bool
heard_something(const struct ear *e, uint64_t from, uint64_t to)
{
	return !ear_heard_nothing(e, from, to);
}

/* The engine of the music dies: the stream goes on without music, speech is
 * spoken, and after a while the music is back. */
static void
test_bed_fails_and_comes_back(void **state)
{
	struct station s;
	struct ear *e;
	uint64_t at;

	(void)state;
	station_begin(&s, 1, with_bed);
	station_listen(&s);
	speakers_fault("clip", FAULT_DIES_MID_SOUND, 1);
	e = ear_open(main_channel(&s), true);
	fake_run(500 * NS_PER_MS);
	assert_false(ear_heard_silence(e));
	fake_run(3 * NS_PER_S);
	at = main_channel(&s)->pacer.position;
	fake_run(NS_PER_S);
	assert_true(ear_heard_nothing(e, at, at + 24000 - 480));
	assert_true(fake_logged("bed=\"music\" failed"));
	expect_outcome(&s, station_say(&s, "hello", NULL), "spoken");
	fake_run(10 * NS_PER_S);
	at = main_channel(&s)->pacer.position;
	fake_run(NS_PER_S);
	assert_true(heard_something(e, at, at + 24000 - 480));
	assert_int_equal(ear_count(e), main_channel(&s)->pacer.position);
	/* The music is taken away, and put back. */
	assert_true(reply_ok(client_ask(s.client, "{'op':'set','bed':''}")));
	fake_run(NS_PER_S);
	at = main_channel(&s)->pacer.position;
	fake_run(NS_PER_S);
	assert_true(ear_heard_nothing(e, at, at + 24000 - 480));
	assert_true(reply_ok(client_ask(
	    s.client, "{'op':'set','bed':'music','bed_volume':50}")));
	fake_run(NS_PER_S);
	assert_true(heard_something(e, at + 30000, at + 47000));
	ear_close(e);
	station_end(&s);
}

/* ---- everything off the air --------------------------------------------- */

static const char with_halls[] = "[ttsd]\n"
				 "clips_dir = /fake\n"
				 "[channel main]\n"
				 "bed = music\n"
				 "[channel hall]\n";

/* Story: a wrong alarm ran in five halls, and whoever was to end it had to know
 * the names of five channels, and was overtaken by what waited there. */
static void
test_stop_all(void **state)
{
	struct station s;
	struct ear *e;
	uint64_t id, next, at;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, with_halls);
	station_listen(&s);
	e = ear_open(main_channel(&s), true);
	fake_run(NS_PER_S);
	id = station_say(&s, LONG, ",'channel':'hall'");
	next = station_say(&s, "next", ",'channel':'hall'");
	fake_run(NS_PER_S / 2);
	r = client_ask(s.client, "{'op':'stop-all'}");
	assert_true(reply_ok(r));
	assert_int_equal(
	    json_number(json_object_get(r, "ids"), "hall"), (int64_t)id);
	assert_int_equal(json_object_size(json_object_get(r, "ids")), 1);
	assert_int_equal(json_number(json_object_get(r, "waiting"), "hall"), 1);
	assert_int_equal(json_object_size(json_object_get(r, "waiting")), 2);
	assert_string_equal(
	    json_text(expect_outcome(&s, id, "cancelled"), "reason"),
	    "stopped");
	/* The music, too, and over an upgrade. */
	fake_run(NS_PER_S);
	at = main_channel(&s)->pacer.position;
	fake_run(NS_PER_S);
	assert_true(ear_heard_nothing(e, at, at + 24000 - 480));
	ear_close(e);
	assert_true(station_upgrade(&s, with_halls));
	e = ear_open(main_channel(&s), true);
	at = main_channel(&s)->pacer.position + 480;
	fake_run(2 * NS_PER_S);
	assert_true(ear_heard_nothing(e, at, at + 24000));
	assert_null(client_event_of(s.events, "started", next));
	/* And all of it goes on. */
	assert_true(
	    reply_ok(client_ask(s.client, "{'op':'resume','all':true}")));
	expect_outcome(&s, next, "spoken");
	fake_run(10 * NS_PER_S);
	at = main_channel(&s)->pacer.position;
	fake_run(NS_PER_S);
	assert_true(heard_something(e, at + 4800, at + 20000));
	ear_close(e);
	station_end(&s);
}

/* Who may use some channels stops no others, and names what goes on. */
static void
test_stop_all_within_reach(void **state)
{
	struct station s;
	const json_t *r;

	(void)state;
	station_begin(&s, 1, with_halls);
	r = client_ask(s.client, "{'op':'stop-all','only':['hall']}");
	assert_int_equal(json_object_size(json_object_get(r, "waiting")), 1);
	assert_false(main_channel(&s)->playout.paused);
	assert_true(s.ttsd.channels[1]->playout.paused);
	r = client_ask(s.client, "{'op':'resume','all':true,'channel':'hall'}");
	assert_string_equal(reply_error_code(r), "bad-request");
	assert_false(
	    reply_ok(client_ask(s.client, "{'op':'stop-all','only':[]}")));
	station_end(&s);
}

/* With nobody there, no music is made; the engine's worker is free. */
static void
test_bed_rests(void **state)
{
	struct station s;
	struct ear *e;

	(void)state;
	station_begin(&s, 1, with_bed);
	e = ear_open(main_channel(&s), false);
	fake_run(NS_PER_S);
	assert_non_null(main_channel(&s)->playout.bed.job);
	ear_close(e);
	fake_run(NS_PER_S);
	client_ask(s.client, "{'op':'status'}");
	fake_run(NS_PER_S);
	assert_null(main_channel(&s)->playout.bed.job);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_preempted_is_dropped),
		cmocka_unit_test(test_preempted_is_replayed),
		cmocka_unit_test(test_preempted_is_resumed),
		cmocka_unit_test(test_preempted_does_not_expire),
		cmocka_unit_test(test_preempted_in_a_gap_does_not_expire),
		cmocka_unit_test(test_preempted_keeps_what_went_out),
		cmocka_unit_test(test_urgent_does_not_preempt_urgent),
		cmocka_unit_test(test_higher_goes_first),
		cmocka_unit_test(test_waits_too_long),
		cmocka_unit_test(test_delay_and_at),
		cmocka_unit_test(test_at_follows_the_wall_clock),
		cmocka_unit_test(test_a_paused_channel_says_so),
		cmocka_unit_test(test_words_behind_a_pause),
		cmocka_unit_test(test_repeat_with_a_gap),
		cmocka_unit_test(test_key_is_accepted_once),
		cmocka_unit_test(test_key_is_said_again),
		cmocka_unit_test(test_what_was_not_spoken_withdraws_its_key),
		cmocka_unit_test(test_a_delay_keeps_its_key),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_bed_fails_and_comes_back),
		cmocka_unit_test(test_bed_rests),
		cmocka_unit_test(test_stop_all),
		cmocka_unit_test(test_stop_all_within_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
