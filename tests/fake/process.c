/* Processes in memory, on platform/process_core.c as on every system; how one
 * ended is told as on POSIX. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/process_core.h"
#include "platform/succession.h"
#include "tests/fake/world.h"

#define SIGNAL_INTERRUPT 2
#define SIGNAL_KILL 9
#define WITHHELD_MAX 16

struct process {
	struct process_core core;
	struct process *next, **at;
	char **argv;
	char *text;
	int64_t pid;
	struct stream *peers[PROCESS_PIPES];
	const struct fake_program *program;
	void *self;
	struct process_end end;
	struct connection *connections;
	size_t connection_count;
	unsigned interrupts, kills;
	int sockets;
	bool ended, holds_pipes, stuck;
	/* Handed over, but its owner has yet to let it go: it then waits with
	 * its pipes to be taken over. */
	bool bequeathed;
	struct stream *kept[PROCESS_PIPES];
	struct loop_task ready, release;
};

static struct process *processes, **last;
static int (*on_spawn)(void *arg, struct process *p);
static void *on_spawn_arg;
static int64_t next_pid;
static char withheld[WITHHELD_MAX][64];
static size_t withheld_count;

void
process_begin(void)
{
	processes = NULL;
	last = &processes;
	on_spawn = NULL;
	next_pid = 1000;
	withheld_count = 0;
}

void
process_end_all(void)
{
	if (processes)
		world_fail(
		    "process %s left without an owner", processes->argv[0]);
}

/* ---- spawning --------------------------------------------------------- */

static void
over(struct process_core *c)
{
	struct process *p = (struct process *)c;

	c->events->gone(c->arg, &p->end);
}

/* The end of the process is told, once the loop comes to it. */
static void
process_serve(void *arg)
{
	struct process *p = arg;
	bool before = world_enter(true);

	if (p->end.err)
		process_core_failed(&p->core);
	else
		process_core_exited(&p->core);
	world_leave(before);
}

/* The test's: a daemon does not keep it. */
static void
copy_spec(struct process *p, const struct process_spec *spec)
{
	bool before = world_enter(false);
	size_t n = 0;

	while (spec->argv && spec->argv[n])
		n++;
	p->argv = calloc(n + 1, sizeof(*p->argv));
	while (n-- > 0)
		p->argv[n] = strdup(spec->argv[n]);
	p->text = spec->text ? strdup(spec->text) : NULL;
	world_leave(before);
}

static int
open_pipe(struct process *p, enum process_pipe which)
{
	struct stream *ours;
	int rc = stream_pair(p->core.loop, NULL, &ours, &p->peers[which]);

	if (rc < 0)
		return rc;
	process_core_adopt(&p->core, which, ours);
	/* A pipe's write end is never readable, only broken. */
	if (which == PROCESS_IN)
		stream_reading(ours, false);
	return 0;
}

static int
open_pipes(struct process *p, const struct process_spec *spec)
{
	int rc = open_pipe(p, PROCESS_OUT);

	if (rc == 0)
		rc = open_pipe(p, PROCESS_ERR);
	if (rc == 0 && (spec->input || spec->text))
		rc = open_pipe(p, PROCESS_IN);
	if (rc == 0 && spec->text) {
		stream_write(
		    p->core.pipes[PROCESS_IN], spec->text, strlen(spec->text));
		process_close_input(p);
	}
	return rc;
}

static void
enlist(struct process *p)
{
	p->pid = ++next_pid;
	p->ready = (struct loop_task){ .fn = process_serve, .arg = p };
	p->at = last;
	*last = p;
	last = &p->next;
}

int
process_spawn(struct loop *l, const struct process_spec *spec,
    const struct process_events *events, void *arg, struct process **out)
{
	struct process *p = calloc(1, sizeof(*p));
	bool before;
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	rc = process_core_init(&p->core, l, spec, events, arg, over);
	if (rc < 0) {
		free(p);
		return rc;
	}
	p->sockets = 1;
	copy_spec(p, spec);
	enlist(p);
	rc = open_pipes(p, spec);
	if (rc == 0 && spec->copy)
		rc = copy_spawned(p, spec->copy);
	before = world_enter(false);
	if (rc == 0 && on_spawn && !spec->copy)
		rc = on_spawn(on_spawn_arg, p);
	world_leave(before);
	if (rc < 0) {
		process_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

/* ---- its end ---------------------------------------------------------- */

static void
close_peers(struct process *p)
{
	size_t i;

	for (i = 0; i < PROCESS_PIPES; i++) {
		peer_close(p->peers[i]);
		p->peers[i] = NULL;
	}
}

static void
process_finish(struct process *p, const struct process_end *end)
{
	if (p->ended)
		return;
	p->ended = true;
	p->end = *end;
	if (!p->holds_pipes)
		close_peers(p);
	world_ready(&p->ready);
}

void
proc_exit(struct process *p, int code)
{
	process_finish(p, &(struct process_end){ .code = code });
}

void
proc_die(struct process *p, int signal)
{
	process_finish(
	    p, &(struct process_end){ .signalled = true, .code = signal });
}

void
proc_cannot_run(struct process *p, int err)
{
	process_finish(p, &(struct process_end){ .err = err });
}

static void
suffer(struct process *p, void (*fn)(void *self, struct process *p), int signal)
{
	bool before = world_enter(false);

	if (p->ended || p->stuck) {
	} else if (p->program && fn) {
		fn(p->self, p);
	} else {
		proc_die(p, signal);
	}
	world_leave(before);
}

void
process_interrupt(struct process *p)
{
	if (p->ended)
		return;
	p->interrupts++;
	suffer(
	    p, p->program ? p->program->interrupted : NULL, SIGNAL_INTERRUPT);
}

void
process_kill(struct process *p)
{
	if (p->ended)
		return;
	p->kills++;
	suffer(p, p->program ? p->program->killed : NULL, SIGNAL_KILL);
}

static void
process_release(void *arg)
{
	struct process *p = arg;
	size_t i;

	for (i = 0; p->argv[i]; i++)
		free(p->argv[i]);
	free(p->argv);
	free(p->text);
	free(p->connections);
	free(p);
}

/* Parts it from its owner and that one's loop. */
static void
process_leave(struct process *p)
{
	p->bequeathed = false;
	memcpy(p->kept, p->core.pipes, sizeof(p->kept));
	memset(p->core.pipes, 0, sizeof(p->core.pipes));
	process_core_done(&p->core);
	world_forget(&p->ready);
}

/* Nothing else of it is the daemon's. */
json_t *
process_hand_over(const struct process *pr, struct parcel *p)
{
	(void)p;
	((struct process *)pr)->bequeathed = true;
	return json_pack("{s:I, s:b, s:b}", "pid", (json_int_t)pr->pid, "input",
	    (int)pr->core.input, "exited", (int)pr->core.exited);
}

int
process_take_over(struct loop *l, struct parcel *p, const json_t *word,
    const struct process_events *events, void *arg, struct process **out)
{
	json_int_t pid = json_integer_value(json_object_get(word, "pid"));
	const struct process_spec spec = {
		.input = json_is_true(json_object_get(word, "input"))
	};
	struct process *pr = processes;
	int i, rc;

	(void)p;
	*out = NULL;
	while (pr && pr->pid != pid)
		pr = pr->next;
	if (pr == NULL)
		return ERR_NOT_FOUND;
	pr->core = (struct process_core){ .loop = l };
	rc = process_core_init(&pr->core, l, &spec, events, arg, over);
	for (i = 0; i < PROCESS_PIPES && rc == 0; i++)
		if (pr->kept[i]) {
			stream_move(pr->kept[i], l);
			process_core_adopt(
			    &pr->core, (enum process_pipe)i, pr->kept[i]);
		}
	if (pr->ended)
		world_ready(&pr->ready);
	*out = pr;
	return rc;
}

void
process_free(struct process *p)
{
	bool before;

	if (p == NULL)
		return;
	if (p->bequeathed) {
		process_leave(p);
		return;
	}
	before = world_enter(false);
	if (p->program && p->program->freed)
		p->program->freed(p->self, p);
	close_peers(p);
	world_forget(&p->ready);
	*p->at = p->next;
	if (p->next)
		p->next->at = p->at;
	else
		last = p->at;
	world_leave(before);
	process_core_done(&p->core);
	p->release = (struct loop_task){ .fn = process_release, .arg = p };
	loop_defer(p->core.loop, &p->release);
}

int64_t
process_pid(const struct process *p)
{
	return p->pid;
}

int64_t
process_own_pid(void)
{
	return 1;
}

void
process_connections(const struct process *p,
    void (*fn)(void *arg, const struct connection *c), void *arg)
{
	size_t i;

	for (i = 0; i < p->connection_count; i++)
		fn(arg, &p->connections[i]);
}

bool
process_cut(const struct process *p, int receive_bytes)
{
	bool before = world_enter(false), done = false;

	if (!p->ended && p->program && p->program->cut)
		done = p->program->cut(p->self, receive_bytes);
	world_leave(before);
	return done;
}

int
process_sockets(const struct process *p)
{
	return p->sockets;
}

void
process_expect(struct loop *l, size_t children)
{
	(void)l;
	(void)children;
}

/* What is there shows when it is spawned. */
int
process_check_program(const char *name)
{
	(void)name;
	return 0;
}

void
process_withhold(const char *name)
{
	if (withheld_count == WITHHELD_MAX)
		world_fail("too many variables are withheld");
	snprintf(withheld[withheld_count++], sizeof(withheld[0]), "%s", name);
}

bool
fake_is_withheld(const char *name)
{
	size_t i;

	for (i = 0; i < withheld_count; i++)
		if (strcmp(withheld[i], name) == 0)
			return true;
	return false;
}

/* ---- for the test ----------------------------------------------------- */

void
fake_on_spawn(int (*spawned)(void *arg, struct process *p), void *arg)
{
	on_spawn = spawned;
	on_spawn_arg = arg;
}

void
proc_set_program(
    struct process *p, const struct fake_program *program, void *self)
{
	p->program = program;
	p->self = self;
}

const char *const *
proc_argv(const struct process *p)
{
	return (const char *const *)p->argv;
}

const char *
proc_text(const struct process *p)
{
	return p->text;
}

bool
proc_is_told(const struct process *p, const char *part)
{
	const char *const *words = proc_argv(p);

	for (; *words; words++)
		if (strstr(*words, part))
			return true;
	return p->text && strstr(p->text, part);
}

struct stream *
proc_in(const struct process *p)
{
	return p->peers[PROCESS_IN];
}

struct stream *
proc_out(const struct process *p)
{
	return p->peers[PROCESS_OUT];
}

struct stream *
proc_err(const struct process *p)
{
	return p->peers[PROCESS_ERR];
}

void
proc_hold_pipes(struct process *p)
{
	p->holds_pipes = true;
}

void
proc_set_stuck(struct process *p, bool stuck)
{
	p->stuck = stuck;
}

void
proc_set_sockets(struct process *p, int count)
{
	p->sockets = count;
}

void
proc_set_connections(
    struct process *p, const struct connection *list, size_t count)
{
	size_t bytes = count * sizeof(*list);

	p->connections = realloc(p->connections, bytes ? bytes : 1);
	if (bytes)
		memcpy(p->connections, list, bytes);
	p->connection_count = count;
}

bool
proc_has_ended(const struct process *p)
{
	return p->ended;
}

unsigned
proc_interrupts(const struct process *p)
{
	return p->interrupts;
}

unsigned
proc_kills(const struct process *p)
{
	return p->kills;
}

struct process *
proc_next(const struct process *p)
{
	return p ? p->next : processes;
}

size_t
proc_living(void)
{
	const struct process *p;
	size_t n = 0;

	for (p = processes; p; p = p->next)
		n += !p->ended;
	return n;
}
