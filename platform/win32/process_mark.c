#include "platform/process_mark.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/err.h"
#include "platform/win32/win32.h"

/* When it was started, in 100 ns since 1601. One that has ended is there for as
 * long as anybody holds a handle of it. */
static int
started_at(HANDLE process, uint64_t *out)
{
	FILETIME started, ended, kernel, user;

	if (WaitForSingleObject(process, 0) == WAIT_OBJECT_0)
		return ERR_NOT_FOUND;
	if (!GetProcessTimes(process, &started, &ended, &kernel, &user))
		return ERR_UNSUPPORTED;
	*out = (uint64_t)started.dwHighDateTime << 32 | started.dwLowDateTime;
	return 0;
}

int
process_mark(int64_t pid, char *out, size_t size)
{
	HANDLE process;
	uint64_t started;
	int rc, n;

	if (pid <= 0 || pid > UINT32_MAX)
		return ERR_NOT_FOUND;
	process = OpenProcess(
	    PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, (DWORD)pid);
	if (process == NULL)
		return GetLastError() == ERROR_INVALID_PARAMETER
			   ? ERR_NOT_FOUND
			   : ERR_UNSUPPORTED;
	rc = started_at(process, &started);
	CloseHandle(process);
	if (rc < 0)
		return rc;
	n = snprintf(out, size, "%" PRId64 " %" PRIu64, pid, started);
	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}
