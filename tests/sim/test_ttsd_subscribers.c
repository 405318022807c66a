/* Subscribers of every kind: what one does costs itself, never the others. */
#include "common/err.h"
#include "common/sound/wav.h"
#include "tests/sim/ear.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

#define TEXT "a long text so that there is something to be heard for a while"

static const char skipping[] = "[channel main]\nlag_max = 500ms\n";
static const char dropping[] =
    "[channel main]\nlag_max = 500ms\noverflow = drop\n";

static struct channel *
main_channel(struct station *s)
{
	return s->ttsd.channels[0];
}

/* Two ears heard the same, where both heard. */
static void
expect_same(const struct ear *a, const struct ear *b)
{
	uint64_t at = ear_first(b), end = ear_first(b) + ear_count(b);

	assert_true(ear_count(b) > 0);
	for (; at < end; at++)
		if (ear_sample(a, at) != ear_sample(b, at))
			fail_msg("sample %d differs", (int)at);
}

/* Whoever comes in the midst hears the live edge from a whole sample on. */
static void
test_joins_in_the_midst(void **state)
{
	struct station s;
	struct ear *first, *second;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	first = ear_open(main_channel(&s), true);
	station_say(&s, TEXT, NULL);
	fake_run(503 * NS_PER_MS);
	second = ear_open(main_channel(&s), true);
	fake_run(NS_PER_S);
	assert_true(ear_has_header(second));
	assert_false(ear_heard_silence(second));
	expect_same(first, second);
	ear_close(first);
	ear_close(second);
	station_end(&s);
}

/* Writes of some odd bytes at a time lose nothing. */
static void
test_small_bites_lose_nothing(void **state)
{
	struct station s;
	struct ear *first, *second;

	(void)state;
	station_begin(&s, 1, "");
	first = ear_open(main_channel(&s), true);
	second = ear_open(main_channel(&s), true);
	peer_set_bite(ear_peer(second), 101);
	station_say(&s, TEXT, NULL);
	fake_run(3 * NS_PER_S);
	expect_same(first, second);
	assert_int_equal(ear_count(first), ear_count(second));
	assert_int_equal(main_channel(&s)->counters.skips, 0);
	ear_close(first);
	ear_close(second);
	station_end(&s);
}

/* The header itself may come in pieces. */
static void
test_header_in_pieces(void **state)
{
	struct station s;
	struct stream *peer;
	uint8_t header[WAV_HEADER_BYTES];

	(void)state;
	station_begin(&s, 1, "");
	peer = peer_connect(STATION_MAIN);
	peer_set_bite(peer, 10);
	fake_run(100 * NS_PER_MS);
	assert_true(peer_len(peer) > WAV_HEADER_BYTES);
	wav_header(header, 24000, 1);
	assert_memory_equal(peer_data(peer), header, sizeof(header));
	peer_close(peer);
	station_end(&s);
}

/* Who reads too slowly is moved to the live edge, by whole samples; that is
 * counted, and the others hear nothing of it. */
static void
test_lagging_is_skipped(void **state)
{
	struct station s;
	struct ear *good, *slow;
	const json_t *event;
	uint64_t heard, position;

	(void)state;
	station_begin(&s, 1, skipping);
	station_listen(&s);
	good = ear_open(main_channel(&s), true);
	slow = ear_open(main_channel(&s), true);
	fake_run(NS_PER_S);
	/* An odd number of bytes: half a sample is with the reader. */
	peer_set_room(ear_peer(slow), 4801);
	ear_attend(slow, false);
	fake_run(5 * NS_PER_S);
	heard = ear_count(slow);
	assert_true(main_channel(&s)->counters.skips > 0);
	event = client_event_of(s.events, "subscriber", 0);
	while (event && strcmp(json_text(event, "state"), "lagging") != 0)
		event = client_event_of(s.events, "subscriber", 0);
	assert_non_null(event);
	ear_attend(slow, true);
	fake_settle();
	station_say(&s, TEXT, NULL);
	fake_run(2 * NS_PER_S);
	/* From the end backwards it is the stream again. */
	position = main_channel(&s)->pacer.position;
	assert_true(ear_count(slow) > heard + 24000);
	assert_int_equal(
	    ear_sample(slow, ear_first(slow) + ear_count(slow) - 1),
	    ear_sample(good, position - 1));
	assert_int_not_equal(ear_sample(good, position - 1), 0);
	assert_int_equal(ear_first(good) + ear_count(good), position);
	/* Whoever places words on the slow one's time line knows by how much
	 * they come earlier there. */
	assert_int_equal(ear_first(slow) + ear_count(slow) +
			     main_channel(&s)->subscribers->left_out,
	    position);
	ear_close(good);
	ear_close(slow);
	station_end(&s);
}

static void
test_lagging_is_dropped(void **state)
{
	struct station s;
	struct ear *good, *slow;

	(void)state;
	station_begin(&s, 1, dropping);
	good = ear_open(main_channel(&s), true);
	slow = ear_open(main_channel(&s), true);
	fake_run(NS_PER_S);
	ear_attend(slow, false);
	fake_run(5 * NS_PER_S);
	assert_true(peer_ended(ear_peer(slow)));
	assert_int_equal(main_channel(&s)->counters.drops, 1);
	assert_int_equal(main_channel(&s)->subscriber_count, 1);
	assert_int_equal(ear_count(good), main_channel(&s)->pacer.position);
	ear_close(good);
	ear_close(slow);
	station_end(&s);
}

/* Gone, or broken, in the midst of a write. */
static void
test_gone_in_the_midst(void **state)
{
	struct station s;
	struct ear *good, *gone, *broken;

	(void)state;
	station_begin(&s, 1, "");
	station_listen(&s);
	good = ear_open(main_channel(&s), true);
	gone = ear_open(main_channel(&s), true);
	broken = ear_open(main_channel(&s), true);
	peer_set_room(ear_peer(gone), 100);
	ear_attend(gone, false);
	peer_set_room(ear_peer(broken), 100);
	ear_attend(broken, false);
	fake_run(55 * NS_PER_MS);
	ear_close(gone);
	peer_break(ear_peer(broken), ERR_IO);
	fake_run(55 * NS_PER_MS);
	assert_int_equal(main_channel(&s)->subscriber_count, 1);
	assert_int_equal(ear_count(good), main_channel(&s)->pacer.position);
	ear_close(good);
	ear_close(broken);
	station_end(&s);
}

/* A subscriber that sends nothing more may still listen: `nc -N` does so. */
static void
test_says_its_last_and_listens(void **state)
{
	struct station s;
	struct ear *e;

	(void)state;
	station_begin(&s, 1, "");
	e = ear_open(main_channel(&s), true);
	peer_puts(ear_peer(e), "GET / HTTP/1.0\r\n\r\n");
	peer_shut(ear_peer(e));
	fake_run(NS_PER_S);
	assert_int_equal(ear_count(e), main_channel(&s)->pacer.position);
	ear_close(e);
	station_end(&s);
}

static void
test_too_many(void **state)
{
	struct station s;
	struct ear *e[6];
	size_t i;

	(void)state;
	station_begin(&s, 1, "[channel main]\nsubscribers_max = 4\n");
	for (i = 0; i < COUNT_OF(e); i++)
		e[i] = ear_open(main_channel(&s), false);
	fake_run(NS_PER_S);
	for (i = 0; i < COUNT_OF(e); i++) {
		assert_int_equal(peer_ended(ear_peer(e[i])), i >= 4);
		assert_int_equal(ear_has_header(e[i]), i < 4);
	}
	assert_int_equal(main_channel(&s)->counters.refused, 2);
	for (i = 0; i < COUNT_OF(e); i++)
		ear_close(e[i]);
	/* With nobody there the channel sleeps. */
	fake_run(NS_PER_S);
	assert_int_equal(channel_next_ns(main_channel(&s)), INT64_MAX);
	station_end(&s);
}

/* ---- what listeners to events are told -------------------------------- */

/* Words come on their samples, and as long before as was asked for; whoever
 * asks for a lead hears each word once. */
static void
test_leads(void **state)
{
	struct station s;
	struct client *early;
	struct ear *e;
	const json_t *event;
	int64_t first, words = 0, last = -1;
	uint64_t id;

	(void)state;
	station_begin(&s, 1, "");
	speakers_speed(10000);
	station_listen(&s);
	e = ear_open(main_channel(&s), false);
	early = client_open(STATION_CONTROL);
	assert_true(reply_ok(client_ask(
	    early, "{'op':'subscribe','events':['word'],'lead_ms':500}")));
	id = station_say(&s, "one two three four", NULL);
	fake_run(10 * NS_PER_MS);
	/* 500 ms hold "one two three", at 40 ms a letter. */
	while ((event = client_event(early)) != NULL) {
		assert_true(json_number(event, "sample") > last);
		last = json_number(event, "sample");
		words++;
	}
	assert_int_equal(words, 3);
	first = json_number(station_wait(&s, id), "first_sample");
	event = client_event(early);
	assert_string_equal(json_text(event, "text"), "four");
	assert_int_equal(json_number(event, "sample"),
	    first + (int64_t)speaker_samples("one two three ", 24000));
	assert_null(client_event(early));
	client_close(early);
	ear_close(e);
	station_end(&s);
}

/* So many leads at once, and no more. */
static void
test_too_many_leads(void **state)
{
	struct station s;
	struct client *c[LEADS_MAX + 1];
	size_t i;

	(void)state;
	station_begin(&s, 1, "");
	for (i = 0; i < COUNT_OF(c); i++) {
		c[i] = client_open(STATION_CONTROL);
		assert_int_equal(
		    reply_ok(client_ask(
			c[i], "{'op':'subscribe','lead_ms':%d}", (int)i * 100)),
		    i < LEADS_MAX);
	}
	for (i = 0; i < COUNT_OF(c); i++)
		client_close(c[i]);
	station_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joins_in_the_midst),
		cmocka_unit_test(test_small_bites_lose_nothing),
		cmocka_unit_test(test_header_in_pieces),
		cmocka_unit_test(test_lagging_is_skipped),
		cmocka_unit_test(test_lagging_is_dropped),
		cmocka_unit_test(test_gone_in_the_midst),
		cmocka_unit_test(test_says_its_last_and_listens),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_leads),
		cmocka_unit_test(test_too_many_leads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
