/*
 * Children. The system takes its time to start a program, so a thread of its
 * pool does that; its pipes are there at once. A job object holds the child
 * and all that it starts, and ends them when we end, however that is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/win32/handover.h"
#include "platform/win32/win32.h"

enum { TO, FROM, ERRORS, PIPES };

struct process {
	struct loop *loop;
	const struct process_events *events;
	void *arg;
	struct stream *pipes[PIPES];
	bool input;            /* the owner's; else ours, for `q` */
	struct handover *text; /* until it runs */
	struct spawn_command command;
	HANDLE theirs[PIPES]; /* until it runs */
	HANDLE job, handle, wait;
	DWORD pid;
	struct op spawned, ended;
	int err; /* of the start */
	bool starting, running, exited, killed, freed;
	DWORD code;
	struct timer *drain;
	struct loop_task release;
};

/* ---- gone ------------------------------------------------------------- */

static void
drop(struct stream **s)
{
	stream_close(*s);
	*s = NULL;
}

static void
report_if_gone(struct process *p)
{
	struct process_end end = { .err = p->err, .code = (int)p->code };

	if (!p->exited || p->pipes[FROM] || p->pipes[ERRORS] || p->freed)
		return;
	timer_at(p->drain, INT64_MAX);
	/* An NTSTATUS of an error: it crashed, or was ended by force. */
	end.signalled = p->code >= 0xc0000000u;
	p->events->gone(p->arg, &end);
}

static void
drained(void *arg)
{
	struct process *p = arg;

	drop(&p->pipes[FROM]);
	drop(&p->pipes[ERRORS]);
	report_if_gone(p);
}

static void
release(void *arg)
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

/* Of a freed one: lets go when nothing of it is under way. */
static void
settle(struct process *p)
{
	if (p->starting || p->running)
		return;
	p->release.fn = release;
	p->release.arg = p;
	loop_defer(p->loop, &p->release);
}

static void
ended(struct op *op, DWORD error, DWORD bytes)
{
	struct process *p = CONTAINING_RECORD(op, struct process, ended);

	(void)error;
	(void)bytes;
	p->running = false;
	p->exited = true;
	GetExitCodeProcess(p->handle, &p->code);
	/* What it left behind would hold the pipes open. */
	TerminateJobObject(p->job, SPAWN_KILLED);
	if (p->freed) {
		settle(p);
		return;
	}
	drop(&p->pipes[TO]);
	/* A held-up reader would never see the end of file. */
	process_reading(p, true);
	timer_at(p->drain, clock_now_ns() + PROCESS_DRAIN_NS);
	report_if_gone(p);
}

/* On a thread of the pool. */
static void CALLBACK
handle_signalled(void *arg, BOOLEAN timed_out)
{
	struct process *p = arg;

	(void)timed_out;
	op_post(p->loop, &p->ended, 0, 0);
}

/* ---- start ------------------------------------------------------------ */

static void
close_theirs(struct process *p)
{
	int i;

	for (i = 0; i < PIPES; i++) {
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
	op_post(p->loop, &p->spawned, 0, 0);
	return 0;
}

static void
failed(struct process *p, int err)
{
	p->err = err;
	p->exited = true;
	drained(p);
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
		op_begin(p->loop, &p->ended);
		if (p->killed || p->freed)
			TerminateJobObject(p->job, SPAWN_KILLED);
		if (RegisterWaitForSingleObject(&p->wait, p->handle,
			handle_signalled, p, INFINITE,
			WT_EXECUTEONLYONCE | WT_EXECUTEINWAITTHREAD))
			return;
		TerminateJobObject(p->job, SPAWN_KILLED);
		op_abandon(p->loop, &p->ended);
		p->running = false;
		p->err = ERR_NOMEM;
	}
	if (p->freed)
		settle(p);
	else
		failed(p, p->err);
}

/* ---- its pipes -------------------------------------------------------- */

static void
out_data(void *arg, const uint8_t *data, size_t len)
{
	struct process *p = arg;

	p->events->out(p->arg, data, len);
}

static void
out_ended(void *arg, int err)
{
	struct process *p = arg;

	(void)err;
	drop(&p->pipes[FROM]);
	report_if_gone(p);
}

static void
err_data(void *arg, const uint8_t *data, size_t len)
{
	struct process *p = arg;

	p->events->err(p->arg, data, len);
}

static void
err_ended(void *arg, int err)
{
	struct process *p = arg;

	(void)err;
	drop(&p->pipes[ERRORS]);
	report_if_gone(p);
}

static void
in_writable(void *arg)
{
	struct process *p = arg;

	if (p->input && p->events->writable)
		p->events->writable(p->arg);
}

static void
in_ended(void *arg, int err)
{
	struct process *p = arg;

	(void)err;
	drop(&p->pipes[TO]);
}

static const struct stream_events pipe_events[PIPES] = {
	[TO] = { .writable = in_writable, .ended = in_ended },
	[FROM] = { .data = out_data, .ended = out_ended },
	[ERRORS] = { .data = err_data, .ended = err_ended },
};

static int
open_pipes(struct process *p)
{
	HANDLE ours;
	int i, rc;

	for (i = 0; i < PIPES; i++) {
		rc = spawn_pipe(i == TO, &ours, &p->theirs[i]);
		if (rc < 0) {
			p->theirs[i] = NULL;
			return rc;
		}
		rc = loop_attach(p->loop, ours);
		if (rc < 0)
			CloseHandle(ours);
		else
			rc = stream_new(p->loop, ours, &p->pipes[i]);
		if (rc < 0)
			return rc;
		if (i == TO)
			stream_write_only(p->pipes[i]);
		stream_set_owner(p->pipes[i], &pipe_events[i], p);
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
		settle(p);
	else
		failed(p, p->err);
}

/* Finds the program, which touches the disk, but no more than that. The text
 * gets a name of its own in the command line. */
static int
prepare(struct process *p, const struct process_spec *spec)
{
	const char **argv;
	size_t n = 0, i;
	int rc;

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
start(struct process *p, const struct process_spec *spec)
{
	int rc = timer_new(p->loop, TIMER_COARSE, drained, p, &p->drain);

	p->job = spawn_job();
	if (rc == 0 && p->job == NULL)
		rc = ERR_NOMEM;
	if (rc == 0)
		rc = open_pipes(p);
	if (rc < 0)
		return rc;
	p->starting = true;
	p->err = prepare(p, spec);
	op_begin(p->loop, &p->spawned);
	if (p->err == 0 &&
	    QueueUserWorkItem(start_program, p, WT_EXECUTELONGFUNCTION))
		return 0;
	if (p->err == 0)
		p->err = ERR_NOMEM;
	p->spawned.done = report_failure;
	op_post(p->loop, &p->spawned, 0, 0);
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
	p->loop = l;
	p->events = events;
	p->arg = arg;
	p->input = spec->input;
	p->spawned.done = spawned;
	p->ended.done = ended;
	rc = start(p, spec);
	if (rc < 0) {
		process_free(p);
		return rc;
	}
	*out = p;
	return 0;
}

void
process_withhold(const char *name)
{
	_putenv_s(name, "");
}

int
process_write(struct process *p, const void *data, size_t len)
{
	return p->pipes[TO] && p->input ? stream_write(p->pipes[TO], data, len)
					: ERR_CLOSED;
}

void
process_reading(struct process *p, bool on)
{
	if (p->pipes[FROM])
		stream_reading(p->pipes[FROM], on);
}

/* ffmpeg on Windows takes no signals without a console; a key does it. */
void
process_interrupt(struct process *p)
{
	if (p->pipes[TO])
		stream_write(p->pipes[TO], "q", 1);
}

void
process_close_input(struct process *p)
{
	drop(&p->pipes[TO]);
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

/* What a connection has not had confirmed is told to administrators only. */
void
process_connections(const struct process *p,
    void (*fn)(void *arg, const struct connection *c), void *arg)
{
	(void)p;
	(void)fn;
	(void)arg;
}

void
process_free(struct process *p)
{
	int i;

	if (p == NULL)
		return;
	p->freed = true;
	process_kill(p);
	for (i = 0; i < PIPES; i++)
		drop(&p->pipes[i]);
	timer_free(p->drain);
	if (!p->starting) {
		spawn_command_done(&p->command);
		close_theirs(p);
	}
	settle(p);
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
