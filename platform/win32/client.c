#include "platform/client.h"

#include <io.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#include "common/err.h"
#include "platform/platform.h"

/* A terminal that understands the escapes for colour. */
static bool
is_terminal(HANDLE out)
{
	DWORD mode;

	return GetConsoleMode(out, &mode) &&
	       SetConsoleMode(out, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

bool
client_output_is_terminal(void)
{
	return is_terminal((HANDLE)_get_osfhandle(_fileno(stdout)));
}

static int
terminal_size(HANDLE out, unsigned *columns, unsigned *rows)
{
	CONSOLE_SCREEN_BUFFER_INFO info;

	*columns = *rows = 0;
	if (!GetConsoleScreenBufferInfo(out, &info))
		return ERR_NOT_FOUND;
	*columns = (unsigned)(info.srWindow.Right - info.srWindow.Left + 1);
	*rows = (unsigned)(info.srWindow.Bottom - info.srWindow.Top + 1);
	return 0;
}

int
client_terminal_size(unsigned *columns, unsigned *rows)
{
	return terminal_size(
	    (HANDLE)_get_osfhandle(_fileno(stdout)), columns, rows);
}

int
client_error_columns(unsigned *columns)
{
	HANDLE err = (HANDLE)_get_osfhandle(_fileno(stderr));
	unsigned rows;

	*columns = 0;
	return is_terminal(err) ? terminal_size(err, columns, &rows)
				: ERR_NOT_FOUND;
}

static const char *screen_leave;

static void
write_all(FILE *f, const char *text)
{
	DWORD written;

	WriteFile((HANDLE)_get_osfhandle(_fileno(f)), text, (DWORD)strlen(text),
	    &written, NULL);
}

/* Runs before the loop's own handler, which lets Windows end us. */
static BOOL WINAPI
leave_by_event(DWORD type)
{
	(void)type;
	write_all(stdout, screen_leave);
	return FALSE;
}

/* Windows has no signal that stops a program. */
void
client_screen_enter(const char *enter, const char *leave)
{
	screen_leave = leave;
	SetConsoleCtrlHandler(leave_by_event, TRUE);
	write_all(stdout, enter);
}

void
client_screen_leave(void)
{
	write_all(stdout, screen_leave);
	SetConsoleCtrlHandler(leave_by_event, FALSE);
}

/* Ctrl-C is enough there. */
char
client_screen_key(void)
{
	return 0;
}

static const char *volatile last_words;

static BOOL WINAPI
end_by_event(DWORD type)
{
	const char *text = last_words;

	(void)type;
	if (text)
		write_all(stderr, text);
	return FALSE;
}

void
client_last_words(const char *text)
{
	if (text && last_words == NULL)
		SetConsoleCtrlHandler(end_by_event, TRUE);
	else if (text == NULL && last_words)
		SetConsoleCtrlHandler(end_by_event, FALSE);
	last_words = text;
}

/* The loop leaves Ctrl-C to the system while nobody receives it. */
void
client_default_signals(void)
{
}
