#include "platform/win32/spawn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/err.h"
#include "platform/win32/utf16.h"

#define PIPE_BYTES (64 * 1024)
/* The system's own limit, in characters. */
#define LINE_MAX_CHARS 32767

/* ---- pipes ------------------------------------------------------------ */

static int
connect_child(const wchar_t *name, bool child_reads, HANDLE *theirs)
{
	SECURITY_ATTRIBUTES sa = { .nLength = sizeof(sa),
		.bInheritHandle = TRUE };

	*theirs = CreateFileW(name,
	    child_reads ? GENERIC_READ | FILE_WRITE_ATTRIBUTES
			: GENERIC_WRITE | FILE_READ_ATTRIBUTES,
	    0, &sa, OPEN_EXISTING, 0, NULL);
	return *theirs == INVALID_HANDLE_VALUE ? win32_err(GetLastError()) : 0;
}

/* Anonymous pipes cannot be overlapped, so these have names that nobody
 * guesses in time: the first connection is ours. */
int
spawn_pipe(bool we_write, HANDLE *ours, HANDLE *theirs)
{
	static LONG count;
	LARGE_INTEGER now;
	wchar_t name[96];
	int rc;

	QueryPerformanceCounter(&now);
	swprintf(name, 95, L"\\\\.\\pipe\\ttsd-child-%lu-%ld-%llx",
	    GetCurrentProcessId(), InterlockedIncrement(&count),
	    (unsigned long long)now.QuadPart);
	name[95] = L'\0';
	*ours = CreateNamedPipeW(name,
	    (we_write ? PIPE_ACCESS_OUTBOUND : PIPE_ACCESS_INBOUND) |
		FILE_FLAG_OVERLAPPED | FILE_FLAG_FIRST_PIPE_INSTANCE,
	    PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS, 1,
	    PIPE_BYTES, PIPE_BYTES, 0, NULL);
	if (*ours == INVALID_HANDLE_VALUE)
		return win32_err(GetLastError());
	rc = connect_child(name, we_write, theirs);
	if (rc < 0)
		CloseHandle(*ours);
	return rc;
}

int
spawn_null(HANDLE *theirs)
{
	return connect_child(L"NUL", true, theirs);
}

HANDLE
spawn_job(void)
{
	JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = { 0 };
	HANDLE job = CreateJobObjectW(NULL, NULL);

	limits.BasicLimitInformation.LimitFlags =
	    JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE |
	    JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION;
	if (job &&
	    !SetInformationJobObject(job, JobObjectExtendedLimitInformation,
		&limits, sizeof(limits))) {
		CloseHandle(job);
		job = NULL;
	}
	return job;
}

/* ---- command lines ---------------------------------------------------- */

/* Writes a word so that CommandLineToArgvW() and the C run-time library take it
 * apart as it was: within quotes, backslashes count only before a quote. */
static int
put_word(struct buf *line, const char *word)
{
	size_t slashes = 0, i;
	int rc = buf_puts(line, buf_len(line) ? " \"" : "\"");

	for (; *word && rc == 0; word++) {
		if (*word == '"') {
			for (i = 0; i < slashes + 1 && rc == 0; i++)
				rc = buf_puts(line, "\\");
		}
		slashes = *word == '\\' ? slashes + 1 : 0;
		if (rc == 0)
			rc = buf_put(line, word, 1);
	}
	for (i = 0; i < slashes && rc == 0; i++)
		rc = buf_puts(line, "\\");
	return rc < 0 ? rc : buf_puts(line, "\"");
}

/* The first word becomes the program's whole path. */
static int
quote_words(const wchar_t *program, const char *const *argv, wchar_t **out)
{
	char *path = utf8_dup(program);
	struct buf line;
	int rc;

	buf_init(&line, LINE_MAX_CHARS);
	rc = path ? put_word(&line, path) : ERR_NOMEM;
	free(path);
	for (argv++; *argv && rc == 0; argv++)
		rc = put_word(&line, *argv);
	if (rc == 0)
		rc = buf_put(&line, "", 1);
	if (rc == 0) {
		*out = utf16_dup((const char *)buf_data(&line));
		rc = *out ? 0 : ERR_INVALID;
	}
	buf_done(&line);
	return rc == ERR_FULL ? ERR_TOO_LONG : rc;
}

/* Is it a script, which the system itself cannot run? */
static bool
is_script(const wchar_t *program)
{
	const wchar_t *dot = wcsrchr(program, L'.');

	return dot &&
	       (_wcsicmp(dot, L".bat") == 0 || _wcsicmp(dot, L".cmd") == 0);
}

static int
search(const wchar_t *name, wchar_t **out)
{
	bool folder = wcspbrk(name, L"\\/:") != NULL;
	DWORD size = LINE_MAX_CHARS, n;
	wchar_t *path = calloc(size, sizeof(*path));
	wchar_t *found = calloc(size, sizeof(*found));
	int rc = path && found ? 0 : ERR_NOMEM;

	if (rc == 0 && !folder)
		GetEnvironmentVariableW(L"PATH", path, size);
	/* A name with a folder is looked for in that folder only. */
	if (rc == 0) {
		n = folder
			? SearchPathW(NULL, name, L".exe", size, found, NULL)
			: SearchPathW(path, name, L".exe", size, found, NULL);
		if (n == 0 || n >= size)
			rc = ERR_NOT_FOUND;
		else if (is_script(found))
			rc = ERR_NOT_PROGRAM;
	}
	free(path);
	if (rc < 0) {
		free(found);
		found = NULL;
	}
	*out = found;
	return rc;
}

int
spawn_prepare(const char *const *argv, struct spawn_command *out)
{
	wchar_t *name = utf16_dup(argv[0]), *c;
	int rc;

	*out = (struct spawn_command){ 0 };
	if (name == NULL)
		return ERR_INVALID;
	for (c = name; *c; c++)
		if (*c == L'/')
			*c = L'\\';
	rc = search(name, &out->program);
	free(name);
	if (rc == 0)
		rc = quote_words(out->program, argv, &out->line);
	if (rc < 0)
		spawn_command_done(out);
	return rc;
}

/* Returns the length with the '\0' of its end. */
static size_t
block_length(const wchar_t *block)
{
	const wchar_t *at = block;

	while (*at)
		at += wcslen(at) + 1;
	return (size_t)(at - block) + 1;
}

int
spawn_command_grant(struct spawn_command *c, const char *variable)
{
	wchar_t *ours = GetEnvironmentStringsW(), *more = utf16_dup(variable);
	size_t len, add;

	if (ours && more) {
		len = block_length(ours);
		add = wcslen(more) + 1;
		c->environment = calloc(add + len, sizeof(*ours));
		if (c->environment) {
			memcpy(c->environment, more, add * sizeof(*ours));
			memcpy(c->environment + add, ours, len * sizeof(*ours));
		}
	}
	if (ours)
		FreeEnvironmentStringsW(ours);
	free(more);
	return c->environment ? 0 : ERR_NOMEM;
}

void
spawn_command_done(struct spawn_command *c)
{
	free(c->program);
	free(c->line);
	free(c->environment);
	*c = (struct spawn_command){ 0 };
}

/* ---- running ---------------------------------------------------------- */

static int
create(const struct spawn_command *c, STARTUPINFOEXW *start, HANDLE job,
    PROCESS_INFORMATION *info)
{
	/* Suspended until it is in the job, so that nothing escapes it. A
	 * group of its own: our Ctrl-C is not for it. */
	DWORD flags = CREATE_SUSPENDED | CREATE_NO_WINDOW |
		      CREATE_NEW_PROCESS_GROUP | CREATE_UNICODE_ENVIRONMENT |
		      EXTENDED_STARTUPINFO_PRESENT;
	int rc;

	if (!CreateProcessW(c->program, c->line, NULL, NULL, TRUE, flags,
		c->environment, NULL, &start->StartupInfo, info))
		return win32_err(GetLastError());
	rc = AssignProcessToJobObject(job, info->hProcess)
		 ? 0
		 : win32_err(GetLastError());
	if (rc == 0 && ResumeThread(info->hThread) == (DWORD)-1)
		rc = win32_err(GetLastError());
	CloseHandle(info->hThread);
	if (rc < 0) {
		TerminateProcess(info->hProcess, SPAWN_KILLED);
		CloseHandle(info->hProcess);
	}
	return rc;
}

int
spawn_run(const struct spawn_command *c, HANDLE const standard[3], HANDLE job,
    HANDLE *process, DWORD *pid)
{
	STARTUPINFOEXW start = { .StartupInfo = { .cb = sizeof(start),
				     .dwFlags = STARTF_USESTDHANDLES,
				     .hStdInput = standard[0],
				     .hStdOutput = standard[1],
				     .hStdError = standard[2] } };
	HANDLE list[3] = { standard[0], standard[1], standard[2] };
	PROCESS_INFORMATION info;
	SIZE_T size = 0;
	int rc = ERR_NOMEM;

	*process = NULL;
	*pid = 0;
	InitializeProcThreadAttributeList(NULL, 1, 0, &size);
	start.lpAttributeList = malloc(size);
	if (start.lpAttributeList == NULL)
		return ERR_NOMEM;
	if (InitializeProcThreadAttributeList(
		start.lpAttributeList, 1, 0, &size)) {
		if (UpdateProcThreadAttribute(start.lpAttributeList, 0,
			PROC_THREAD_ATTRIBUTE_HANDLE_LIST, list, sizeof(list),
			NULL, NULL))
			rc = create(c, &start, job, &info);
		DeleteProcThreadAttributeList(start.lpAttributeList);
	}
	free(start.lpAttributeList);
	if (rc == 0) {
		*process = info.hProcess;
		*pid = info.dwProcessId;
	}
	return rc;
}
