#include "tests/sim/scribes.h"

#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/captions/words.h"

#define SIGSEGV_NUMBER 11

struct scribe {
	struct process *process;
	struct timer *timer;
	enum scribe_fate fate;
	bool ready, asked; /* to end */
};

static struct {
	enum scribe_fate fate;
	size_t started, finished;
} scriptorium;

static void
scribe_later(struct scribe *s, int64_t ns)
{
	timer_at(s->timer, clock_now_ns() + ns);
}

static void
scribe_write(struct scribe *s)
{
	if (!s->ready)
		peer_puts(proc_out(s->process), CAPTIONS_READY "\n");
	else if (scriptorium.fate == SCRIBE_COMPLAINS)
		peer_puts(proc_err(s->process), SCRIBE_COMPLAINT "\n");
	else
		peer_puts(proc_out(s->process), CAPTIONS_WROTE "live0.vtt\n");
	s->ready = true;
	scribe_later(s, SCRIBE_BEAT_NS);
}

static void
scribe_finish(struct scribe *s)
{
	scriptorium.finished++;
	proc_exit(s->process, 0);
}

static void
scribe_live(void *arg)
{
	struct scribe *s = arg;

	if (proc_has_ended(s->process))
		return;
	if (s->asked && s->fate == SCRIBE_FINISHES)
		scribe_finish(s);
	else if (s->fate == SCRIBE_CRASHES ||
		 (s->fate == SCRIBE_IS_LOST && s->ready))
		proc_die(s->process, SIGSEGV_NUMBER);
	else if (s->fate != SCRIBE_HANGS)
		scribe_write(s);
}

static void
scribe_interrupted(void *self, struct process *p)
{
	struct scribe *s = self;

	s->asked = true;
	if (s->fate == SCRIBE_FINISHES)
		scribe_later(s, SCRIBE_LAST_NS);
	else if (s->fate != SCRIBE_HANGS)
		proc_exit(p, 0);
}

static void
scribe_freed(void *self, struct process *p)
{
	struct scribe *s = self;

	(void)p;
	timer_free(s->timer);
	free(s);
}

static const struct fake_program scribe_program = {
	.interrupted = scribe_interrupted, .freed = scribe_freed
};

/* ---- for the test ------------------------------------------------------- */

void
scribes_begin(void)
{
	scriptorium.fate = SCRIBE_WELL;
	scriptorium.started = scriptorium.finished = 0;
}

void
scribes_fate(enum scribe_fate fate)
{
	scriptorium.fate = fate;
}

bool
scribes_are(const struct process *p)
{
	return strcmp(proc_argv(p)[0], "/fake/libexec/captions") == 0;
}

int
scribes_spawned(struct process *p)
{
	struct scribe *s;

	scriptorium.started++;
	if (scriptorium.fate == SCRIBE_NO_SPAWN)
		return ERR_NO_FILES;
	if (scriptorium.fate == SCRIBE_CANNOT_RUN) {
		proc_cannot_run(p, ERR_NOT_FOUND);
		return 0;
	}
	s = calloc(1, sizeof(*s));
	s->process = p;
	s->fate = scriptorium.fate;
	timer_new(NULL, TIMER_COARSE, scribe_live, s, &s->timer);
	proc_set_program(p, &scribe_program, s);
	scribe_later(s, SCRIBE_READY_NS);
	return 0;
}

struct process *
scribes_find(void)
{
	struct process *p = proc_next(NULL);

	while (p && !(scribes_are(p) && !proc_has_ended(p)))
		p = proc_next(p);
	return p;
}

size_t
scribes_started(void)
{
	return scriptorium.started;
}

size_t
scribes_finished(void)
{
	return scriptorium.finished;
}
