/*
 * Under the service manager: its states, its stop request, and the log, which
 * then goes to the event log and to a file. Otherwise the log goes to
 * standard error.
 *
 * Log lines are written by a thread of their own: a full pipe or a slow disk
 * must not stop the stream. What does not fit is dropped and counted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "common/log_json.h"
#include "platform/win32/messages.h"
#include "platform/win32/service.h"
#include "platform/win32/win32.h"

/* Lines that wait to be written. */
#define BACKLOG_BYTES (256 * 1024)
/* The log file is renamed to .old at this size. */
#define LOG_FILE_MAX (16 * 1024 * 1024)
#define STOP_HINT_MS 30000
#define START_HINT_MS 15000
/* The end of the process waits so long for the last lines. */
#define LAST_LINES_MS 1000

/* ---- the log's thread ------------------------------------------------- */

static struct {
	const char *program;
	enum log_format format;
	HANDLE to;
	wchar_t path[MAX_PATH + 80]; /* L"": not a file */
	CRITICAL_SECTION lock;       /* of the following */
	struct buf backlog;
	uint64_t dropped;
	bool writing;
	HANDLE wake;
} out;

static HANDLE
open_append(const wchar_t *path)
{
	return CreateFileW(path, FILE_APPEND_DATA,
	    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	    OPEN_ALWAYS, 0, NULL);
}

static void
rotate(void)
{
	wchar_t old[MAX_PATH + 88];
	LARGE_INTEGER size;

	if (out.path[0] == L'\0' || !GetFileSizeEx(out.to, &size) ||
	    size.QuadPart < LOG_FILE_MAX)
		return;
	CloseHandle(out.to);
	swprintf(old, MAX_PATH + 87, L"%ls.old", out.path);
	old[MAX_PATH + 87] = L'\0';
	MoveFileExW(out.path, old, MOVEFILE_REPLACE_EXISTING);
	out.to = open_append(out.path);
}

/* Takes all that waits. */
static struct buf
take_backlog(void)
{
	struct buf lines;
	uint64_t dropped;

	EnterCriticalSection(&out.lock);
	lines = out.backlog;
	buf_init(&out.backlog, BACKLOG_BYTES);
	dropped = out.dropped;
	out.dropped = 0;
	out.writing = buf_len(&lines) > 0;
	LeaveCriticalSection(&out.lock);
	if (dropped > 0) {
		lines.max += 64;
		buf_putf(&lines, "(%" PRIu64 " lines lost)\n", dropped);
	}
	return lines;
}

static DWORD WINAPI
write_lines(void *arg)
{
	struct buf lines;
	DWORD n;

	(void)arg;
	for (;;) {
		lines = take_backlog();
		if (buf_len(&lines) == 0)
			WaitForSingleObject(out.wake, INFINITE);
		while (buf_len(&lines) > 0 &&
		       WriteFile(out.to, buf_data(&lines),
			   (DWORD)buf_len(&lines), &n, NULL))
			buf_consume(&lines, n);
		buf_done(&lines);
		rotate();
	}
	return 0;
}

static void
write_line(const char *line, size_t len)
{
	EnterCriticalSection(&out.lock);
	if (buf_put(&out.backlog, line, len) < 0)
		out.dropped++;
	LeaveCriticalSection(&out.lock);
	SetEvent(out.wake);
}

static bool
all_written(void)
{
	bool done;

	EnterCriticalSection(&out.lock);
	done = buf_len(&out.backlog) == 0 && !out.writing;
	LeaveCriticalSection(&out.lock);
	return done;
}

static void
write_last_lines(void)
{
	int ms;

	for (ms = 0; out.wake && ms < LAST_LINES_MS && !all_written(); ms++)
		Sleep(1);
}

/* ---- the service ------------------------------------------------------ */

static struct {
	bool on; /* we are one */
	const wchar_t *name;
	SERVICE_STATUS_HANDLE handle;
	SERVICE_STATUS status;
	HANDLE events;
	int (*body)(int argc, char **argv);
	int argc;
	char **argv;
} service;

static void
report_state(DWORD state, DWORD hint_ms)
{
	static DWORD checkpoint;
	bool waits = hint_ms > 0;

	if (service.handle == NULL)
		return;
	service.status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
	service.status.dwCurrentState = state;
	service.status.dwControlsAccepted = state == SERVICE_RUNNING
						? SERVICE_ACCEPT_STOP |
						      SERVICE_ACCEPT_SHUTDOWN |
						      SERVICE_ACCEPT_PARAMCHANGE
						: 0;
	service.status.dwWaitHint = hint_ms;
	service.status.dwCheckPoint = waits ? ++checkpoint : 0;
	SetServiceStatus(service.handle, &service.status);
}

static DWORD WINAPI
control(DWORD what, DWORD type, void *data, void *arg)
{
	(void)type;
	(void)data;
	(void)arg;
	switch (what) {
	case SERVICE_CONTROL_STOP:
	case SERVICE_CONTROL_SHUTDOWN:
		report_state(SERVICE_STOP_PENDING, STOP_HINT_MS);
		loop_signal_from_outside(LOOP_TERMINATE);
		return NO_ERROR;
	case SERVICE_CONTROL_PARAMCHANGE:
		loop_signal_from_outside(LOOP_RELOAD);
		return NO_ERROR;
	case SERVICE_CONTROL_INTERROGATE:
		return NO_ERROR;
	default:
		return ERROR_CALL_NOT_IMPLEMENTED;
	}
}

/* %ProgramData%\ttsd\NAME.log; without it, the event log has to do. */
static void
open_log_file(void)
{
	wchar_t data[MAX_PATH];

	service.events = RegisterEventSourceW(NULL, service.name);
	if (path_program_data(data) < 0)
		return;
	swprintf(out.path, MAX_PATH + 80, L"%ls\\ttsd", data);
	CreateDirectoryW(out.path, NULL);
	swprintf(
	    out.path, MAX_PATH + 80, L"%ls\\ttsd\\%ls.log", data, service.name);
	out.to = open_append(out.path);
	if (out.to == INVALID_HANDLE_VALUE)
		out.path[0] = L'\0';
}

static void WINAPI
service_body(DWORD argc, wchar_t **argv)
{
	int code;

	(void)argc;
	(void)argv;
	service.handle =
	    RegisterServiceCtrlHandlerExW(service.name, control, NULL);
	report_state(SERVICE_START_PENDING, START_HINT_MS);
	open_log_file();
	code = service.body(service.argc, service.argv);
	write_last_lines();
	/* Anything but 0 lets the service manager start us again. */
	service.status.dwWin32ExitCode =
	    code ? ERROR_SERVICE_SPECIFIC_ERROR : NO_ERROR;
	service.status.dwServiceSpecificExitCode = (DWORD)code;
	report_state(SERVICE_STOPPED, 0);
}

int
service_run(const wchar_t *name, int (*body)(int argc, char **argv), int argc,
    char **argv)
{
	SERVICE_TABLE_ENTRYW table[] = { { (wchar_t *)name, service_body },
		{ NULL, NULL } };

	service.on = true;
	service.name = name;
	service.body = body;
	service.argc = argc;
	service.argv = argv;
	if (!StartServiceCtrlDispatcherW(table))
		return win32_err(GetLastError());
	return 0;
}

void
service_ready(void)
{
	report_state(SERVICE_RUNNING, 0);
}

void
service_stopping(void)
{
	report_state(SERVICE_STOP_PENDING, STOP_HINT_MS);
}

/* There is no such state here. */
void
service_reloading(void)
{
}

int
service_ask_reload(int64_t pid, enum loop_signal signal)
{
	(void)pid;
	(void)signal;
	return ERR_UNSUPPORTED;
}

/* ---- the log ---------------------------------------------------------- */

static void
utc_text(char *text, size_t size)
{
	SYSTEMTIME t;

	GetSystemTime(&t);
	snprintf(text, size, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", t.wYear,
	    t.wMonth, t.wDay, t.wHour, t.wMinute, t.wSecond, t.wMilliseconds);
}

/* Writes to the event log what an operator should act on. */
static void
report_event(enum log_level level, const char *line)
{
	wchar_t *text;
	const wchar_t *strings[1];

	if (service.events == NULL || level > LOG_WARNING)
		return;
	text = utf16_dup(line);
	if (text == NULL)
		return;
	strings[0] = text;
	if (level == LOG_ERROR)
		ReportEventW(service.events, EVENTLOG_ERROR_TYPE, 0, MSG_ERROR,
		    NULL, 1, 0, strings, NULL);
	else
		ReportEventW(service.events, EVENTLOG_WARNING_TYPE, 0,
		    MSG_WARNING, NULL, 1, 0, strings, NULL);
	free(text);
}

static void
sink(enum log_level level, const char *line)
{
	char when[40], text[LOG_JSON_MAX];
	int n;

	utc_text(when, sizeof(when));
	if (out.format == LOG_JSON)
		n = (int)log_json(text, when, out.program, level, line);
	else
		n = snprintf(text, sizeof(text), "%s %s %s: %s\n", when,
		    out.program, log_level_name(level), line);
	if (n > 0)
		write_line(text, (size_t)n);
	report_event(level, line);
}

void
service_complain(const char *text)
{
	DWORD n;

	fprintf(stderr, "%s\n", text);
	report_event(LOG_ERROR, text);
	if (out.path[0] &&
	    WriteFile(out.to, text, (DWORD)strlen(text), &n, NULL))
		WriteFile(out.to, "\n", 1, &n, NULL);
}

void
service_log_init(const char *program, enum log_format as, enum log_level max)
{
	HANDLE thread;

	out.program = program;
	out.format = as;
	if (!service.on || out.path[0] == L'\0')
		out.to = GetStdHandle(STD_ERROR_HANDLE);
	InitializeCriticalSection(&out.lock);
	buf_init(&out.backlog, BACKLOG_BYTES);
	out.wake = CreateEventW(NULL, FALSE, FALSE, NULL);
	thread = CreateThread(NULL, 0, write_lines, NULL, 0, NULL);
	if (thread == NULL)
		return;
	CloseHandle(thread);
	atexit(write_last_lines);
	log_init(sink, max);
}
