#include "platform/client.h"

#include <io.h>
#include <stdio.h>
#include <windows.h>

#include "common/err.h"
#include "platform/platform.h"

/* A terminal that understands the escapes for colour. */
bool
client_output_is_terminal(void)
{
	HANDLE out = (HANDLE)_get_osfhandle(_fileno(stdout));
	DWORD mode;

	return GetConsoleMode(out, &mode) &&
	       SetConsoleMode(out, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

int
client_runtime_dir(unsigned index, char *out, size_t size)
{
	return index == 0 ? path_runtime_dir("", out, size) : ERR_NOT_FOUND;
}

/* The loop leaves Ctrl-C to the system while nobody receives it. */
void
client_default_signals(void)
{
}
