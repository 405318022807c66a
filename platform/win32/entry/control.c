#include "platform/win32/entry/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/buf.h"
#include "common/err.h"
#include "platform/win32/spawn.h"
#include "platform/win32/utf16.h"

#define EXIT_FAILED 1
/* Start and stop wait at most WAIT_MS, and look every POLL_MS. */
#define WAIT_MS 30000
#define POLL_MS 50
/* A service that failed is started again after 1 s, then after 5 s, then every
 * 30 s; a day without a failure is a new beginning. */
#define DAY_S (24 * 3600)

static const wchar_t event_log_key[] =
    L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\";

static int
entry_complain(const char *name, const char *what)
{
	DWORD error = GetLastError();
	const char *hint = "";

	if (error == ERROR_ACCESS_DENIED)
		hint = "; administrators may do this";
	if (error == ERROR_SERVICE_DOES_NOT_EXIST)
		hint = "; 'service install' installs it";
	fprintf(stderr, "%s: %s: %s (Windows error %lu)%s\n", name, what,
	    err_text(win32_err(error)), error, hint);
	return EXIT_FAILED;
}

/* The service, and its manager, which is to be closed after it. */
struct held {
	SC_HANDLE manager, service;
};

static void
let_go(struct held *h)
{
	if (h->service)
		CloseServiceHandle(h->service);
	if (h->manager)
		CloseServiceHandle(h->manager);
}

/* On failure, GetLastError() says why. */
static bool
reach_for(const char *name, DWORD access, struct held *h)
{
	wchar_t *wide = utf16_dup(name);
	DWORD error;

	*h = (struct held){ 0 };
	h->manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
	if (h->manager && wide)
		h->service = OpenServiceW(h->manager, wide, access);
	error = GetLastError();
	free(wide);
	SetLastError(error);
	return h->service != NULL;
}

static int
take_hold(const char *name, DWORD access, struct held *h)
{
	if (reach_for(name, access, h))
		return 0;
	entry_complain(name, "the service cannot be opened");
	let_go(h);
	return EXIT_FAILED;
}

/* Is there one to be stopped or removed? Says so if there is none. */
static bool
service_is_there(const char *name)
{
	struct held h;
	bool there = reach_for(name, SERVICE_QUERY_STATUS, &h) ||
		     GetLastError() != ERROR_SERVICE_DOES_NOT_EXIST;

	let_go(&h);
	if (!there)
		printf("%s: the service is not installed\n", name);
	return there;
}

/* ---- install ---------------------------------------------------------- */

/* "C:\…\ttsd.exe" service run OPTION… */
static wchar_t *
command_line(int argc, char **argv)
{
	struct spawn_command c;
	wchar_t self[MAX_PATH], *line;
	const char **words = calloc((size_t)argc + 4, sizeof(*words));
	char *program;
	int i;

	GetModuleFileNameW(NULL, self, MAX_PATH);
	self[MAX_PATH - 1] = L'\0';
	program = utf8_dup(self);
	if (words == NULL || program == NULL)
		return NULL;
	words[0] = program;
	words[1] = "service";
	words[2] = "run";
	for (i = 0; i < argc; i++)
		words[i + 3] = argv[i];
	line = spawn_prepare(words, &c) == 0 ? c.line : NULL;
	if (line) {
		c.line = NULL;
		spawn_command_done(&c);
	}
	free(program);
	free(words);
	return line;
}

static void
set_recovery(SC_HANDLE service)
{
	SC_ACTION actions[] = { { SC_ACTION_RESTART, 1000 },
		{ SC_ACTION_RESTART, 5000 }, { SC_ACTION_RESTART, 30000 } };
	SERVICE_FAILURE_ACTIONSW failure = {
		.dwResetPeriod = DAY_S, .cActions = 3, .lpsaActions = actions
	};
	/* An exit status that is not 0 is a failure too. */
	SERVICE_FAILURE_ACTIONS_FLAG also = {
		.fFailureActionsOnNonCrashFailures = TRUE
	};

	ChangeServiceConfig2W(
	    service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure);
	ChangeServiceConfig2W(
	    service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &also);
}

static void
describe(SC_HANDLE service)
{
	SERVICE_DESCRIPTIONW text = {
		.lpDescription = (wchar_t *)L"Live speech streams (ttsd)"
	};

	ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &text);
}

/* Tells the event log where the messages are: in this program. */
static void
register_messages(const wchar_t *name)
{
	wchar_t path[MAX_PATH], key[256];
	DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE |
		      EVENTLOG_INFORMATION_TYPE;
	DWORD n = GetModuleFileNameW(NULL, path, MAX_PATH);
	HKEY handle;

	swprintf(key, 255, L"%ls%ls", event_log_key, name);
	key[255] = L'\0';
	if (n == 0 || n >= MAX_PATH ||
	    RegCreateKeyExW(HKEY_LOCAL_MACHINE, key, 0, NULL, 0, KEY_SET_VALUE,
		NULL, &handle, NULL) != ERROR_SUCCESS)
		return;
	RegSetValueExW(handle, L"EventMessageFile", 0, REG_EXPAND_SZ,
	    (const BYTE *)path, (n + 1) * (DWORD)sizeof(*path));
	RegSetValueExW(handle, L"TypesSupported", 0, REG_DWORD,
	    (const BYTE *)&types, sizeof(types));
	RegCloseKey(handle);
}

/* One that is there is given this program and these options; whether it starts
 * with the system, and as whom it runs, stays. */
static bool
put_service(struct held *h, const wchar_t *name, const wchar_t *line)
{
	h->service = CreateServiceW(h->manager, name, name, SERVICE_ALL_ACCESS,
	    SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL,
	    line, NULL, NULL, L"Tcpip\0", L"NT AUTHORITY\\LocalService", NULL);
	if (h->service || GetLastError() != ERROR_SERVICE_EXISTS)
		return h->service != NULL;
	h->service = OpenServiceW(h->manager, name, SERVICE_ALL_ACCESS);
	return h->service && ChangeServiceConfigW(h->service, SERVICE_NO_CHANGE,
				 SERVICE_NO_CHANGE, SERVICE_NO_CHANGE, line,
				 NULL, NULL, NULL, NULL, NULL, NULL);
}

int
control_install(const char *name, int argc, char **argv)
{
	wchar_t *wide = utf16_dup(name), *line = command_line(argc, argv);
	struct held h = { 0 };
	int rc = EXIT_FAILED;

	if (wide && line)
		h.manager =
		    OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE);
	if (h.manager && put_service(&h, wide, line)) {
		set_recovery(h.service);
		describe(h.service);
		register_messages(wide);
		printf("%s: the service is installed and starts with the "
		       "system; start it now with '%s service start'\n",
		    name, name);
		rc = 0;
	} else {
		entry_complain(name, "the service cannot be installed");
	}
	let_go(&h);
	free(wide);
	free(line);
	return rc;
}

/* ---- the others ------------------------------------------------------- */

static DWORD
state_of(SC_HANDLE service)
{
	SERVICE_STATUS status = { 0 };

	QueryServiceStatus(service, &status);
	return status.dwCurrentState;
}

/* The gateway does that where it has nothing to serve. */
static bool
ended_well(SC_HANDLE service)
{
	SERVICE_STATUS status = { 0 };

	return QueryServiceStatus(service, &status) &&
	       status.dwWin32ExitCode == NO_ERROR;
}

/* Waits for one of two states; returns whether it was the first. */
static bool
await_state(SC_HANDLE service, DWORD wanted, DWORD other)
{
	DWORD state = 0;
	int ms;

	for (ms = 0; ms < WAIT_MS; ms += POLL_MS) {
		state = state_of(service);
		if (state == wanted || state == other)
			break;
		Sleep(POLL_MS);
	}
	return state == wanted;
}

int
control_start(const char *name)
{
	struct held h;
	int rc;

	rc = take_hold(name, SERVICE_START | SERVICE_QUERY_STATUS, &h);
	if (rc != 0)
		return rc;
	if (!StartServiceW(h.service, 0, NULL) &&
	    GetLastError() != ERROR_SERVICE_ALREADY_RUNNING) {
		rc = entry_complain(name, "the service cannot be started");
	} else if (await_state(h.service, SERVICE_RUNNING, SERVICE_STOPPED)) {
		printf("%s: the service runs\n", name);
	} else if (ended_well(h.service)) {
		printf("%s: the service has ended, for there was nothing to "
		       "do; its log in %%ProgramData%%\\ttsd says more\n",
		    name);
	} else {
		fprintf(stderr,
		    "%s: the service did not come up; see its log in "
		    "%%ProgramData%%\\ttsd and the event log\n",
		    name);
		rc = EXIT_FAILED;
	}
	let_go(&h);
	return rc;
}

static bool
end_service(SC_HANDLE service)
{
	SERVICE_STATUS status;

	if (!ControlService(service, SERVICE_CONTROL_STOP, &status) &&
	    GetLastError() != ERROR_SERVICE_NOT_ACTIVE)
		return false;
	return await_state(service, SERVICE_STOPPED, SERVICE_STOPPED);
}

int
control_stop(const char *name)
{
	struct held h;
	int rc;

	if (!service_is_there(name))
		return 0;
	rc = take_hold(name, SERVICE_STOP | SERVICE_QUERY_STATUS, &h);
	if (rc != 0)
		return rc;
	if (end_service(h.service))
		printf("%s: the service has stopped\n", name);
	else
		rc = entry_complain(name, "the service cannot be stopped");
	let_go(&h);
	return rc;
}

int
control_restart(const char *name)
{
	int rc = control_stop(name);

	return rc ? rc : control_start(name);
}

int
control_uninstall(const char *name)
{
	struct held h;
	wchar_t *wide, key[256];
	int rc;

	if (!service_is_there(name))
		return 0;
	rc = take_hold(name, SERVICE_STOP | SERVICE_QUERY_STATUS | DELETE, &h);
	if (rc != 0)
		return rc;
	end_service(h.service);
	if (DeleteService(h.service))
		printf("%s: the service is removed\n", name);
	else
		rc = entry_complain(name, "the service cannot be removed");
	let_go(&h);
	wide = utf16_dup(name);
	if (wide && rc == 0) {
		swprintf(key, 255, L"%ls%ls", event_log_key, wide);
		key[255] = L'\0';
		RegDeleteKeyW(HKEY_LOCAL_MACHINE, key);
	}
	free(wide);
	return rc;
}

int
control_status(const char *name)
{
	static const char *const states[] = { [SERVICE_STOPPED] = "stopped",
		[SERVICE_START_PENDING] = "starting",
		[SERVICE_STOP_PENDING] = "stopping",
		[SERVICE_RUNNING] = "running",
		[SERVICE_CONTINUE_PENDING] = "running",
		[SERVICE_PAUSE_PENDING] = "running",
		[SERVICE_PAUSED] = "running" };
	struct held h;
	DWORD state;
	int rc;

	rc = take_hold(name, SERVICE_QUERY_STATUS, &h);
	if (rc != 0)
		return rc;
	state = state_of(h.service);
	printf("%s: %s\n", name,
	    state < sizeof(states) / sizeof(states[0]) && states[state]
		? states[state]
		: "unknown");
	let_go(&h);
	return state == SERVICE_RUNNING ? 0 : EXIT_FAILED;
}
