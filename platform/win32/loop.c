#include <stdlib.h>

#include "common/err.h"
#include "platform/loop_memory.h"
#include "platform/win32/win32.h"
/* After windows.h. */
#include <mmsystem.h>
#include <winternl.h>

#define BATCH 64
/* loop_free() lets closed streams write what they had accepted for LINGER_MS,
 * and then waits for operations that it cancelled for DRAIN_MS. */
#define LINGER_MS 200
#define DRAIN_MS 3000
/* Windows is held up for so long when it ends us with the console or the
 * session; it allows five seconds. */
#define FAREWELL_MS 4500

/* The one that signals go to. */
static struct loop *volatile current;
/* Set when the loop is gone: what there was to do is done. */
static HANDLE finished;

/* Under the lock: libev sends a byte to a socket of its own and never looks
 * whether it went out. Where two threads do that at once, Wine may refuse one
 * (WSAEWOULDBLOCK), and the loop would not be woken ever again. */
static void
wake(struct loop *l)
{
	ev_async_send(l->core.ev, &l->wake);
}

/* ---- signals ---------------------------------------------------------- */

void
loop_signal_from_outside(enum loop_signal signal)
{
	struct loop *l = current;

	if (l == NULL)
		return;
	InterlockedExchange(&l->signals[signal], 1);
	EnterCriticalSection(&l->lock);
	wake(l);
	LeaveCriticalSection(&l->lock);
}

static BOOL WINAPI
console_event(DWORD type)
{
	/* A program that does not care just ends. */
	if (current == NULL || current->core.on_signal == NULL)
		return FALSE;
	loop_signal_from_outside(LOOP_TERMINATE);
	/* The process ends when we return from one of these. */
	if (type == CTRL_CLOSE_EVENT || type == CTRL_LOGOFF_EVENT ||
	    type == CTRL_SHUTDOWN_EVENT)
		WaitForSingleObject(finished, FAREWELL_MS);
	return TRUE;
}

static void
tell_signals(struct loop *l)
{
	int i;

	for (i = LOOP_TERMINATE; i <= LOOP_RELOAD; i++)
		if (InterlockedExchange(&l->signals[i], 0))
			loop_core_signal(&l->core, (enum loop_signal)i);
}

/* ---- operations ------------------------------------------------------- */

int
loop_attach(struct loop *l, HANDLE handle)
{
	if (CreateIoCompletionPort(handle, l->port, 0, 0) == NULL)
		return win32_err(GetLastError());
	return 0;
}

void
op_begin(struct loop *l, struct op *op)
{
	memset(&op->overlapped, 0, sizeof(op->overlapped));
	l->pending++;
}

void
op_abandon(struct loop *l, struct op *op)
{
	(void)op;
	l->pending--;
}

static void
enqueue(struct loop *l, struct op *op, DWORD error, DWORD bytes)
{
	op->error = error;
	op->bytes = bytes;
	op->next = NULL;
	*l->done_end = op;
	l->done_end = &op->next;
}

void
op_post(struct loop *l, struct op *op, DWORD error, DWORD bytes)
{
	EnterCriticalSection(&l->lock);
	enqueue(l, op, error, bytes);
	wake(l);
	LeaveCriticalSection(&l->lock);
}

static void
dispatch(struct loop *l)
{
	struct op *op, *next;

	EnterCriticalSection(&l->lock);
	op = l->done;
	l->done = NULL;
	l->done_end = &l->done;
	LeaveCriticalSection(&l->lock);
	for (; op; op = next) {
		next = op->next;
		l->pending--;
		op->done(op, op->error, op->bytes);
	}
}

static void
woken(struct ev_loop *ev, ev_async *w, int revents)
{
	struct loop *l = w->data;

	(void)ev;
	(void)revents;
	dispatch(l);
	tell_signals(l);
}

/* Runs on a thread of its own, and moves completions from the port to the loop.
 */
static DWORD WINAPI
loop_pump(void *arg)
{
	struct loop *l = arg;
	OVERLAPPED_ENTRY entries[BATCH];
	struct op *op;
	ULONG n, i;

	while (GetQueuedCompletionStatusEx(
	    l->port, entries, BATCH, &n, INFINITE, FALSE)) {
		EnterCriticalSection(&l->lock);
		for (i = 0; i < n && entries[i].lpOverlapped; i++) {
			op = CONTAINING_RECORD(
			    entries[i].lpOverlapped, struct op, overlapped);
			enqueue(l, op,
			    RtlNtStatusToDosError(
				(NTSTATUS)op->overlapped.Internal),
			    entries[i].dwNumberOfBytesTransferred);
		}
		wake(l);
		LeaveCriticalSection(&l->lock);
		if (i < n)
			break; /* loop_free() said so */
	}
	return 0;
}

/* ---- life ------------------------------------------------------------- */

/* Ticks of 1 ms instead of 15.6, also for a process without a window, which
 * Windows 11 otherwise excludes. */
static void
sharpen_clock(void)
{
	PROCESS_POWER_THROTTLING_STATE state = {
		.Version = PROCESS_POWER_THROTTLING_CURRENT_VERSION,
		.ControlMask = PROCESS_POWER_THROTTLING_EXECUTION_SPEED |
			       0x4 /* ..._IGNORE_TIMER_RESOLUTION */
	};

	SetProcessInformation(
	    GetCurrentProcess(), ProcessPowerThrottling, &state, sizeof(state));
	timeBeginPeriod(1);
}

static int
start_pump(struct loop *l)
{
	struct ev_loop *ev;
	WSADATA data;

	if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
		return ERR_IO;
	ev_set_allocator(loop_memory);
	ev = ev_loop_new(EVFLAG_AUTO);
	if (ev == NULL)
		return ERR_NOMEM;
	loop_core_init(&l->core, ev);
	l->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
	if (l->port == NULL)
		return ERR_NOMEM;
	ev_async_init(&l->wake, woken);
	l->wake.data = l;
	ev_async_start(l->core.ev, &l->wake);
	l->pump = CreateThread(NULL, 0, loop_pump, l, 0, NULL);
	return l->pump ? 0 : ERR_NOMEM;
}

static void
loop_release(struct loop *l)
{
	if (l->pump) {
		PostQueuedCompletionStatus(l->port, 0, 0, NULL);
		WaitForSingleObject(l->pump, INFINITE);
		CloseHandle(l->pump);
	}
	if (l->port)
		CloseHandle(l->port);
	loop_core_done(&l->core);
	DeleteCriticalSection(&l->lock);
	free(l);
}

int
loop_new(struct loop **out)
{
	struct loop *l = calloc(1, sizeof(*l));
	int rc;

	*out = NULL;
	if (l == NULL)
		return ERR_NOMEM;
	InitializeCriticalSection(&l->lock);
	l->done_end = &l->done;
	rc = start_pump(l);
	if (rc < 0) {
		loop_release(l);
		return rc;
	}
	sharpen_clock();
	finished = CreateEventW(NULL, TRUE, FALSE, NULL);
	current = l;
	SetConsoleCtrlHandler(console_event, TRUE);
	*out = l;
	return 0;
}

static void
drain(struct loop *l, int ms)
{
	int64_t until = clock_now_ns() + ms * NS_PER_MS;

	loop_core_run_tasks(&l->core);
	while (l->pending > 0 && clock_now_ns() < until) {
		Sleep(1);
		dispatch(l);
		loop_core_run_tasks(&l->core);
	}
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	drain(l, LINGER_MS);
	streams_cut(l);
	drain(l, DRAIN_MS);
	current = NULL;
	ev_async_stop(l->core.ev, &l->wake);
	loop_release(l);
	timeEndPeriod(1);
	SetEvent(finished);
}
