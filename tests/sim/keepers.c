#include "tests/sim/keepers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/keeper/keeper.h"

#define SIGSEGV_NUMBER 11

struct keeper {
	struct process *process;
	struct timer *timer;
	enum keeper_fate fate;
	bool ready;
};

static struct {
	enum keeper_fate fate;
	int number;
} office;

static void
keeper_later(struct keeper *k, int64_t ns)
{
	timer_at(k->timer, clock_now_ns() + ns);
}

static void
keeper_say(struct keeper *k, const char *text)
{
	peer_puts(proc_err(k->process), text);
}

/* Ends one that is not ready. */
static void
keeper_give_up(struct keeper *k)
{
	if (k->fate == FATE_CRASHES) {
		proc_die(k->process, SIGSEGV_NUMBER);
		return;
	}
	if (k->fate == FATE_REFUSES)
		keeper_say(k, KEEPER_NO_FOLDER "\n");
	else if (k->fate == FATE_FAILS)
		keeper_say(k, KEEPER_NO_SPACE "\n");
	proc_exit(k->process,
	    k->fate == FATE_REFUSES ? KEEPER_REFUSED : KEEPER_FAILED);
}

static void
keeper_get_ready(struct keeper *k)
{
	char line[64];

	k->ready = true;
	snprintf(line, sizeof(line), KEEPER_READY "%d\n", office.number);
	peer_puts(proc_out(k->process), line);
	keeper_later(k, KEEPER_BEAT_NS);
}

static void
keeper_beat(struct keeper *k)
{
	if (k->fate == FATE_IS_LOST) {
		proc_die(k->process, SIGSEGV_NUMBER);
		return;
	}
	if (k->fate == FATE_COMPLAINS)
		keeper_say(k, "/rec/00.mp3: cannot be moved aside: denied\n");
	if (k->fate != FATE_SEES_NOTHING)
		peer_puts(proc_out(k->process), KEEPER_GROWN "\n");
	keeper_later(k, KEEPER_BEAT_NS);
}

static void
keeper_live(void *arg)
{
	struct keeper *k = arg;

	if (k->ready)
		keeper_beat(k);
	else if (k->fate == FATE_WELL || k->fate >= FATE_SEES_NOTHING)
		keeper_get_ready(k);
	else if (k->fate != FATE_HANGS)
		keeper_give_up(k);
}

static void
keeper_freed(void *self, struct process *p)
{
	struct keeper *k = self;

	(void)p;
	timer_free(k->timer);
	free(k);
}

static const struct fake_program keeper_program = { .freed = keeper_freed };

/* ---- for the test ------------------------------------------------------ */

void
keepers_begin(void)
{
	office.fate = FATE_WELL;
	office.number = 0;
}

void
keepers_fate(enum keeper_fate fate)
{
	office.fate = fate;
}

void
keepers_number(int number)
{
	office.number = number;
}

bool
keepers_are(const struct process *p)
{
	const char *const *argv = proc_argv(p);

	return argv[1] && strcmp(argv[1], KEEPER_OPTION) == 0;
}

int
keepers_spawned(struct process *p)
{
	struct keeper *k;

	if (office.fate == FATE_NO_SPAWN)
		return ERR_NO_FILES;
	if (office.fate == FATE_CANNOT_RUN) {
		proc_cannot_run(p, ERR_NOT_FOUND);
		return 0;
	}
	k = calloc(1, sizeof(*k));
	k->process = p;
	k->fate = office.fate;
	timer_new(NULL, TIMER_COARSE, keeper_live, k, &k->timer);
	proc_set_program(p, &keeper_program, k);
	keeper_later(k, KEEPER_READY_NS);
	return 0;
}

const struct process *
keepers_find(const char *part)
{
	const struct process *p = proc_next(NULL);

	while (p &&
	       !(keepers_are(p) && !proc_has_ended(p) && proc_is_told(p, part)))
		p = proc_next(p);
	return p;
}

size_t
keepers_living(void)
{
	const struct process *p = NULL;
	size_t n = 0;

	while ((p = proc_next(p)) != NULL)
		n += keepers_are(p) && !proc_has_ended(p);
	return n;
}
