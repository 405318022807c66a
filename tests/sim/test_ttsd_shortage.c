/*
 * Memory that runs out, once, at every place where a ttsd asks for some, and
 * for a while from every place on.
 *
 * Nobody had looked at what then comes: an event lost its text or was not told
 * at all, a good request was no JSON, a voice was left out on its way to the
 * engine, and some places took NULL for what they had asked for.
 */
#include "daemon/daemon.h"
#include "tests/sim/ear.h"
#include "tests/sim/shortage.h"
#include "tests/sim/shortages.h"
#include "tests/sim/station.h"
#include "tests/unit/test.h"

static const char conf[] = "[ttsd]\n"
			   "dictionary = /fake/words\n"
			   "workers = 1\n"
			   "workers_max = 2\n"
			   "[channel main]\n"
			   "rate = 8000\n"
			   "frame_ms = 40\n"
			   "bed = music\n"
			   "[video board]\n"
			   "[message alarm]\ntext = fire\nprepare = yes\n";

/* What happens while memory is short, in a world of its own. */
struct day {
	struct station station;
	struct client *asker; /* comes and goes with its connection */
	struct client *reader;
	struct ear *ear;
	size_t finished, words; /* that the reader heard of */
	bool told;              /* somebody was told of the shortage */
};

static void
read_events(struct day *d)
{
	const json_t *e;

	while ((e = client_event(d->reader)) != NULL) {
		d->finished += strcmp(json_text(e, "event"), "finished") == 0;
		d->words += strcmp(json_text(e, "event"), "word") == 0;
	}
}

static void
pass_time(struct day *d, int64_t ns)
{
	fake_run(ns);
	read_events(d);
}

/* A connection that is answered; without one, nothing is asked. */
static bool
reach(struct day *d)
{
	if (d->asker && !peer_ended(client_peer(d->asker)))
		return true;
	client_close(d->asker);
	d->asker = client_open(STATION_CONTROL);
	fake_settle();
	return !peer_ended(client_peer(d->asker));
}

/* Answered well, or with a clear word, or cut off; and never by anything
 * else. Returns what was accepted: 1, or 0. */
static size_t
ask(struct day *d, const char *request)
{
	const json_t *reply;
	int tries;

	if (!reach(d))
		return 0;
	reply = client_ask(d->asker, "%s", request);
	for (tries = 0; reply == NULL && tries < 50; tries++) {
		pass_time(d, 100 * NS_PER_MS);
		reply = client_reply(d->asker);
	}
	if (reply_ok(reply))
		return 1;
	if (reply == NULL && !peer_ended(client_peer(d->asker)))
		fail_msg("no answer to %s", request);
	if (reply) {
		if (strcmp(reply_error_code(reply), "unavailable") != 0 ||
		    strstr(json_text(reply, "message"), "memory") == NULL)
			fail_msg("%s: %s: %s", request, reply_error_code(reply),
			    json_text(reply, "message"));
		d->told = true;
	}
	return 0;
}

static void
day_begin(struct day *d, uint64_t seed)
{
	*d = (struct day){ .told = false };
	fake_begin(seed);
	fake_file("/fake/words", "colour = color\n", false);
	speakers_begin();
	assert_int_equal(station_start(&d->station, conf), DAEMON_GO_ON);
	d->reader = client_open(STATION_CONTROL);
	client_ask(d->reader, "{'op':'subscribe','lead_ms':500}");
	d->ear = ear_open(d->station.ttsd.channels[0], false);
	pass_time(d, NS_PER_S);
	fake_log_forget();
}

#define SAY_PARTS                                            \
	"{'op':'say','key':'k','chime':'ding','parts':["     \
	"{'text':'colour A7','spell':'codes','voice':'en'}," \
	"{'pause_ms':50},{'ssml':'<speak>one</speak>'},{'clip':'ding'}]}"
#define SAY_URGENT                                                        \
	"{'op':'say','text':'now','priority':'urgent','language':'auto'," \
	"'show':{'ticket':'A7'}}"

#define SPEAK                                                      \
	"{\"op\":\"speak\",\"format\":{\"rate\":16000},"           \
	"\"parts\":[{\"text\":\"colour A7\",\"spell\":\"codes\"}," \
	"{\"pause_ms\":500},{\"text\":\"one two\"}]}\n"
/* Of that, with its frames. */
#define SPEAK_SAMPLES 16000

/* What is spoken for somebody alone comes whole, or ends with a clear word, or
 * without its last frame. */
static void
speak(struct day *d)
{
	struct stream *peer = peer_connect("/fake/speech.sock");
	const char *data;
	size_t len;
	int tries;

	peer_puts(peer, SPEAK);
	for (tries = 0; tries < 700 && !peer_ended(peer); tries++)
		pass_time(d, 100 * NS_PER_MS);
	data = (const char *)peer_data(peer);
	len = peer_len(peer);
	if (!peer_ended(peer))
		fail_msg("a text that is spoken has no end");
	if (len == 0 || memmem(data, len, "memory", 6))
		d->told = true;
	else if (memcmp(data, "{\"ok\":true", 10) != 0)
		fail_msg("speak: %.*s", (int)len, data);
	else if (memmem(data, len, "{\"samples\":", 11) == NULL)
		d->told = true;
	else
		assert_true(len > SPEAK_SAMPLES * sizeof(int16_t));
	peer_close(peer);
}

static void
day_pass(struct day *d)
{
	struct client *late;
	struct ear *ear;

	ask(d, SAY_PARTS);
	pass_time(d, 300 * NS_PER_MS);
	ask(d, SAY_URGENT);
	ask(d, "{'op':'say','text':'one two','repeat':2}");
	ask(d, "{'op':'queue','tag':7}");
	ask(d, "{'op':'status'}");
	speak(d);
	fake_signal(d->station.ttsd.loop, LOOP_RELOAD);
	pass_time(d, 2 * NS_PER_S);
	ask(d, "{'op':'set','voice':'German','rate':150,'bed':'music'}");
	ask(d, "{'op':'show','video':'board','show':{'ticket':'A8'}}");
	ask(d, "{'op':'skip'}");
	ask(d, "{'op':'clear'}");
	ask(d, "{'op':'say','text':'three','delay_ms':600000}");
	ask(d, "{'op':'clear'}");
	ask(d, "{'op':'voices'}");
	ask(d, "{'op':'channels'}");
	ask(d, "{'op':'engines'}");
	late = client_open(STATION_CONTROL);
	d->told = strstr(client_plain(late, "say four"), "memory") || d->told;
	ear = ear_open(d->station.ttsd.channels[0], false);
	speakers_fault(NULL, FAULT_DIES_MID_SOUND, 1);
	pass_time(d, 2 * NS_PER_S);
	ear_close(ear);
	client_close(late);
}

static uint64_t
outcomes(const struct ttsd *t)
{
	const uint64_t *counts = t->channels[0]->playout.counters.outcomes;
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < OUTCOME_COUNT; i++)
		sum += counts[i];
	return sum;
}

static bool
is_quiet(void *arg)
{
	const struct ttsd *t = arg;

	return outcomes(t) == t->last_id;
}

/* Memory is there again: all is well. */
static void
day_heal(struct day *d)
{
	struct ttsd *t = &d->station.ttsd;
	struct channel *ch = t->channels[0];
	uint64_t before = ear_count(d->ear);

	assert_int_equal(ask(d, "{'op':'clear'}"), 1);
	if (!fake_run_until(is_quiet, t, 60 * NS_PER_S))
		fail_msg("%d accepted, %d outcomes", (int)t->last_id,
		    (int)outcomes(t));
	assert_int_equal(ask(d, "{'op':'say','text':'again'}"), 1);
	if (!fake_run_until(is_quiet, t, 60 * NS_PER_S))
		fail_msg("the next one has no outcome");
	assert_int_equal(
	    ch->playout.counters.outcomes[OUTCOME_SPOKEN] > 0, true);
	assert_true(ear_count(d->ear) > before);
}

/* Who is still connected has heard of each end. */
static void
day_end(struct day *d)
{
	uint64_t accepted = d->station.ttsd.last_id;
	bool cut_off;

	read_events(d);
	cut_off = peer_ended(client_peer(d->reader));
	if (!cut_off)
		assert_int_equal(d->finished, accepted);
	d->told = d->told || cut_off || fake_logged("memory");
	ear_close(d->ear);
	client_close(d->asker);
	client_close(d->reader);
	station_stop(&d->station);
	fake_end();
}

/* Returns how often memory was asked for until it ended. */
static size_t
live(size_t first, size_t count)
{
	struct day d;
	size_t asked, refused;

	day_begin(&d, 1);
	shortage_begin(first, count);
	day_pass(&d);
	asked = shortage_asked();
	refused = shortage_end();
	day_heal(&d);
	day_end(&d);
	if (refused > 0 && !d.told)
		fail_msg("nobody was told of refusal %zu", first);
	return asked;
}

int
main(void)
{
	return shortages_run(live);
}
