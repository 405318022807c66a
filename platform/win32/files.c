#include "platform/files.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err.h"
#include "platform/win32/win32.h"

/* Opens an existing file; the handle is closed by the caller. */
static int
open_existing(const char *path, DWORD access, HANDLE *out)
{
	wchar_t *name = utf16_dup(path);

	if (name == NULL)
		return ERR_INVALID;
	*out = CreateFileW(name, access,
	    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	    OPEN_EXISTING, 0, NULL);
	free(name);
	return *out == INVALID_HANDLE_VALUE ? win32_err(GetLastError()) : 0;
}

int
file_look(const char *path, struct file_facts *out)
{
	WIN32_FILE_ATTRIBUTE_DATA data;
	wchar_t *name = utf16_dup(path);
	bool found;

	*out = (struct file_facts){ .bytes = 0 };
	if (name == NULL)
		return ERR_INVALID;
	found = GetFileAttributesExW(name, GetFileExInfoStandard, &data);
	free(name);
	if (!found)
		return win32_err(GetLastError());
	out->is_folder =
	    (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
	out->bytes = (int64_t)data.nFileSizeHigh << 32 | data.nFileSizeLow;
	out->written = (int64_t)data.ftLastWriteTime.dwHighDateTime << 32 |
		       data.ftLastWriteTime.dwLowDateTime;
	return 0;
}

int
file_move(const char *from, const char *to)
{
	wchar_t *old = utf16_dup(from), *new = utf16_dup(to);
	int rc = old && new ? 0 : ERR_INVALID;
	DWORD err;

	if (rc == 0 && !MoveFileExW(old, new, 0)) {
		err = GetLastError();
		rc = err == ERROR_ALREADY_EXISTS || err == ERROR_FILE_EXISTS
			 ? ERR_IN_USE
			 : win32_err(err);
	}
	free(old);
	free(new);
	return rc;
}

int
file_remove(const char *path)
{
	wchar_t *name = utf16_dup(path);
	int rc = 0;

	if (name == NULL)
		return ERR_INVALID;
	if (!DeleteFileW(name))
		rc = win32_err(GetLastError());
	free(name);
	return rc;
}

static int
write_all(HANDLE file, const char *data, size_t len)
{
	DWORD n;

	for (; len > 0; data += n, len -= n)
		if (!WriteFile(file, data, (DWORD)len, &n, NULL))
			return win32_err(GetLastError());
	return 0;
}

/* Writes what is to take the place of a file. */
static int
write_new(const wchar_t *name, const void *data, size_t len)
{
	HANDLE file = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
	    FILE_ATTRIBUTE_NORMAL, NULL);
	int rc;

	if (file == INVALID_HANDLE_VALUE)
		return win32_err(GetLastError());
	rc = write_all(file, data, len);
	CloseHandle(file);
	return rc;
}

int
file_put(const char *path, const void *data, size_t len)
{
	char fresh[PLATFORM_PATH_MAX];
	int n = snprintf(fresh, sizeof(fresh), "%s" FILE_NEW_SUFFIX, path);
	bool fits = n > 0 && (size_t)n < sizeof(fresh);
	wchar_t *from = fits ? utf16_dup(fresh) : NULL, *to = utf16_dup(path);
	int rc = from && to ? write_new(from, data, len) : ERR_INVALID;

	if (rc == 0 && !MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING))
		rc = win32_err(GetLastError());
	if (rc < 0 && from)
		DeleteFileW(from);
	free(from);
	free(to);
	return rc;
}

/* A file is for whom its folder is for. */
int
file_put_private(const char *path, const void *data, size_t len)
{
	return file_put(path, data, len);
}

/* Between two attempts to hold a folder. */
#define HOLD_MS 20

int
file_hold(const char *path)
{
	char lock[PLATFORM_PATH_MAX];
	int n = snprintf(lock, sizeof(lock), "%s.lock", path);
	wchar_t *name =
	    n < 0 || (size_t)n >= sizeof(lock) ? NULL : utf16_dup(lock);
	DWORD err = ERROR_SHARING_VIOLATION;

	if (name == NULL)
		return ERR_TOO_LONG;
	/* It stays open, and goes with us. */
	while (err == ERROR_SHARING_VIOLATION) {
		if (CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
			FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE,
			NULL) != INVALID_HANDLE_VALUE) {
			err = ERROR_SUCCESS;
		} else {
			err = GetLastError();
			Sleep(HOLD_MS);
		}
	}
	free(name);
	return err == ERROR_SUCCESS ? 0 : win32_err(err);
}

int
file_become_owner(const char *path)
{
	(void)path;
	return 0;
}

int
file_head(const char *path, uint8_t *data, size_t size, size_t *len)
{
	HANDLE file;
	int rc = open_existing(path, GENERIC_READ, &file);
	DWORD n = 1;

	*len = 0;
	if (rc < 0)
		return rc;
	for (; rc == 0 && n > 0 && *len < size; *len += n)
		if (!ReadFile(
			file, data + *len, (DWORD)(size - *len), &n, NULL))
			rc = win32_err(GetLastError());
	CloseHandle(file);
	return rc;
}

int
file_sync(const char *path)
{
	HANDLE file;
	int rc = open_existing(path, GENERIC_WRITE, &file);

	if (rc < 0)
		return rc;
	if (!FlushFileBuffers(file))
		rc = win32_err(GetLastError());
	CloseHandle(file);
	return rc;
}

static int
write_zeroes(HANDLE file, size_t bytes)
{
	static const char zeroes[4096];
	DWORD n;

	for (; bytes > 0; bytes -= n) {
		n = bytes < sizeof(zeroes) ? (DWORD)bytes : sizeof(zeroes);
		if (!WriteFile(file, zeroes, n, &n, NULL))
			return win32_err(GetLastError());
		if (n == 0)
			return ERR_NO_SPACE;
	}
	return FlushFileBuffers(file) ? 0 : win32_err(GetLastError());
}

int
folder_try(const char *folder, size_t bytes)
{
	char path[PLATFORM_PATH_MAX];
	int n = snprintf(
	    path, sizeof(path), "%s\\.ttsd-%lu", folder, GetCurrentProcessId());
	wchar_t *name =
	    n < 0 || (size_t)n >= sizeof(path) ? NULL : utf16_dup(path);
	HANDLE file;
	int rc;

	if (name == NULL)
		return ERR_TOO_LONG;
	file = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
	    FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE, NULL);
	free(name);
	if (file == INVALID_HANDLE_VALUE)
		return win32_err(GetLastError());
	rc = write_zeroes(file, bytes);
	CloseHandle(file);
	return rc;
}

int
folder_each(
    const char *folder, void (*fn)(void *arg, const char *name), void *arg)
{
	char path[PLATFORM_PATH_MAX], name[PLATFORM_PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s\\*", folder);
	wchar_t *pattern =
	    n < 0 || (size_t)n >= sizeof(path) ? NULL : utf16_dup(path);
	WIN32_FIND_DATAW data;
	HANDLE find;

	if (pattern == NULL)
		return ERR_TOO_LONG;
	find = FindFirstFileW(pattern, &data);
	free(pattern);
	if (find == INVALID_HANDLE_VALUE)
		return win32_err(GetLastError());
	do {
		if (utf16_to_utf8(data.cFileName, name, sizeof(name)) == 0 &&
		    strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			fn(arg, name);
	} while (FindNextFileW(find, &data));
	FindClose(find);
	return 0;
}
