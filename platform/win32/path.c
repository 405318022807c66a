#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/err.h"
#include "platform/win32/win32.h"
/* After windows.h. */
#include <shlobj.h>

/* CreateNamedPipe() takes a whole name of at most so many characters. */
#define PIPE_NAME_MAX 256

bool
pipe_is_name(const char *path)
{
	return _strnicmp(path, PIPES, strlen(PIPES)) == 0 &&
	       path[strlen(PIPES)] != '\0' &&
	       strpbrk(path + strlen(PIPES), "\\/") == NULL;
}

static int
print_path(
    char *out, size_t size, const char *fmt, const char *a, const char *b)
{
	int n = snprintf(out, size, fmt, a, b);

	return n < 0 || (size_t)n >= size ? ERR_TOO_LONG : 0;
}

size_t
path_socket_max(void)
{
	return PIPE_NAME_MAX;
}

int
path_check_socket(const char *path)
{
	return strlen(path) > PIPE_NAME_MAX ? ERR_TOO_LONG : 0;
}

int
path_socket(const char *dir, const char *name, char *out, size_t size)
{
	int rc = print_path(out, size, "%s-%s", dir, name);

	return rc < 0 ? rc : path_check_socket(out);
}

int
pipe_name(const char *path, wchar_t **out)
{
	*out = NULL;
	if (!pipe_is_name(path))
		return ERR_INVALID;
	if (path_check_socket(path) < 0)
		return ERR_TOO_LONG;
	*out = utf16_dup(path);
	return *out ? 0 : ERR_NOMEM;
}

/* The folder that the programs' folder lies in. */
static int
path_home(wchar_t *out, DWORD size)
{
	DWORD n = GetModuleFileNameW(NULL, out, size);
	wchar_t *last;
	int i;

	if (n == 0 || n >= size)
		return ERR_TOO_LONG;
	for (i = 0; i < 2; i++) {
		last = wcsrchr(out, L'\\');
		if (last == NULL)
			return ERR_NOT_FOUND;
		*last = L'\0';
	}
	return 0;
}

int
path_libexec(char *out, size_t size)
{
	wchar_t home[PLATFORM_PATH_MAX];
	char text[PLATFORM_PATH_MAX];
	int rc = path_home(home, PLATFORM_PATH_MAX);

	if (rc == 0)
		rc = utf16_to_utf8(home, text, sizeof(text));
	return rc < 0 ? rc
		      : print_path(out, size, "%s\\%s", text, "libexec\\ttsd");
}

int
path_program_data(wchar_t *out)
{
	return SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA, NULL, 0, out) ==
		       S_OK
		   ? 0
		   : ERR_NOT_FOUND;
}

const char *
path_config_file(void)
{
	static char path[PLATFORM_PATH_MAX];
	wchar_t data[MAX_PATH];
	char text[PLATFORM_PATH_MAX - 32];

	if (path_program_data(data) < 0 ||
	    utf16_to_utf8(data, text, sizeof(text)) < 0)
		strcpy(text, "C:\\ProgramData");
	snprintf(path, sizeof(path), "%s\\ttsd\\ttsd.conf", text);
	return path;
}

static int
read_all(HANDLE file, struct buf *out)
{
	char chunk[4096];
	DWORD n;
	int rc = 0;

	while (rc == 0) {
		if (!ReadFile(file, chunk, sizeof(chunk), &n, NULL))
			return win32_err(GetLastError());
		if (n == 0)
			break;
		rc = buf_put(out, chunk, n);
	}
	return rc == ERR_FULL ? ERR_TOO_LONG : rc;
}

int
path_check_folder(const char *path)
{
	wchar_t *name = utf16_dup(path);
	DWORD attributes = INVALID_FILE_ATTRIBUTES;

	if (name)
		attributes = GetFileAttributesW(name);
	free(name);
	return attributes != INVALID_FILE_ATTRIBUTES &&
		       (attributes & FILE_ATTRIBUTE_DIRECTORY)
		   ? 0
		   : ERR_NOT_FOUND;
}

bool
path_is_private(const char *path)
{
	(void)path;
	return true;
}

static int
open_file(const char *path, HANDLE *out)
{
	wchar_t *name = utf16_dup(path);

	if (name == NULL)
		return ERR_INVALID;
	*out = CreateFileW(name, GENERIC_READ,
	    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	    OPEN_EXISTING, 0, NULL);
	free(name);
	return *out == INVALID_HANDLE_VALUE ? win32_err(GetLastError()) : 0;
}

static int
path_kind_err(HANDLE file)
{
	switch (GetFileType(file)) {
	case FILE_TYPE_DISK:
		return 0;
	case FILE_TYPE_PIPE:
		return ERR_IS_FIFO;
	default:
		return ERR_IS_DEVICE;
	}
}

int
path_read(const char *path, struct buf *out)
{
	HANDLE file;
	int rc = open_file(path, &file);

	if (rc < 0)
		return rc;
	rc = path_kind_err(file);
	if (rc == 0)
		rc = read_all(file, out);
	CloseHandle(file);
	return rc;
}

int
path_read_waiting(const char *path, struct buf *out)
{
	HANDLE file;
	int rc = open_file(path, &file);

	if (rc < 0)
		return rc;
	rc = read_all(file, out);
	CloseHandle(file);
	return rc;
}

int
path_self(char *out, size_t size)
{
	wchar_t path[PLATFORM_PATH_MAX];
	DWORD n = GetModuleFileNameW(NULL, path, PLATFORM_PATH_MAX);

	if (n == 0 || n >= PLATFORM_PATH_MAX)
		return ERR_TOO_LONG;
	return utf16_to_utf8(path, out, size);
}
