/*
 * A pipe cannot be waited for beside a socket, so a thread does nothing but see
 * that input has come: it reads no bytes, and goes on at the next wait, for
 * what came has been read by then.
 */
#include "platform/socket_wait.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/platform.h"
#include "platform/win32/win32.h"

#define ERROR_TEXT_MAX 256

static struct {
	HANDLE thread, came, go_on; /* the events reset themselves */
	bool told; /* that input came: it was read by the next wait */
	WSAEVENT socket;
} waiting;

/* ---- standard input --------------------------------------------------- */

/* An end of the input, or a fault, is what is read next. */
static DWORD WINAPI
watch_input(void *arg)
{
	HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
	char none;
	DWORD n;

	(void)arg;
	do {
		ReadFile(in, &none, 0, &n, NULL);
		SetEvent(waiting.came);
	} while (WaitForSingleObject(waiting.go_on, INFINITE) == WAIT_OBJECT_0);
	return 0;
}

/* It lives as long as the program. Without it there is no program. */
static void
watch_begin(void)
{
	waiting.came = CreateEventW(NULL, FALSE, FALSE, NULL);
	waiting.go_on = CreateEventW(NULL, FALSE, FALSE, NULL);
	waiting.socket = WSACreateEvent();
	if (waiting.came && waiting.go_on &&
	    waiting.socket != WSA_INVALID_EVENT)
		waiting.thread =
		    CreateThread(NULL, 0, watch_input, NULL, 0, NULL);
	if (waiting.thread == NULL)
		exit(EXIT_FAILURE);
}

/* ---- the socket ------------------------------------------------------- */

/* The event is set from here on when the socket becomes ready, or is. */
static void
socket_watch(SOCKET s, unsigned wanted)
{
	WSAResetEvent(waiting.socket);
	WSAEventSelect(s, waiting.socket,
	    FD_CLOSE | (wanted & SOCKET_READ ? FD_READ : 0) |
		(wanted & SOCKET_WRITE ? FD_WRITE : 0));
}

/* What it is ready for now. select() may not tell of one that is broken that it
 * can be written to. */
static unsigned
socket_ready(SOCKET s, unsigned wanted)
{
	WSANETWORKEVENTS seen = { 0 };
	struct timeval now = { 0, 0 };
	fd_set in, out;

	FD_ZERO(&in);
	FD_ZERO(&out);
	if (wanted & SOCKET_READ)
		FD_SET(s, &in);
	if (wanted & SOCKET_WRITE)
		FD_SET(s, &out);
	WSAEnumNetworkEvents(s, NULL, &seen);
	if ((seen.lNetworkEvents & FD_CLOSE && seen.iErrorCode[FD_CLOSE_BIT]) ||
	    select(0, &in, &out, NULL, &now) < 0)
		return wanted & (SOCKET_READ | SOCKET_WRITE);
	return (FD_ISSET(s, &in) ? SOCKET_READ : 0) |
	       (FD_ISSET(s, &out) ? SOCKET_WRITE : 0);
}

/* ---- both ------------------------------------------------------------- */

static DWORD
wait_ms(int64_t until_ns)
{
	int64_t left = until_ns - clock_now_ns();

	if (left <= 0)
		return 0;
	return left > 60 * NS_PER_S
		   ? 60000
		   : (DWORD)((left + NS_PER_MS - 1) / NS_PER_MS);
}

unsigned
socket_wait(int fd, unsigned wanted, int64_t until_ns)
{
	HANDLE on[2];
	DWORD count = 0, found, wait = wait_ms(until_ns);
	unsigned ready = 0;
	SOCKET s = fd < 0 || !(wanted & (SOCKET_READ | SOCKET_WRITE))
		       ? INVALID_SOCKET
		       : (SOCKET)fd;

	if (waiting.thread == NULL)
		watch_begin();
	if (waiting.told)
		SetEvent(waiting.go_on);
	waiting.told = false;
	if (wanted & SOCKET_INPUT)
		on[count++] = waiting.came;
	if (s != INVALID_SOCKET) {
		on[count++] = waiting.socket;
		socket_watch(s, wanted);
		if (socket_ready(s, wanted))
			wait = 0;
	}
	found = WaitForMultipleObjects(count, on, FALSE, wait);
	if (s != INVALID_SOCKET)
		ready = socket_ready(s, wanted);
	waiting.told = wanted & SOCKET_INPUT && found == WAIT_OBJECT_0;
	return ready | (waiting.told ? SOCKET_INPUT : 0);
}

void
socket_cut(int fd)
{
	shutdown((SOCKET)fd, SD_BOTH);
}

const char *
socket_error_text(int error)
{
	static char text[ERROR_TEXT_MAX];
	wchar_t wide[ERROR_TEXT_MAX / 4] = L"";

	if (error < WSABASEERR)
		return strerror(error);
	FormatMessageW(
	    FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
	    (DWORD)error, 0, wide, ERROR_TEXT_MAX / 4, NULL);
	wide[wcscspn(wide, L"\r\n")] = L'\0';
	if (wide[0] == L'\0' || utf16_to_utf8(wide, text, sizeof(text)) < 0)
		snprintf(text, sizeof(text), "error %d of the network", error);
	return text;
}

/* What crashes leaves nothing behind here: entry/words.c. */
void
memory_bound(size_t bytes)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };
	HANDLE job = CreateJobObjectW(NULL, NULL);

	limits.BasicLimitInformation.LimitFlags =
	    JOB_OBJECT_LIMIT_PROCESS_MEMORY;
	limits.ProcessMemoryLimit = bytes;
	if (job &&
	    SetInformationJobObject(job, JobObjectExtendedLimitInformation,
		&limits, sizeof(limits)))
		AssignProcessToJobObject(job, GetCurrentProcess());
}
