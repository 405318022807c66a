#include "platform/inspect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/win32/win32.h"

/* Users have no numbers here, nor files modes: rights are in lists, which
 * path_is_private() looks at. */

void
inspect_user(int64_t uid, char *out, size_t size)
{
	snprintf(out, size, "user %lld", (long long)uid);
}

int64_t
inspect_own_uid(void)
{
	return -1;
}

int
inspect_file(const char *path, struct inspected_file *out)
{
	(void)path;
	*out = (struct inspected_file){ .uid = -1 };
	return ERR_UNSUPPORTED;
}

int
inspect_disk(const char *path, struct inspected_disk *out)
{
	wchar_t *name = utf16_dup(path), *last = name;
	ULARGE_INTEGER room, all;
	BOOL good = FALSE;

	*out = (struct inspected_disk){ 0 };
	while (name && last && !good) {
		good = GetDiskFreeSpaceExW(name, &room, &all, NULL);
		last = wcsrchr(name, L'\\');
		if (last)
			*last = L'\0';
	}
	free(name);
	if (!good)
		return ERR_NOT_FOUND;
	out->free_bytes = room.QuadPart;
	out->bytes = all.QuadPart;
	return 0;
}

int
inspect_clock(bool *synchronised)
{
	*synchronised = false;
	return ERR_UNSUPPORTED;
}

int
inspect_process(int64_t pid, struct inspected_process *out)
{
	(void)pid;
	*out = (struct inspected_process){ .files_max = -1 };
	return ERR_UNSUPPORTED;
}

bool
inspect_slices(void)
{
	return false;
}
