#include "platform/win32/utf16.h"

#include <stdlib.h>
#include <windows.h>

#include "common/err.h"

wchar_t *
utf16_dup(const char *text)
{
	int n = MultiByteToWideChar(
	    CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
	wchar_t *out = n > 0 ? calloc((size_t)n, sizeof(*out)) : NULL;

	if (out)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, out, n);
	return out;
}

char *
utf8_dup(const wchar_t *text)
{
	int n = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
	char *out = n > 0 ? calloc((size_t)n, 1) : NULL;

	if (out)
		WideCharToMultiByte(CP_UTF8, 0, text, -1, out, n, NULL, NULL);
	return out;
}

int
utf16_to_utf8(const wchar_t *text, char *out, size_t size)
{
	int n = WideCharToMultiByte(
	    CP_UTF8, 0, text, -1, out, (int)size, NULL, NULL);

	return n > 0 ? 0 : ERR_TOO_LONG;
}

char **
utf8_words(int argc, wchar_t **argv)
{
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	int i;

	for (i = 0; words && i < argc; i++) {
		words[i] = utf8_dup(argv[i]);
		if (words[i] == NULL)
			return NULL;
	}
	return words;
}

int
win32_err(unsigned long error)
{
	switch (error) {
	case ERROR_NOT_ENOUGH_MEMORY:
	case ERROR_OUTOFMEMORY:
	case ERROR_NO_SYSTEM_RESOURCES:
	case ERROR_COMMITMENT_LIMIT:
		return ERR_NOMEM;
	case ERROR_INVALID_PARAMETER:
	case ERROR_INVALID_NAME:
	case ERROR_BAD_PATHNAME:
		return ERR_INVALID;
	case ERROR_FILENAME_EXCED_RANGE:
	case ERROR_BUFFER_OVERFLOW:
		return ERR_TOO_LONG;
	case ERROR_PIPE_BUSY:
		return ERR_AGAIN;
	case ERROR_BROKEN_PIPE:
	case ERROR_NO_DATA:
	case ERROR_PIPE_NOT_CONNECTED:
	case ERROR_HANDLE_EOF:
	case ERROR_OPERATION_ABORTED:
		return ERR_CLOSED;
	case ERROR_FILE_NOT_FOUND:
	case ERROR_PATH_NOT_FOUND:
	case ERROR_INVALID_DRIVE:
	case ERROR_MOD_NOT_FOUND:
	case ERROR_SERVICE_DOES_NOT_EXIST:
		return ERR_NOT_FOUND;
	case ERROR_ACCESS_DENIED:
	case ERROR_SHARING_VIOLATION:
	case ERROR_PRIVILEGE_NOT_HELD:
		return ERR_DENIED;
	case ERROR_DIRECTORY:
		return ERR_NOT_DIR;
	case ERROR_WRITE_PROTECT:
		return ERR_READ_ONLY;
	case ERROR_DISK_FULL:
	case ERROR_HANDLE_DISK_FULL:
		return ERR_NO_SPACE;
	case ERROR_TOO_MANY_OPEN_FILES:
		return ERR_NO_FILES;
	case ERROR_BAD_EXE_FORMAT:
	case ERROR_EXE_MACHINE_TYPE_MISMATCH:
		return ERR_NOT_PROGRAM;
	case ERROR_ALREADY_EXISTS:
	case ERROR_FILE_EXISTS:
	case ERROR_SERVICE_EXISTS:
		return ERR_IN_USE;
	case ERROR_SEM_TIMEOUT:
	case WAIT_TIMEOUT:
		return ERR_TIMEOUT;
	default:
		return ERR_IO;
	}
}
