/*
 * A ttsd whose successor reads another configuration: channels that leave,
 * with thousands who wait; another format; what `set` said, and what the
 * configuration says anew.
 */
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define MAIN "[channel main]\nqueue_max = 10000\n"
#define WARD "[channel ward]\nqueue_max = 10000\nvoice = gmw/de\n"
#define ZONE "[zone all]\nchannels = main ward\n"

#define MANY 2000
#define LONG "a text that takes quite a while to be said by anybody at all"

/* Counts the ends that are told from now on, and those with that reason. */
static size_t
count_ends(struct station *s, const char *reason, size_t *with_reason)
{
	const json_t *e;
	size_t n = 0;

	*with_reason = 0;
	while ((e = client_event_of(s->events, "finished", 0)) != NULL) {
		*with_reason += reason && json_text(e, "reason") &&
				strstr(json_text(e, "reason"), reason) != NULL;
		n++;
	}
	return n;
}

static void
fill(struct station *s, const char *channel, size_t count)
{
	char more[80];
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(more, sizeof(more), ",'channel':'%s','key':'%s%zu'",
		    channel, channel, i);
		station_say(s, "one of many", more);
	}
}

/* Each that waits on a channel that leaves has its end, and nobody else. */
static void
test_a_channel_leaves(void **state)
{
	struct station s;
	const json_t *r;
	size_t ended, of_that;
	uint64_t last;

	(void)state;
	station_begin(&s, 1, MAIN WARD);
	fake_run(NS_PER_S);
	station_say(&s, LONG, ",'channel':'ward','repeat':9");
	fake_run(50 * NS_PER_MS);
	fill(&s, "ward", MANY);
	last = station_say(&s, LONG, ",'channel':'main','repeat':9");
	fake_copies(300 * NS_PER_MS, SIZE_MAX);
	assert_true(station_upgrade(&s, MAIN));
	fake_run(NS_PER_S);
	assert_int_equal(s.ttsd.channel_count, 1);
	/* Those that had ended before the events were asked for are not told
	 * here: the first few, and what was on air. */
	ended = count_ends(&s, "not in the configuration", &of_that);
	assert_int_equal(of_that, ended);
	assert_in_range(ended, MANY - 10, MANY + 1);
	assert_string_equal(
	    json_text(station_wait(&s, last), "outcome"), "spoken");
	r = client_ask(s.client, "{'op':'say','text':'x','channel':'ward'}");
	assert_string_equal(
	    json_text(station_reply(&s, r), "error"), "unknown-channel");
	station_end(&s);
}

/* With nothing that waits it is gone at once, and may come back. */
static void
test_it_comes_back(void **state)
{
	struct station s;
	int i;

	(void)state;
	station_begin(&s, 1, MAIN WARD ZONE);
	fake_run(NS_PER_S);
	for (i = 0; i < 3; i++) {
		assert_true(station_upgrade(&s, MAIN));
		assert_int_equal(s.ttsd.channel_count, 1);
		assert_int_equal(
		    json_array_size(json_object_get(s.ttsd.news, "removed")),
		    i == 0 ? 2 : 1);
		assert_true(station_upgrade(&s, MAIN WARD));
		assert_int_equal(s.ttsd.channel_count, 2);
		assert_string_equal(
		    json_text(station_wait(&s,
				  station_say(&s, "here", ",'channel':'ward'")),
			"outcome"),
		    "spoken");
	}
	station_end(&s);
}

/* With another rate all that waits is said, and what is on air again. */
static void
test_another_format(void **state)
{
	static const char *const formats[] = { MAIN "rate = 8000\n",
		MAIN "channels = 2\n", MAIN "frame_ms = 20\n", MAIN };
	struct station s;
	struct ear *ear;
	uint64_t on_air, last;
	size_t i, of_that;

	(void)state;
	station_begin(&s, 1, MAIN);
	fake_run(NS_PER_S);
	for (i = 0; i < COUNT_OF(formats); i++) {
		on_air = station_say(&s, "what is on air", "");
		fake_run(60 * NS_PER_MS);
		assert_int_equal(playout_state(&s.ttsd.channels[0]->playout),
		    PLAYOUT_SPEAKING);
		fill(&s, "main", 30);
		last = station_say(&s, "the last one", "");
		assert_true(station_upgrade(&s, formats[i]));
		assert_int_equal(
		    playout_waiting(&s.ttsd.channels[0]->playout), 32);
		ear = i == 1 ? NULL : ear_open(s.ttsd.channels[0], true);
		assert_string_equal(
		    json_text(station_wait(&s, on_air), "outcome"), "spoken");
		assert_string_equal(
		    json_text(station_wait(&s, last), "outcome"), "spoken");
		assert_true(ear == NULL || !ear_heard_silence(ear));
		ear_close(ear);
		count_ends(&s, NULL, &of_that);
		/* The keys are known for a while. */
		fake_run(3600 * NS_PER_S);
	}
	station_end(&s);
}

/* What stop-all has ended stays so, with another rate too. */
static void
test_it_stays_stopped(void **state)
{
#define MUSIC "[ttsd]\nclips_dir = /fake\n" MAIN "bed = music\n"
	struct station s;
	struct ear *ear;

	(void)state;
	station_begin(&s, 1, MUSIC);
	assert_true(reply_ok(client_ask(s.client, "{'op':'stop-all'}")));
	assert_true(station_upgrade(&s, MUSIC "rate = 8000\n"));
	ear = ear_open(s.ttsd.channels[0], true);
	fake_run(10 * NS_PER_S);
	assert_true(ear_count(ear) > 9 * 8000);
	assert_true(ear_heard_silence(ear));
	assert_true(
	    reply_ok(client_ask(s.client, "{'op':'resume','all':true}")));
	fake_run(10 * NS_PER_S);
	assert_false(ear_heard_silence(ear));
	ear_close(ear);
	station_end(&s);
}

static const char *
voice_of(const struct station *s, size_t i)
{
	return s->ttsd.channels[i]->defaults.speech.voice;
}

/* What was set stays, but where the configuration says anew how the channel
 * speaks. */
static void
test_what_was_set(void **state)
{
	struct station s;

	(void)state;
	station_begin(&s, 1, MAIN WARD);
	fake_run(NS_PER_S);
	assert_true(reply_ok(client_ask(
	    s.client, "{'op':'set','channel':['main','ward'],'rate':300}")));
	assert_true(station_upgrade(&s, MAIN WARD "lag_max = 1s\n"));
	assert_int_equal(s.ttsd.channels[0]->defaults.speech.rate, 300);
	assert_int_equal(s.ttsd.channels[1]->defaults.speech.rate, 300);
	assert_true(station_upgrade(&s, MAIN WARD "speech_rate = 120\n"));
	assert_int_equal(s.ttsd.channels[0]->defaults.speech.rate, 300);
	assert_int_equal(s.ttsd.channels[1]->defaults.speech.rate, 120);
	assert_string_equal(voice_of(&s, 1), "gmw/de");
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_channel_leaves),
		cmocka_unit_test(test_it_comes_back),
		cmocka_unit_test(test_another_format),
		cmocka_unit_test(test_it_stays_stopped),
		cmocka_unit_test(test_what_was_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
