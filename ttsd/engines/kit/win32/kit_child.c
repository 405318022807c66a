/* Windows side of kit_child.h: a job object is the program's group, and ends it
 * with us. */
#include "ttsd/engines/kit/kit_child.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/win32/spawn.h"
#include "platform/win32/utf16.h"
#include "ttsd/engines/kit/kit_complaint.h"
#include "ttsd/engines/kit/kit_input.h"
#include "ttsd/engines/kit/win32/kit_win32.h"

/* The system takes at most this long to end what was terminated. */
#define TERMINATION_MS 2000
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

struct kit_child {
	HANDLE job, process;
	struct end ends[PIPES];
	const uint8_t *input;
	size_t left;
	bool ended;
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
kit_child_feed(struct kit_child *c)
{
	struct end *e = &c->ends[TO];
	DWORD n;

	while (e->handle) {
		if (e->pending) {
			if (!GetOverlappedResult(
				e->handle, &e->overlapped, &n, FALSE)) {
				if (GetLastError() == ERROR_IO_INCOMPLETE)
					return;
				n = (DWORD)c->left;
			}
			e->pending = false;
			c->input += n;
			c->left -= n;
		}
		if (c->left == 0) {
			close_end(e);
			return;
		}
		n = c->left < CHUNK_BYTES ? (DWORD)c->left : CHUNK_BYTES;
		e->pending = true;
		if (!WriteFile(e->handle, c->input, n, NULL, &e->overlapped) &&
		    GetLastError() != ERROR_IO_PENDING) {
			e->pending = false;
			c->left = 0;
		}
	}
}

/* ---- its errors ------------------------------------------------------- */

static void
take_errors(struct kit_child *c)
{
	struct end *e = &c->ends[ERRORS];

	while (e->handle && read_more(e)) {
		kit_complaint_put(e->bytes + e->at, e->len - e->at);
		e->at = e->len;
	}
	if (e->handle == NULL)
		kit_complaint_end();
}

/* ---- start ------------------------------------------------------------ */

static int
open_ends(struct kit_child *c, HANDLE theirs[PIPES])
{
	struct end *e;
	int i, rc;

	for (i = 0; i < PIPES; i++) {
		e = &c->ends[i];
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
run_program(struct kit_child *c, const struct spawn_command *command)
{
	HANDLE theirs[PIPES] = { NULL };
	DWORD pid;
	int rc, i;

	c->job = spawn_job();
	if (c->job == NULL)
		return ERR_NOMEM;
	rc = open_ends(c, theirs);
	if (rc == 0)
		rc = spawn_run(command, theirs, c->job, &c->process, &pid);
	for (i = 0; i < PIPES; i++)
		if (theirs[i])
			CloseHandle(theirs[i]);
	return rc;
}

static void
kit_child_release(struct kit_child *c)
{
	int i;

	if (c->job) {
		TerminateJobObject(c->job, SPAWN_KILLED);
		CloseHandle(c->job);
	}
	if (c->process) {
		WaitForSingleObject(c->process, TERMINATION_MS);
		take_errors(c);
		CloseHandle(c->process);
	}
	for (i = 0; i < PIPES; i++)
		close_end(&c->ends[i]);
	free(c);
}

int
kit_child_start(
    struct kit_child **out, char *const argv[], const void *input, size_t len)
{
	struct spawn_command command;
	struct kit_child *c;
	int rc;

	*out = NULL;
	rc = spawn_prepare((const char *const *)argv, &command);
	if (rc < 0)
		return rc;
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		spawn_command_done(&command);
		return ERR_NOMEM;
	}
	c->input = input;
	c->left = len;
	rc = run_program(c, &command);
	spawn_command_done(&command);
	if (rc < 0) {
		kit_child_release(c);
		return rc;
	}
	kit_child_feed(c);
	*out = c;
	return 0;
}

/* ---- while it runs ---------------------------------------------------- */

bool
kit_child_serve(struct kit_child *c, int timeout_ms)
{
	HANDLE set[PIPES + 2];
	DWORD n = 0, wait_ms;
	int i;

	take_errors(c);
	kit_child_feed(c);
	if (c->ends[FROM].handle && read_more(&c->ends[FROM]))
		return true;
	for (i = 0; i < PIPES; i++)
		if (c->ends[i].handle && c->ends[i].pending)
			set[n++] = c->ends[i].overlapped.hEvent;
	if (!c->ended)
		set[n++] = c->process;
	/* This one only wakes us up; kit_wanted() reads and judges. */
	if (!kit_input_full())
		set[n++] = win32_input_event();
	wait_ms = timeout_ms < 0 ? INFINITE : (DWORD)timeout_ms;
	if (n > 0)
		WaitForMultipleObjects(n, set, FALSE, wait_ms);
	else
		Sleep(wait_ms);
	if (!c->ended && WaitForSingleObject(c->process, 0) == WAIT_OBJECT_0)
		c->ended = true;
	return c->ends[FROM].handle == NULL || read_more(&c->ends[FROM]);
}

long
kit_child_read(struct kit_child *c, void *data, size_t cap)
{
	struct end *e = &c->ends[FROM];
	size_t n = e->len - e->at;

	if (e->handle == NULL)
		return 0;
	if (n == 0)
		return ERR_AGAIN;
	if (n > cap)
		n = cap;
	memcpy(data, e->bytes + e->at, n);
	e->at += (DWORD)n;
	return (long)n;
}

void
kit_child_close(struct kit_child *c)
{
	close_end(&c->ends[TO]);
	close_end(&c->ends[FROM]);
}

bool
kit_child_has_ended(const struct kit_child *c)
{
	return c->ended;
}

/* A program without a window or console hears nothing. */
bool
kit_child_ask(struct kit_child *c)
{
	(void)c;
	return false;
}

void
kit_child_free(struct kit_child *c, struct kit_process_end *end)
{
	DWORD code = 0;

	GetExitCodeProcess(c->process, &code);
	*end = (struct kit_process_end){ .number = (int)code };
	end->signaled = c->ended && code >= 0xc0000000u;
	kit_child_release(c);
}
