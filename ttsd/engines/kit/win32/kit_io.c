/*
 * Windows side of kit_io.h. Standard handles are whatever the parent gave us
 * and mostly cannot be waited for, so a thread reads and a thread writes; the
 * engine's thread waits for their events.
 */
#include "ttsd/engines/kit/kit_io.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log.h"
#include "platform/win32/spawn.h"
#include "platform/win32/utf16.h"
#include "ttsd/engines/kit/win32/kit_win32.h"

/* Held in either direction. */
#define PIPE_BYTES (64 * 1024)
#define DEAF_MS (300 * 1000)
/* The end of the process waits so long for its reader; a cancelled job of a
 * reader that is gone ends sooner. */
#define LAST_BYTES_MS 30000

/* One direction: a ring, a thread at its far end. */
static struct pipe {
	HANDLE handle;
	CRITICAL_SECTION lock; /* of the following */
	uint8_t bytes[PIPE_BYTES];
	size_t start, len;
	bool over;    /* end of file; or nobody reads */
	int err;      /* of the end; 0: end of file */
	HANDLE moved; /* to the thread: there is room, or something to write */
	HANDLE ready; /* from the thread: level of its side */
} in, out;

HANDLE
win32_input_event(void)
{
	return in.ready;
}

/* ---- threads ---------------------------------------------------------- */

/* The longest run of room (or of bytes) that does not wrap. */
static size_t
stretch(const struct pipe *p, bool room, size_t *at)
{
	size_t len = room ? PIPE_BYTES - p->len : p->len;

	*at = room ? (p->start + p->len) % PIPE_BYTES : p->start;
	return len < PIPE_BYTES - *at ? len : PIPE_BYTES - *at;
}

static void
advance(struct pipe *p, size_t n)
{
	p->start = (p->start + n) % PIPE_BYTES;
	p->len -= n;
}

static void
finish(struct pipe *p, DWORD error)
{
	EnterCriticalSection(&p->lock);
	p->over = true;
	p->err = error == ERROR_BROKEN_PIPE || error == ERROR_HANDLE_EOF
		     ? 0
		     : win32_err(error);
	SetEvent(p->ready);
	LeaveCriticalSection(&p->lock);
}

static DWORD WINAPI
read_on(void *arg)
{
	size_t at, len;
	DWORD n;

	(void)arg;
	for (;;) {
		EnterCriticalSection(&in.lock);
		len = stretch(&in, true, &at);
		LeaveCriticalSection(&in.lock);
		if (len == 0) {
			WaitForSingleObject(in.moved, INFINITE);
			continue;
		}
		if (!ReadFile(in.handle, in.bytes + at, (DWORD)len, &n, NULL)) {
			finish(&in, GetLastError());
			return 0;
		}
		/* The end, unless a pipe brought nothing, as it may. */
		if (n == 0 &&
		    !PeekNamedPipe(in.handle, NULL, 0, NULL, NULL, NULL)) {
			finish(&in, ERROR_HANDLE_EOF);
			return 0;
		}
		EnterCriticalSection(&in.lock);
		in.len += n;
		if (in.len > 0)
			SetEvent(in.ready);
		LeaveCriticalSection(&in.lock);
	}
}

static DWORD WINAPI
write_on(void *arg)
{
	size_t at, len;
	DWORD n;

	(void)arg;
	for (;;) {
		EnterCriticalSection(&out.lock);
		len = stretch(&out, false, &at);
		LeaveCriticalSection(&out.lock);
		if (len == 0) {
			WaitForSingleObject(out.moved, INFINITE);
			continue;
		}
		if (!WriteFile(
			out.handle, out.bytes + at, (DWORD)len, &n, NULL)) {
			finish(&out, GetLastError());
			return 0;
		}
		EnterCriticalSection(&out.lock);
		advance(&out, n);
		SetEvent(out.ready);
		LeaveCriticalSection(&out.lock);
	}
}

/* Bytes that were accepted are written before the process ends. */
static void
write_last_bytes(void)
{
	bool done = false;
	int ms;

	for (ms = 0; ms < LAST_BYTES_MS && !done; ms++) {
		EnterCriticalSection(&out.lock);
		done = out.len == 0 || out.over;
		LeaveCriticalSection(&out.lock);
		if (!done)
			Sleep(1);
	}
}

/* ---- opening ---------------------------------------------------------- */

/* One write, so that lines of several processes do not mix. */
static void
log_to_stderr(enum log_level level, const char *line)
{
	char text[LOG_LINE_MAX + 16];
	DWORD n;
	int len;

	len = snprintf(
	    text, sizeof(text), "%s: %s\n", log_level_name(level), line);
	if (len < 0 || (size_t)len >= sizeof(text))
		return;
	WriteFile(GetStdHandle(STD_ERROR_HANDLE), text, (DWORD)len, &n, NULL);
}

static int
open_pipe(struct pipe *p, DWORD which, DWORD(WINAPI *body)(void *))
{
	HANDLE self = GetCurrentProcess(), thread;

	/* A handle of our own, that no child inherits. */
	if (!DuplicateHandle(self, GetStdHandle(which), self, &p->handle, 0,
		FALSE, DUPLICATE_SAME_ACCESS))
		return win32_err(GetLastError());
	InitializeCriticalSection(&p->lock);
	p->moved = CreateEventW(NULL, FALSE, FALSE, NULL);
	p->ready = CreateEventW(NULL, TRUE, p == &out, NULL);
	thread = CreateThread(NULL, 0, body, NULL, 0, NULL);
	if (p->moved == NULL || p->ready == NULL || thread == NULL)
		return ERR_NOMEM;
	CloseHandle(thread);
	return 0;
}

/* A printf() of a library shall not reach the protocol, nor a child. */
static void
close_standard(void)
{
	int null = _open("NUL", _O_RDWR | _O_BINARY);

	_dup2(null, 0);
	if (_dup2(2, 1) < 0)
		_dup2(null, 1);
	_close(null);
	SetStdHandle(STD_INPUT_HANDLE, (HANDLE)_get_osfhandle(0));
	SetStdHandle(STD_OUTPUT_HANDLE, (HANDLE)_get_osfhandle(1));
}

int
io_open(void)
{
	HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
	HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
	int rc;

	log_init(log_to_stderr, LOG_INFO);
	rc = open_pipe(&in, STD_INPUT_HANDLE, read_on);
	if (rc == 0)
		rc = open_pipe(&out, STD_OUTPUT_HANDLE, write_on);
	if (rc < 0)
		return rc;
	atexit(write_last_bytes);
	SetHandleInformation(
	    GetStdHandle(STD_ERROR_HANDLE), HANDLE_FLAG_INHERIT, 0);
	close_standard();
	/* Else the end of our output would never be seen. */
	if (output != GetStdHandle(STD_ERROR_HANDLE))
		CloseHandle(output);
	CloseHandle(input);
	return 0;
}

/* ---- what the kit calls ----------------------------------------------- */

static bool
is_ready(struct pipe *p)
{
	return WaitForSingleObject(p->ready, 0) == WAIT_OBJECT_0;
}

static bool
is_over(struct pipe *p)
{
	bool over;

	EnterCriticalSection(&p->lock);
	over = p->over;
	LeaveCriticalSection(&p->lock);
	return over;
}

static int
look(unsigned want)
{
	int ready = 0;

	if (is_over(&out))
		return IO_GONE;
	if ((want & IO_IN) && is_ready(&in))
		ready |= IO_IN;
	else if (!(want & IO_IN) && is_over(&in))
		ready |= IO_GONE;
	if ((want & IO_OUT) && is_ready(&out))
		ready |= IO_OUT;
	return ready;
}

int
io_wait(unsigned want, int timeout_ms)
{
	HANDLE events[2];
	DWORD n = 0;
	int ready = look(want);

	if (ready || timeout_ms == 0)
		return ready;
	if (want & IO_IN)
		events[n++] = in.ready;
	if (want & IO_OUT)
		events[n++] = out.ready;
	if (n > 0)
		WaitForMultipleObjects(n, events, FALSE,
		    timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms);
	else
		Sleep(timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms);
	return look(want);
}

long
io_read(void *data, size_t cap)
{
	size_t at, n;
	bool over;
	int err;

	EnterCriticalSection(&in.lock);
	n = stretch(&in, false, &at);
	n = n < cap ? n : cap;
	memcpy(data, in.bytes + at, n);
	advance(&in, n);
	over = in.over;
	err = in.err;
	if (in.len == 0 && !over)
		ResetEvent(in.ready);
	LeaveCriticalSection(&in.lock);
	SetEvent(in.moved);
	if (n > 0)
		return (long)n;
	return over ? err : ERR_AGAIN;
}

long
io_write(const void *data, size_t len)
{
	size_t at, n;
	bool over;

	EnterCriticalSection(&out.lock);
	n = stretch(&out, true, &at);
	n = n < len ? n : len;
	memcpy(out.bytes + at, data, n);
	out.len += n;
	over = out.over;
	if (out.len == PIPE_BYTES && !over)
		ResetEvent(out.ready);
	LeaveCriticalSection(&out.lock);
	SetEvent(out.moved);
	if (over)
		return ERR_CLOSED;
	return n > 0 ? (long)n : ERR_AGAIN;
}

int64_t
io_now_ns(void)
{
	LARGE_INTEGER f, t;

	QueryPerformanceFrequency(&f);
	QueryPerformanceCounter(&t);
	return t.QuadPart / f.QuadPart * 1000000000 +
	       t.QuadPart % f.QuadPart * 1000000000 / f.QuadPart;
}

void *
io_shared(size_t len)
{
	return calloc(1, len);
}

int
io_isolate(int (*body)(void *ctx), void *ctx, int *crash)
{
	(void)body;
	(void)ctx;
	(void)crash;
	return ERR_UNSUPPORTED;
}

void
io_die_of(int number)
{
	exit(128 + number);
}

/* ---- faults ----------------------------------------------------------- */

void
io_crash(void)
{
	TerminateProcess(GetCurrentProcess(), SPAWN_KILLED);
	abort();
}

static DWORD WINAPI
end_late(void *arg)
{
	(void)arg;
	Sleep(DEAF_MS);
	TerminateProcess(GetCurrentProcess(), SPAWN_KILLED);
	return 0;
}

void
io_set_variable(const char *name, const char *value)
{
	_putenv_s(name, value);
}

void
io_deaf(void)
{
	HANDLE thread = CreateThread(NULL, 0, end_late, NULL, 0, NULL);

	if (thread)
		CloseHandle(thread);
	SetConsoleCtrlHandler(NULL, TRUE);
}

void
io_stop(void)
{
	for (;;)
		Sleep(INFINITE);
}
