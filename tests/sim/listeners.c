#include "tests/sim/listeners.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "streamer-supervisor/ear/words.h"

#define SIGSEGV_NUMBER 11
#define SILENCE                                                     \
	"{'state':'silent-as-sent','delay_ms':-1,'level_db':-100.0" \
	",'drop_outs':0,'why':''}"

struct listener {
	struct process *process;
	struct timer *timer;
	enum listener_fate fate;
	bool ready;
};

static struct {
	enum listener_fate fate;
	char heard[400];
	const char *part; /* who have it hear otherwise; NULL: nobody */
	char heard_there[400];
	size_t started;
} audience;

/* Writes one word and an object. */
static void
listener_say(struct process *p, const char *word, const char *object)
{
	char line[512];
	char *c;

	snprintf(line, sizeof(line), "%s%s\n", word, object);
	for (c = line + strlen(word); *c; c++)
		*c = *c == '\'' ? '"' : *c;
	peer_puts(proc_out(p), line);
}

static const char *
listener_hears(const struct listener *l)
{
	return audience.part && proc_is_told(l->process, audience.part)
		   ? audience.heard_there
		   : audience.heard;
}

static void
listener_beat(struct listener *l)
{
	if (l->ready && audience.fate == LISTENER_FREEZES)
		;
	else if (l->ready && audience.fate == LISTENER_BABBLES)
		peer_puts(proc_out(l->process),
		    EAR_HEARD "loud and clear\n" EAR_RECEIPT "[]\nwhat?\n");
	else if (l->ready)
		listener_say(l->process, EAR_HEARD, listener_hears(l));
	else
		peer_puts(proc_out(l->process), EAR_READY "\n");
	l->ready = true;
	timer_at(l->timer, clock_now_ns() + LISTENER_BEAT_NS);
}

static void
listener_live(void *arg)
{
	struct listener *l = arg;

	if (proc_has_ended(l->process))
		return;
	if (l->fate == LISTENER_CRASHES ||
	    (l->fate == LISTENER_IS_LOST && l->ready))
		proc_die(l->process, SIGSEGV_NUMBER);
	else if (l->fate != LISTENER_HANGS)
		listener_beat(l);
}

static void
listener_interrupted(void *self, struct process *p)
{
	const struct listener *l = self;

	if (l->fate != LISTENER_HANGS)
		proc_exit(p, 0);
}

static void
listener_freed(void *self, struct process *p)
{
	struct listener *l = self;

	(void)p;
	timer_free(l->timer);
	free(l);
}

static const struct fake_program listener_program = {
	.interrupted = listener_interrupted, .freed = listener_freed
};

/* ---- for the test ------------------------------------------------------- */

void
listeners_begin(void)
{
	audience.fate = LISTENER_WELL;
	audience.started = 0;
	audience.part = NULL;
	listeners_hear(SILENCE);
}

void
listeners_fate(enum listener_fate fate)
{
	audience.fate = fate;
}

void
listeners_hear(const char *heard)
{
	snprintf(audience.heard, sizeof(audience.heard), "%s", heard);
}

void
listeners_hear_at(const char *part, const char *heard)
{
	audience.part = part;
	snprintf(
	    audience.heard_there, sizeof(audience.heard_there), "%s", heard);
}

void
listeners_receipt(const char *part, const char *receipt)
{
	struct process *p = listeners_find(part);

	if (p)
		listener_say(p, EAR_RECEIPT, receipt);
	fake_settle();
}

bool
listeners_are(const struct process *p)
{
	return strcmp(proc_argv(p)[0], "/fake/libexec/ear") == 0;
}

int
listeners_spawned(struct process *p)
{
	struct listener *l;

	audience.started++;
	if (audience.fate == LISTENER_NO_SPAWN)
		return ERR_NO_FILES;
	if (audience.fate == LISTENER_CANNOT_RUN) {
		proc_cannot_run(p, ERR_NOT_FOUND);
		return 0;
	}
	l = calloc(1, sizeof(*l));
	l->process = p;
	l->fate = audience.fate;
	timer_new(NULL, TIMER_COARSE, listener_live, l, &l->timer);
	proc_set_program(p, &listener_program, l);
	timer_at(l->timer, clock_now_ns() + LISTENER_READY_NS);
	return 0;
}

struct process *
listeners_find(const char *part)
{
	struct process *p = proc_next(NULL);

	while (p && (!listeners_are(p) || proc_has_ended(p) ||
			(part && !proc_is_told(p, part))))
		p = proc_next(p);
	return p;
}

size_t
listeners_started(void)
{
	return audience.started;
}
