/*
 * A supervisor and all that may happen to it, at random: whatever the order,
 * what desk_check() demands holds after every step, and in the end nothing is
 * left. SIM_STEPS and SIM_SEED choose another walk.
 */
#include "tests/sim/desk.h"
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
#define G                                                       \
	"[output g1]\nurl = rtmp://g1/live/k\ngroup = g\n" KEYS \
	"[output g2]\nurl = rtmp://g2/live/k\ngroup = g\n" KEYS
#define L "[output l]\nurl = rtmp://0.0.0.0/live/k\nlisten = yes\n" KEYS
#define U "[output u]\nurl_command = /fake/ask\n" KEYS

static const char *const confs[] = { A B G L U, A B "bitrate = 32k\n" G U,
	B G L, A G "probe_url = rtmp://g2/p\nprobe_interval = 5s\n" U };
static const char *const names[] = { "a", "b", "g1", "g2", "l", "u", "x" };

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

static void
step(struct desk *d, struct rng *r)
{
	struct process *p = encoders_find("unix:");

	switch (rng_below(r, 16)) {
	case 0:
	case 1:
		ask_at_random(d, r);
		break;
	case 2:
		desk_ttsd(d, rng_one_in(r, 2) || d->link == NULL);
		break;
	case 3:
		encoders_play("-listen");
		break;
	case 4:
		desk_lag(d, p ? process_pid(p) : 1);
		break;
	case 5:
		encoders_lack(rng_one_in(r, 4) ? "rtmp" : NULL);
		encoders_missing(rng_one_in(r, 12));
		encoders_readable(!rng_one_in(r, 4));
		break;
	case 6:
		encoders_answer(rng_one_in(r, 3) ? "KEY\n" : "rtmp://u/a/k\n",
		    rng_one_in(r, 4),
		    rng_one_in(r, 4) ? INT64_MAX : 100 * NS_PER_MS);
		break;
	case 7:
		d->speaking = rng_one_in(r, 2);
		fake_stand_still((int64_t)rng_below(r, 1000) * NS_PER_MS);
		fake_settle();
		break;
	default:
		fake_run((int64_t)rng_below(r, 800) * NS_PER_MS);
		break;
	}
}

static void
walk(uint64_t seed, int steps)
{
	struct rng r = { seed };
	struct desk d;

	desk_begin(&d, seed, confs[seed % COUNT_OF(confs)]);
	fake_shuffle(seed % 2 == 0);
	encoders_chance(seed, 30);
	while (steps-- > 0) {
		step(&d, &r);
		desk_check(&d);
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
