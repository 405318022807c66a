/* Windows side of kit_process.h: a job object is the program's group, and
 * ends it with us. */
#include "ttsd/engines/kit/kit_process.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log.h"
#include "platform/win32/spawn.h"
#include "platform/win32/utf16.h"
#include "ttsd/engines/kit/kit.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/kit_io.h"
#include "ttsd/engines/kit/win32/kit_win32.h"

/* After its end, its output may stay open this long (somebody holds it); after
 * the end of its output, it may live this long. */
#define LINGER_MS 2000
#define MS 1000000
#define CHUNK_BYTES (16 * 1024)

enum { TO, FROM, ERRORS, PIPES };

/* One overlapped pipe: bytes that came and were not taken yet, or that are
 * being written. */
struct end {
	HANDLE handle; /* NULL: closed */
	OVERLAPPED overlapped;
	bool pending;
	uint8_t bytes[CHUNK_BYTES];
	DWORD at, len; /* of what came */
};

struct kit_process {
	HANDLE job, process;
	struct end ends[PIPES];
	const uint8_t *input;
	size_t left;
	bool ended;
	int64_t ended_ns;
};

/* ---- pipes ------------------------------------------------------------ */

static void
close_end(struct end *e)
{
	DWORD n;

	if (e->handle == NULL)
		return;
	if (e->pending) {
		CancelIoEx(e->handle, &e->overlapped);
		GetOverlappedResult(e->handle, &e->overlapped, &n, TRUE);
	}
	e->pending = false;
	CloseHandle(e->handle);
	e->handle = NULL;
	CloseHandle(e->overlapped.hEvent);
}

/* Begins what is to come next; true when bytes are there, or the end. */
static bool
read_more(struct end *e)
{
	DWORD n = 0;

	if (e->handle == NULL || e->at < e->len)
		return true;
	if (!e->pending) {
		e->pending = true;
		if (!ReadFile(e->handle, e->bytes, CHUNK_BYTES, NULL,
			&e->overlapped) &&
		    GetLastError() != ERROR_IO_PENDING) {
			e->pending = false;
			close_end(e);
			return true;
		}
	}
	if (!GetOverlappedResult(e->handle, &e->overlapped, &n, FALSE)) {
		if (GetLastError() == ERROR_IO_INCOMPLETE)
			return false;
		e->pending = false;
		close_end(e);
		return true;
	}
	e->pending = false;
	e->at = 0;
	e->len = n;
	return n > 0;
}

/* A program need not read its input: a closed pipe is no failure. */
static void
kit_process_feed(struct kit_process *p)
{
	struct end *e = &p->ends[TO];
	DWORD n;

	while (e->handle) {
		if (e->pending) {
			if (!GetOverlappedResult(
				e->handle, &e->overlapped, &n, FALSE)) {
				if (GetLastError() == ERROR_IO_INCOMPLETE)
					return;
				n = (DWORD)p->left;
			}
			e->pending = false;
			p->input += n;
			p->left -= n;
		}
		if (p->left == 0) {
			close_end(e);
			return;
		}
		n = p->left < CHUNK_BYTES ? (DWORD)p->left : CHUNK_BYTES;
		e->pending = true;
		if (!WriteFile(e->handle, p->input, n, NULL, &e->overlapped) &&
		    GetLastError() != ERROR_IO_PENDING) {
			e->pending = false;
			p->left = 0;
		}
	}
}

/* ---- its errors ------------------------------------------------------- */

static void
take_errors(struct kit_process *p)
{
	struct end *e = &p->ends[ERRORS];

	while (e->handle && read_more(e)) {
		kit_complaint_put(e->bytes + e->at, e->len - e->at);
		e->at = e->len;
	}
	if (e->handle == NULL)
		kit_complaint_end();
}

/* ---- start ------------------------------------------------------------ */

static int
open_ends(struct kit_process *p, HANDLE theirs[PIPES])
{
	struct end *e;
	int i, rc;

	for (i = 0; i < PIPES; i++) {
		e = &p->ends[i];
		e->overlapped.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
		rc = spawn_pipe(i == TO, &e->handle, &theirs[i]);
		if (rc < 0) {
			e->handle = theirs[i] = NULL;
			return rc;
		}
	}
	return 0;
}

static int
run_program(struct kit_process *p, const struct spawn_command *c)
{
	HANDLE theirs[PIPES] = { NULL };
	DWORD pid;
	int rc, i;

	p->job = spawn_job();
	if (p->job == NULL)
		return ERR_NOMEM;
	rc = open_ends(p, theirs);
	if (rc == 0)
		rc = spawn_run(c, theirs, p->job, &p->process, &pid);
	for (i = 0; i < PIPES; i++)
		if (theirs[i])
			CloseHandle(theirs[i]);
	return rc;
}

static void
kit_process_release(struct kit_process *p)
{
	int i;

	if (p->job) {
		TerminateJobObject(p->job, SPAWN_KILLED);
		CloseHandle(p->job);
	}
	if (p->process) {
		WaitForSingleObject(p->process, LINGER_MS);
		take_errors(p);
		CloseHandle(p->process);
	}
	kit_complaint_end();
	for (i = 0; i < PIPES; i++)
		close_end(&p->ends[i]);
	free(p);
}

static const char *
base_name(const char *path)
{
	const char *base = path;

	for (; *path; path++)
		if (*path == '/' || *path == '\\')
			base = path + 1;
	return base;
}

int
kit_process_start(
    struct kit_process **out, char *const argv[], const void *input, size_t len)
{
	struct spawn_command c;
	struct kit_process *p;
	int rc;

	*out = NULL;
	kit_complaint_begin(base_name(argv[0]));
	rc = spawn_prepare((const char *const *)argv, &c);
	if (rc < 0)
		return rc;
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		spawn_command_done(&c);
		return ERR_NOMEM;
	}
	p->input = input;
	p->left = len;
	rc = run_program(p, &c);
	spawn_command_done(&c);
	if (rc < 0) {
		kit_process_release(p);
		return rc;
	}
	kit_process_feed(p);
	*out = p;
	return 0;
}

/* ---- while it runs ---------------------------------------------------- */

/* Serves everything but the output. Returns true when the output is ready. */
static bool
kit_process_pump(struct kit_process *p, DWORD timeout_ms)
{
	HANDLE set[PIPES + 2];
	DWORD n = 0;
	int i;

	take_errors(p);
	kit_process_feed(p);
	if (p->ends[FROM].handle && read_more(&p->ends[FROM]))
		return true;
	for (i = 0; i < PIPES; i++)
		if (p->ends[i].handle && p->ends[i].pending)
			set[n++] = p->ends[i].overlapped.hEvent;
	if (!p->ended)
		set[n++] = p->process;
	/* Only to wake up; kit_wanted() reads and judges. */
	if (!kit_input_full())
		set[n++] = win32_input_event();
	if (n > 0)
		WaitForMultipleObjects(n, set, FALSE, timeout_ms);
	else
		Sleep(timeout_ms);
	if (!p->ended && WaitForSingleObject(p->process, 0) == WAIT_OBJECT_0) {
		p->ended = true;
		p->ended_ns = io_now_ns();
	}
	return p->ends[FROM].handle == NULL || read_more(&p->ends[FROM]);
}

static DWORD
ms_until(int64_t at_ns)
{
	int64_t left;

	if (at_ns == INT64_MAX)
		return INFINITE;
	left = at_ns - io_now_ns();
	if (left <= 0)
		return 0;
	return left > (int64_t)INT32_MAX * MS ? INT32_MAX
					      : (DWORD)((left + MS - 1) / MS);
}

long
kit_process_read(
    struct kit_process *p, void *data, size_t cap, unsigned timeout_ms)
{
	int64_t until = io_now_ns() + (int64_t)timeout_ms * MS, at;
	struct end *e = &p->ends[FROM];
	size_t n;

	for (;;) {
		if (kit_wanted() < 0)
			return ERR_CLOSED;
		at = timeout_ms ? until : INT64_MAX;
		if (p->ended && p->ended_ns + LINGER_MS * (int64_t)MS < at)
			at = p->ended_ns + LINGER_MS * (int64_t)MS;
		if (kit_process_pump(p, ms_until(at))) {
			if (e->handle == NULL)
				return 0;
			n = e->len - e->at < cap ? e->len - e->at : cap;
			memcpy(data, e->bytes + e->at, n);
			e->at += (DWORD)n;
			return (long)n;
		}
		/* What it left behind holds its output open. */
		if (at != INT64_MAX && io_now_ns() >= at)
			return p->ended ? 0 : ERR_TIMEOUT;
	}
}

int
kit_process_finish(struct kit_process *p, struct kit_process_end *end)
{
	int64_t until = io_now_ns() + LINGER_MS * (int64_t)MS;
	DWORD code = 0, left;

	*end = (struct kit_process_end){ 0 };
	close_end(&p->ends[TO]);
	close_end(&p->ends[FROM]);
	p->ended = WaitForSingleObject(p->process, 0) == WAIT_OBJECT_0;
	while (!p->ended && (left = ms_until(until)) > 0) {
		if (kit_wanted() < 0) {
			kit_process_kill(p);
			return ERR_CLOSED;
		}
		kit_process_pump(p, left);
	}
	end->killed = !p->ended;
	GetExitCodeProcess(p->process, &code);
	end->signaled = p->ended && code >= 0xc0000000u;
	end->number = (int)code;
	kit_process_release(p);
	return 0;
}

/* There is no asking: a program without a window or console hears nothing. */
void
kit_process_kill(struct kit_process *p)
{
	if (p)
		kit_process_release(p);
}
