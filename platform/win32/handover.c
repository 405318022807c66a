#include "platform/win32/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"

struct handover {
	HANDLE pipe, job, child;
	OVERLAPPED io;
	char name[64];
	char text[PROCESS_TEXT_MAX];
};

static int
open_pipe(struct handover *h)
{
	SECURITY_ATTRIBUTES sa = { .nLength = sizeof(sa) };
	int rc = pipe_security(&sa.lpSecurityDescriptor);

	if (rc < 0)
		return rc;
	snprintf(h->name, sizeof(h->name), "\\\\.\\pipe\\ttsd-text-%llx%llx",
	    (unsigned long long)platform_random(),
	    (unsigned long long)platform_random());
	h->pipe = CreateNamedPipeA(h->name,
	    PIPE_ACCESS_OUTBOUND | FILE_FLAG_OVERLAPPED |
		FILE_FLAG_FIRST_PIPE_INSTANCE,
	    PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
	    PROCESS_TEXT_MAX, 0, 0, &sa);
	if (h->pipe == INVALID_HANDLE_VALUE)
		rc = win32_err(GetLastError());
	LocalFree(sa.lpSecurityDescriptor);
	return rc;
}

int
handover_new(const char *text, struct handover **out)
{
	struct handover *h;
	int rc;

	*out = NULL;
	if (strlen(text) > PROCESS_TEXT_MAX)
		return ERR_TOO_LONG;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return ERR_NOMEM;
	h->pipe = INVALID_HANDLE_VALUE;
	memcpy(h->text, text, strlen(text));
	h->io.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL);
	rc = h->io.hEvent ? open_pipe(h) : ERR_NOMEM;
	if (rc < 0)
		handover_free(h);
	else
		*out = h;
	return rc;
}

const char *
handover_name(const struct handover *h)
{
	return h->name;
}

/* Waits for what was begun, as long as the child lives. */
static bool
completes(struct handover *h, BOOL done)
{
	HANDLE either[] = { h->io.hEvent, h->child };
	DWORD error = done ? ERROR_PIPE_CONNECTED : GetLastError(), n;

	if (error == ERROR_PIPE_CONNECTED)
		return true;
	if (error != ERROR_IO_PENDING)
		return false;
	if (WaitForMultipleObjects(2, either, FALSE, INFINITE) != WAIT_OBJECT_0)
		CancelIoEx(h->pipe, &h->io);
	/* The system may write into the structure until the operation has
	 * ended. */
	return GetOverlappedResult(h->pipe, &h->io, &n, TRUE);
}

/* Is the reader the child, or started by it? Some ffmpeg.exe only start
 * another. */
static bool
is_the_child(struct handover *h)
{
	HANDLE client = NULL;
	BOOL within = FALSE;
	ULONG pid;

	if (GetNamedPipeClientProcessId(h->pipe, &pid))
		client = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid);
	if (client == NULL)
		return false;
	if (!IsProcessInJob(client, h->job, &within))
		within = FALSE;
	CloseHandle(client);
	return within;
}

/* Runs on a thread of the pool. Closing lets the reader have what was written;
 * disconnecting throws it away, which is what a stranger gets. */
static DWORD WINAPI
serve(void *arg)
{
	struct handover *h = arg;

	while (completes(h, ConnectNamedPipe(h->pipe, &h->io))) {
		if (is_the_child(h)) {
			completes(
			    h, WriteFile(h->pipe, h->text,
				   (DWORD)strnlen(h->text, PROCESS_TEXT_MAX),
				   NULL, &h->io));
			break;
		}
		DisconnectNamedPipe(h->pipe);
	}
	handover_free(h);
	return 0;
}

static HANDLE
duplicate(HANDLE handle)
{
	HANDLE self = GetCurrentProcess(), out;

	return DuplicateHandle(
		   self, handle, self, &out, 0, FALSE, DUPLICATE_SAME_ACCESS)
		   ? out
		   : NULL;
}

void
handover_serve(struct handover *h, HANDLE job, HANDLE child)
{
	h->job = duplicate(job);
	h->child = duplicate(child);
	if (h->job == NULL || h->child == NULL ||
	    !QueueUserWorkItem(serve, h, WT_EXECUTELONGFUNCTION))
		handover_free(h);
}

void
handover_free(struct handover *h)
{
	if (h == NULL)
		return;
	if (h->pipe != INVALID_HANDLE_VALUE)
		CloseHandle(h->pipe);
	if (h->io.hEvent)
		CloseHandle(h->io.hEvent);
	if (h->job)
		CloseHandle(h->job);
	if (h->child)
		CloseHandle(h->child);
	SecureZeroMemory(h->text, sizeof(h->text));
	free(h);
}
