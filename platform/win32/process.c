/*
 * Children. The system takes its time to start a program, so a thread of its
 * pool does that; its pipes are there at once. A job object holds the child
 * and all that it starts, and ends them when we end, however that is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/process_core.h"
#include "platform/win32/handover.h"
#include "platform/win32/win32.h"

struct process {
	struct process_core core; /* its input is ours, if not the owner's */
	struct handover *text;    /* until it runs */
	struct spawn_command command;
	HANDLE theirs[PROCESS_PIPES]; /* until it runs */
	HANDLE job, handle, wait;
	DWORD pid;
	struct op spawned, ended;
	int err; /* of the start */
	bool starting, running, killed, freed;
	DWORD code;
	struct loop_task release;
};

/* ---- gone ------------------------------------------------------------- */

static void
over(struct process_core *c)
{
	struct process *p = (struct process *)c;
	struct process_end end = { .err = p->err, .code = (int)p->code };

	/* An NTSTATUS of an error: it crashed, or was ended by force. */
	end.signalled = p->code >= 0xc0000000u;
	c->events->gone(c->arg, &end);
}

static void
process_release(void *arg)
{
	struct process *p = arg;

	if (p->wait)
		UnregisterWaitEx(p->wait, INVALID_HANDLE_VALUE);
	if (p->handle)
		CloseHandle(p->handle);
	if (p->job)
		CloseHandle(p->job);
	handover_free(p->text);
	free(p);
}

/* Releases a freed process when nothing of it is under way. */
static void
process_settle(struct process *p)
{
	if (p->starting || p->running)
		return;
	p->release.fn = process_release;
	p->release.arg = p;
	loop_defer(p->core.loop, &p->release);
}

static void
process_ended(struct op *op, DWORD error, DWORD bytes)
{
	struct process *p = CONTAINING_RECORD(op, struct process, ended);

	(void)error;
	(void)bytes;
	p->running = false;
	GetExitCodeProcess(p->handle, &p->code);
	/* Processes that the child left behind would hold the pipes open. */
	TerminateJobObject(p->job, SPAWN_KILLED);
	if (p->freed)
		process_settle(p);
	else
		process_core_exited(&p->core);
}

/* On a thread of the pool. */
static void CALLBACK
handle_signalled(void *arg, BOOLEAN timed_out)
{
	struct process *p = arg;

	(void)timed_out;
	op_post(p->core.loop, &p->ended, 0, 0);
}

/* ---- start ------------------------------------------------------------ */

static void
close_theirs(struct process *p)
{
	int i;

	for (i = 0; i < PROCESS_PIPES; i++) {
		if (p->theirs[i])
			CloseHandle(p->theirs[i]);
		p->theirs[i] = NULL;
	}
}

/* On a thread of the pool. */
static DWORD WINAPI
start_program(void *arg)
{
	struct process *p = arg;

	p->err = spawn_run(&p->command, p->theirs, p->job, &p->handle, &p->pid);
	close_theirs(p);
	if (p->err == 0 && p->text) {
		handover_serve(p->text, p->job, p->handle);
		p->text = NULL;
	}
	op_post(p->core.loop, &p->spawned, 0, 0);
	return 0;
}

static void
failed(struct process *p, int err)
{
	p->err = err;
	process_core_failed(&p->core);
}

static void
spawned(struct op *op, DWORD error, DWORD bytes)
{
	struct process *p = CONTAINING_RECORD(op, struct process, spawned);

	(void)error;
	(void)bytes;
	p->starting = false;
	spawn_command_done(&p->command);
	if (p->err == 0) {
		p->running = true;
		op_begin(p->core.loop, &p->ended);
		if (p->killed || p->freed)
			TerminateJobObject(p->job, SPAWN_KILLED);
		if (RegisterWaitForSingleObject(&p->wait, p->handle,
			handle_signalled, p, INFINITE,
			WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD))
			return;
		TerminateJobObject(p->job, SPAWN_KILLED);
		op_abandon(p->core.loop, &p->ended);
		p->running = false;
		p->err = ERR_NOMEM;
	}
	if (p->freed)
		process_settle(p);
	else
		failed(p, p->err);
}

/* ---- its pipes -------------------------------------------------------- */

static int
open_pipes(struct process *p)
{
	struct loop *l = p->core.loop;
	struct stream *s;
	HANDLE ours;
	int i, rc;

	for (i = 0; i < PROCESS_PIPES; i++) {
		rc = spawn_pipe(i == PROCESS_IN, &ours, &p->theirs[i]);
		if (rc < 0) {
			p->theirs[i] = NULL;
			return rc;
		}
		rc = loop_attach(l, ours);
		if (rc < 0)
			CloseHandle(ours);
		else
			rc = stream_new(l, ours, &s);
		if (rc < 0)
			return rc;
		if (i == PROCESS_IN)
			stream_write_only(s);
		process_core_adopt(&p->core, i, s);
	}
	return 0;
}

/* ---- what owners call ------------------------------------------------- */

static void
report_failure(struct op *op, DWORD error, DWORD bytes)
{
	struct process *p = CONTAINING_RECORD(op, struct process, spawned);

	(void)error;
	(void)bytes;
	p->starting = false;
	if (p->freed)
		process_settle(p);
	else
		failed(p, p->err);
}

/* Finds the program, which touches the disk, but no more than that. The text
 * gets a name of its own in the command line. */
static int
process_prepare(struct process *p, const struct process_spec *spec)
{
	const char **argv;
	size_t n = 0, i;
	int rc;

	if (spec->copy)
		return ERR_UNSUPPORTED;
	if (spec->text == NULL)
		return spawn_prepare(spec->argv, &p->command);
	rc = handover_new(spec->text, &p->text);
	if (rc < 0)
		return rc;
	while (spec->argv[n])
		n++;
	argv = calloc(n + 1, sizeof(*argv));
	if (argv == NULL)
		return ERR_NOMEM;
	for (i = 0; i < n; i++)
		argv[i] = strcmp(spec->argv[i], PROCESS_TEXT) == 0
			      ? handover_name(p->text)
			      : spec->argv[i];
	rc = spawn_prepare(argv, &p->command);
	free(argv);
	return rc;
}

static int
process_prepare_all(struct process *p, const struct process_spec *spec)
{
	const char *more =
	    spec->reserved ? process_core_reserved(spec->reserved) : NULL;
	int rc = process_prepare(p, spec);

	return rc == 0 && more ? spawn_command_grant(&p->command, more) : rc;
}

static int
process_start(struct process *p, const struct process_spec *spec)
{
	int rc;

	p->job = spawn_job();
	if (p->job == NULL)
		return ERR_NOMEM;
	rc = open_pipes(p);
	if (rc < 0)
		return rc;
	p->starting = true;
	p->err = process_prepare_all(p, spec);
	op_begin(p->core.loop, &p->spawned);
	if (p->err == 0 &&
	    QueueUserWorkItem(start_program, p, WT_EXECUTELONGFUNCTION))
		return 0;
	if (p->err == 0)
		p->err = ERR_NOMEM;
	p->spawned.done = report_failure;
	op_post(p->core.loop, &p->spawned, 0, 0);
	return 0;
}

int
process_spawn(struct loop *l, const struct process_spec *spec,
    const struct process_events *events, void *arg, struct process **out)
{
	struct process *p = calloc(1, sizeof(*p));
	int rc;

	*out = NULL;
	if (p == NULL)
		return ERR_NOMEM;
	p->spawned.done = spawned;
	p->ended.done = process_ended;
	rc = process_core_init(&p->core, l, spec, events, arg, over);
	if (rc == 0)
		rc = process_start(p, spec);
	if (rc < 0) {
		process_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

/* A process has sixteen million handles. */
void
process_expect(struct loop *l, size_t children)
{
	(void)l;
	(void)children;
}

void
process_withhold(const char *name)
{
	_putenv_s(name, "");
}

/* ffmpeg on Windows takes no signals without a console; a key does it. */
int
process_check_program(const char *name)
{
	const char *const argv[] = { name, NULL };
	struct spawn_command command;
	int rc = spawn_prepare(argv, &command);

	spawn_command_done(&command);
	return rc;
}

void
process_interrupt(struct process *p)
{
	if (p->core.pipes[PROCESS_IN])
		stream_write(p->core.pipes[PROCESS_IN], "q", 1);
}

void
process_kill(struct process *p)
{
	p->killed = true;
	if (p->running)
		TerminateJobObject(p->job, SPAWN_KILLED);
}

int64_t
process_pid(const struct process *p)
{
	return p->starting ? 0 : (int64_t)p->pid;
}

int64_t
process_own_pid(void)
{
	return (int64_t)GetCurrentProcessId();
}

/* Windows tells only administrators what a connection has not had confirmed. */
void
process_connections(const struct process *p,
    void (*fn)(void *arg, const struct connection *c), void *arg)
{
	(void)p;
	(void)fn;
	(void)arg;
}

bool
process_cut(const struct process *p, int receive_bytes)
{
	(void)p;
	(void)receive_bytes;
	return false;
}

int
process_sockets(const struct process *p)
{
	(void)p;
	return -1;
}

void
process_free(struct process *p)
{
	if (p == NULL)
		return;
	p->freed = true;
	process_kill(p);
	process_core_done(&p->core);
	if (!p->starting) {
		spawn_command_done(&p->command);
		close_theirs(p);
	}
	process_settle(p);
}

void
process_describe(const struct process_end *end, char *out, size_t size)
{
	static const struct {
		unsigned code;
		const char *text;
	} causes[] = {
		{ SPAWN_KILLED, "killed" },
		{ STATUS_ACCESS_VIOLATION, "crashed: access violation" },
		{ STATUS_STACK_OVERFLOW, "crashed: stack overflow" },
		{ STATUS_CONTROL_C_EXIT, "interrupted" },
		{ 0xc0000135u, "cannot be run: one of its DLLs is missing" },
		{ 0xc0000374u, "crashed: heap corruption" },
		{ 0xc0000409u, "crashed: it noticed memory corruption" },
	};
	size_t i;

	if (end->err) {
		snprintf(out, size, "cannot be run: %s", err_text(end->err));
		return;
	}
	if (!end->signalled) {
		snprintf(out, size, "exit status %d", end->code);
		return;
	}
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if ((unsigned)end->code == causes[i].code)
			break;
	if (i < sizeof(causes) / sizeof(causes[0]))
		snprintf(out, size, "%s", causes[i].text);
	else
		snprintf(
		    out, size, "crashed: status 0x%08x", (unsigned)end->code);
}
