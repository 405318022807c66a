#include "tests/sim/easels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "tests/sim/encoder.h"

#define SIGSEGV_NUMBER 11
#define SIGKILL_NUMBER 9

struct easel {
	struct process *process;
	struct timer *timer;
	enum easel_fate fate;
	bool ready;
};

static struct {
	enum easel_fate fate;
	size_t started;
	bool idle; /* none has a stream */
	const char *more;
} atelier;

/* ---- one of them -------------------------------------------------------- */

/* Its readers' input ends with it. */
static void
easel_end(struct process *p, void (*how)(struct process *p, int code), int code)
{
	const char *const *argv = proc_argv(p);

	encoders_cut(argv[2]);
	how(p, code);
}

/* Puts JSON into a JSON string; ' stands for ". */
static void
put_quoted(struct stream *err, const char *text)
{
	char c[2] = "";

	for (; *text; text++) {
		c[0] = *text;
		peer_puts(err, *text == '\'' ? "\\\"" : c);
	}
}

static void
easel_tell(struct easel *e, const char *serving)
{
	struct stream *err = proc_err(e->process);

	peer_puts(err, "{\"level\":\"info\",\"message\":\"status ");
	put_quoted(err, "{'serving':");
	put_quoted(err, serving);
	put_quoted(err, atelier.more[0] ? "," : "");
	put_quoted(err, atelier.more);
	peer_puts(err, "}\"}\n");
	timer_at(e->timer, clock_now_ns() + EASEL_BEAT_NS);
}

static void
easel_live(void *arg)
{
	struct easel *e = arg;

	if (proc_has_ended(e->process))
		return;
	if (e->fate == EASEL_CRASHES || (e->fate == EASEL_IS_LOST && e->ready))
		easel_end(e->process, proc_die, SIGSEGV_NUMBER);
	else if (e->fate == EASEL_SERVES_NOT || atelier.idle)
		easel_tell(e, "false");
	else if (e->fate == EASEL_WELL ||
		 (e->fate > EASEL_SERVES_NOT && !e->ready))
		easel_tell(e, "true");
	e->ready = true;
}

static void
easel_interrupted(void *self, struct process *p)
{
	(void)self;
	easel_end(p, proc_exit, 0);
}

static void
easel_killed(void *self, struct process *p)
{
	(void)self;
	easel_end(p, proc_die, SIGKILL_NUMBER);
}

static void
easel_freed(void *self, struct process *p)
{
	struct easel *e = self;

	(void)p;
	timer_free(e->timer);
	free(e);
}

static const struct fake_program easel_program = {
	.interrupted = easel_interrupted,
	.killed = easel_killed,
	.freed = easel_freed,
};

/* ---- for the test ------------------------------------------------------- */

void
easels_begin(void)
{
	atelier.fate = EASEL_WELL;
	atelier.started = 0;
	atelier.idle = false;
	atelier.more = "";
}

void
easels_fate(enum easel_fate fate)
{
	atelier.fate = fate;
}

bool
easels_are(const struct process *p)
{
	return strcmp(proc_argv(p)[0], "/fake/libexec/picture") == 0;
}

int
easels_spawned(struct process *p)
{
	struct easel *e;

	if (atelier.fate == EASEL_NO_SPAWN)
		return ERR_NO_FILES;
	if (atelier.fate == EASEL_CANNOT_RUN) {
		proc_cannot_run(p, ERR_NOT_FOUND);
		return 0;
	}
	atelier.started++;
	e = calloc(1, sizeof(*e));
	e->process = p;
	e->fate = atelier.fate;
	timer_new(NULL, TIMER_COARSE, easel_live, e, &e->timer);
	proc_set_program(p, &easel_program, e);
	if (e->fate != EASEL_MUTE)
		timer_at(e->timer, clock_now_ns() + EASEL_READY_NS);
	return 0;
}

struct process *
easels_find(const char *part)
{
	struct process *p = proc_next(NULL);

	while (p &&
	       !(easels_are(p) && !proc_has_ended(p) && proc_is_told(p, part)))
		p = proc_next(p);
	return p;
}

size_t
easels_started(void)
{
	return atelier.started;
}

void
easels_serve(bool serve)
{
	struct process *p = NULL;

	atelier.idle = !serve;
	while (!serve && (p = proc_next(p)) != NULL)
		if (easels_are(p))
			encoders_cut(proc_argv(p)[2]);
}

void
easels_add(const char *fields)
{
	atelier.more = fields;
}

void
easels_lag(struct process *p, int64_t pid)
{
	char line[128];

	snprintf(line, sizeof(line),
	    "{\"level\":\"info\",\"message\":\"reader pid=%lld lags\"}\n",
	    (long long)pid);
	peer_puts(proc_err(p), line);
	fake_settle();
}

void
easels_crash(struct process *p)
{
	easel_end(p, proc_die, SIGSEGV_NUMBER);
}
