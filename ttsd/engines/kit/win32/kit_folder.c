/* Windows side of kit_folder.h. */
#include "ttsd/engines/kit/kit_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include "common/err.h"
#include "platform/win32/utf16.h"

#define PATTERN_MAX 4096

static int
each_file(HANDLE find, WIN32_FIND_DATAW *entry,
    int (*each)(void *ctx, const char *name), void *ctx)
{
	char *name;
	int rc = 0;

	do {
		if (entry->cFileName[0] == L'.' ||
		    (entry->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY))
			continue;
		name = utf8_dup(entry->cFileName);
		rc = name ? each(ctx, name) : ERR_NOMEM;
		free(name);
	} while (rc == 0 && FindNextFileW(find, entry));
	return rc;
}

int
kit_folder_list(
    const char *dir, int (*each)(void *ctx, const char *name), void *ctx)
{
	char text[PATTERN_MAX];
	WIN32_FIND_DATAW entry;
	wchar_t *pattern;
	HANDLE find;
	int n, rc;

	n = snprintf(text, sizeof(text), "%s\\*", dir);
	if (n < 0 || (size_t)n >= sizeof(text))
		return ERR_TOO_LONG;
	pattern = utf16_dup(text);
	if (pattern == NULL)
		return ERR_INVALID;
	find = FindFirstFileW(pattern, &entry);
	free(pattern);
	if (find == INVALID_HANDLE_VALUE)
		return GetLastError() == ERROR_FILE_NOT_FOUND
			   ? 0
			   : win32_err(GetLastError());
	rc = each_file(find, &entry, each, ctx);
	FindClose(find);
	return rc;
}
