#include "platform/standard.h"

#include "common/err.h"
#include "platform/win32/win32.h"

void
standard_open(void)
{
}

long
standard_read(void *data, size_t size)
{
	DWORD n = 0, err;

	if (ReadFile(
		GetStdHandle(STD_INPUT_HANDLE), data, (DWORD)size, &n, NULL))
		return (long)n;
	err = GetLastError();
	return err == ERROR_BROKEN_PIPE || err == ERROR_HANDLE_EOF
		   ? 0
		   : win32_err(err);
}

int
standard_write(const void *data, size_t len)
{
	const char *at = data;
	DWORD n = 0;

	for (; len > 0; at += n, len -= n)
		if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), at, (DWORD)len,
			&n, NULL))
			return win32_err(GetLastError());
	return 0;
}
