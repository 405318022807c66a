/* Announcements of several channels that are made once. */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "the exhibition closes in ten minutes"
/* Of some twenty-five seconds. */
#define LONG                                                            \
	"the train to the north leaves from platform nine and calls "   \
	"at every place between here and the sea and the train to "     \
	"the south leaves from platform ten and calls at every place "  \
	"between here and the mountains and the train to the east "     \
	"leaves from platform eleven and calls at every place between " \
	"here and the border and the train to the west leaves from "    \
	"platform twelve and goes round and round and comes back to "   \
	"this very platform so that nobody who takes it gets anywhere " \
	"and that is a pity for it is a fine train with fine seats "    \
	"and fine windows and a dining car with fine white linen and "
#define CHANNELS 3

static const char conf[] = "[channel a]\n[channel b]\n[channel c]\n"
			   "[zone all]\nchannels = a b c\n";

struct house {
	struct station s;
	struct ear *ears[CHANNELS];
	uint64_t ids[CHANNELS];
	size_t jobs; /* before */
};

static void
house_begin(struct house *h, const char *with)
{
	size_t i;

	*h = (struct house){ .jobs = 0 };
	station_begin(&h->s, 1, with);
	station_listen(&h->s);
	for (i = 0; i < CHANNELS; i++)
		h->ears[i] = ear_open(h->s.ttsd.channels[i], true);
	fake_run(100 * NS_PER_MS);
	h->jobs = speakers_jobs();
}

static void
house_end(struct house *h)
{
	size_t i;

	for (i = 0; i < CHANNELS; i++)
		ear_close(h->ears[i]);
	station_end(&h->s);
}

static void
say_to_all(struct house *h, const char *text, const char *more)
{
	static const char *const names[] = { "a", "b", "c" };
	const json_t *r = client_ask(h->s.client,
	    "{'op':'say','text':'%s','channel':['a','b','c']%s}", text, more);
	size_t i;

	if (!reply_ok(r))
		fail_msg("say: %s", json_text(r, "message"));
	for (i = 0; i < CHANNELS; i++)
		h->ids[i] =
		    (uint64_t)json_number(json_object_get(r, "ids"), names[i]);
}

/* Where they began, and how they ended. */
struct counted {
	uint64_t first[CHANNELS];
	size_t spoken, failed, cancelled;
};

static void
take_end(const struct house *h, const json_t *e, struct counted *ends)
{
	const char *outcome = json_text(e, "outcome");
	size_t i;

	ends->spoken += strcmp(outcome, "spoken") == 0;
	ends->failed += strcmp(outcome, "failed") == 0;
	ends->cancelled += strcmp(outcome, "cancelled") == 0;
	for (i = 0; i < CHANNELS; i++)
		if ((uint64_t)json_number(e, "id") == h->ids[i])
			ends->first[i] =
			    (uint64_t)json_number(e, "first_sample");
}

/* Lets time pass, in which all end. */
static void
house_wait(struct house *h, int64_t ns, struct counted *ends)
{
	const json_t *e;

	*ends = (struct counted){ .spoken = 0 };
	fake_run(ns);
	while ((e = client_event_of(h->s.events, "finished", 0)))
		take_end(h, e, ends);
}

static size_t
jobs_done(const struct house *h)
{
	return speakers_jobs() - h->jobs;
}

static void
ask(struct house *h, const char *request)
{
	assert_true(reply_ok(client_ask(h->s.client, "%s", request)));
}

/* A hospital of a hundred rooms had every call made a hundred times, and the
 * last room heard it when the first ones had gone. */
static void
test_a_hundred_channels_one_job(void **state)
{
	char text[8192] = "", zone[4096] = "";
	struct station s;
	const json_t *e;
	size_t i, spoken = 0, jobs;

	(void)state;
	for (i = 0; i < 100; i++) {
		sprintf(text + strlen(text), "[channel r%d]\n", (int)i);
		sprintf(zone + strlen(zone), " r%d", (int)i);
	}
	sprintf(text + strlen(text), "[zone all]\nchannels =%s\n", zone);
	station_begin(&s, 1, text);
	station_listen(&s);
	jobs = speakers_jobs();
	assert_true(reply_ok(client_ask(s.client,
	    "{'op':'say','text':'" TEXT
	    "','channel':'all','repeat':2,'gap_ms':100}")));
	fake_run(10 * NS_PER_S);
	while ((e = client_event_of(s.events, "finished", 0)))
		spoken += strcmp(json_text(e, "outcome"), "spoken") == 0;
	assert_int_equal(spoken, 100);
	assert_int_equal(speakers_jobs() - jobs, 2);
	station_end(&s);
}

static void
test_all_hear_all_of_it(void **state)
{
	struct house h;
	struct counted ends;
	size_t i;

	(void)state;
	house_begin(&h, conf);
	say_to_all(&h, LONG, "");
	house_wait(&h, 40 * NS_PER_S, &ends);
	assert_int_equal(ends.spoken, CHANNELS);
	assert_int_equal(jobs_done(&h), 1);
	for (i = 0; i < CHANNELS; i++)
		assert_true(ear_heard(h.ears[i], LONG, ends.first[i]));
	house_end(&h);
}

/* Where rate, voice or text differ, each has its own. */
static void
test_what_differs_is_made_apart(void **state)
{
	struct house h;
	struct counted ends;

	(void)state;
	house_begin(&h, "[channel a]\n[channel b]\nrate = 48000\n"
			"[channel c]\nvoice = de\n");
	say_to_all(&h, TEXT, "");
	house_wait(&h, 10 * NS_PER_S, &ends);
	assert_int_equal(ends.spoken, CHANNELS);
	assert_int_equal(jobs_done(&h), 3);
	/* Two requests are two, even of the same text. */
	say_to_all(&h, TEXT, ",'voice':'en'");
	say_to_all(&h, TEXT, ",'voice':'en'");
	house_wait(&h, 10 * NS_PER_S, &ends);
	assert_int_equal(jobs_done(&h), 3 + 2 * 2);
	house_end(&h);
}

/* Whoever is cancelled takes nothing from the others, the first one either. */
static void
test_one_is_cancelled(void **state)
{
	struct house h;
	struct counted ends;
	size_t one, i;

	(void)state;
	for (one = 0; one < CHANNELS; one++) {
		house_begin(&h, conf);
		speakers_speed(150);
		say_to_all(&h, LONG, "");
		fake_run(NS_PER_S);
		assert_true(reply_ok(client_ask(
		    h.s.client, "{'op':'cancel','id':%d}", (int)h.ids[one])));
		house_wait(&h, 40 * NS_PER_S, &ends);
		assert_int_equal(ends.cancelled, 1);
		assert_int_equal(ends.spoken, CHANNELS - 1);
		assert_int_equal(jobs_done(&h), 1);
		for (i = 0; i < CHANNELS; i++)
			if (i != one)
				assert_true(
				    ear_heard(h.ears[i], LONG, ends.first[i]));
		house_end(&h);
	}
}

/* All of them at once: nobody wants the rest. */
static void
test_all_are_cancelled(void **state)
{
	struct house h;
	struct counted ends;

	(void)state;
	house_begin(&h, conf);
	speakers_speed(150);
	say_to_all(&h, LONG, "");
	fake_run(NS_PER_S);
	ask(&h, "{'op':'cancel','ids':[1,2,3]}");
	house_wait(&h, NS_PER_S, &ends);
	assert_int_equal(ends.cancelled, CHANNELS);
	house_end(&h);
}

static void
test_worker_is_lost(void **state)
{
	struct house h;
	struct counted ends;
	size_t i;

	(void)state;
	house_begin(&h, conf);
	speakers_fault(NULL, FAULT_DIES_MID_SOUND, 1);
	say_to_all(&h, LONG, "");
	house_wait(&h, 40 * NS_PER_S, &ends);
	assert_int_equal(ends.spoken, CHANNELS);
	assert_int_equal(jobs_done(&h), 2);
	for (i = 0; i < CHANNELS; i++)
		assert_true(ear_heard(h.ears[i], LONG, ends.first[i]));
	house_end(&h);
}

static void
test_engine_fails(void **state)
{
	struct house h;
	struct counted ends;

	(void)state;
	house_begin(&h, conf);
	speakers_fault(NULL, FAULT_ERROR, 1);
	say_to_all(&h, TEXT, "");
	house_wait(&h, 10 * NS_PER_S, &ends);
	assert_int_equal(ends.failed, CHANNELS);
	house_end(&h);
	house_begin(&h, conf);
	speakers_fault(NULL, FAULT_ERROR_MID_SOUND, 1);
	say_to_all(&h, TEXT, "");
	house_wait(&h, 10 * NS_PER_S, &ends);
	assert_int_equal(ends.failed, CHANNELS);
	house_end(&h);
}

/* Was the text heard in two pieces, the second from `resumed` on or a little
 * later, with nothing between them missing? The fades are left out. */
static bool
heard_rest(const struct ear *e, uint64_t first, uint64_t pause_samples)
{
	uint64_t n = speaker_samples(LONG, 24000);

	return ear_heard_part(
	    e, LONG, n - 24000, n, first + pause_samples + n - 24000);
}

/* A room that is paused falls behind; the others do not wait for it, and it has
 * the rest made for itself. */
static void
test_one_is_paused_for_long(void **state)
{
	struct house h;
	struct counted ends = { .spoken = 0 };
	uint64_t last[CHANNELS] = { 0 };
	const json_t *e;
	size_t i;

	(void)state;
	house_begin(&h, conf);
	say_to_all(&h, LONG, "");
	fake_run(2 * NS_PER_S);
	ask(&h, "{'op':'pause','channel':'b'}");
	fake_run(15 * NS_PER_S);
	assert_true(h.s.ttsd.channels[0]->playout.current->made !=
		    h.s.ttsd.channels[1]->playout.current->made);
	assert_true(h.s.ttsd.channels[0]->playout.current->made ==
		    h.s.ttsd.channels[2]->playout.current->made);
	fake_run(20 * NS_PER_S);
	ask(&h, "{'op':'resume','channel':'b'}");
	fake_run(40 * NS_PER_S);
	while ((e = client_event_of(h.s.events, "finished", 0)))
		for (i = 0; i < CHANNELS; i++)
			if ((uint64_t)json_number(e, "id") == h.ids[i]) {
				assert_string_equal(
				    json_text(e, "outcome"), "spoken");
				ends.first[i] =
				    (uint64_t)json_number(e, "first_sample");
				last[i] =
				    (uint64_t)json_number(e, "last_sample");
			}
	assert_int_equal(jobs_done(&h), 2);
	assert_true(ear_heard(h.ears[0], LONG, ends.first[0]));
	assert_true(ear_heard(h.ears[2], LONG, ends.first[2]));
	assert_true(heard_rest(h.ears[1], ends.first[1],
	    last[1] + 1 - ends.first[1] - speaker_samples(LONG, 24000)));
	assert_int_equal(h.s.ttsd.channels[0]->playout.counters.underruns, 0);
	house_end(&h);
}

/* What is said again from its start on one channel is there for the others. */
static void
test_one_is_preempted(void **state)
{
	static const char *const manners[] = { "replay", "resume", "drop" };
	struct house h;
	struct counted ends;
	char more[64];
	size_t m;

	(void)state;
	for (m = 0; m < COUNT_OF(manners); m++) {
		house_begin(&h, conf);
		snprintf(more, sizeof(more), ",'on_preempt':'%s'", manners[m]);
		say_to_all(&h, LONG, more);
		fake_run(3 * NS_PER_S);
		station_say(&h.s, TEXT, ",'channel':'a','priority':'urgent'");
		house_wait(&h, 60 * NS_PER_S, &ends);
		assert_int_equal(ends.spoken + ends.cancelled, CHANNELS + 1);
		assert_int_equal(ends.cancelled, m == 2);
		assert_true(ear_heard(h.ears[1], LONG, ends.first[1]));
		assert_true(ear_heard(h.ears[2], LONG, ends.first[2]));
		if (m == 0)
			assert_true(ear_heard(h.ears[0], LONG, ends.first[0]));
		house_end(&h);
	}
}

/* One that comes to its turn a little later finds it made, from its start. */
static void
test_one_begins_later(void **state)
{
	struct house h;
	struct counted ends;
	size_t i;

	(void)state;
	house_begin(&h, conf);
	station_say(&h.s, TEXT, ",'channel':'c','repeat':4");
	fake_run(100 * NS_PER_MS);
	h.jobs = speakers_jobs() + 3; /* repetitions that are still to come */
	say_to_all(&h, LONG, "");
	house_wait(&h, 60 * NS_PER_S, &ends);
	assert_int_equal(ends.spoken, CHANNELS + 1);
	assert_true(jobs_done(&h) <= 1);
	for (i = 0; i < CHANNELS; i++)
		assert_true(ear_heard(h.ears[i], LONG, ends.first[i]));
	house_end(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hundred_channels_one_job),
		cmocka_unit_test(test_all_hear_all_of_it),
		cmocka_unit_test(test_what_differs_is_made_apart),
		cmocka_unit_test(test_one_is_cancelled),
		cmocka_unit_test(test_all_are_cancelled),
		cmocka_unit_test(test_worker_is_lost),
		cmocka_unit_test(test_engine_fails),
		cmocka_unit_test(test_one_is_paused_for_long),
		cmocka_unit_test(test_one_is_preempted),
		cmocka_unit_test(test_one_begins_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
