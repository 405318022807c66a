/*
 * Random walks: everything that clients, subscribers, workers and the clock
 * can do to ttsd, in any order, and after each step what must hold whatever
 * was done.
 *
 * WALK_SEED=N in the environment walks with that seed alone (FAKE_LOG=1 shows
 * what the daemon logs), WALK_STEPS=N for so many steps, WALK_COUNT=N so many
 * walks.
 */
#include "tests/sim/book.h"
#include "tests/sim/station.h"
#include "tests/sim/witness.h"
#include "tests/unit/test.h"
#include "ttsd/pool/engine_internal.h"

#define WALKS 40 /* of STEPS: 100,000 together */
#define STEPS 2500
#define TAKERS 6
#define CLIENTS 4
#define WITNESSES 6
#define CHANNELS 2

static const char conf[] = "[ttsd]\n"
			   "clips_dir = /clips\n"
			   "workers = 2\n"
			   "workers_max = 3\n"
			   "clients_max = 5\n"
			   "key_window = 10s\n"
			   "[engine espeak]\n"
			   "type = espeak\n"
			   "timeout = 3s\n"
			   "fallback = second\n"
			   "[engine second]\n"
			   "type = tone\n"
			   "timeout = 3s\n"
			   "[channel main]\n"
			   "rate = 8000\n"
			   "bed = music\n"
			   "queue_max = 12\n"
			   "subscribers_max = 4\n"
			   "lag_max = 300ms\n"
			   "[channel side]\n"
			   "rate = 8000\n"
			   "queue_max = 6\n"
			   "subscribers_max = 4\n"
			   "overflow = drop\n"
			   "lag_max = 500ms\n"
			   "[zone both]\n"
			   "channels = side main\n";

struct walk {
	struct station s;
	struct rng rng;
	uint64_t seed;
	unsigned step;
	const char *doing;
	struct book *book;
	struct client *clients[CLIENTS];
	struct witness *references[CHANNELS];
	struct witness *witnesses[WITNESSES];
	bool attentive[WITNESSES];
	struct stream *takers[TAKERS]; /* of what is on no channel */
};

#define walk_fail(w, ...)                                                  \
	do {                                                               \
		fprintf(stderr, "WALK_SEED=%llu, step %u (%s): ",          \
		    (unsigned long long)(w)->seed, (w)->step, (w)->doing); \
		fail_msg(__VA_ARGS__);                                     \
	} while (0)

static void
expect(struct walk *w, const char *wrong)
{
	if (wrong)
		walk_fail(w, "%s", wrong);
}

static uint64_t
below(struct walk *w, uint64_t n)
{
	return rng_below(&w->rng, n);
}

/* As JSON. */
static const char *
any_channel(struct walk *w)
{
	static const char *const channels[] = { "'main'", "'main'", "'main'",
		"'side'", "'side'", "'both'", "['side','main']" };

	return channels[below(w, COUNT_OF(channels))];
}

/* ---- clients ---------------------------------------------------------- */

/* Picks a client and connects it; NULL when it has just been let go. */
static struct client *
any_client(struct walk *w)
{
	struct client **slot = &w->clients[below(w, CLIENTS)];

	if (*slot && peer_ended(client_peer(*slot))) {
		client_close(*slot);
		*slot = NULL;
		return NULL;
	}
	if (*slot == NULL) {
		*slot = client_open(STATION_CONTROL);
		if (rng_one_in(&w->rng, 4))
			peer_set_bite(client_peer(*slot), 1 + below(w, 200));
	}
	return *slot;
}

static void
say_something(struct walk *w)
{
	static const char *const texts[] = { "hello", "one two three",
		"a somewhat longer text to be said",
		"the train to the north leaves from platform nine and calls at "
		"every place between here and the sea" };
	static const char *const manners[] = { "", "", ",'priority':'high'",
		",'priority':'urgent'", ",'priority':'background'",
		",'ttl_ms':700", ",'delay_ms':1500", ",'repeat':3,'gap_ms':50",
		",'repeat':'until-cancelled','gap_ms':700",
		",'repeat':'until-cancelled','ttl_ms':3000", ",'chime':'ding'",
		",'key':'k'", ",'key':'l'", ",'replaces':'k'",
		",'together':true", ",'together':true",
		",'key':'k','replaces':'l'", ",'engine':'second'",
		",'voice':'de'", ",'voice':'none'" };
	static const char *const preemptions[] = { "replay", "resume", "drop" };
	struct client *c = any_client(w);

	if (c)
		client_send(c,
		    "{'op':'say','tag':'say','text':'%s','channel':%s,"
		    "'on_preempt':'%s'%s}",
		    texts[below(w, COUNT_OF(texts))], any_channel(w),
		    preemptions[below(w, COUNT_OF(preemptions))],
		    manners[below(w, COUNT_OF(manners))]);
}

static void
say_parts(struct walk *w)
{
	struct client *c = any_client(w);

	if (c)
		client_send(c,
		    "{'op':'say','tag':'say','channel':%s,'parts':["
		    "{'text':'gate'},{'pause_ms':%d},{'clip':'ding'},"
		    "{'text':'four','engine':'second'}]}",
		    any_channel(w), (int)below(w, 400));
}

static void
ask_something(struct walk *w)
{
	static const char *const ops[] = { "skip", "clear", "pause", "resume",
		"resume", "queue", "status", "set" };
	struct client *c = any_client(w);

	if (c)
		client_send(c, "{'op':'%s','channel':%s}",
		    ops[below(w, COUNT_OF(ops))], any_channel(w));
}

static void
ask_of_all(struct walk *w)
{
	static const char *const lines[] = { "{'op':'voices'}",
		"{'op':'engines'}", "{'op':'channels'}", "{'op':'help'}",
		"{'op':'voices','engine':'clip'}", "{'op':'set','bed':''}",
		"{'op':'set','bed':'music','bed_volume':40}",
		"{'op':'set','voice':'de'}", "{'op':'set','voice':''}",
		"nonsense", "{'op':", "say plainly", "ping" };
	struct client *c = any_client(w);

	if (c)
		client_send(c, "%s", lines[below(w, COUNT_OF(lines))]);
}

static void
cancel_something(struct walk *w)
{
	static const char *const requests[] = { "{'op':'cancel','id':%d}",
		"{'op':'cancel','ids':[%d,1]}",
		"{'op':'cancel','ids':{'main':%d}}" };
	struct client *c = any_client(w);
	uint64_t last = book_last(w->book), back = below(w, 8);

	if (c)
		client_send(c, requests[below(w, COUNT_OF(requests))],
		    (int)(last > back ? last - back : 1));
}

static void
subscribe(struct walk *w)
{
	struct client *c = any_client(w);

	if (c)
		client_send(c, "{'op':'subscribe','lead_ms':%d}",
		    (int)below(w, 6) * 100);
}

static void
leave(struct walk *w)
{
	struct client **slot = &w->clients[below(w, CLIENTS)];

	if (*slot == NULL)
		return;
	if (rng_one_in(&w->rng, 3)) {
		peer_shut(client_peer(*slot));
		fake_settle();
	}
	client_close(*slot);
	*slot = NULL;
}

/* Has a client read nothing for a while. */
static void
stop_reading(struct walk *w)
{
	struct client *c = any_client(w);

	if (c)
		peer_set_room(client_peer(c), below(w, 3) * 400);
}

/* ---- subscribers ------------------------------------------------------ */

static void
join_or_leave(struct walk *w)
{
	size_t i = below(w, WITNESSES), ch = i % CHANNELS;

	if (w->witnesses[i]) {
		witness_close(w->witnesses[i]);
		w->witnesses[i] = NULL;
		return;
	}
	w->witnesses[i] =
	    witness_open(w->s.ttsd.channels[ch], w->references[ch]);
	w->attentive[i] = true;
	if (rng_one_in(&w->rng, 3))
		peer_set_bite(witness_peer(w->witnesses[i]), 1 + below(w, 300));
}

static void
attend_or_not(struct walk *w)
{
	size_t i = below(w, WITNESSES);

	w->attentive[i] = !w->attentive[i];
}

static void
break_subscriber(struct walk *w)
{
	size_t i = below(w, WITNESSES);

	if (w->witnesses[i])
		peer_break(witness_peer(w->witnesses[i]), -2);
}

/* ---- workers ---------------------------------------------------------- */

static void
fault_to_come(struct walk *w)
{
	static const char *const engines[] = { NULL, "espeak", "tone", "clip" };

	speakers_fault(engines[below(w, COUNT_OF(engines))],
	    (enum fault)below(w, FAULT_COUNT), (unsigned)below(w, 3));
	speakers_speed((unsigned)(40 + below(w, 500)));
	speakers_warm_up((int64_t)below(w, 300) * NS_PER_MS);
}

static void
kill_one(struct walk *w)
{
	struct process *p = proc_next(NULL);
	uint64_t n = below(w, 6);

	while (p && n-- > 0)
		p = proc_next(p);
	if (p) {
		proc_set_stuck(p, false);
		proc_die(p, 9);
	}
}

static void
unstick(void)
{
	struct process *p;

	for (p = proc_next(NULL); p; p = proc_next(p))
		proc_set_stuck(p, false);
}

/* ---- time ------------------------------------------------------------- */

static void
wait_a_bit(struct walk *w)
{
	fake_run((int64_t)below(w, 200) * NS_PER_MS);
}

static void
wait_long(struct walk *w)
{
	fake_run((int64_t)below(w, 5000) * NS_PER_MS);
	unstick();
}

static void
stand_still(struct walk *w)
{
	fake_stand_still((int64_t)below(w, 4000) * NS_PER_MS);
}

/* Somebody has something spoken for himself, takes it, or does not, and goes.
 */
static void
speak_or_go(struct walk *w)
{
	static const char *const requests[] = {
		"{\"op\":\"speak\",\"text\":\"one two three four\"}\n",
		"{\"op\":\"speak\",\"text\":\"five\",\"engine\":\"second\"}\n",
		"{\"op\":\"speak\",\"text\":\"six\",\"voice\":\"de\"}\n",
		"{\"op\":\"speak\",\"parts\":[{\"chime\":\"ding\"},"
		"{\"pause_ms\":90000},{\"text\":\"seven\"}]}\n",
		"{\"op\":\"speak\"}\n", "{\"op\":\"spea"
	};
	struct stream **slot = &w->takers[below(w, TAKERS)];

	if (*slot == NULL) {
		*slot = peer_connect("/fake/speech.sock");
		if (rng_one_in(&w->rng, 4))
			peer_set_bite(*slot, 1 + below(w, 2000));
		peer_puts(*slot, requests[below(w, COUNT_OF(requests))]);
	} else if (peer_ended(*slot) || rng_one_in(&w->rng, 4)) {
		peer_close(*slot);
		*slot = NULL;
	} else {
		peer_take(*slot, peer_len(*slot));
	}
}

static void
hang_up(struct walk *w)
{
	(void)w;
	fake_signal(w->s.ttsd.loop, LOOP_RELOAD);
}

static const struct {
	const char *name;
	void (*act)(struct walk *w);
	unsigned weight;
} actions[] = {
	{ "time passes", wait_a_bit, 40 },
	{ "say", say_something, 20 },
	{ "say parts", say_parts, 4 },
	{ "ask", ask_something, 6 },
	{ "ask of all", ask_of_all, 4 },
	{ "cancel", cancel_something, 4 },
	{ "subscribe", subscribe, 2 },
	{ "a client leaves", leave, 2 },
	{ "a client reads no more", stop_reading, 1 },
	{ "a subscriber comes or goes", join_or_leave, 4 },
	{ "a subscriber attends, or not", attend_or_not, 3 },
	{ "a subscriber breaks", break_subscriber, 1 },
	{ "a fault is to come", fault_to_come, 4 },
	{ "a worker is killed", kill_one, 2 },
	{ "much time passes", wait_long, 1 },
	{ "the machine stands still", stand_still, 1 },
	{ "reload", hang_up, 1 },
	{ "somebody has it spoken for himself", speak_or_go, 6 },
};

static void
act(struct walk *w)
{
	unsigned whole = 0, at;
	size_t i;

	for (i = 0; i < COUNT_OF(actions); i++)
		whole += actions[i].weight;
	at = (unsigned)below(w, whole);
	for (i = 0; at >= actions[i].weight; i++)
		at -= actions[i].weight;
	w->doing = actions[i].name;
	actions[i].act(w);
	fake_settle();
}

/* ---- what must hold --------------------------------------------------- */

static void
check_said(struct walk *w, const json_t *reply)
{
	const json_t *one = json_object_get(reply, "id");
	const char *channel;
	json_t *id;

	if (one)
		expect(w,
		    book_accepted(w->book, (uint64_t)json_integer_value(one)));
	json_object_foreach(json_object_get(reply, "ids"), channel, id)
	{
		expect(w,
		    book_accepted(w->book, (uint64_t)json_integer_value(id)));
	}
}

static void
check_replies(struct walk *w)
{
	const json_t *r;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		while (
		    w->clients[i] && (r = client_reply(w->clients[i])) != NULL)
			if (reply_ok(r) && json_object_get(r, "tag"))
				check_said(w, r);
	expect(w, book_check(w->book));
}

static void
check_subscribers(struct walk *w)
{
	size_t i;

	for (i = 0; i < CHANNELS; i++)
		expect(w, witness_check(w->references[i]));
	for (i = 0; i < WITNESSES; i++)
		if (w->witnesses[i])
			expect(w, witness_check(w->witnesses[i]));
	for (i = 0; i < CHANNELS; i++)
		witness_read(w->references[i]);
	for (i = 0; i < WITNESSES; i++)
		if (w->witnesses[i] && w->attentive[i])
			witness_read(w->witnesses[i]);
}

/* The stream stands where its clock says, to the chunk. */
static void
check_clock(struct walk *w, const struct channel *ch)
{
	if (pacer_due(&ch->pacer, clock_now_ns()) > 0)
		walk_fail(
		    w, "channel %s is behind its clock", channel_name(ch));
	if (channel_next_ns(ch) <= clock_now_ns())
		walk_fail(
		    w, "channel %s has missed a deadline", channel_name(ch));
}

static void
check_queue(struct walk *w, const struct playout *p)
{
	int64_t chunk_ns = 10 * NS_PER_MS, now = clock_now_ns();
	const struct announcement *a;
	size_t n = 0, bytes = 0;

	for (a = queue_first(&p->queue); a; a = queue_after(&p->queue, a)) {
		n++;
		bytes += announcement_text_bytes(a);
		if (a == p->current)
			walk_fail(w, "what is on air waits, too");
		if (!announcement_was_on_air(a) &&
		    a->asked.expires_ns < now - chunk_ns)
			walk_fail(w, "what has expired still waits");
	}
	if (n != p->queue.count || bytes != p->queue.text_bytes)
		walk_fail(w, "the queue is counted wrong");
	if (queue_next_due_ns(&p->queue) < now - chunk_ns)
		walk_fail(w, "what is due does not wait for its turn");
}

static void
check_worker(struct walk *w, const struct engine *e, const struct worker *k)
{
	if (k->child.deadline_ns < clock_awake_ns())
		walk_fail(
		    w, "a worker of %s has missed a deadline", engine_name(e));
	if (child_alive(&k->child) != (k->process != NULL))
		walk_fail(w, "a worker of %s is %s, and its process is not",
		    engine_name(e), child_state_name(k->child.state));
	if (k->job && k->job->worker != k)
		walk_fail(w, "a job does not know its worker");
	if (k->job && k->process == NULL)
		walk_fail(w, "a job is with a worker without a process");
}

/* Returns how many processes it owns. */
static size_t
check_engine(struct walk *w, const struct engine *e)
{
	const struct worker *k;
	const struct job *job;
	size_t workers = 0, jobs = 0, processes = 0;

	for (k = e->workers; k; k = k->next) {
		check_worker(w, e, k);
		workers++;
		processes += k->process != NULL;
	}
	for (job = e->waiting.first; job; job = job->next) {
		jobs++;
		if (job->worker)
			walk_fail(w, "a job waits, and is being done");
	}
	if (workers != e->count || jobs != job_line_count(&e->waiting))
		walk_fail(w, "workers or jobs of %s are counted wrong",
		    engine_name(e));
	return processes;
}

static void
check_engines(struct walk *w)
{
	size_t i, owned = 0, there = 0;
	const struct process *p;

	for (i = 0; i < w->s.ttsd.engine_count; i++)
		owned += check_engine(w, w->s.ttsd.engines[i]);
	for (p = proc_next(NULL); p; p = proc_next(p))
		there++;
	if (owned != there)
		walk_fail(w, "%zu processes, %zu of them owned", there, owned);
}

static void
check(struct walk *w)
{
	size_t i;

	check_replies(w);
	check_subscribers(w);
	for (i = 0; i < CHANNELS; i++) {
		/* A machine that stands still has a clock that is late. */
		if (strcmp(w->doing, "the machine stands still") != 0)
			check_clock(w, w->s.ttsd.channels[i]);
		check_queue(w, &w->s.ttsd.channels[i]->playout);
	}
	check_engines(w);
}

/* ---- a walk ----------------------------------------------------------- */

static void
walk_begin(struct walk *w, uint64_t seed)
{
	size_t i;

	*w = (struct walk){ .rng = { seed }, .seed = seed, .doing = "start" };
	station_begin(&w->s, seed, conf);
	fake_shuffle(seed % 2 == 0);
	w->book = book_open();
	for (i = 0; i < CHANNELS; i++)
		w->references[i] = witness_open(w->s.ttsd.channels[i], NULL);
}

static void
walk_end(struct walk *w)
{
	size_t i;

	w->doing = "stop";
	unstick();
	speakers_fault(NULL, FAULT_NONE, 0);
	for (i = 0; i < CLIENTS; i++)
		client_close(w->clients[i]);
	for (i = 0; i < TAKERS; i++)
		peer_close(w->takers[i]);
	for (i = 0; i < WITNESSES; i++)
		witness_close(w->witnesses[i]);
	for (i = 0; i < CHANNELS; i++)
		witness_close(w->references[i]);
	station_stop(&w->s);
	expect(w, book_settle(w->book));
	book_close(w->book);
	fake_end();
}

static uint64_t
number_from(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void
walk(uint64_t seed, uint64_t steps)
{
	struct walk w;

	/* Should it crash, this is the last line. */
	fprintf(stderr, "WALK_SEED=%llu\n", (unsigned long long)seed);
	walk_begin(&w, seed);
	for (w.step = 0; w.step < steps; w.step++) {
		act(&w);
		check(&w);
	}
	walk_end(&w);
}

static void
test_walks(void **state)
{
	uint64_t seed = number_from("WALK_SEED", 1);
	uint64_t steps = number_from("WALK_STEPS", STEPS);
	uint64_t walks =
	    number_from("WALK_COUNT", getenv("WALK_SEED") ? 1 : WALKS);

	(void)state;
	for (; walks > 0; walks--, seed++)
		walk(seed, steps);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
