/*
 * A supervisor and all that may happen to it, at random: whatever the order,
 * what desk_check() demands holds after every step, back-off is reset only by
 * health or by who asks, and in the end nothing is left. SIM_STEPS and
 * SIM_SEED choose another walk.
 */
#include "streamer-supervisor/sender/sender_internal.h"
#include "tests/sim/desk.h"
#include "tests/sim/keepers.h"
#include "tests/sim/listeners.h"
#include "tests/unit/test.h"

#define STEPS 100000
#define WALKS 50

#define KEYS                                                             \
	"backoff_initial = 200ms\nbackoff_max = 5s\nstop_timeout = 1s\n" \
	"stall_timeout = 2s\nstart_timeout = 3s\n"
#define A "[output a]\nurl = rtmp://a/live/k\n" KEYS
#define B                                                         \
	"[output b]\nurl = rtsp://b/k\nbackup_url = rtsp://c/k\n" \
	"failover_timeout = 2s\nfailback_after = 5s\n" KEYS
#define G                                                  \
	"[output g1]\nurl = rtmp://g1/live/k\ngroup = g\n" \
	"hear = yes\nprobe_url = rtmp://g1/p\n" KEYS       \
	"[output g2]\nurl = rtmp://g2/live/k\ngroup = g\n" \
	"probe_url = rtmp://g2/p\nprobe_interval = 5s\n" KEYS
#define L "[output l]\nurl = rtmp://0.0.0.0/live/k\nlisten = yes\n" KEYS
#define U "[output u]\nurl_command = /fake/ask\n" KEYS
#define H                                                 \
	"[output h]\nurl = rtmp://h/live/k\nhear = yes\n" \
	"probe_url = rtmp://h/p\n" KEYS
#define F "[output f]\nurl = /rec/%H.mp3\ncodec = mp3\n" KEYS

static const char *const confs[] = { A B G L U F, A B "bitrate = 32k\n" G U F,
	B G L F H, A G U H };
static const char *const names[] = { "a", "b", "g1", "g2", "l", "u", "f", "h",
	"x" };

/* What an ear may say. */
static const char *const heard[] = {
	"{'state':'heard','delay_ms':160,'why':''}",
	"{'state':'foreign','delay_ms':160,'why':''}",
	"{'state':'listening','delay_ms':-1,'why':'it is refused'}",
};

static const char *
any_name(struct rng *r)
{
	return names[rng_below(r, COUNT_OF(names))];
}

static void
ask_at_random(struct desk *d, struct rng *r)
{
	static const char *const ops[] = { "start", "stop", "restart",
		"start" };

	switch (rng_below(r, 12)) {
	case 0:
		desk_reload(d, confs[rng_below(r, COUNT_OF(confs))]);
		break;
	case 1:
		desk_add(d, "x", "'url':'srt://x:9?passphrase=0123456789'");
		break;
	case 2:
		desk_ask(d, "remove", any_name(r));
		break;
	default:
		desk_ask(d, ops[rng_below(r, COUNT_OF(ops))], any_name(r));
		break;
	}
}

/* Takes one step; true when back-off may start afresh by it. */
static bool
step(struct desk *d, struct rng *r)
{
	struct process *p = encoders_find("unix:");

	switch (rng_below(r, 19)) {
	case 0:
	case 1:
		ask_at_random(d, r);
		return true;
	case 2:
		desk_ttsd(d, rng_one_in(r, 2) || d->link == NULL);
		return true;
	case 3:
		encoders_play("-listen");
		return true;
	case 4:
		desk_lag(d, p ? process_pid(p) : 1);
		return false;
	case 5:
		encoders_lack(rng_one_in(r, 4) ? "rtmp" : NULL);
		encoders_missing(rng_one_in(r, 12));
		encoders_readable(!rng_one_in(r, 4));
		return false;
	case 6:
		encoders_answer(rng_one_in(r, 3) ? "KEY\n" : "rtmp://u/a/k\n",
		    rng_one_in(r, 4),
		    rng_one_in(r, 4) ? INT64_MAX : 100 * NS_PER_MS);
		return false;
	case 7:
		d->speaking = rng_one_in(r, 2);
		fake_stand_still((int64_t)rng_below(r, 1000) * NS_PER_MS);
		fake_settle();
		return true;
	case 8:
		keepers_fate(rng_one_in(r, 2)
				 ? FATE_WELL
				 : (enum keeper_fate)rng_below(r, FATE_COUNT));
		return false;
	case 9:
		listeners_fate(
		    (enum listener_fate)rng_below(r, LISTENER_FATES));
		listeners_hear(heard[rng_below(r, COUNT_OF(heard))]);
		encoders_unmoved(rng_one_in(r, 2));
		return false;
	case 10:
		/* ttsd tells the next program afresh that it is on air. */
		return desk_upgrade(d);
	default:
		fake_run((int64_t)rng_below(r, 800) * NS_PER_MS);
		return false;
	}
}

/* Back-off starts afresh where what was to blame may be gone. */
static bool
has_new_hope(void)
{
	static const char *const reasons[] = { "ttsd is on air",
		"the audio is served", "ffmpeg can do it now",
		"the player has left", "who connected was no player" };
	size_t i;

	for (i = 0; i < COUNT_OF(reasons); i++)
		if (fake_logged(reasons[i]))
			return true;
	return false;
}

/* Is the next spawn no retry, because the sender was asked to end or waits for
 * others? */
static bool
begins_afresh(const struct sender *s)
{
	return s->child.state == CHILD_STOPPING ||
	       (s->wait != WAIT_NOTHING && s->wait != WAIT_RETRY);
}

/* Back-off only grows, unless the run that has ended was a healthy one. */
static void
check_backoff(const struct sender *s, unsigned before)
{
	const struct history *h = &s->history;
	const struct history_entry *last =
	    &h->entries[(h->count + HISTORY_MAX - 1) % HISTORY_MAX];

	if (s->child.backoff.failures >= before || h->count == 0 ||
	    s->child.state != CHILD_BACKOFF || s->wait != WAIT_RETRY)
		return;
	if (s->child.backoff.failures == 1 &&
	    last->ran_ms < s->child.limits.healthy_ns / NS_PER_MS)
		fail_msg("%s waits as if it had not failed %u times before",
		    s->label, before);
}

#define SENDERS_SEEN 32

static void
walk(uint64_t seed, int steps)
{
	unsigned failures[SENDERS_SEEN];
	const struct sender *seen[SENDERS_SEEN], *s;
	struct rng r = { seed };
	struct desk d;
	size_t n, i;
	bool asked;

	desk_begin(&d, seed, confs[seed % COUNT_OF(confs)]);
	fake_shuffle(seed % 2 == 0);
	encoders_chance(seed, 30);
	while (steps-- > 0) {
		for (n = 0, s = NULL; n < SENDERS_SEEN &&
				      (s = sender_next(&d.sv.env, s)) != NULL;
		     n++) {
			seen[n] = s;
			failures[n] =
			    begins_afresh(s) ? 0 : s->child.backoff.failures;
		}
		fake_log_forget();
		asked = step(&d, &r) || has_new_hope();
		desk_check(&d);
		for (s = NULL;
		     !asked && (s = sender_next(&d.sv.env, s)) != NULL;)
			for (i = 0; i < n; i++)
				if (seen[i] == s)
					check_backoff(s, failures[i]);
	}
	desk_end(&d);
}

static void
test_walks(void **state)
{
	const char *steps = getenv("SIM_STEPS"), *seed = getenv("SIM_SEED");
	uint64_t first = seed ? strtoull(seed, NULL, 10) : 1, i;
	uint64_t walks = seed ? 1 : WALKS;

	(void)state;
	for (i = first; i < first + walks; i++) {
		/* The last one that is shown is the one that failed. */
		fprintf(stderr, "\rSIM_SEED=%llu ", (unsigned long long)i);
		walk(i, (steps ? atoi(steps) : STEPS) / WALKS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
