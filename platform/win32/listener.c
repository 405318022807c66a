/*
 * A named pipe with several instances that wait for a client. A client that
 * finds none waiting does not queue: it fails (ffmpeg says "Invalid
 * argument"). So there are always spare ones.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "platform/win32/win32.h"

#define SPARES 8
/* The system holds so many written bytes for a client that does not read, which
 * is stale sound: a sixth of a second at 24 kHz mono. */
#define PIPE_OUT_BYTES (8 * 1024)
#define PIPE_IN_BYTES (64 * 1024)
/* An instance that could not be made is tried again after this time. */
#define REST_NS (100 * NS_PER_MS)

struct listener;

struct instance {
	struct listener *listener;
	HANDLE handle; /* INVALID_HANDLE_VALUE: none */
	bool waiting;  /* for a client */
	struct op op;
};

struct listener {
	struct loop *loop;
	wchar_t *name;
	char *path;
	PSECURITY_DESCRIPTOR security;
	struct instance instances[SPARES];
	struct timer *rest;
	struct log_limit complaints;
	void (*accepted)(void *arg, struct stream *s);
	void *arg;
	bool closed;
	struct loop_task release;
};

/* ---- instances -------------------------------------------------------- */

static int
open_instance(struct listener *ln, struct instance *in, bool first)
{
	SECURITY_ATTRIBUTES sa = { .nLength = sizeof(sa),
		.lpSecurityDescriptor = ln->security };
	DWORD error;
	int rc;

	in->handle = CreateNamedPipeW(ln->name,
	    PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED |
		(first ? FILE_FLAG_FIRST_PIPE_INSTANCE : 0),
	    PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT |
		PIPE_REJECT_REMOTE_CLIENTS,
	    PIPE_UNLIMITED_INSTANCES, PIPE_OUT_BYTES, PIPE_IN_BYTES, 0, &sa);
	if (in->handle == INVALID_HANDLE_VALUE) {
		error = GetLastError();
		/* Somebody has this name already. */
		if (first &&
		    (error == ERROR_ACCESS_DENIED || error == ERROR_PIPE_BUSY))
			return ERR_IN_USE;
		return win32_err(error);
	}
	rc = loop_attach(ln->loop, in->handle);
	if (rc < 0) {
		CloseHandle(in->handle);
		in->handle = INVALID_HANDLE_VALUE;
	}
	return rc;
}

static void
await_client(struct instance *in)
{
	struct loop *l = in->listener->loop;
	DWORD error;

	op_begin(l, &in->op);
	in->waiting = true;
	if (ConnectNamedPipe(in->handle, &in->op.overlapped))
		return;
	error = GetLastError();
	/* One came, and may have left, before we asked. */
	if (error == ERROR_PIPE_CONNECTED || error == ERROR_NO_DATA)
		op_post(l, &in->op, 0, 0);
	else if (error != ERROR_IO_PENDING)
		op_post(l, &in->op, error, 0);
}

static void
refill(void *arg)
{
	struct listener *ln = arg;
	struct instance *in;
	int i, rc;

	for (i = 0; i < SPARES; i++) {
		in = &ln->instances[i];
		if (in->handle != INVALID_HANDLE_VALUE)
			continue;
		rc = open_instance(ln, in, false);
		if (rc == 0) {
			await_client(in);
			continue;
		}
		timer_at(ln->rest, clock_awake_ns() + REST_NS);
		if (log_allow(&ln->complaints, clock_awake_ns()))
			log_warning("listener=%s cannot accept: %s; new "
				    "connections wait",
			    log_quote(ln->path), err_text(rc));
		return;
	}
}

/* ---- ending ----------------------------------------------------------- */

static void
listener_release(void *arg)
{
	struct listener *ln = arg;
	int i;

	for (i = 0; i < SPARES; i++)
		if (ln->instances[i].handle != INVALID_HANDLE_VALUE)
			CloseHandle(ln->instances[i].handle);
	timer_free(ln->rest);
	LocalFree(ln->security);
	free(ln->name);
	free(ln->path);
	free(ln);
}

static void
release_if_idle(struct listener *ln)
{
	int i;

	for (i = 0; i < SPARES; i++)
		if (ln->instances[i].waiting)
			return;
	ln->release.fn = listener_release;
	ln->release.arg = ln;
	loop_defer(ln->loop, &ln->release);
}

void
listener_close(struct listener *ln)
{
	int i;

	if (ln == NULL)
		return;
	ln->closed = true;
	timer_at(ln->rest, INT64_MAX);
	for (i = 0; i < SPARES; i++)
		if (ln->instances[i].waiting)
			CancelIoEx(ln->instances[i].handle,
			    &ln->instances[i].op.overlapped);
	release_if_idle(ln);
}

/* ---- clients ---------------------------------------------------------- */

static void
client_came(struct op *op, DWORD error, DWORD bytes)
{
	struct instance *in = CONTAINING_RECORD(op, struct instance, op);
	struct listener *ln = in->listener;
	HANDLE handle = in->handle;
	struct stream *s;

	(void)bytes;
	in->waiting = false;
	if (ln->closed) {
		release_if_idle(ln);
		return;
	}
	in->handle = INVALID_HANDLE_VALUE;
	refill(ln);
	if (error)
		CloseHandle(handle);
	else if (stream_new(ln->loop, handle, &s) == 0)
		ln->accepted(ln->arg, s);
}

/* FILE_FLAG_FIRST_PIPE_INSTANCE decides, without a race; but Wine 8 does not
 * know it. */
static bool
is_live(const wchar_t *name)
{
	return WaitNamedPipeW(name, 1) || GetLastError() == ERROR_SEM_TIMEOUT;
}

static int
listener_start(struct listener *ln, const char *path)
{
	int rc = pipe_name(path, &ln->name);

	if (rc == 0 && is_live(ln->name))
		rc = ERR_IN_USE;
	if (rc == 0)
		rc = pipe_security(&ln->security);
	if (rc == 0)
		rc = timer_new(ln->loop, TIMER_COARSE, refill, ln, &ln->rest);
	if (rc == 0)
		rc = open_instance(ln, &ln->instances[0], true);
	if (rc < 0)
		return rc;
	await_client(&ln->instances[0]);
	refill(ln);
	return 0;
}

int
listener_new(struct loop *l, const char *path,
    void (*accepted)(void *arg, struct stream *s), void *arg,
    struct listener **out)
{
	struct listener *ln = calloc(1, sizeof(*ln));
	int rc, i;

	*out = NULL;
	if (ln == NULL)
		return ERR_NOMEM;
	*ln = (struct listener){ .loop = l,
		.path = _strdup(path),
		.accepted = accepted,
		.arg = arg,
		.complaints = { .every_ns = 10 * NS_PER_S, .burst = 1 } };
	for (i = 0; i < SPARES; i++)
		ln->instances[i] = (struct instance){ .listener = ln,
			.handle = INVALID_HANDLE_VALUE,
			.op = { .done = client_came } };
	rc = ln->path ? listener_start(ln, path) : ERR_NOMEM;
	if (rc < 0) {
		listener_release(ln);
		return rc;
	}
	*out = ln;
	return 0;
}

void
listener_leave(struct listener *ln, size_t connections)
{
	(void)ln;
	(void)connections;
}
