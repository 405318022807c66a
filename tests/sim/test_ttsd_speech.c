/* Texts that are spoken for who asks, on no channel (docs/PROTOCOL.md). */
#include <stdio.h>

#include "common/le.h"
#include "common/sound/frame.h"
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"
#include "ttsd/speech/speech_socket.h"

#define STATION_SPEECH "/fake/speech.sock"
#define RATE 24000
#define TEXT "one two three four five"
/* Of some twenty seconds. */
#define LONG                                                             \
	"the train to the north leaves from platform nine and calls at " \
	"every place between here and the sea and the train to the "     \
	"south leaves from platform ten and calls at every place "       \
	"between here and the mountains and the train to the east "      \
	"leaves from platform eleven and calls at every place between "  \
	"here and the border and the train to the west leaves from "     \
	"platform twelve and goes round and round and comes back to "    \
	"this very platform so that nobody who takes it gets anywhere "

/* Who asks, and takes what comes. */
struct taker {
	struct stream *peer;
	char reply[1024]; /* its first line; "": not yet */
	int16_t *sound;
	size_t samples;
	size_t words;
	json_int_t last_word; /* its sample */
	char word[64];        /* its text */
	enum frame_type last; /* FRAME_END, FRAME_ERROR; 0: not yet */
	json_t *end;
};

static struct taker *
taker_open(void)
{
	struct taker *t = calloc(1, sizeof(*t));

	t->peer = peer_connect(STATION_SPEECH);
	assert_non_null(t->peer);
	fake_settle();
	return t;
}

static struct taker *
taker_ask(const char *line)
{
	struct taker *t = taker_open();
	char text[8192], *p;

	snprintf(text, sizeof(text), "%s\n", line);
	for (p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	peer_puts(t->peer, text);
	fake_settle();
	return t;
}

static struct taker *
taker_speak(const char *text, const char *more)
{
	char line[4096];

	snprintf(
	    line, sizeof(line), "{'op':'speak','text':'%s'%s}", text, more);
	return taker_ask(line);
}

static void
taker_close(struct taker *t)
{
	peer_close(t->peer);
	json_decref(t->end);
	free(t->sound);
	free(t);
}

static void
take_sound(struct taker *t, const struct frame *f)
{
	size_t i, n = f->len / 2;

	t->sound = realloc(t->sound, (t->samples + n) * sizeof(*t->sound));
	for (i = 0; i < n; i++)
		t->sound[t->samples + i] =
		    (int16_t)(f->payload[2 * i] | f->payload[2 * i + 1] << 8);
	t->samples += n;
}

static void
take_frame(struct taker *t, const struct frame *f)
{
	json_t *body;

	assert_int_equal(t->last, 0);
	if (f->type == FRAME_PCM) {
		take_sound(t, f);
		return;
	}
	body = json_loadb((const char *)f->payload, f->len, 0, NULL);
	assert_non_null(body);
	if (f->type == FRAME_MARK) {
		t->words++;
		t->last_word = json_number(body, "sample");
		/* It comes before the sound that it lies in. */
		assert_true((size_t)t->last_word >= t->samples);
		snprintf(
		    t->word, sizeof(t->word), "%s", json_text(body, "text"));
		json_decref(body);
	} else {
		t->last = f->type;
		t->end = body;
	}
}

/* Takes the first line; false while it is not whole. */
static bool
take_reply(struct taker *t)
{
	const char *data = (const char *)peer_data(t->peer);
	const char *end = memchr(data, '\n', peer_len(t->peer));

	if (t->reply[0])
		return true;
	if (end == NULL)
		return false;
	snprintf(t->reply, sizeof(t->reply), "%.*s", (int)(end - data), data);
	peer_take(t->peer, (size_t)(end - data) + 1);
	return true;
}

/* Takes what is there. */
static void
taker_read(struct taker *t)
{
	struct frame f;
	int n;

	if (peer_len(t->peer) == 0 || !take_reply(t))
		return;
	while (peer_len(t->peer) > 0 && (n = frame_parse(peer_data(t->peer),
					     peer_len(t->peer), &f)) > 0) {
		take_frame(t, &f);
		peer_take(t->peer, (size_t)n);
		fake_settle();
	}
}

/* Takes all as it comes, for a minute and a half at most. */
static void
taker_wait(struct taker *t)
{
	int ms;

	for (ms = 0; ms < 90000 && t->last == 0; ms += 20) {
		taker_read(t);
		if (peer_ended(t->peer) && peer_len(t->peer) == 0)
			break;
		fake_run(20 * NS_PER_MS);
	}
}

static bool
has_sound(const struct taker *t, const char *text, size_t from)
{
	uint64_t n = speaker_samples(text, RATE), i;

	if (from + n > t->samples)
		return false;
	for (i = 0; i < n; i++)
		if (t->sound[from + i] != speaker_sample(text, i))
			return false;
	return true;
}

static void
assert_spoken(struct taker *t, const char *text)
{
	taker_wait(t);
	assert_int_equal(t->last, FRAME_END);
	assert_int_equal(t->samples, speaker_samples(text, RATE));
	assert_int_equal(json_number(t->end, "samples"), t->samples);
	assert_true(has_sound(t, text, 0));
	fake_settle();
	assert_true(peer_ended(t->peer));
}

static void
assert_refused(struct taker *t, const char *code)
{
	char named[80];

	fake_run(NS_PER_S);
	taker_read(t);
	snprintf(named, sizeof(named), "\"error\":\"%s\"", code);
	if (strstr(t->reply, named) == NULL)
		fail_msg("'%s' instead of %s", t->reply, named);
	assert_null(strstr(t->reply, "(null)"));
	assert_true(peer_ended(t->peer));
	taker_close(t);
}

/* How many workers of the first engine have something to do. */
static size_t
count_busy(struct station *s)
{
	const json_t *r = client_ask(s->client, "{'op':'status'}"), *w;
	size_t i, n = 0;

	json_array_foreach(json_object_get(r, "workers"), i, w) n +=
	    json_is_true(json_object_get(w, "busy"));
	return n;
}

/* ---- what comes -------------------------------------------------------- */

static void
test_a_text_is_spoken(void **state)
{
	struct station s;
	struct taker *t;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	t = taker_speak(TEXT, "");
	assert_spoken(t, TEXT);
	assert_string_equal(
	    t->reply, "{\"ok\":true,\"rate\":24000,\"channels\":1}");
	assert_int_equal(t->words, 5);
	assert_string_equal(t->word, "five");
	taker_close(t);
	station_end(&s);
}

/* Not paced: what an engine makes in a second is there in a second. */
static void
test_it_is_as_fast_as_its_engine(void **state)
{
	struct station s;
	struct taker *t;
	int i;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	speakers_speed(1600);
	t = taker_speak(LONG, "");
	for (i = 0; i < 50; i++) {
		fake_run(20 * NS_PER_MS);
		taker_read(t);
	}
	assert_true(t->samples > 14 * RATE);
	assert_spoken(t, LONG);
	taker_close(t);
	station_end(&s);
}

/* Positions are those of the whole, and pauses are sound. */
static void
test_parts(void **state)
{
	size_t pause = RATE / 2, first = speaker_samples("one two", RATE);
	struct station s;
	struct taker *t;
	size_t i;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	t = taker_ask("{'op':'speak','parts':[{'text':'one two'},"
		      "{'pause_ms':500},{'text':'three'}]}");
	taker_wait(t);
	assert_int_equal(t->last, FRAME_END);
	assert_int_equal(
	    t->samples, first + pause + speaker_samples("three", RATE));
	assert_true(has_sound(t, "one two", 0));
	for (i = 0; i < pause; i++)
		assert_int_equal(t->sound[first + i], 0);
	assert_true(has_sound(t, "three", first + pause));
	assert_int_equal(t->last_word, first + pause);
	taker_close(t);
	station_end(&s);
}

static void
test_a_voice_is_waited_for(void **state)
{
	struct station s;
	struct taker *t, *u;

	(void)state;
	fake_begin(1);
	speakers_begin();
	speakers_warm_up(NS_PER_S);
	assert_int_equal(station_start(&s, "[channel main]\n"), 256);
	s.client = client_open(STATION_CONTROL);
	t = taker_speak(TEXT, ",'voice':'de'");
	u = taker_speak(TEXT, ",'voice':'xx'");
	assert_int_equal(peer_len(t->peer), 0);
	assert_spoken(t, TEXT);
	assert_refused(u, "unknown-voice");
	taker_close(t);
	station_end(&s);
}

/* ---- what is on air goes before ----------------------------------------- */

/* Says something, with its only engine at work for a taker; returns how long
 * it takes until it is on air, in samples. */
static uint64_t
time_to_air(struct station *s)
{
	uint64_t asked = channel_position(s->ttsd.channels[0], clock_now_ns());
	const json_t *end = station_wait(s, station_say(s, "hear me", NULL));

	assert_string_equal(json_text(end, "outcome"), "spoken");
	return (uint64_t)json_number(end, "first_sample") - asked;
}

/* One worker is left to announcements, however many ask. */
static void
test_a_worker_is_left(void **state)
{
	static const char conf[] = "[ttsd]\nworkers = 3\nworkers_max = 3\n";
	struct taker *takers[6];
	struct station s;
	struct ear *e;
	size_t i, jobs;
	uint64_t before;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	speakers_speed(100);
	e = ear_open(s.ttsd.channels[0], true);
	fake_run(100 * NS_PER_MS);
	before = time_to_air(&s);
	jobs = speakers_jobs();
	for (i = 0; i < COUNT_OF(takers); i++)
		takers[i] = taker_speak(TEXT, "");
	fake_run(100 * NS_PER_MS);
	assert_int_equal(count_busy(&s), 2);
	assert_int_equal(time_to_air(&s), before);
	for (i = 0; i < COUNT_OF(takers); i++) {
		assert_spoken(takers[i], TEXT);
		taker_close(takers[i]);
	}
	/* Nobody had to begin again. */
	assert_int_equal(speakers_jobs() - jobs, COUNT_OF(takers) + 1);
	ear_close(e);
	station_end(&s);
}

/* Where there is but one worker, what is on air takes it away, and what was
 * spoken goes on afterwards at its sample. */
static void
test_the_only_worker_is_given_up(void **state)
{
	static const char conf[] = "[ttsd]\nworkers = 1\nworkers_max = 1\n";
	struct taker *t, *u;
	struct station s;
	uint64_t before;
	struct ear *e;

	(void)state;
	station_begin(&s, 1, conf);
	station_listen(&s);
	speakers_speed(200);
	e = ear_open(s.ttsd.channels[0], true);
	fake_run(100 * NS_PER_MS);
	before = time_to_air(&s);
	t = taker_speak(LONG, "");
	u = taker_speak(TEXT, "");
	fake_run(2 * NS_PER_S);
	taker_read(t);
	assert_true(t->samples > RATE);
	assert_int_equal(u->samples, 0);
	assert_int_equal(time_to_air(&s), before);
	assert_spoken(t, LONG);
	assert_spoken(u, TEXT);
	taker_close(t);
	taker_close(u);
	ear_close(e);
	station_end(&s);
}

/* Who is never let in is told so. */
static void
test_no_worker_comes_free(void **state)
{
	static const char conf[] = "[ttsd]\nworkers = 1\nworkers_max = 1\n"
				   "[engine espeak]\ntype = espeak\n";
	struct station s;
	struct taker *t;
	struct ear *e;
	int i;

	(void)state;
	station_begin(&s, 1, conf);
	speakers_speed(100);
	e = ear_open(s.ttsd.channels[0], false);
	for (i = 0; i < 6; i++)
		station_say(&s, LONG, NULL);
	t = taker_speak(TEXT, "");
	taker_wait(t);
	assert_int_equal(t->last, FRAME_ERROR);
	assert_string_equal(json_text(t->end, "code"), "unavailable");
	assert_non_null(
	    strstr(json_text(t->end, "message"), "what is on air goes before"));
	taker_close(t);
	ear_close(e);
	station_end(&s);
}

/* ---- who takes slowly, and who goes ------------------------------------- */

/* He holds up his own job: the worker waits in its pipe, others are served,
 * and all of it comes once he takes it. */
static void
test_a_slow_taker(void **state)
{
	struct taker *slow, *quick;
	struct station s;
	uint64_t made;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	station_listen(&s);
	speakers_speed(1600);
	slow = taker_ask("{'op':'speak','text':'" LONG LONG LONG "'}");
	fake_run(20 * NS_PER_S);
	assert_int_equal(count_busy(&s), 1);
	made = peer_len(slow->peer);
	assert_true(made < 100 * 1024);
	quick = taker_speak(TEXT, "");
	assert_spoken(quick, TEXT);
	assert_string_equal(
	    json_text(station_wait(&s, station_say(&s, TEXT, NULL)), "outcome"),
	    "spoken");
	assert_spoken(slow, LONG LONG LONG);
	taker_close(slow);
	taker_close(quick);
	station_end(&s);
}

/* Who takes nothing for half a minute is not waited for any longer. */
static void
test_who_takes_nothing(void **state)
{
	struct taker *t, *mute;
	struct station s;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	speakers_speed(1600);
	mute = taker_open();
	t = taker_ask("{'op':'speak','text':'" LONG LONG LONG "'}");
	fake_run(25 * NS_PER_S);
	assert_false(peer_ended(mute->peer));
	assert_false(peer_ended(t->peer));
	fake_run(15 * NS_PER_S);
	assert_true(peer_ended(mute->peer));
	assert_true(peer_ended(t->peer));
	assert_true(fake_logged("it took nothing"));
	assert_int_equal(count_busy(&s), 0);
	taker_close(t);
	taker_close(mute);
	station_end(&s);
}

static void
test_who_goes_is_cancelled(void **state)
{
	struct taker *t, *waiting;
	struct station s;
	size_t jobs;

	(void)state;
	station_begin(&s, 1, "[ttsd]\nworkers = 1\nworkers_max = 1\n");
	speakers_speed(100);
	jobs = speakers_jobs();
	t = taker_speak(LONG, "");
	waiting = taker_speak(TEXT, "");
	fake_run(NS_PER_S);
	assert_int_equal(count_busy(&s), 1);
	taker_close(waiting);
	fake_settle();
	taker_close(t);
	fake_settle();
	assert_int_equal(count_busy(&s), 0);
	assert_int_equal(speakers_jobs() - jobs, 1);
	station_end(&s);
}

/* A pause of ten minutes at the highest rate is no memory. */
static void
test_a_long_pause(void **state)
{
	struct station s;
	struct taker *t;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	t = taker_ask("{'op':'speak','parts':[{'pause_ms':600000}],"
		      "'format':{'rate':192000,'channels':8}}");
	fake_run(NS_PER_S);
	assert_true(peer_len(t->peer) <= 64 * 1024);
	peer_set_room(t->peer, (size_t)8 * 1024 * 1024);
	fake_run(NS_PER_S);
	assert_true(peer_len(t->peer) >= (size_t)4 * 1024 * 1024);
	taker_close(t);
	station_end(&s);
}

/* ---- what breaks --------------------------------------------------------- */

/* Another worker goes on, at the sample. */
static void
test_a_lost_worker(void **state)
{
	static const enum fault faults[] = { FAULT_DIES_AT_JOB,
		FAULT_DIES_MID_SOUND, FAULT_DIES_AFTER_MARK,
		FAULT_DIES_BEFORE_END, FAULT_SILENT_MID_SOUND, FAULT_STUCK };
	struct station s;
	struct taker *t;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(faults); i++) {
		station_begin(&s, i, "[engine espeak]\ntimeout = 5s\n");
		speakers_fault(NULL, faults[i], 1);
		t = taker_speak(TEXT, "");
		assert_spoken(t, TEXT);
		assert_int_equal(t->words, 5);
		taker_close(t);
		station_end(&s);
	}
}

static void
test_lost_twice_it_has_failed(void **state)
{
	struct station s;
	struct taker *t;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	speakers_fault(NULL, FAULT_DIES_MID_SOUND, 2);
	t = taker_speak(TEXT, "");
	taker_wait(t);
	assert_int_equal(t->last, FRAME_ERROR);
	assert_non_null(strstr(json_text(t->end, "message"), "were lost"));
	assert_true(peer_ended(t->peer));
	taker_close(t);
	station_end(&s);
}

/* A fallback speaks instead of it here; on air nobody takes its word for it. */
static void
test_an_engine_fails(void **state)
{
	static const char conf[] = "[engine espeak]\ntype = espeak\n"
				   "fallback = second\n"
				   "[engine second]\ntype = espeak\n";
	struct station s;
	struct taker *t;

	(void)state;
	station_begin(&s, 1, conf);
	speakers_fault(NULL, FAULT_ERROR, 1);
	t = taker_speak(TEXT, "");
	assert_spoken(t, TEXT);
	taker_close(t);
	assert_false(engine_is_ailing(s.ttsd.engines[0]));
	speakers_fault(NULL, FAULT_ERROR_MID_SOUND, 1);
	t = taker_speak(TEXT, "");
	taker_wait(t);
	assert_int_equal(t->last, FRAME_ERROR);
	assert_string_equal(json_text(t->end, "code"), "failed");
	taker_close(t);
	station_end(&s);
}

/* ---- bounds ---------------------------------------------------------------
 */

static void
test_bounds(void **state)
{
	struct taker *takers[SPEECH_CLIENTS_MAX], *t;
	static char line[PROTO_LINE_MAX + 2];
	struct station s;
	size_t i;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	for (i = 0; i < COUNT_OF(takers); i++)
		takers[i] = taker_open();
	t = taker_open();
	assert_refused(t, "unavailable");
	for (i = 0; i < COUNT_OF(takers); i++)
		taker_close(takers[i]);
	fake_settle();
	t = taker_speak(TEXT, "");
	assert_spoken(t, TEXT);
	taker_close(t);
	/* A line without an end. */
	memset(line, 'x', sizeof(line) - 1);
	t = taker_open();
	peer_puts(t->peer, line);
	assert_refused(t, "too-long");
	/* One that comes byte by byte, and has no newline. */
	t = taker_open();
	for (i = 0; i < strlen("{\"op\":\"speak\",\"text\":\"one\"}"); i++) {
		peer_write(
		    t->peer, &"{\"op\":\"speak\",\"text\":\"one\"}"[i], 1);
		fake_settle();
	}
	peer_shut(t->peer);
	assert_spoken(t, "one");
	taker_close(t);
	station_end(&s);
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *line, *code;
	} cases[] = {
		{ "", "unknown-op" },
		{ "speak hello", "unknown-op" },
		{ "{'op':'say','text':'x'}", "unknown-op" },
		{ "{'op':'speak'}", "bad-request" },
		{ "{'op':'speak','text':' '}", "bad-request" },
		{ "{'op':'speak','text':'x','ssml':'x'}", "bad-request" },
		{ "{'op':'speak','text':'x','priority':'high'}",
		    "bad-request" },
		{ "{'op':'speak','text':'x','channel':'y'}",
		    "unknown-channel" },
		{ "{'op':'speak','text':'x','engine':'y'}", "unknown-engine" },
		{ "{'op':'speak','text':'x','format':{'rate':7999}}",
		    "bad-request" },
		{ "{'op':'speak','text':'x','format':{'codec':'mp3'}}",
		    "bad-request" },
		{ "{'op':'speak','parts':[{'clip':'none'}]}", "not-found" },
		{ "{'op':'speak',", "bad-request" },
	};
	struct station s;
	size_t i;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	for (i = 0; i < COUNT_OF(cases); i++)
		assert_refused(taker_ask(cases[i].line), cases[i].code);
	station_end(&s);
}

/* ---- the end --------------------------------------------------------------
 */

static void
test_a_stop_ends_it(void **state)
{
	struct station s;
	struct taker *t;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	speakers_speed(100);
	t = taker_speak(LONG, "");
	fake_run(NS_PER_S);
	taker_read(t);
	assert_int_equal(t->last, 0);
	fake_signal(s.ttsd.loop, LOOP_TERMINATE);
	fake_settle();
	taker_read(t);
	assert_int_equal(t->last, FRAME_ERROR);
	assert_string_equal(json_text(t->end, "message"), "ttsd is stopping");
	taker_close(t);
	station_end(&s);
}

/* It is not handed over; the successor serves anew. */
static void
test_an_upgrade(void **state)
{
	struct station s;
	struct taker *t;

	(void)state;
	station_begin(&s, 1, "[channel main]\n");
	station_listen(&s);
	speakers_speed(100);
	t = taker_speak(LONG, "");
	fake_run(NS_PER_S);
	assert_true(station_upgrade(&s, "[channel main]\n"));
	fake_settle();
	assert_true(peer_ended(t->peer));
	taker_close(t);
	assert_int_equal(count_busy(&s), 0);
	t = taker_speak(TEXT, "");
	assert_spoken(t, TEXT);
	taker_close(t);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_is_spoken),
		cmocka_unit_test(test_it_is_as_fast_as_its_engine),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_a_voice_is_waited_for),
		cmocka_unit_test(test_a_worker_is_left),
		cmocka_unit_test(test_the_only_worker_is_given_up),
		cmocka_unit_test(test_no_worker_comes_free),
		cmocka_unit_test(test_a_slow_taker),
		cmocka_unit_test(test_who_takes_nothing),
		cmocka_unit_test(test_who_goes_is_cancelled),
		cmocka_unit_test(test_a_long_pause),
		cmocka_unit_test(test_a_lost_worker),
		cmocka_unit_test(test_lost_twice_it_has_failed),
		cmocka_unit_test(test_an_engine_fails),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_a_stop_ends_it),
		cmocka_unit_test(test_an_upgrade),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
